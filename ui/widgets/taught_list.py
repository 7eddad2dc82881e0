"""Who is taught, and how often is each shown? Pictures times repeats, for each character and each group."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSpinBox, QWidget

from studio.core.shares import Share
from ui import theme
from ui.i18n import tr, trn
from ui.widgets.basics import Elided, column, muted
from ui.widgets.picture_strip import PictureStrip

_MOST = 10_000
_SPIN = 84


class TaughtList(QWidget):
    """A line for each; a character that is not ticked takes no part, and nor do the pictures that show her with others.

    Repeats belong to the project: the data set page and every run see the same.
    """

    repeats_entered = Signal(object, int)  # names, the new repeats
    ticked = Signal(object)                # names of the characters that take part

    def __init__(self) -> None:
        super().__init__()
        self._shares: tuple[Share, ...] = ()
        self._ticked: frozenset[str] = frozenset()
        self.ticks: dict[str, QCheckBox] = {}
        self.spins: dict[str, QSpinBox] = {}
        self.strips: dict[str, PictureStrip] = {}
        self._counts: dict[str, QLabel] = {}
        self._results: dict[str, QLabel] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.SMALL)
        self._grid.setVerticalSpacing(theme.TINY)
        self._grid.setColumnStretch(1, 1)
        self._none = muted(tr("There is no character yet: import pictures first."), wrap=True)
        self.setLayout(column(self._grid, self._none))

    def show_shares(self, shares: Sequence[Share], ticked: Sequence[str]) -> None:
        """The characters and groups, and the names of those who take part, all of them if none is named."""
        if [each.name for each in shares] != [each.name for each in self._shares]:
            self._fill(shares)
        self._shares = tuple(shares)
        names = {each.name for each in shares if len(each.characters) == 1}
        self._ticked = frozenset(ticked) & names or frozenset(names)
        for each in shares:
            self._show(each)
        self._none.setVisible(not shares)

    def show_pictures(self, name: str, pixmaps: Sequence[QPixmap]) -> None:
        """A few pictures of a character or a group."""
        if name in self.strips:
            self.strips[name].show_pictures(pixmaps)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the page; it changes no repeats in passing."""
        if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _show(self, each: Share) -> None:
        takes_part = self._ticked.issuperset(each.characters)
        spin = self.spins[each.name]
        spin.blockSignals(True)
        spin.setValue(each.repeats)
        spin.blockSignals(False)
        spin.setEnabled(takes_part)
        if each.name in self.ticks:
            self.ticks[each.name].setChecked(takes_part)
        self._counts[each.name].setText(trn("{n} picture", "{n} pictures", each.pictures))
        shown = tr("= {n} an epoch", n=f"{each.exposures:,}")
        self._results[each.name].setText(shown if takes_part else tr("takes no part"))

    def _fill(self, shares: Sequence[Share]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        self.ticks, self.spins, self.strips, self._counts, self._results = {}, {}, {}, {}, {}
        several = sum(len(each.characters) == 1 for each in shares) > 1
        for line, each in enumerate(shares):
            self._counts[each.name], self._results[each.name] = _figure(), _figure()
            strip = self.strips[each.name] = PictureStrip(tr("Pictures of {name}", name=each.name))
            parts = (self._name(each, several), strip, self._counts[each.name], self._spin(each),
                     self._results[each.name])
            for place, part in enumerate(parts):
                self._grid.addWidget(part, line, place)

    def _name(self, each: Share, several: bool) -> QWidget:
        """Only where there are several is there something to choose."""
        if len(each.characters) > 1 or not several:
            return Elided(each.name)
        tick = self.ticks[each.name] = QCheckBox(each.name)
        tick.setToolTip(tr("Whether this run teaches her."))
        tick.clicked.connect(lambda is_on, name=each.name: self._tick(name, is_on))
        return tick

    def _tick(self, name: str, is_on: bool) -> None:
        """The last one cannot be taken away: a run teaches somebody."""
        wanted = self._ticked | {name} if is_on else self._ticked - {name}
        order = [each.name for each in self._shares if len(each.characters) == 1]
        self.ticked.emit(tuple(each for each in order if each in (wanted or {name})))

    def _spin(self, each: Share) -> QSpinBox:
        spin = self.spins[each.name] = QSpinBox(minimum=1, maximum=_MOST, value=each.repeats)
        spin.setPrefix("× ")
        spin.setFixedWidth(_SPIN)
        spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        spin.installEventFilter(self)
        spin.setToolTip(tr("How often an epoch shows each picture (repeats). It belongs to the project."))
        spin.setAccessibleName(tr("Repeats of {name}", name=each.name))
        spin.valueChanged.connect(lambda value, who=each.characters: self.repeats_entered.emit(who, value))
        return spin


def _figure() -> QLabel:
    """Numbers of one width, at the right edge of their column."""
    made = muted("")
    made.setFont(theme.tabular(made.font()))
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made
