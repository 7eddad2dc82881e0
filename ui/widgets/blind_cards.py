"""What stands before and after a blind session: what it is to be of, and how steady the judge was."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QLineEdit, QVBoxLayout, QWidget

from studio.core.blind import Steadiness
from ui import theme
from ui.i18n import tr, trn
from ui.widgets.basics import column, muted, push, row, sentence, title

_WIDTH = 460


class BlindStart(QWidget):
    """Asks who judges, for what, and which cells."""

    begun = Signal(str, str, str)   # the judge, and the chosen values of traits and cells
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.judge, self.traits, self.cells = QLineEdit(), QComboBox(), QComboBox()
        for field, name in ((self.judge, tr("Judge")), (self.traits, tr("Traits")), (self.cells, tr("Cells"))):
            field.setAccessibleName(name)
        self.judge.setPlaceholderText(tr("Your name"))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.MEDIUM)
        form.setVerticalSpacing(theme.SMALL)
        form.addRow(tr("Judge"), self.judge)
        form.addRow(tr("Judged for"), self.traits)
        form.addRow(tr("Cells"), self.cells)
        self.begin = push(tr("Begin"), self._begin, icon="play", main=True)
        self.begin.setDefault(True)
        inside = column(title(tr("Judge blind")), sentence(tr(
            "Nothing tells which epoch a picture is of, the order is shuffled, and one cell in ten comes a second "
            "time, half a session later: that tells how steady you are. You can stop at any time and go on another "
            "day.")),
            form, row(None, push(tr("Cancel"), self.given_up.emit), self.begin), gap=theme.MEDIUM)
        _stand(self, inside)
        self.judge.returnPressed.connect(self._begin)

    def offer(self, judge: str, traits: Mapping[str, str], cells: Mapping[str, str]) -> None:
        """Values and how they are called, the first of each chosen."""
        self.judge.setText(judge)
        for field, choices in ((self.traits, traits), (self.cells, cells)):
            field.clear()
            for value, text in choices.items():
                field.addItem(text, value)
        self.begin.setFocus()

    def _begin(self) -> None:
        self.begun.emit(self.judge.text(), self.traits.currentData(), self.cells.currentData())


class BlindEnd(QWidget):
    """How many looks, how fast, and how steady."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pace, self.steady, self.more = sentence(""), sentence(""), muted("", wrap=True)
        self.button = push(tr("Back to the epochs"), self.left.emit, icon="epochs", main=True)
        inside = column(title(tr("Every mark is at its cell again")), self.pace, self.steady, self.more,
                        row(None, self.button), gap=theme.MEDIUM)
        _stand(self, inside)

    def tell(self, looks: int, cells: int, seconds: float, found: Steadiness | None, left: int) -> None:
        """`left` looks were not taken yet."""
        self.pace.setText(tr("{looks} at {cells}, in the median {s} s per cell.",
                             looks=trn("{n} look", "{n} looks", looks), cells=trn("{n} cell", "{n} cells", cells),
                             s=f"{seconds:.1f}"))
        self.steady.setText(told(found))
        self.more.setText(trn("{n} look is left; the session goes on where it was.",
                              "{n} looks are left; the session goes on where it was.", left) if left else "")
        self.more.setVisible(bool(left))
        self.button.setFocus()


def told(found: Steadiness | None) -> str:
    """How steady a judge was, in a sentence."""
    if found is None:
        return tr("No cell was judged twice yet, so it is not known how steady these marks are.")
    return tr("The same was said again in {hits}. The noise of one mark is {noise} % of the scale.", hits=found.same,
              noise=f"{100 * found.noise:.0f}")


def _stand(widget: QWidget, inside: QVBoxLayout) -> None:
    """In the middle, on a card."""
    card = QFrame()
    card.setProperty("role", "sheet")
    inside.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
    card.setLayout(inside)
    card.setFixedWidth(_WIDTH)
    middle = row(None, card, None)
    outer = column(None, middle, None)
    widget.setLayout(outer)
