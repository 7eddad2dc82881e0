"""One half of a pair: whose picture, which one, and the box around her."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL.Image import Image
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.core.errors import UserError
from studio.core.record import Box, Record
from ui import theme
from ui.dialogs.import_previews import Previews, untinted
from ui.dialogs.pair_box import WHOLE, BoxEditor
from ui.i18n import tr
from ui.session import Session
from ui.widgets.basics import push, row

_STRIP = 84
_SIDE = 720  # real pixels of the longer side that the editor shows
_ID = Qt.ItemDataRole.UserRole


class PairSide(QWidget):
    """`changed` when another picture or box was chosen."""

    changed = Signal()

    def __init__(self, session: Session, previews: Previews, heading: str) -> None:
        super().__init__()
        self._session, self._previews, self._heading = session, previews, heading
        self._image: Image | None = None
        self._build()
        self._bind()

    @property
    def character(self) -> str:
        return self.who.currentText()

    @property
    def record(self) -> Record | None:
        """The chosen picture."""
        item = self.strip.currentItem()
        return next(iter(self._session.records.of(item.data(_ID))), None) if item else None

    @property
    def box(self) -> Box:
        return self.editor.box

    def offer(self, names: Sequence[str], chosen: str) -> None:
        """Lists the characters, and the pictures that show the chosen one alone."""
        self.who.addItems(list(names))
        self.who.setCurrentText(chosen)
        self._fill()

    def take(self, image: str) -> None:
        """Chooses a picture by its id."""
        for place in range(self.strip.count()):
            if self.strip.item(place).data(_ID) == image:
                self.strip.setCurrentRow(place)

    def _build(self) -> None:
        self.who, self.strip = QComboBox(), QListWidget()
        self.who.setAccessibleName(self._heading)
        self.strip.setAccessibleName(tr("Pictures: {side}", side=self._heading))
        self.strip.setProperty("role", "strip")
        self.strip.setFlow(QListView.Flow.LeftToRight)
        self.strip.setWrapping(False)
        self.strip.setIconSize(QSize(_STRIP, _STRIP))
        self.strip.setGridSize(QSize(_STRIP + theme.GAP, _STRIP + theme.GAP))
        self.strip.setUniformItemSizes(True)
        self.strip.setFixedHeight(_STRIP + 2 * theme.SMALL)
        self.strip.setHorizontalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.editor = BoxEditor(self._session, tr("Box: {side}", side=self._heading))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self.who)
        layout.addWidget(self.strip)
        layout.addWidget(self.editor, 1)
        layout.addLayout(row(
            push(tr("Find her"), self.guess, icon="wand", quiet=True,
                 tip=tr("Guesses the box from the plain background.")),
            push(tr("Whole picture"), lambda: self.editor.choose(WHOLE), icon="fit", quiet=True), None))

    def _bind(self) -> None:
        self.who.activated.connect(self._fill)
        self.strip.currentItemChanged.connect(lambda: self._show())
        self.editor.changed.connect(self.changed)
        self._previews.ready.connect(self._came)

    def _fill(self) -> None:
        self.strip.blockSignals(True)
        self.strip.clear()
        for record in self._session.all:
            if record.image.characters == (self.character,) and not record.rejected:
                item = QListWidgetItem()
                item.setData(_ID, record.id)
                item.setToolTip(f"{record.image.path.name}\n{record.caption}")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, record.image.path.name)
                self.strip.addItem(item)
                self._paint(item, record.image.path.as_posix())
        self.strip.setCurrentRow(0)
        self.strip.blockSignals(False)
        self._show()

    def _came(self, where: str) -> None:
        for place in range(self.strip.count()):
            item = self.strip.item(place)
            if item.icon().isNull():
                found = self._session.records.of(item.data(_ID))
                if found and found[0].image.path.as_posix() == where:
                    self._paint(item, where)

    def _paint(self, item: QListWidgetItem, where: str) -> None:
        pixmap = self._previews.pixmap(where)
        if pixmap is not None and not pixmap.isNull():
            item.setIcon(untinted(pixmap))

    def _show(self) -> None:
        record = self.record
        self._image = _opened(self._session.place.folder / record.image.path) if record else None
        if self._image is None:
            self.editor.show_picture(QImage(), WHOLE)
        else:
            figure = record.figures.get(self.character)
            box = figure.box if figure and figure.box else _guessed(self._image)
            self.editor.show_picture(_qimage(self._image), box)
        self.changed.emit()

    def guess(self) -> None:
        """Draws the box that the background tells of."""
        if self._image is not None:
            self.editor.show_picture(_qimage(self._image), _guessed(self._image))
            self.changed.emit()


def _opened(path: Path) -> Image | None:
    """The picture as training sees it, small enough to be looked at; None if it cannot be read."""
    from studio.store.images import open_rgb

    try:
        image = open_rgb(path)
    except UserError:
        return None
    image.thumbnail((_SIDE, _SIDE))
    return image


def _guessed(image: Image) -> Box:
    from studio.store.figure_boxes import guessed_box

    return guessed_box(image)


def _qimage(image: Image) -> QImage:
    content = image.tobytes()
    return QImage(content, image.width, image.height, 3 * image.width, QImage.Format.Format_RGB888).copy()
