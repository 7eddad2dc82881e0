"""What the grids page is made of, and what it says while there is no sheet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QSizePolicy, QSplitter, QToolButton, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.icons import icon
from ui.pages.epochs_layout import Desk
from ui.session import Session
from ui.widgets.basics import Elided, action_button, caption, column, line, row, within
from ui.widgets.empty import Empty
from ui.widgets.grid_axes import AxesPane
from ui.widgets.grid_badge import Badge
from ui.widgets.grid_inspector import Inspector
from ui.widgets.grid_list import SheetList, filter_field
from ui.widgets.grid_pictures import GridPictures
from ui.widgets.grid_view import GridView
from ui.widgets.panes import Panes

_LEFT, _RIGHT = 232, 280


class GridsLayout:
    """`desk` holds what keys act on: the grid, and the one that it is compared with."""

    def __init__(self, session: Session, pictures: GridPictures) -> None:
        self._session = session
        surround = session.look.surround
        self.list, self.axes, self.badge, self.inspector = SheetList(), AxesPane(), Badge(), Inspector()
        self.view, self.other = GridView(pictures, surround), GridView(pictures, surround)
        self.desk, self.whole, self.waiting = Desk(), QWidget(), QWidget()
        self.title, self.other_title, self.scale = Elided(), Elided(), caption("")
        self.beside = _combo(tr("Compare with"))
        self.purpose = _menu_button(tr("Compared for"), "question")
        self.other.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # it looks where the first does
        self.other.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for each in (self.title, self.other_title):
            each.setProperty("role", "strong")

    def fill(self) -> None:
        """Puts everything in its place, once the actions are there."""
        whole = QVBoxLayout(self.whole)
        whole.setContentsMargins(0, 0, 0, 0)
        self.panes = Panes(self._session.settings, "grids", self._left(), self._middle(), self.inspector,
                           widths=(_LEFT, _RIGHT))
        whole.addWidget(self.panes)
        new = self._new_button()
        self.empty = Empty("grids", tr("No sheet yet"), tr(
            "A sheet draws compositions by epochs, seeds or strengths under one prompt and one noise, so that what "
            "differs is what was varied. Choose one of those that ship, or make your own."), new)

    def show_beside(self, is_shown: bool) -> None:
        """Two grids side by side, or one."""
        if is_shown and not self._beside.isVisible():
            self.both.setSizes([1000, 1000])
        self._beside.setVisible(is_shown)
        self._session.actions["grids.difference"].setChecked(False)

    def _new_button(self) -> QToolButton:
        action = self._session.actions["grids.new"]
        action.setIconText(action.text())  # a tool button would leave the dots away
        made = action_button(action, text=True)
        made.setProperty("kind", "push")
        return made

    def _left(self) -> QWidget:
        new = self._new_button()
        new.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        head = within(column(new, filter_field(self.list)), theme.SMALL)
        axes = within(column(self.axes), theme.SMALL)
        made = within(column(head, self.list, line(), axes, gap=0))
        made.layout().setStretch(1, 1)
        made.setMinimumWidth(_LEFT - 24)
        made.setProperty("surface", "page")
        return made

    def _middle(self) -> QWidget:
        self._beside = within(column(_named(self.other_title), self.other, gap=0))
        self._beside.layout().setStretch(1, 1)
        own = within(column(_named(self.title), self.view, gap=0))
        own.layout().setStretch(1, 1)
        self.both = QSplitter(Qt.Orientation.Horizontal)
        self.both.setHandleWidth(1)
        self.both.setChildrenCollapsible(False)
        for each in (own, self._beside):
            self.both.addWidget(each)
        self._beside.hide()
        desk = QVBoxLayout(self.desk)
        desk.setContentsMargins(0, 0, 0, 0)
        desk.setSpacing(0)
        for each in (self._tools(), line(), self.badge):
            desk.addWidget(each)
        desk.addWidget(self.both, 1)
        desk.addWidget(self._foot())
        return self.desk

    def _tools(self) -> QWidget:
        """Over the grid: the zoom, what is pinned, and what it is compared with."""
        actions = self._session.actions
        buttons = [action_button(actions[f"grids.{id}"]) for id in ("zoom_out", "zoom_in", "fit", "full")]
        pins = [action_button(actions[f"grids.{id}"]) for id in ("target", "step0", "turn")]
        made = row(*buttons, self.scale, line(vertical=True), *pins, None, self.purpose, self.beside,
                   action_button(actions["grids.difference"]), action_button(actions["grids.article"]),
                   gap=theme.TINY)
        made.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
        self.scale.setMinimumWidth(44)
        return _held(made)

    def _foot(self) -> QWidget:
        """Under it: marking."""
        actions = self._session.actions
        marking = [action_button(actions[f"grids.mark{digit}"], text=True) for digit in (1, 2, 3)]
        marking += [action_button(actions[f"grids.{id}"]) for id in ("undo", "redo")]
        made = row(*marking, action_button(actions["grids.unmarked"], text=True), None,
                   action_button(actions["grids.epochs"]), action_button(actions["grids.go_on"]),
                   action_button(actions["grids.open"]), gap=theme.TINY)
        made.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
        return _held(made)


def _held(layout) -> QWidget:
    made = QWidget()
    made.setLayout(layout)
    return made


def _named(label: QWidget) -> QWidget:
    label.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
    return label


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setMinimumSize(QSize(90, 0))
    made.setMaximumWidth(240)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(16)
    return made


def _menu_button(text: str, icon_name: str) -> QToolButton:
    made = QToolButton()
    made.setText(text)
    made.setIcon(icon(icon_name))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    made.setToolTip(tr("What the cells are compared for decides which of them may be."))
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
