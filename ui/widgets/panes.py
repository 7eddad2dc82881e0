"""A page's side panes: what to choose from at the left, the pictures in the middle, at the right what is selected."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from ui.settings import Settings


class Panes(QSplitter):
    """Three panes whose widths are remembered under `name`. Left and right may be left out."""

    def __init__(self, settings: Settings, name: str, left: QWidget | None, middle: QWidget, right: QWidget | None,
                 widths: tuple[int, int] = (240, 320)) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._settings, self._name = settings, f"panes_{name}"
        self._sides = tuple(each for each in (left, right) if each is not None)
        for pane in (left, middle, right):
            if pane is not None:
                self.addWidget(pane)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        for index in range(self.count()):
            self.setStretchFactor(index, int(self.widget(index) is middle))
        self._restore(left, right, widths)
        self.splitterMoved.connect(self._remember)

    @property
    def are_sides_shown(self) -> bool:
        return any(not pane.isHidden() for pane in self._sides)

    def show_sides(self, shown: bool) -> None:
        """Shows or hides both side panes, as F9 does."""
        for pane in self._sides:
            pane.setVisible(shown)

    def _restore(self, left: QWidget | None, right: QWidget | None, widths: tuple[int, int]) -> None:
        kept = self._settings.state(self._name, [])
        if len(kept) == self.count() and all(isinstance(each, int) and each > 0 for each in kept):
            self.setSizes(kept)
            return
        first = [widths[0]] if left else []
        last = [widths[1]] if right else []
        self.setSizes([*first, max(400, 1280 - sum(first) - sum(last)), *last])

    def _remember(self) -> None:
        if all(size > 0 for size in self.sizes()):
            self._settings.remember(**{self._name: self.sizes()})
