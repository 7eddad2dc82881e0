"""The tags of a caption as chips: who wrote each, what is wrong with it; to be moved, dragged and taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QKeyEvent, QMouseEvent, QPaintEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from studio.core.retag import TagOrigin
from ui import icons, theme
from ui.i18n import tr
from ui.widgets.basics import caption, row, within
from ui.widgets.chips_words import group_name
from ui.widgets.flow import FlowLayout

TAG_MIME = "application/x-charstudio-tag"
HEIGHT = 26

_SIGN = 12
_ORIGIN_ICONS = {"hand": "", "tagger": "wand", "rule": "list"}
_LINES = {"hand": Qt.PenStyle.SolidLine, "tagger": Qt.PenStyle.DashLine, "rule": Qt.PenStyle.DotLine}


@dataclass(frozen=True, slots=True)
class ChipFace:
    """What a chip shows. One that is `fixed` cannot be taken away; `flaw` says why a tag should not be there."""

    tag: str
    origin: TagOrigin = "hand"
    group: str = ""
    fixed: bool = False
    movable: bool = True
    flaw: str = ""


class Chip(QWidget):
    """One tag. It tells of keys and the mouse; its flow does what is wanted."""

    removed = Signal(str)
    shifted = Signal(str, int)
    stepped = Signal(str, int)   # to the chip before or behind it
    dragged = Signal(str, QPoint, bool)  # where the pointer is, globally; and whether it was let go
    chosen = Signal(str)
    typed = Signal(object)       # a QKeyEvent that writes something

    def __init__(self, face: ChipFace) -> None:
        super().__init__()
        self.face = face
        self._pressed: QPoint | None = None
        self._is_dragged = self._is_over_cross = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_spoken(face))
        self.setToolTip(_told(face))

    def sizeHint(self) -> QSize:
        signs = len(self._signs()) + (not self.face.fixed)
        width = self.fontMetrics().horizontalAdvance(self.face.tag) + 2 * theme.SMALL + signs * (_SIGN + theme.TINY)
        return QSize(min(width + 2, 360), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_body(painter)
        left = theme.SMALL
        for name, colour in self._signs():
            self._paint_sign(painter, left, name, colour)
            left += _SIGN + theme.TINY
        room = QRect(left, 0, self._cross().left() - left if not self.face.fixed else self.width() - left, HEIGHT)
        painter.setPen(QColor(theme.current().text))
        text = self.fontMetrics().elidedText(self.face.tag, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        if not self.face.fixed:
            now = theme.current()
            self._paint_sign(painter, self._cross().left(), "close", now.text if self._is_over_cross else now.muted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        if steps and alt:
            self.shifted.emit(self.face.tag, steps)
        elif steps:
            self.stepped.emit(self.face.tag, steps)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not self.face.fixed:
            self.removed.emit(self.face.tag)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self.face.tag)
        elif event.text().strip().isprintable() and event.text().strip():
            self.typed.emit(event)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton and not self.face.fixed:
            self.removed.emit(self.face.tag)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        self._show_over(not self.face.fixed and self._cross().adjusted(-4, -8, 8, 8).contains(place))
        far = self._pressed and (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if far and self.face.movable and not self._is_on_cross(self._pressed):
            self._is_dragged = True
        if self._is_dragged:
            self.dragged.emit(self.face.tag, event.globalPosition().toPoint(), False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragged, pressed = self._is_dragged, self._pressed
        self._is_dragged, self._pressed = False, None
        if was_dragged:
            self.dragged.emit(self.face.tag, event.globalPosition().toPoint(), True)
        elif pressed and self._is_on_cross(pressed) and self._is_on_cross(event.position().toPoint()):
            self.removed.emit(self.face.tag)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self.face.tag)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_over(False)

    def forget_drag(self) -> None:
        """The system's own drag has taken over."""
        self._is_dragged, self._pressed = False, None

    def _show_over(self, is_over: bool) -> None:
        if is_over != self._is_over_cross:
            self._is_over_cross = is_over
            self.update()

    def _is_on_cross(self, place: QPoint) -> bool:
        return not self.face.fixed and self._cross().adjusted(-4, -8, 8, 8).contains(place)

    def _cross(self) -> QRect:
        return QRect(self.width() - theme.SMALL - _SIGN + 2, (HEIGHT - _SIGN) // 2, _SIGN, _SIGN)

    def _signs(self) -> list[tuple[str, str]]:
        """(icon, colour) in front of the tag."""
        now = theme.current()
        signs = [("lock", now.muted)] if self.face.fixed else []
        signs += [("warning", now.doubtful)] if self.face.flaw else []
        return signs + [(name, now.muted) for name in [_ORIGIN_ICONS[self.face.origin]] if name]

    def _paint_body(self, painter: QPainter) -> None:
        now = theme.current()
        edge = now.accent if self.hasFocus() else now.doubtful if self.face.flaw else now.edge
        painter.setPen(QPen(QColor(edge), 1.5 if self.hasFocus() else 1, _LINES[self.face.origin]))
        painter.setBrush(QColor(now.page if self.face.fixed else now.lift))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), HEIGHT / 2, HEIGHT / 2)

    def _paint_sign(self, painter: QPainter, left: int, name: str, colour: str) -> None:
        drawn = icons.pixmap(name, _SIGN, colour, self.devicePixelRatioF())
        painter.drawPixmap(left, (HEIGHT - _SIGN) // 2, drawn)


class ChipFlow(QWidget):
    """The chips of a caption, in its order or by groups, and behind them the field where one types."""

    removed = Signal(str)
    moved = Signal(str, str)     # a tag, and the one in front of which it goes; empty for the end
    shifted = Signal(str, int)
    chosen = Signal(str)
    left = Signal()              # the last chip was left to the right: the field has the word

    def __init__(self, field: QWidget) -> None:
        super().__init__()
        self._field, self._chips, self._mark = field, [], None
        self._layout = FlowLayout(self, gap=6)
        self._layout.addWidget(field)
        self.setAccessibleName(tr("Tags of this picture"))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def tags(self) -> tuple[str, ...]:
        """Those of the chips, in the order in which they are shown."""
        return tuple(chip.face.tag for chip in self._chips)

    def chip(self, tag: str) -> Chip | None:
        """The chip of a tag."""
        return next((chip for chip in self._chips if chip.face.tag == tag), None)

    def show_chips(self, faces: Iterable[ChipFace], with_heads: bool = False) -> None:
        """Shows these; with heads, those that belong together follow a word that says so."""
        wanted, focused = [*faces], next((chip.face.tag for chip in self._chips if chip.hasFocus()), "")
        self.setUpdatesEnabled(False)
        self._empty()
        group = ""
        for face in wanted:
            chip = self._made(face)
            is_first = with_heads and face.group and face.group != group
            self._put(_headed(group_name(face.group), chip) if is_first else chip)
            group = face.group
        self.setUpdatesEnabled(True)
        self.updateGeometry()
        if focused:
            (self.chip(focused) or self._field).setFocus()

    def focus_last(self) -> None:
        """Goes from the field to the chip before it."""
        if self._chips:
            self._chips[-1].setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._mark:
            painter = QPainter(self)
            painter.fillRect(self._mark, QColor(theme.current().accent))

    def _empty(self) -> None:
        self._chips = []
        while self._layout.count() > 1:
            widget = self._layout.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()

    def _put(self, widget: QWidget) -> None:
        self._layout.insertWidget(self._layout.count() - 1, widget)
        widget.show()

    def _made(self, face: ChipFace) -> Chip:
        chip = Chip(face)
        chip.removed.connect(self._removed)
        chip.shifted.connect(self.shifted)
        chip.chosen.connect(self.chosen)
        chip.stepped.connect(self._stepped)
        chip.dragged.connect(self._dragged)
        chip.typed.connect(self._typed)
        self._chips.append(chip)
        return chip

    def _removed(self, tag: str) -> None:
        """The neighbour gets the focus, so that several go one after the other."""
        chip = self.chip(tag)
        if chip and chip.hasFocus():
            self._stepped(tag, -1 if chip is self._chips[-1] else 1)
        self.removed.emit(tag)

    def _stepped(self, tag: str, steps: int) -> None:
        place = self.tags.index(tag) + steps
        if place >= len(self._chips):
            self._field.setFocus()
            self.left.emit()
        elif place >= 0:
            self._chips[place].setFocus()

    def _typed(self, event: QKeyEvent) -> None:
        """Who types goes on in the field, such as after taking away a tag that was misspelt."""
        self._field.setFocus()
        QApplication.sendEvent(self._field, event)

    def _dragged(self, tag: str, place: QPoint, is_over: bool) -> None:
        here = self.mapFromGlobal(place)
        if not self.rect().adjusted(-24, -24, 24, 24).contains(here) and not is_over:
            self._hand_over(tag)
            return
        before = self._at(here)
        self._show_mark(None if is_over else before)
        if is_over:
            self.moved.emit(tag, before.face.tag if before else "")

    def _hand_over(self, tag: str) -> None:
        """Outside, a chip is a tag that others may take, such as a bin of the ledger."""
        self._show_mark(None)
        self.chip(tag).forget_drag()
        drag = QDrag(self)
        drag.setMimeData(tag_mime(tag))
        drag.exec(Qt.DropAction.CopyAction)

    def _at(self, place: QPoint) -> Chip | None:
        """The chip in front of which something goes that is let go there."""
        movable = [chip for chip in self._chips if chip.face.movable]
        line = [chip for chip in movable if self._frame(chip).top() <= place.y() <= self._frame(chip).bottom()]
        after = (chip for chip in line if place.x() < self._frame(chip).center().x())
        if found := next(after, None):
            return found
        if not line:
            return None
        behind = movable.index(line[-1]) + 1
        return movable[behind] if behind < len(movable) else None

    def _show_mark(self, before: Chip | None) -> None:
        self._mark = QRect(self._frame(before).topLeft() - QPoint(4, 0), QSize(2, HEIGHT)) if before else None
        self.update()

    def _frame(self, chip: Chip) -> QRect:
        """Where a chip is, also one that stands behind a head."""
        return QRect(chip.mapTo(self, QPoint()), chip.size())


def tag_mime(tag: str) -> QMimeData:
    """A tag on its way from one widget to another."""
    mime = QMimeData()
    mime.setData(TAG_MIME, tag.encode())
    mime.setText(tag)
    return mime


def tag_of(mime: QMimeData) -> str:
    """The tag that is on its way; empty for anything else."""
    return bytes(mime.data(TAG_MIME)).decode() if mime.hasFormat(TAG_MIME) else ""


def _headed(text: str, chip: Chip) -> QWidget:
    """The word that says what follows, never left alone at the end of a line."""
    head = caption(text)
    head.setFixedHeight(HEIGHT)
    head.setContentsMargins(theme.SMALL, 0, 0, 0)
    return within(row(head, chip, gap=6))


def origin_words(origin: TagOrigin) -> str:
    """Who wrote a tag, in words."""
    return {"hand": tr("written by hand"), "tagger": tr("seen by a tagger"), "rule": tr("put in by a rule")}[origin]


def _spoken(face: ChipFace) -> str:
    group = group_name(face.group) if face.group else ""
    return ", ".join(filter(None, (face.tag, group, origin_words(face.origin), face.flaw)))


def _told(face: ChipFace) -> str:
    keys = tr("Alt+Left and Alt+Right move it, Del takes it away, a double click takes it back into the field.")
    if face.fixed:
        return tr("The trigger calls the character; it stays.")
    return "\n".join(filter(None, (f"{face.tag} · {origin_words(face.origin)}", face.flaw, keys)))
