"""What does the gallery's list say of each picture? Everything was found out before; here it is only looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from textwrap import shorten

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, Qt, QUrl

from studio.core.labels import known
from studio.core.record import Record
from ui.i18n import tr, trn
from ui.images.loader import Loader
from ui.viewstate.arrangement import Arrangement
from ui.viewstate.findings import rule_name
from ui.viewstate.words import caption_state

RECORD = Qt.ItemDataRole.UserRole
PIXMAP = RECORD + 1
RULES = RECORD + 2    # the lint rules that speak of it
WORST = RECORD + 3    # the worst severity of these rules, or nothing
GUESSED = RECORD + 4  # whether a label waits to be confirmed

_ROOT = QModelIndex()
_MOST_TOLD = 300      # characters of a caption in a tooltip


class GalleryModel(QAbstractListModel):
    """Rows of records in an arrangement. `side` is that of the thumbnails to look up."""

    def __init__(self, folder: Path, loader: Loader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder, self._loader = folder, loader
        self._records: list[Record] = []
        self._rows: dict[str, list[int]] | None = None  # by the ids of images, once somebody asks for them
        self._rules: Mapping[str, Collection[str]] = {}
        self._worst: Mapping[str, str] = {}
        self.side = 256
        loader.loaded.connect(self._repaint)

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._records)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        record = self._records[index.row()]
        if role == RECORD:
            return record
        if role == PIXMAP:
            return self._loader.pixmap(record.id, self.side) or self._loader.any_pixmap(record.id)
        return self._told(record, role)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        shown = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return shown | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """The files themselves, so that a file manager or another program takes them."""
        return files_mime(self.path(index.row()) for index in indexes)

    def show(self, arrangement: Arrangement) -> None:
        """Shows other records, or the same ones in another order."""
        self.beginResetModel()
        self._records, self._rows = [*arrangement.records], None
        self.endResetModel()

    def renew(self, records: Iterable[Record]) -> None:
        """Takes what changed in records that stay where they are."""
        for record in records:
            for row in self.rows([record.id]):
                if self._records[row].image.path == record.image.path:
                    self._records[row] = record
                    self.dataChanged.emit(self.index(row), self.index(row))

    def mark(self, rules: Mapping[str, Collection[str]], worst: Mapping[str, str]) -> None:
        """The lint rules by image, and the severity of the worst of them."""
        self._rules, self._worst = rules, worst
        if self._records:
            self.dataChanged.emit(self.index(0), self.index(len(self._records) - 1))

    def record(self, row: int) -> Record:
        return self._records[row]

    @property
    def records(self) -> tuple[Record, ...]:
        """As they are shown."""
        return tuple(self._records)

    def path(self, row: int) -> Path:
        """The file of a row."""
        return self._folder / self._records[row].image.path

    def rows(self, ids: Iterable[str]) -> list[int]:
        """The rows of some images; those that are not shown have none."""
        if self._rows is None:
            self._rows = _by_id(self._records)
        known = self._rows
        return [row for id in ids for row in known.get(id, ())]

    def _told(self, record: Record, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return record.image.path.name
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(record)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(record)
            case _ if role == RULES:
                return self._rules.get(record.id, ())
            case _ if role == WORST:
                return self._worst.get(record.id, "")
            case _ if role == GUESSED:
                return is_guessed(record)
        return None

    def _tip(self, record: Record) -> str:
        image = record.image
        lines = [f"{image.path.name}  {image.width} × {image.height}", *_words(record)]
        lines += [tr("rejected")] if record.rejected else []
        if rules := self._rules.get(record.id):
            lines += [f"{rule}  {rule_name(rule)}" for rule in sorted(rules)]
        lines.append(shorten(record.caption, _MOST_TOLD, placeholder=" …") or caption_state(record))
        return "\n".join(lines)

    def _spoken(self, record: Record) -> str:
        state = [tr("rejected")] if record.rejected else []
        stars = [trn("{n} star", "{n} stars", record.stars)] if record.stars else []
        found = self._rules.get(record.id, ())
        lint = [trn("{n} finding", "{n} findings", len(found))] if found else []
        return ", ".join((record.image.path.name, caption_state(record), *state, *stars, *_words(record), *lint))

    def _repaint(self, ids: Iterable[str]) -> None:
        for row in self.rows(ids):
            self.dataChanged.emit(self.index(row), self.index(row), [PIXMAP])


def files_mime(paths: Iterable[Path]) -> QMimeData:
    """Files, as other programs take them from a drag or the clipboard."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def is_guessed(record: Record) -> bool:
    """Whether a machine said something that no hand has confirmed."""
    shown = (record.labels, *(figure.labels for figure in record.figures.values()))
    return any(label.origin == "guess" for labels in shown for _, label in known(labels))


def _by_id(records: Iterable[Record]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, record in enumerate(records):
        id = record.image.id
        if id in rows:
            rows[id].append(row)
        else:
            rows[id] = [row]
    return rows


def _words(record: Record) -> list[str]:
    return [label.value if label.origin == "hand" else f"{label.value}?" for _, label in known(record.labels)]
