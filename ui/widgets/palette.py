"""The command palette: type a few letters of what you want to do, or of where you want to go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui import theme
from ui.actions import Actions, keys_of
from ui.i18n import tr
from ui.widgets.basics import Elided, caption, row, within
from ui.widgets.empty import Picture

_WIDTH, _ROWS, _KEYS = 600, 12, 96
_ACTION = Qt.ItemDataRole.UserRole


class CommandPalette(QFrame):
    """Lies over its window while it is open; Escape, or a click beside it, closes it."""

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._actions = actions
        self.setProperty("role", "sheet")
        self.setAccessibleName(tr("Search or do"))
        self._build()
        self._bind()

    def open(self) -> None:
        window = self.parentWidget()
        self._field.clear()
        self._fill("")
        self.resize(_WIDTH, theme.LARGE + self._field.sizeHint().height() + _ROWS * theme.TOUCH)
        middle = window.mapToGlobal(window.rect().topLeft())
        self.move(middle.x() + (window.width() - _WIDTH) // 2, middle.y() + 56)
        self.show()
        self._field.setFocus()

    def shown(self) -> tuple[QAction, ...]:
        """The actions in the list, best first."""
        return tuple(self._list.item(index).data(_ACTION) for index in range(self._list.count()))

    def _build(self) -> None:
        self._field = QLineEdit(placeholderText=tr("What do you want to do?"), clearButtonEnabled=True)
        self._field.setAccessibleName(tr("Search or do"))
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SMALL, theme.SMALL, theme.SMALL, theme.SMALL)
        layout.addWidget(self._field)
        layout.addWidget(self._list)

    def _bind(self) -> None:
        self._field.textChanged.connect(self._fill)
        self._field.returnPressed.connect(self._run)
        self._list.itemClicked.connect(self._run)
        self._field.installEventFilter(self)

    def _fill(self, text: str) -> None:
        self._list.clear()
        for group, action in matches(self._actions, text):
            item = QListWidgetItem()
            item.setData(_ACTION, action)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, action.text())
            item.setSizeHint(QSize(0, theme.TOUCH))
            self._list.addItem(item)
            self._list.setItemWidget(item, self._row(group, action))
        self._list.setCurrentRow(0)

    def _row(self, group: str, action: QAction) -> QWidget:
        name = Elided(action.text())
        name.setEnabled(action.isEnabled())
        why = self._actions.why_not(action.objectName())
        about = caption(why if why else group)
        keys = caption(keys_of(action))
        keys.setMinimumWidth(_KEYS)
        keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        tone = "text" if action.isEnabled() else "faint"
        layout = row(Picture(self._actions.icon(action.objectName()), theme.ICON, tone), name, about, keys)
        layout.setStretch(1, 1)
        made = within(layout)
        layout.setContentsMargins(theme.SMALL, 0, theme.SMALL, 0)
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return made

    def _run(self) -> None:
        item = self._list.currentItem()
        if item is not None and (action := item.data(_ACTION)).isEnabled():
            self.close()
            action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move in the list while one types in the field."""
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in moves:
            last = self._list.count() - 1
            self._list.setCurrentRow(max(0, min(last, self._list.currentRow() + moves[event.key()])))
            return True
        return False


def matches(actions: Actions, text: str) -> list[tuple[str, QAction]]:
    """The actions that hold every word of the text in their name, group or tip, by how early they do; with group."""
    words = text.casefold().split()
    found = []
    for group, members in actions.groups.items():
        for action in members:
            places = [_place(word, action.text(), group, actions.tip(action.objectName())) for word in words]
            if None not in places:
                found.append((not action.isEnabled(), sum(places), len(found), group, action))
    return [(group, action) for *_, group, action in sorted(found, key=lambda each: each[:3])]


def _place(word: str, text: str, group: str, tip: str) -> int | None:
    """How good a place the word stands in, 0 the best: the beginning of the name or of a word of it."""
    name = text.casefold()
    if name.startswith(word):
        return 0
    if f" {word}" in name:
        return 1
    if word in name:
        return 2
    return 3 if word in f"{group} {tip}".casefold() else None
