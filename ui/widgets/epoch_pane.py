"""One of the panes that epochs stand in side by side: its number, what it shows, how that was marked, and the picture.

All panes look at the same part of their pictures. With Alt held one moves alone; from then on it keeps its distance to
the others, until all are fitted again.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import icons, theme
from ui.i18n import tr
from ui.widgets.basics import Elided, caption, restyle, row, within
from ui.widgets.empty import Picture
from ui.widgets.linked_viewers import LinkedViewer

SIGNS = ("star-full", "reject", "note")   # kept, a cause of its failing, a note
HEAD = 26       # px over the picture, whatever stands there: all pictures are of one height

_ALONE = Qt.KeyboardModifier.AltModifier
_EDGE = 2       # px of the frame that shows the focus
_WORDY = 190    # px of a pane from which on there is room for words over it
_BADGE = 14     # px of a mark's shape


class PaneViewer(LinkedViewer):
    """A linked viewer that may stand apart from the others, and leaves arrows to the page."""

    led = Signal(object, QPointF)  # px that the picture is high, None where it fits; its middle in shares
    scrubbed = Signal(int)         # so many epochs on, by the wheel with Shift
    drawing = Signal(str)          # the name of the box that the mouse draws from here on; empty for none

    def __init__(self, surround: QColor, name: str) -> None:
        super().__init__(surround, name)
        self._common: tuple[float | None, QPointF] = (None, QPointF(0.5, 0.5))
        self._ratio, self._apart = 1.0, QPointF(0, 0)
        self._is_alone = False

    def follow(self, height: float | None, middle: QPointF) -> None:
        """Looks where all of them look; what fits again is no longer apart.

        Pictures are made equally high: those of one size are then shown pixel for pixel alike.
        """
        self._common = height, QPointF(middle)
        if height is None:
            self._ratio, self._apart = 1.0, QPointF(0, 0)
        self._look_there()

    def show_cell(self, pixmap: QPixmap | None, size: tuple[int, int]) -> None:
        """Another picture, at once and where the last one was: a fade would hide what changes."""
        is_there = pixmap is not None and not self._is_empty and pixmap.cacheKey() == self._pixmap.cacheKey()
        if not is_there or (self._size.width(), self._size.height()) != size:
            self.show_picture(pixmap, *size, keep=True)
            self._look_there()

    def draw_box(self, name: str) -> None:
        super().draw_box(name)
        self.drawing.emit(name)

    @property
    def view(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is in sight, in shares of the picture."""
        near, far = self._share_at(QPointF(0, 0)), self._share_at(QPointF(self.width(), self.height()))
        return near.x(), near.y(), far.x(), far.y()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Where Alt or Shift is held, some systems tell of a wheel that turns sideways."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        self._is_alone = bool(event.modifiers() & _ALONE)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.scrubbed.emit(-1 if turned > 0 else 1)
        elif turned:
            self.zoom_to(self.scale * 1.25 ** (turned / 120), event.position())
        self._is_alone = False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._is_alone = bool(event.modifiers() & _ALONE)
        super().mouseMoveEvent(event)
        self._is_alone = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def pan(self, right: float, down: float) -> None:
        """Looks so many shares of what is in sight further; where all of it is in sight nothing happens."""
        if self._zoom is not None:
            self._middle += QPointF(right * self.width() / self._size.width(),
                                    down * self.height() / self._size.height()) / self.scale
            self._hold_in_sight()
            self.update()
            self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look_there()

    def _look_there(self) -> None:
        height, middle = self._common
        is_apart = self._ratio != 1.0 or not self._apart.isNull()
        self._zoom = None if height is None and not is_apart else (
            (height or self._fitted_height) * self._ratio / self._size.height())
        self._middle = middle + self._apart
        self._hold_in_sight()
        self.update()

    @property
    def _fitted_height(self) -> float:
        return self._fit * self._size.height()

    def _tell(self) -> None:
        height = None if self._zoom is None else self._zoom * self._size.height()
        if self._is_alone:
            self._ratio = (height or self._fitted_height) / (self._common[0] or self._fitted_height)
            self._apart = self._middle - self._common[1]
            return
        self._common = None if height is None else height / self._ratio, self._middle - self._apart
        self.led.emit(*self._common)


class EpochPane(QWidget):
    """A viewer under a line that says what it shows; the one in focus wears a frame."""

    focused = Signal(int)

    def __init__(self, number: int, surround: QColor) -> None:
        super().__init__()
        self.number = number
        self._is_current = self._has_mark = False
        self._worn = ("", "")  # the mark and the theme that its colour is of
        self.viewer = PaneViewer(surround, tr("Pane {n}", n=number + 1))
        self._key, self.name, self.mark = caption(str(number + 1)), Elided(), caption("")
        self._key.setProperty("role", "key")
        self._key.setToolTip(tr("Pane {n}  (Ctrl+Alt+{n})", n=number + 1))
        self.name.setProperty("role", "strong")
        self._pin, self._shape = Picture("pin", _BADGE), Picture("good", _BADGE)
        self._pin.setToolTip(tr("Pinned: keys and wheel leave it where it is  (P)"))
        self.signs = tuple(Picture(shape, _BADGE) for shape in SIGNS)
        head = row(self._key, self._pin, self.name, *self.signs, self._shape, self.mark, gap=theme.TINY)
        head.setStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        layout.setSpacing(0)
        top = within(head)
        top.setFixedHeight(HEAD)
        head.setContentsMargins(theme.TINY, 2, theme.TINY, 2)
        layout.addWidget(top)
        layout.addWidget(self.viewer, 1)
        self.viewer.installEventFilter(self)

    def show_head(self, name: str, is_pinned: bool, mark: tuple[str, str, str], is_late: bool) -> None:
        """What stands over the picture; `mark` is (word, icon, tone), its word empty for none."""
        self.name.setText(tr("{name} · loading", name=name) if is_late else name)
        self._pin.setVisible(is_pinned)
        word, shape, tone = mark
        self._shape.setVisible(bool(word))
        self._shape.setToolTip(word)
        self._has_mark = bool(word)
        self._make_room()
        if word and (word, theme.current().name) != self._worn:
            self._worn = word, theme.current().name
            self.mark.setText(word)
            self._shape.setPixmap(icons.pixmap(shape, _BADGE, getattr(theme.current(), tone),
                                               self.devicePixelRatioF()))
            restyle(self.mark, role=tone)
        self.setAccessibleName(f"{name}, {word}" if word else name)
        self.viewer.setAccessibleName(tr("Pane {n}: {name}", n=self.number + 1, name=self.accessibleName()))

    def show_signs(self, signs: Iterable[tuple[str, str]]) -> None:
        """What else was said: (one of SIGNS, in words)."""
        there = dict(signs)
        for shape, picture in zip(SIGNS, self.signs, strict=True):
            picture.setVisible(shape in there)
            picture.setToolTip(there.get(shape, ""))
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def show_current(self, is_current: bool) -> None:
        """Whether keys and marks mean this one."""
        if is_current != self._is_current:
            self._is_current = is_current
            self.update()

    def _make_room(self) -> None:
        """In a narrow pane the shape of a mark stands for its word."""
        signs = sum(not each.isHidden() for each in self.signs)
        self.mark.setVisible(self._has_mark and self.width() >= _WORDY + 2 * _BADGE * signs)

    def eventFilter(self, watched: QWidget, event: QFocusEvent) -> bool:
        if event.type() == QFocusEvent.Type.FocusIn:
            self.focused.emit(self.number)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_current:
            painter = QPainter(self)
            painter.setPen(QColor(theme.current().accent))
            for inset in range(_EDGE):
                painter.drawRect(self.rect().adjusted(inset, inset, -inset - 1, -inset - 1))
