"""The pictures that were found, as a person sees them before they are taken in; any of them can be left out.

Each has a tick in its corner. Without one it is not taken in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.survey import Found
from ui import icons, theme
from ui.delegates.film import paint_tick
from ui.dialogs.import_previews import Previews
from ui.i18n import tr, trn
from ui.session import Session

SIDE = 120        # of a picture
TEXT = 2 * 18     # the height of the two lines below it
_FOUND = Qt.ItemDataRole.UserRole
_WHY_OUT = Qt.ItemDataRole.UserRole + 1  # why a picture is left out that no tick brings back
_TICK = 18
_LEAVING = (Qt.Key.Key_X, Qt.Key.Key_Delete, Qt.Key.Key_Space)

Index = QModelIndex | QPersistentModelIndex


class FoundModel(QAbstractListModel):
    """Pictures in the order in which they were found; `left_out` are those that shall not be taken in.

    `spare` are not taken in either, for the reason that stands there; that is decided elsewhere.
    """

    toggled = Signal()

    def __init__(self, previews: Previews) -> None:
        super().__init__()
        self._previews = previews
        self._found: tuple[Found, ...] = ()
        self._rows: dict[str, int] = {}
        self.left_out: set[str] = set()
        self.spare: Mapping[str, str] = {}
        previews.ready.connect(self._came)

    @property
    def found(self) -> tuple[Found, ...]:
        return self._found

    def show(self, found: Sequence[Found]) -> None:
        """Shows these instead."""
        self.beginResetModel()
        self._found = tuple(found)
        self._rows = {each.where: row for row, each in enumerate(self._found)}
        self.endResetModel()

    def show_spare(self, spare: Mapping[str, str]) -> None:
        """Shows of other pictures that they are not taken in, and why."""
        self.spare = spare
        if self._found:
            self.dataChanged.emit(self.index(0), self.index(len(self._found) - 1))

    def toggle(self, rows: Sequence[int]) -> None:
        """Leaves these out, or takes them again if all of them were."""
        names = {self._found[row].where for row in rows}
        self.left_out = self.left_out - names if names <= self.left_out else self.left_out | names
        for row in rows:
            self.dataChanged.emit(self.index(row), self.index(row))
        self.toggled.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        found = self._found[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return PurePosixPath(found.where.replace("\\", "/")).name
            case Qt.ItemDataRole.DecorationRole:
                return self._previews.pixmap(found.where)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return told(found)
            case Qt.ItemDataRole.CheckStateRole:
                is_out = found.where in self.left_out or found.where in self.spare
                return Qt.CheckState.Unchecked if is_out else Qt.CheckState.Checked
            case _ if role == _FOUND:
                return found
            case _ if role == _WHY_OUT:
                return self.spare.get(found.where, "")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def _came(self, where: str) -> None:
        if where in self._rows:
            index = self.index(self._rows[where])
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


class FoundDelegate(QStyledItemDelegate):
    """Paints a picture on the surround, its name and its size below it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(SIDE + theme.GAP, SIDE + TEXT + theme.GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        where = option.rect.adjusted(0, 0, -theme.GAP, -theme.GAP)
        room = QRect(where.left(), where.top(), where.width(), SIDE)
        is_out, why = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked, index.data(_WHY_OUT)
        painter.fillRect(room, self._session.look.surround)
        painter.setOpacity(0.3 if is_out else 1.0)
        draw_within(painter, index.data(Qt.ItemDataRole.DecorationRole), room)
        painter.setOpacity(1.0)
        if why:
            scale = painter.device().devicePixelRatioF()
            sign = icons.pixmap("reject", theme.BIG_ICON, theme.current().bad, scale)
            painter.drawPixmap(room.left() + 6, room.top() + 6, sign)
        else:
            paint_tick(painter, _tick_of(option.rect), not is_out)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(theme.current().accent))
            painter.drawRect(room.adjusted(0, 0, -1, -1))
            painter.drawRect(room.adjusted(1, 1, -2, -2))
        self._write(painter, where, index)
        painter.restore()

    def editorEvent(self, event: QEvent, model: FoundModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """A click on a tick takes it away, or gives it back."""
        is_release = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease
        if is_release and not index.data(_WHY_OUT):
            if _tick_of(option.rect).adjusted(-6, -6, 6, 6).contains(event.position().toPoint()):
                model.toggle([index.row()])
                return True
        return False

    def _write(self, painter: QPainter, where: QRect, index: Index) -> None:
        found: Found = index.data(_FOUND)
        font = painter.font()
        font.setPixelSize(theme.CAPTION)
        painter.setFont(theme.tabular(font))
        measure, now = QFontMetrics(painter.font()), theme.current()
        facts = index.data(_WHY_OUT) or size_of(found)
        lines = ((index.data(), now.text), (facts, now.doubtful if found.is_tiny else now.muted))
        for number, (text, colour) in enumerate(lines):
            room = QRect(where.left() + 2, where.top() + SIDE + 2 + 16 * number, where.width() - 4, 16)
            painter.setPen(QColor(colour))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter,
                             measure.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width()))


class FoundGrid(QListView):
    """Ticks, X, Space and the menu leave pictures out; the same again takes them."""

    changed = Signal()

    def __init__(self, session: Session, previews: Previews) -> None:
        super().__init__()
        self.found = FoundModel(previews)
        self._delegate = FoundDelegate(session)
        self.setModel(self.found)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(False)
        self.setAccessibleName(tr("Pictures that were found"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        session.look.surround_changed.connect(self.viewport().update)
        self.found.toggled.connect(self.changed)

    def leave_out(self) -> None:
        """Leaves the selected pictures out, or takes them again; what is left out for a reason stays so."""
        if rows := sorted(index.row() for index in self.selectedIndexes() if not index.data(_WHY_OUT)):
            self.found.toggle(rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _LEAVING:
            self.leave_out()
            return
        super().keyPressEvent(event)

    def _show_menu(self, at: object) -> None:
        menu = QMenu(self)
        menu.addAction(icons.icon("reject"), tr("Leave out, or take again"), self.leave_out)
        menu.popup(self.viewport().mapToGlobal(at))


def _tick_of(cell: QRect) -> QRect:
    return QRect(cell.left() + 6, cell.top() + 6, _TICK, _TICK)


def draw_within(painter: QPainter, pixmap: QPixmap | None, room: QRect) -> None:
    """Draws a picture as large as it fits, in the middle; a quiet sign where there is none."""
    if pixmap is None:
        return
    if pixmap.isNull():
        sign = icons.pixmap("pictures", theme.BIG_ICON, theme.current().muted, painter.device().devicePixelRatioF())
        painter.drawPixmap(room.center().x() - theme.BIG_ICON // 2, room.center().y() - theme.BIG_ICON // 2, sign)
        return
    size = pixmap.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(QRect(room.left() + (room.width() - size.width()) // 2,
                             room.top() + (room.height() - size.height()) // 2, size.width(), size.height()), pixmap)


def size_of(found: Found) -> str:
    """The sides in pixels, or that there are none to be had."""
    return f"{found.width} × {found.height}" if found.width else tr("cannot be read")


def told(found: Found) -> str:
    """All that was found out about a picture, for a tooltip."""
    lines = [found.where, size_of(found), found.trouble, *found.notes]
    if found.caption:
        lines.append(trn("A caption of {n} word ({kind})", "A caption of {n} words ({kind})",
                         len(found.caption.split()), kind=found.caption_kind))
    if found.provenance:
        lines.append(f"{tr(found.provenance.kind).capitalize()}: {found.provenance.evidence}")
    return "\n".join(line for line in lines if line)
