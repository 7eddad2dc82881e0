"""Which traits of the character can be seen in the chosen pictures, and where in the picture is each?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from studio.core.edits import TRAIT
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import Elided, icon_only, row, within


@dataclass(frozen=True, slots=True)
class TraitTold:
    """A trait, its sight ("visible", "hidden", "differs" or nothing), and whether the current picture has its box."""

    tag: str
    sight: str = ""
    is_boxed: bool = False


class TraitList(QWidget):
    """A line for each trait: its name, an eye that is open or closed, and a frame."""

    set_asked = Signal(str, str)  # "trait:<tag>" and its sight; an empty one makes it unknown
    box_asked = Signal(str)       # a tag
    unbox_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.GAP)

    def show_traits(self, traits: Sequence[TraitTold]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        for each in traits:
            self._lines.addWidget(self._line(each))

    def _line(self, told: TraitTold) -> QWidget:
        name = Elided(told.tag, Qt.TextElideMode.ElideMiddle)
        name.setProperty("role", "" if told.sight else "muted")
        seen = self._eye("eye", tr("{tag} can be seen", tag=told.tag), told, "visible")
        hidden = self._eye("eye-off", tr("{tag} cannot be seen", tag=told.tag), told, "hidden")
        box = icon_only("box", tr("Remove the box of {tag}", tag=told.tag) if told.is_boxed
                        else tr("Draw a box round {tag}", tag=told.tag), self._boxer(told))
        box.setCheckable(True)
        box.setChecked(told.is_boxed)
        line = row(name, seen, hidden, box, gap=theme.GAP)
        line.setStretch(0, 1)
        return within(line)

    def _eye(self, symbol: str, text: str, told: TraitTold, sight: str) -> QToolButton:
        is_on = told.sight == sight
        made = icon_only(symbol, text, lambda: self.set_asked.emit(TRAIT + told.tag, "" if is_on else sight))
        made.setCheckable(True)
        made.setChecked(is_on)
        return made

    def _boxer(self, told: TraitTold) -> Callable[[], None]:
        signal = self.unbox_asked if told.is_boxed else self.box_asked
        return lambda: signal.emit(told.tag)
