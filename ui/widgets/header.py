"""The header: the menu, whose project this is, undo and redo, and the search for everything that can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from ui import theme
from ui.actions import Actions, keys_of
from ui.i18n import tr
from ui.icons import icon
from ui.session import Session
from ui.widgets.basics import Elided, action_button, caption, push, row

HEIGHT = 44

_SEARCH = 240


class Header(QWidget):
    """Title: project · characters."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._actions = session, session.actions
        self.setProperty("surface", "chrome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._build()
        self._bind()
        self.show_project()

    def show_project(self) -> None:
        """Whose project this is; without one there is nothing to go back to, or to undo."""
        project = self._session.project
        self._name.setText(project.name if project else tr("Character LoRA Studio"))
        if project and not self._of_project:
            self._build_for_projects()
        for part in self._of_project:
            part.setVisible(project is not None)
        if project:
            names = ", ".join(each.name for each in project.characters)
            self._who.setText(f"· {names}" if names not in ("", project.name) else "")

    def _build(self) -> None:
        menu = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        menu.setIcon(icon("menu"))
        menu.setToolTip(tr("Menu: everything the window can do"))
        menu.setAccessibleName(tr("Menu"))
        menu.setMenu(_menu(self._actions, menu))
        self._name = QLabel()
        self._name.setProperty("role", "strong")
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._of_project: tuple[QWidget, ...] = ()
        self._layout = row(menu, self._name, None, self._search())
        self._layout.setContentsMargins(theme.SMALL, 0, theme.SMALL, 0)
        self.setLayout(self._layout)

    def _build_for_projects(self) -> None:
        home, undo, redo = (action_button(self._actions[id]) for id in ("project.home", "edit.undo", "edit.redo"))
        self._who = Elided()
        self._who.setProperty("role", "muted")
        self._who.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._of_project = (home, self._who, undo, redo)
        for place, part in ((1, home), (3, self._who), (5, undo), (6, redo)):
            self._layout.insertWidget(place, part)
        self._layout.setStretchFactor(self._who, 100)

    def _search(self) -> QWidget:
        action = self._actions["help.palette"]
        made = push(tr("Search or do …"), action.trigger, icon="search", tip=action.toolTip())
        made.setProperty("role", "search")
        made.setMinimumWidth(_SEARCH)
        keys = caption(keys_of(action))
        keys.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QHBoxLayout(made)
        inside.setContentsMargins(theme.SMALL, 0, theme.SMALL, 0)
        inside.addStretch(1)
        inside.addWidget(keys)
        return made

    def _bind(self) -> None:
        for signal in (self._session.project_opened, self._session.project_closed, self._session.project_changed):
            signal.connect(self.show_project)


def _menu(actions: Actions, parent: QWidget) -> QMenu:
    """Filled whenever it opens, as pages bring their actions with them."""
    menu = QMenu(parent)

    def fill() -> None:
        menu.clear()
        for group, members in actions.groups.items():
            below = menu.addMenu(group)
            below.setToolTipsVisible(True)
            below.addActions(members)

    menu.aboutToShow.connect(fill)
    return menu
