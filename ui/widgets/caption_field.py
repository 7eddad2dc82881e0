"""The field where tags are typed, with a list of what the letters may stand for.

Enter adds what stands there, Tab completes it by the first suggestion, Ctrl+Enter does both, Down goes into the list; a
comma ends a tag. The list never takes the focus, so nobody has to reach for the mouse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from studio.core.completion import Suggestion
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import caption
from ui.widgets.chips_words import kind_name

Find = Callable[[str], Sequence[Suggestion]]

_ROW = 24
_MOST_ROWS = 10
_WIDTH = 380
_COMMAS = (",", "，", "、")
_SUGGESTION = Qt.ItemDataRole.UserRole


class CaptionField(QLineEdit):
    """Tells of each tag that is entered. `find` gives suggestions for letters."""

    entered = Signal(str)
    taken_back = Signal()   # Backspace in the empty field
    left_behind = Signal()  # Left in front of the first letter

    def __init__(self, name: str = "", find: Find | None = None) -> None:
        super().__init__()
        self.find: Find = find or (lambda text: ())
        self.popup: SuggestionList | None = None
        self._was_asked = False
        self.setPlaceholderText(tr("Add a tag"))
        self.setAccessibleName(name or tr("Add a tag"))
        self.setToolTip(tr("Enter adds, Tab completes, Ctrl+Enter does both, Backspace takes the last tag back."))
        self.setMinimumWidth(160)
        self.textEdited.connect(self._typed)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """The tags in the list that is shown; none without a list."""
        return self.popup.tags if self.popup and self.popup.isVisible() else ()

    def refresh_suggestions(self) -> None:
        """Other tags are known by now."""
        if self.popup and self.popup.isVisible():
            self._suggest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._handled(event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Undo belongs to the captions as long as nothing is typed; Tab must not leave the field while it completes."""
        if event.type() == QEvent.Type.ShortcutOverride and not self.text() and _is_undo(event):
            event.ignore()
            return False
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab and self.text() and self._complete():
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.close_list()
        super().focusOutEvent(event)

    def close_list(self) -> None:
        if self.popup:
            self.popup.hide()

    def _handled(self, key: Qt.Key, with_control: bool) -> bool:
        """Whether a key meant something here."""
        keys = Qt.Key
        if key in (keys.Key_Return, keys.Key_Enter):
            self._enter(with_control)
        elif key in (keys.Key_Down, keys.Key_Up) and not with_control and self.suggestions:
            self.popup.step(1 if key == keys.Key_Down else -1)
        elif key == keys.Key_Escape and self.suggestions:
            self.close_list()
        elif key == keys.Key_Space and with_control:
            self._suggest()
        elif key == keys.Key_Backspace and not self.text():
            self.taken_back.emit()
        elif key == keys.Key_Left and not self.cursorPosition() and not self.hasSelectedText():
            self.left_behind.emit()
        else:
            return False
        return True

    def _typed(self, text: str) -> None:
        if text.endswith(_COMMAS):
            self._add(text.rstrip("".join(_COMMAS)))
        elif text.strip():
            self._suggest()
        else:
            self.close_list()

    def _enter(self, completes: bool) -> None:
        if completes:
            self._complete()
        elif self.suggestions and self.popup.chosen:
            self.setText(self.popup.chosen)
        self._add(self.text())

    def _complete(self) -> bool:
        """Puts the chosen suggestion into the field, else the first one."""
        found = self.suggestions
        if not found:
            return False
        self.setText(self.popup.chosen or found[0])
        self.close_list()
        return True

    def _add(self, text: str) -> None:
        self.close_list()
        self.clear()
        if text.strip():
            self.entered.emit(text.strip())

    def _suggest(self) -> None:
        found = tuple(self.find(self.text()))
        if not found:
            self.close_list()
            return
        if self.popup is None:
            self.popup = SuggestionList(self)
            self.popup.clicked.connect(self._add)
        self.popup.suggest(found)
        self.popup.stand_below(self)


class SuggestionList(QFrame):
    """Rows of tags with how common each is and by which other name it was found. Lies over the page, without focus."""

    clicked = Signal(str)

    def __init__(self, field: QLineEdit, keys: str = "") -> None:
        super().__init__(field.window())
        self.setProperty("role", "sheet")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model, self._view = _Model(), QListView()
        self._view.setModel(self._model)
        self._view.setItemDelegate(_Row(self._view))
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setAccessibleName(tr("Suggestions"))
        self._view.setUniformItemSizes(True)
        for policy in (self._view.setVerticalScrollBarPolicy, self._view.setHorizontalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.clicked.connect(lambda index: self.clicked.emit(index.data(_SUGGESTION).tag))
        self._foot = caption(keys or tr("Tab completes · Enter adds · ↓ chooses"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.TINY, theme.TINY, theme.TINY, theme.TINY)
        layout.setSpacing(2)
        layout.addWidget(self._view)
        layout.addWidget(self._foot)

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(each.tag for each in self._model.found)

    @property
    def chosen(self) -> str:
        """The tag of the row that was gone to; empty as long as none was."""
        index = self._view.currentIndex()
        return index.data(_SUGGESTION).tag if index.isValid() else ""

    def suggest(self, found: tuple[Suggestion, ...]) -> None:
        self._model.show_rows(found)
        self._view.setCurrentIndex(QModelIndex())

    def step(self, rows: int) -> None:
        """Goes to another row; above the first one none is chosen."""
        row = self._view.currentIndex().row() + rows
        self._view.setCurrentIndex(self._model.index(row) if row >= 0 else QModelIndex())

    def stand_below(self, field: QLineEdit) -> None:
        """Under the field, or above it where there is no room."""
        window = field.window()
        if self.parent() is not window:
            self.setParent(window)
        rows = min(len(self._model.found), _MOST_ROWS)
        self._view.setFixedHeight(rows * _ROW)
        self.resize(min(_WIDTH, window.width() - 2 * theme.SMALL), self.sizeHint().height())
        below = field.mapTo(window, QPoint(0, field.height() + 2))
        if below.y() + self.height() > window.height():
            below = field.mapTo(window, QPoint(0, -self.height() - 2))
        below.setX(max(0, min(below.x(), window.width() - self.width() - theme.SMALL)))
        self.move(below)
        self.show()
        self.raise_()


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[Suggestion, ...] = ()

    def show_rows(self, found: tuple[Suggestion, ...]) -> None:
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        each = self.found[index.row()]
        if role == _SUGGESTION:
            return each
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{each.tag}, {each.count:,}"
        return None


class _Row(QStyledItemDelegate):
    """The tag, the alias it was found by, and at the right how often it is there."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(_WIDTH, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        now, each = theme.current(), index.data(_SUGGESTION)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(now.tint if chosen else now.lift))
        room = option.rect.adjusted(theme.SMALL, 0, -theme.SMALL, 0)
        painter.setFont(theme.tabular(option.font))
        painter.setPen(QColor(now.muted))
        painter.drawText(room, _RIGHT, _count(each))
        room.setRight(room.right() - option.fontMetrics.horizontalAdvance(_count(each)) - theme.SMALL)
        self._names(painter, room, each, option)

    def _names(self, painter: QPainter, room: QRect, each: Suggestion, option: QStyleOptionViewItem) -> None:
        now, metrics = theme.current(), option.fontMetrics
        painter.setPen(QColor(now.text))
        painter.drawText(room, _LEFT, metrics.elidedText(each.tag, Qt.TextElideMode.ElideRight, room.width()))
        room.setLeft(room.left() + metrics.horizontalAdvance(each.tag) + theme.SMALL)
        about = " · ".join(filter(None, (f"← {each.alias}" if each.alias else "", _kind(each))))
        painter.setPen(QColor(now.muted))
        painter.drawText(room, _LEFT, metrics.elidedText(about, Qt.TextElideMode.ElideRight, max(0, room.width())))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _kind(each: Suggestion) -> str:
    if each.own:
        return tr("in this set")
    return kind_name(each.kind)


def _count(each: Suggestion) -> str:
    if not each.count:
        return ""
    if each.count >= 1_000_000 and not each.own:
        return f"{each.count / 1e6:.1f} M"
    return f"{each.count / 1e3:.0f} k" if each.count >= 10_000 and not each.own else f"{each.count:,}"


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
