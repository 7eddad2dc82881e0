"""A grid of pictures: heads stay in sight, one turn of the wheel leads from thousands of stamps to a single pixel.

Nothing is laid out, loaded or decoded for what is out of sight, and nothing at all while it is painted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor, QContextMenuEvent, QHelpEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent,
    QShowEvent, QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip

from ui import theme
from ui.i18n import tr
from ui.viewstate.grid_files import File, GridFiles
from ui.viewstate.grid_sight import Sight
from ui.viewstate.grid_table import Place, Table
from ui.viewstate.grid_tallies import Tallies
from ui.viewstate.grid_zoom import NOTCH, Zoom
from ui.widgets.grid_head_strips import HeadStrips
from ui.widgets.grid_heads import Heads
from ui.widgets.grid_paint import Seen, paint_cell, paint_cursor
from ui.widgets.grid_pictures import LEVELS, GridPictures, level_for
from ui.widgets.grid_tiles import Tiles

_NOTCH_DEGREES = 120.0   # Qt's unit for one notch of a wheel


class GridView(QAbstractScrollArea):
    """Shows the table of `show_table`. Target and step 0 count as rows or columns -2 and -1."""

    current_changed = Signal(object)          # Place
    opened = Signal(object)                   # Place
    moved = Signal()                          # it was zoomed or scrolled by a person, or fits another room
    menu_asked = Signal(object, QPoint)       # Place, where on the screen
    head_menu_asked = Signal(str, object, QPoint)  # side, Line or Band

    def __init__(self, pictures: GridPictures, surround: QColor) -> None:
        super().__init__()
        self._pictures, self._surround = pictures, surround
        self._table: Table | None = None
        self._files: GridFiles | None = None
        self._values: Mapping[str, int] = {}
        self._tallies = Tallies()
        self._zoom, self._fits, self._level = Zoom(1, 1), True, LEVELS[0]
        self._current: Place | None = None
        self._hovered: Place | None = None
        self._grip: QPoint | None = None      # where a drag began, or was last
        self._is_dragged = self._is_space_held = False
        self._places: dict[str, list[Place]] = {}
        self.tells: Callable[[Place], str] = lambda place: ""
        self._tiles, self._strips = Tiles(self._draw), HeadStrips()
        self._ask = QTimer(self, singleShot=True, interval=15)
        self._idle = QTimer(self, interval=0)
        self._build()

    # What is shown

    def show_table(self, table: Table, size: tuple[int, int], files: Mapping[str, File]) -> None:
        """Another table, or the same with other pictures; `size` is that of one in pixels."""
        is_other = self._table is None or self._table.sheet is not table.sheet
        self._table = table
        self._files = replace(self._files, table=table, own=files) if self._files else GridFiles(table, files)
        self._zoom = Zoom(*size, self._zoom.scale)
        if is_other:
            self._current, self._fits = None, True
        if self._current is not None and not self._files.is_place(self._current):
            self._current = None
        self._arrange()

    def show_targets(self, targets: Mapping[str, File]) -> None:
        """The picture of the set by the prompt it stands beside."""
        self._hang(targets=targets)

    def show_marks(self, values: Mapping[str, int], tallies: Tallies) -> None:
        """Marks by key, 2 being obtained; and what they come to."""
        changed = {key for key in values.keys() | self._values.keys() if values.get(key) != self._values.get(key)}
        self._values, self._tallies = values, tallies
        self._touch(changed)

    def show_difference(self, others: Mapping[str, File] | None) -> None:
        """What differs from these pictures, by the keys of the table's own; None for the pictures themselves."""
        self._hang(others=others)

    def set_surround(self, colour: QColor) -> None:
        self._surround = colour
        self._renew()

    @property
    def table(self) -> Table | None:
        return self._table

    @property
    def current(self) -> Place | None:
        return self._current

    @property
    def scale(self) -> float:
        """Pixels of the screen for one of a picture."""
        return self._zoom.scale

    @property
    def sight(self) -> Sight:
        """Where everything stands; of a view that has a table."""
        room = self.viewport()
        return Sight(self._table, self._zoom, room.width(), room.height(), self.horizontalScrollBar().value(),
                     self.verticalScrollBar().value())

    def box(self, place: Place) -> QRect:
        """Where a cell stands in the view."""
        return QRect(*self.sight.box(place))

    def at(self, point: QPoint) -> Place | None:
        """The cell at a point."""
        return self.sight.at(point.x(), point.y()) if self._table else None

    def file(self, place: Place) -> File | None:
        """The picture that stands there, if it is drawn."""
        return self._files.file(place) if self._files else None

    def choose(self, place: Place, *, scroll: bool = True) -> None:
        """Keys and marks mean this cell from here on."""
        if self._current != place and self._files.is_place(place):
            self._current = place
            self.setAccessibleDescription(self.tells(place))
            self.viewport().update()
            self.current_changed.emit(place)
        if scroll:
            self.scroll_to(place)

    def step(self, down: int, right: int) -> None:
        """The cell so many lines further; it stops at the edges."""
        if self._table is not None and self._table.rows and self._table.columns:
            self.choose(self.sight.stepped(self._current, down, right))

    # Where one looks

    def zoom_to(self, scale: float, at: QPoint | None = None) -> None:
        """Another zoom, under which a point keeps its place: the current cell, or the middle, if none is named."""
        if self._table is None:
            return
        x, y = at.toTuple() if at else self.sight.middle(self._current)
        shares = self.sight.shares_at(x, y)
        self._fits, self._zoom = False, self._zoom.to(scale)
        self._arrange()
        self._scroll(*self.sight.scrolled_for(shares, x, y))
        self.moved.emit()

    def zoom_by(self, notches: float, at: QPoint | None = None) -> None:
        self.zoom_to(self._zoom.scale * NOTCH**notches, at)

    def fit(self) -> None:
        """All cells at once."""
        self._fits = True
        self._arrange()
        self.moved.emit()

    def show_large(self, place: Place) -> None:
        """One cell as large as there is room for."""
        self.zoom_to(self.sight.large().scale)
        sight = self.sight
        self._scroll(*sight.scrolled_for((max(0, place[1]), max(0, place[0])), sight.across.start, sight.down.start))
        self.choose(place)
        self.moved.emit()

    @property
    def is_large(self) -> bool:
        """Whether a single cell fills what there is."""
        return self._table is not None and self.sight.is_large

    def scroll_to(self, place: Place) -> None:
        """Brings a cell into sight."""
        wanted = self.sight.scrolled_to(place)
        if wanted != (self.horizontalScrollBar().value(), self.verticalScrollBar().value()):
            self._scroll(*wanted)
            self.moved.emit()

    def follow(self, leader: GridView) -> None:
        """Looks at the same part of the same table."""
        self._fits, self._zoom = False, Zoom(self._zoom.width, self._zoom.height, 1.0).to(
            leader.scale * leader._zoom.height / self._zoom.height)
        self._arrange()
        self._scroll(leader.horizontalScrollBar().value(), leader.verticalScrollBar().value())
        self._current = leader.current
        self.viewport().update()

    @property
    def is_complete(self) -> bool:
        """Whether every picture in sight is there in its right size."""
        return self._table is None or not self._ask.isActive() and all(
            self._pictures.is_there(*file, self._level) for file in self._in_sight().items())

    # What happens

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip, self._is_dragged = at, False
            is_choice = event.button() == Qt.MouseButton.LeftButton and not self._is_space_held
            if is_choice and (place := self.at(at)):
                self.choose(place, scroll=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        far = 0 if self._is_dragged else QApplication.startDragDistance()
        if self._grip is None:
            self._hover(self.at(at))
        elif (at - self._grip).manhattanLength() >= far:
            self._is_dragged = True
            self._pan(self._grip - at)
            self._grip = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip, self._is_dragged = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if place := self.at(event.position().toPoint()):
            self.choose(place, scroll=False)
            self.opened.emit(place)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self.viewport().mapFromGlobal(event.globalPos())
        if place := self.at(at):
            self.choose(place, scroll=False)
            self.menu_asked.emit(place, event.globalPos())
        elif self._table and (head := self.sight.head_at(at.x(), at.y())):
            self.head_menu_asked.emit(*head, event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms where it points; with Shift, and by two fingers on a pad, it pans."""
        turned, held = event.angleDelta(), event.modifiers()
        pixels = event.pixelDelta()
        if not pixels.isNull() and not held & Qt.KeyboardModifier.ControlModifier:
            self._pan(-pixels)
        elif held & Qt.KeyboardModifier.ShiftModifier:
            self._pan(QPoint(-(turned.y() or turned.x()), 0))
        elif turned.y():
            self.zoom_by(turned.y() / _NOTCH_DEGREES, event.position().toPoint())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._show_hand(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._show_hand(False)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.at(event.pos())
            QToolTip.showText(event.globalPos(), self.tells(place) if place else "", self.viewport())
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        return super().viewportEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._pictures.leave(self)

    def showEvent(self, event: QShowEvent) -> None:
        self._ask.start()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self._ask.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where all cells are in sight they stay so, at another zoom."""
        before = self._zoom
        self._arrange()
        if self._zoom != before:
            self.moved.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._surround)
        if self._table is None:
            return
        sight = self.sight
        self._tiles.place(sight.across, sight.down, self._surround, self.devicePixelRatioF())
        self._tiles.paint(painter)
        for place in filter(None, {self._hovered, self._current}):
            self._paint_cursor(painter, sight, place)
        heads = Heads(self._table, self._tallies, self._surround, self._current)
        self._strips.paint(painter, sight, heads, self.devicePixelRatioF())
        self._idle.start()

    # Inside

    def _build(self) -> None:
        self.setFrameShape(self.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(280, 160))
        self.setAccessibleName(tr("Grid of pictures"))
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.actionTriggered.connect(lambda _: QTimer.singleShot(0, self, self.moved.emit))
        self._ask.timeout.connect(self._load)
        self._idle.timeout.connect(lambda: self._tiles.make_one() or self._idle.stop())
        self._pictures.loaded.connect(self._touch)
        theme.news.changed.connect(self._renew)

    def _hang(self, **pictures: Mapping[str, File] | None) -> None:
        if self._files is not None:
            self._files = replace(self._files, **pictures)
            self._renew()

    def _arrange(self) -> None:
        if self._table is None:
            return
        if self._fits:
            self._zoom = self.sight.fitting()
        sight, size = self.sight, self._zoom.size
        self._level = level_for(max(size.width, size.height) * self.devicePixelRatioF())
        for bar, strip in ((self.horizontalScrollBar(), sight.across), (self.verticalScrollBar(), sight.down)):
            bar.setRange(0, strip.furthest)
            bar.setPageStep(max(1, strip.room - strip.start))
            bar.setSingleStep(max(8, strip.step // 3))
        self._renew()

    def _renew(self) -> None:
        """Everything is painted anew."""
        self._tiles.clear()
        self.viewport().update()
        self._ask.start()

    def _touch(self, keys: frozenset[str] | set[str]) -> None:
        """These pictures came, or are marked otherwise."""
        if self._table is None:
            return
        places = [place for key in keys for place in (*self._table.everywhere.get(key, ()),
                                                      *self._places.get(key, ()))]
        self._tiles.touch(places)
        self.viewport().update()

    def _in_sight(self) -> dict[str, Path]:
        """The files of what can be seen, by the names under which they are kept; notes where each stands."""
        self._places = {}
        found: dict[str, Path] = {}
        for place in self.sight.places():
            for key, path in self._files.both(place):
                found[key] = path
                self._places.setdefault(key, []).append(place)
        return found

    def _load(self) -> None:
        if self._table is not None and self.isVisible():
            self._pictures.want(self, self._in_sight(), self._level)

    def _draw(self, painter: QPainter, row: int, column: int, room: QRect) -> None:
        """One cell, into a tile; of thousands of plain ones as little is looked up as can be."""
        place, spots = (row, column), self._table.spots(row, column)
        if len(spots) == 1 and spots[0].key not in self._values and self._files.others is None and row >= 0 <= column:
            file = self._files.own.get(spots[0].key)
            if file and (plain := self._pictures.pixmap(*file, self._level)) and room.height() < plain.height():
                return painter.drawPixmap(room, plain)
        if not spots and row >= 0 and column >= 0:
            return
        file, other = self._files.file(place), self._files.other(place)
        pixmap, beside = (self._pictures.pair(file, other, self._level) if file and other else
                          (self._pictures.pixmap(*file, self._level) if file else None, None))
        mark = self._values.get(spots[0].key) if spots else None
        is_target, is_pinned = self._files.is_target(place), min(place) < 0
        seen = Seen(pixmap, file is not None, mark, is_target, is_pinned, len(spots), beside)
        paint_cell(painter, room, seen, self.devicePixelRatioF())

    def _paint_cursor(self, painter: QPainter, sight: Sight, place: Place) -> None:
        left = sight.across.head if place[1] < 0 else sight.across.start
        top = sight.down.head if place[0] < 0 else sight.down.start
        painter.setClipRect(left - 2, top - 2, sight.width, sight.height)
        paint_cursor(painter, QRect(*sight.box(place)), place == self._current, self.hasFocus())
        painter.setClipping(False)

    def _pan(self, by: QPoint) -> None:
        self._scroll(self.horizontalScrollBar().value() + by.x(), self.verticalScrollBar().value() + by.y())
        self.moved.emit()

    def _scroll(self, x: int, y: int) -> None:
        self.horizontalScrollBar().setValue(x)
        self.verticalScrollBar().setValue(y)

    def _hover(self, place: Place | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.viewport().update()

    def _show_hand(self, is_held: bool) -> None:
        """With Space held a press pans and chooses nothing."""
        self._is_space_held = is_held
        self.viewport().setCursor(Qt.CursorShape.OpenHandCursor if is_held else Qt.CursorShape.ArrowCursor)
