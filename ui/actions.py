"""Everything the window can do, in one registry: menus, the command palette and the shortcut overlay read it.

    session.actions.add("captions.next", tr("Next picture"), self.next, icon="next", key="Ctrl+Down",
                        tip=tr("Goes on to the next picture and keeps the cursor where it is."), group=tr("Captions"),
                        within=self)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.icons import icon as icon_of

_KEYS = QKeySequence.SequenceFormat.NativeText


class _Entry:
    def __init__(self, action: QAction, group: str, tip: str, icon: str, within: QWidget | None) -> None:
        self.action, self.group, self.tip, self.icon, self.within = action, group, tip, icon, within
        self.why_not = ""


class Actions(QObject):
    """Actions by their ids, in the order in which they were added."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._window: QWidget | None = None
        self._entries: dict[str, _Entry] = {}

    def add(self, id: str, text: str, run: Callable[[], object], *, icon: str, key: str = "", tip: str, group: str,
            within: QWidget | None = None, checkable: bool = False) -> QAction:
        """A new action. Its shortcut works in the whole window, or where `within` or something in it has the focus.

        `key` may name several, parted by "; ". The tooltip is made of text, keys and `tip`. A checkable action calls
        `run` after it was switched; `run` takes no arguments either way.
        """
        if id in self._entries:
            raise ValueError(f"two actions are called {id}")
        action = QAction(icon_of(icon), text, within or self._window or self)
        action.setObjectName(id)
        action.setCheckable(checkable)
        action.setShortcuts([QKeySequence(each) for each in key.split("; ")] if key else [])
        action.triggered.connect(lambda: run())
        self._place(action, within)
        self._entries[id] = _Entry(action, group, tip, icon, within)
        self._retell(id)
        self.changed.emit()
        return action

    def attach(self, window: QWidget) -> None:
        """Names the window whose actions these are."""
        self._window = window

    def __getitem__(self, id: str) -> QAction:
        return self._entries[id].action

    def __contains__(self, id: str) -> bool:
        return id in self._entries

    def drop(self, owner: QWidget) -> None:
        """Forgets the actions that belong to a widget that goes, or to something in it."""
        gone = [id for id, entry in self._entries.items() if entry.within and _is_in(entry.within, owner)]
        for id in gone:
            del self._entries[id]
        self.changed.emit()

    def disable(self, id: str, why: str) -> None:
        """Switches an action off; its tooltip says why."""
        self._switch(id, why)

    def enable(self, id: str, tip: str = "") -> None:
        """Switches an action on again, perhaps with other words on what it would do."""
        self._entries[id].tip = tip or self._entries[id].tip
        self._switch(id, "")

    def why_not(self, id: str) -> str:
        """Why an action is off; empty where it is on."""
        return self._entries[id].why_not

    def tip(self, id: str) -> str:
        """What an action does, without its keys."""
        return self._entries[id].tip

    def icon(self, id: str) -> str:
        """The name of its icon."""
        return self._entries[id].icon

    @property
    def groups(self) -> Mapping[str, tuple[QAction, ...]]:
        """The actions by their group, groups in the order in which they came up."""
        names = dict.fromkeys(entry.group for entry in self._entries.values())
        return {name: tuple(entry.action for entry in self._entries.values() if entry.group == name) for name in names}

    def _place(self, action: QAction, within: QWidget | None) -> None:
        if within is None:
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        else:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if owner := within or self._window:
            owner.addAction(action)

    def _switch(self, id: str, why: str) -> None:
        entry = self._entries[id]
        entry.why_not = why
        entry.action.setEnabled(not why)
        self._retell(id)

    def _retell(self, id: str) -> None:
        entry = self._entries[id]
        keys = keys_of(entry.action)
        head = f"{entry.action.text()}  ({keys})" if keys else entry.action.text()
        entry.action.setToolTip("\n".join(line for line in (head, entry.why_not or entry.tip) if line))


def keys_of(action: QAction) -> str:
    """The shortcuts as people of this system write them."""
    return ", ".join(each.toString(_KEYS) for each in action.shortcuts())


def _is_in(widget: QWidget, owner: QWidget) -> bool:
    return widget is owner or owner.isAncestorOf(widget)
