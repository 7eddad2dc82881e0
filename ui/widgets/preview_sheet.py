"""The growing sheet of previews: target and step 0 stay in sight, epochs follow, the newest at the right edge.

Pictures are decoded elsewhere and painted when they are there. What is in sight is asked for first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip

from ui.i18n import tr
from ui.images.loader import SIDES, Loader, Wanted
from ui.viewstate.preview_rows import Column, Row, Sheet
from ui.viewstate.sheet_places import START, TARGET, Cell, Places
from ui.widgets.preview_sheet_paint import (
    Look,
    Seen,
    paint_cell,
    paint_head,
    paint_rift,
    paint_row_head,
    paint_surround,
)

SMALLEST, LARGEST = 64, 512

_ZOOM = 16  # pixels for a notch of the wheel


@dataclass(frozen=True, slots=True)
class Target:
    """The picture of the set that a row is compared with; `is_chosen` by a person."""

    id: str
    path: Path
    is_chosen: bool = False


class PreviewSheet(QAbstractScrollArea):
    """Shows the sheet of `show_sheet`."""

    opened = Signal(object, object)          # Row, and Column or None for step 0
    target_dropped = Signal(object, object)  # Row, QMimeData
    menu_asked = Signal(object, object, QPoint)  # Row, Cell, where on the screen
    side_changed = Signal(int)
    following_changed = Signal(bool)

    def __init__(self, loader: Loader, surround: QColor) -> None:
        super().__init__()
        self._loader, self._surround = loader, surround
        self._sheet, self._targets, self._names = Sheet(), {}, {}
        self._side, self._aspect = 160, 1.0
        self._is_following = True
        self._current: Cell | None = None
        self._hovered: Cell | None = None
        self._pressed: QPoint | None = None
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._build()

    # What is shown

    def show_sheet(self, sheet: Sheet, aspect: float, names: Mapping[str, str]) -> None:
        """Another sheet, or the same one grown; `aspect` is width / height of a preview, `names` are those of runs."""
        self._sheet, self._aspect, self._names = sheet, aspect, names
        self._arrange()

    def show_targets(self, targets: Mapping[str, Target]) -> None:
        """The targets by prompt."""
        self._targets = dict(targets)
        self._refresh()

    def set_surround(self, colour: QColor) -> None:
        self._surround = colour
        self.viewport().update()

    def set_side(self, side: int) -> None:
        """The height of a cell."""
        side = max(SMALLEST, min(LARGEST, side))
        if side != self._side:
            self._side = side
            self._arrange()
            self.side_changed.emit(side)

    def set_following(self, is_following: bool) -> None:
        """Whether the newest epoch comes into sight by itself."""
        if is_following != self._is_following:
            self._is_following = is_following
            self.following_changed.emit(is_following)
        if is_following:
            self._scroll_to_end()

    @property
    def side(self) -> int:
        return self._side

    @property
    def is_following(self) -> bool:
        return self._is_following

    @property
    def sheet(self) -> Sheet:
        return self._sheet

    @property
    def places(self) -> Places:
        """Where everything stands at this moment."""
        room = self.viewport().size()
        return Places(len(self._sheet.rows), len(self._sheet.columns), max(24, round(self._side * self._aspect)),
                      self._side, room.width(), room.height(), self.horizontalScrollBar().value(),
                      self.verticalScrollBar().value())

    def target(self, row: Row) -> Target | None:
        return self._targets.get(row.prompt)

    def path(self, cell: Cell) -> Path | None:
        """The file of a cell, if it has one."""
        row = self._sheet.rows[cell.row]
        if cell.column == TARGET:
            return target.path if (target := self.target(row)) else None
        if cell.column == START:
            return self._sheet.start(row)
        return self._sheet.path(row, self._sheet.columns[cell.column])

    def told(self, cell: Cell) -> str:
        """A cell in words."""
        row = self._sheet.rows[cell.row]
        columns = {TARGET: tr("target"), START: tr("step 0, without the LoRA")}
        where = columns.get(cell.column) or column_name(self._sheet.columns[cell.column])
        return "\n".join((where, tr("{prompt}, seed {seed}", prompt=row.prompt, seed=row.seed)))

    # What happens

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        self._choose(self._at(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        far = QApplication.startDragDistance()
        if self._pressed is not None and (at - self._pressed).manhattanLength() >= far:
            self._drag(self._at(self._pressed))
            self._pressed = None
        self._hover(self._at(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self._at(event.position().toPoint())
        if self._pressed is not None and cell and cell == self._at(self._pressed):
            self._open(cell)
        self._pressed = None

    def contextMenuEvent(self, event) -> None:
        if cell := self._at(self.viewport().mapFromGlobal(event.globalPos())):
            self._choose(cell)
            self.menu_asked.emit(self._sheet.rows[cell.row], cell, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, cell = Qt.Key, self._current or Cell(0, self._sheet.newest)
        moves = {keys.Key_Left: (0, -1), keys.Key_Right: (0, 1), keys.Key_Up: (-1, 0), keys.Key_Down: (1, 0)}
        if event.key() in moves and self._sheet.rows:
            down, right = moves[event.key()]
            row = max(0, min(len(self._sheet.rows) - 1, cell.row + down))
            self._choose(Cell(row, max(TARGET, min(len(self._sheet.columns) - 1, cell.column + right))))
            self._scroll_to(self._current)
        elif event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self._current:
            self._open(self._current)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms; Shift, or a sheet that is not higher than the view, scrolls through the epochs."""
        turned, held = event.angleDelta(), event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            self.set_side(self._side + (_ZOOM if turned.y() > 0 else -_ZOOM))
        elif turned.y() and (held & Qt.KeyboardModifier.ShiftModifier or not self.places.highest):
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - turned.y())
            self._scrolled()
        else:
            super().wheelEvent(event)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self._ask.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and self._sheet.rows:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        cell = self._at(event.position().toPoint())
        self._hover(cell)
        event.setAccepted(cell is not None and cell.column == TARGET)

    def dragLeaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def dropEvent(self, event: QDropEvent) -> None:
        cell = self._at(event.position().toPoint())
        if cell and cell.column == TARGET:
            event.acceptProposedAction()
            self.target_dropped.emit(self._sheet.rows[cell.row], event.mimeData())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, places = QPainter(self.viewport()), self.places
        look = Look(self._surround, self.devicePixelRatioF())
        paint_surround(painter, self.viewport().rect(), look)
        newest = self._sheet.newest
        for pinned in (False, True):
            self._clip(painter, places, pinned)
            for row in places.rows_in_sight():
                for column in (TARGET, START) if pinned else places.columns_in_sight():
                    cell = Cell(row, column)
                    paint_cell(painter, places.box(cell), self._seen(cell, column == newest), look)
        painter.setClipping(False)
        paint_rift(painter, places, look)
        for row in places.rows_in_sight():
            each = self._sheet.rows[row]
            paint_row_head(painter, places.y(row), places.width, self._row_name(each), look)
        paint_head(painter, places, [column_name(each) for each in self._sheet.columns], newest, look)

    # Inside

    def _build(self) -> None:
        self.setFrameShape(self.Shape.NoFrame)
        self.setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(320, 160))
        self.setAccessibleName(tr("Previews"))
        self.horizontalScrollBar().actionTriggered.connect(self._scrolled)
        self._ask.timeout.connect(self._load)
        self._loader.loaded.connect(self.viewport().update)

    def _arrange(self) -> None:
        for bar, most, page, step in (
                (self.horizontalScrollBar(), self.places.widest, self.viewport().width(), self.places.cell_width),
                (self.verticalScrollBar(), self.places.highest, self.viewport().height(), self.places.row_step // 3)):
            bar.setRange(0, most)
            bar.setPageStep(page)
            bar.setSingleStep(max(8, step))
        if self._is_following:
            self._scroll_to_end()
        self._refresh()

    def _refresh(self) -> None:
        self.viewport().update()
        self._ask.start()

    def _scroll_to_end(self) -> None:
        self.horizontalScrollBar().setValue(self._end)

    @property
    def _end(self) -> int:
        """How far to scroll for the newest column to stand at the right edge."""
        behind = len(self._sheet.columns) - 1 - self._sheet.newest
        return max(0, self.places.widest - behind * self.places.column_step)

    def _scrolled(self) -> None:
        """Whoever scrolls away from the newest epoch wants to stay there; going back to it follows again."""
        bar = self.horizontalScrollBar()
        self.set_following(abs(bar.sliderPosition() - self._end) < self.places.column_step // 2)

    def _scroll_to(self, cell: Cell) -> None:
        places, box = self.places, self.places.box(cell)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        if cell.column >= 0:
            over = box.x + box.width - places.width
            across.setValue(across.value() + (over if over > 0 else min(0, box.x - places.pinned)))
        top = places.y(cell.row)
        over = box.y + box.height - places.height
        down.setValue(down.value() + (over if over > 0 else min(0, top - 28)))

    def _load(self) -> None:
        """What is in sight, then the columns before it, where a person scrolls to."""
        places = self.places
        seen = places.columns_in_sight()
        columns = [TARGET, START, *reversed(seen), *range(max(0, seen.start - len(seen)), seen.start)]
        pixels = self._side * self.devicePixelRatioF()
        side = next((each for each in SIDES if each >= 0.8 * pixels), SIDES[-1])
        cells = (Cell(row, column) for column in columns for row in places.rows_in_sight())
        self._loader.ask([Wanted(self._id(cell), path, side) for cell in cells if (path := self.path(cell))])

    def _id(self, cell: Cell) -> str:
        """That of an image of the set, or of a file of a run."""
        row = self._sheet.rows[cell.row]
        target = self.target(row)
        return target.id if cell.column == TARGET and target else picture_id(row.run, self.path(cell))

    def _seen(self, cell: Cell, is_newest: bool) -> Seen:
        path = self.path(cell)
        target = self.target(self._sheet.rows[cell.row]) if cell.column == TARGET else None
        return Seen(self._loader.any_pixmap(self._id(cell)) if path else None, path is not None, is_newest,
                    cell == self._hovered, cell == self._current and self.hasFocus(),
                    target is not None and target.is_chosen)

    def _row_name(self, row: Row) -> str:
        parts = (row.words, tr("seed {seed}", seed=row.seed), self._names.get(row.run, ""))
        return "  ·  ".join(part for part in parts if part)

    def _clip(self, painter: QPainter, places: Places, pinned: bool) -> None:
        left = 0 if pinned else places.pinned
        painter.setClipRect(left, 0, places.pinned - 10 if pinned else places.width - left, places.height)

    def _at(self, point: QPoint) -> Cell | None:
        return self.places.at(point.x(), point.y())

    def _choose(self, cell: Cell | None) -> None:
        self._current = cell
        if cell:
            self.setAccessibleDescription(self.told(cell))
        self.viewport().update()

    def _hover(self, cell: Cell | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.viewport().update()

    def _open(self, cell: Cell) -> None:
        if self.path(cell):
            self.opened.emit(self._sheet.rows[cell.row], self._sheet.columns[cell.column] if cell.column >= 0 else None)

    def _drag(self, cell: Cell | None) -> None:
        if cell and (path := self.path(cell)):
            drag, mime = QDrag(self), QMimeData()
            mime.setUrls([QUrl.fromLocalFile(str(path))])
            drag.setMimeData(mime)
            drag.exec(Qt.DropAction.CopyAction)

    def _show_tip(self, event: QHelpEvent) -> None:
        cell = self._at(event.pos())
        QToolTip.showText(event.globalPos(), self.told(cell) if cell else "", self.viewport())


def column_name(column: Column) -> str:
    """The head of a column."""
    return tr("step {n}", n=f"{column.step:,}") if column.step else tr("epoch {n}", n=column.epoch)


def picture_id(run: str, path: Path | None) -> str:
    """How the loader calls a preview."""
    return f"{run}/{path.parent.name}/{path.name}" if path else ""
