"""What was said of the cells of a series, and what does that come to? One judge's marks, and the verdict on them."""

from __future__ import annotations

import getpass
import time
from collections import defaultdict
from collections.abc import Mapping

from studio.core.axes import EPOCH, Value
from studio.core.marks import Entry, Mark, next_unmarked
from studio.core.paired import seen_in
from studio.core.rubric import AS_ASKED, COMPOSITION, SCALES
from studio.core.verdict import Verdict, verdict
from studio.store.marks import Marks
from ui.i18n import tr
from ui.viewstate.epoch_series import Look, Series, Shot
from ui.widgets.epoch_scrubber import Tally

_ITEM = COMPOSITION.item(AS_ASKED)
_SCALE = SCALES[_ITEM.scale]


class Judging:
    """The marks of one series by one judge: whether each cell is what was asked for."""

    def __init__(self, series: Series, judge: str = "") -> None:
        self.series, self.judge = series, judge or _who()
        self._file = Marks(series.folder)
        self._by_key: dict[str, Mark] = {}
        self._tallies: dict[Look | None, dict[Value, Tally]] = {}
        self.verdict = verdict(())
        self.renew(series)

    def renew(self, series: Series) -> None:
        """More of its cells are there, or other marks."""
        self.series, self._tallies = series, {}
        marks = [each for each in self._file.state.counting(self.judge) if each.trait == AS_ASKED]
        self._by_key = {each.key: each for each in marks}
        self.verdict: Verdict = verdict(seen_in(series.cells, marks))

    def value(self, shot: Shot | None) -> int | None:
        """From 0, the worst, to 2; None as long as nobody said."""
        mark = self._by_key.get(shot.cell.key) if shot else None
        return None if mark is None or mark.value is None else int(mark.value)

    def mark(self, shot: Shot, digit: int) -> None:
        """As the digit key says; 0 takes the mark back."""
        value = _SCALE.value_of_key(digit) if digit else None
        self._file.add([Mark(shot.cell.key, _ITEM.trait, _ITEM.scale, value, self.judge, time=time.time())])
        self.renew(self.series)

    def undo(self) -> Entry | None:
        """Takes back the last mark; None if there is nothing."""
        entry = self._file.undo()
        self.renew(self.series)
        return entry

    def redo(self) -> Entry | None:
        entry = self._file.redo()
        self.renew(self.series)
        return entry

    @property
    def can_undo(self) -> bool:
        return bool(self._file.state.done)

    @property
    def can_redo(self) -> bool:
        return bool(self._file.state.undone)

    def next_unmarked(self, after: Shot | None) -> tuple[Look, Value] | None:
        """The next cell without a mark: prompt by prompt, epoch by epoch."""
        places = {shot.cell.key: (look, epoch) for look in self.series.looks for epoch in self.series.epochs
                  if (shot := self.series.shot(look, epoch))}
        key = next_unmarked(places, [AS_ASKED], self._by_key.values(), after.cell.key if after else "")
        return places[key] if key else None

    def tallies(self, look: Look | None) -> dict[Value, Tally]:
        """How each epoch was marked, under this look and in all."""
        if look not in self._tallies:
            self._tallies[look] = self._tallied(look)
        return self._tallies[look]

    def _tallied(self, look: Look | None) -> dict[Value, Tally]:
        shares: defaultdict[Value, dict[str, float]] = defaultdict(dict)
        for (_, epoch), shot in self.series.shots.items():
            if mark := self._by_key.get(shot.cell.key):
                shares[epoch][shot.cell.key] = mark.share
        return {epoch: Tally(self.value(self.series.shot(look, epoch)), sum(of.values()) / len(of), len(of))
                for epoch, of in shares.items()}

    @property
    def band(self) -> tuple[Value, Value] | None:
        """First and last epoch of the plateau; None as long as too few epochs are marked to speak of one."""
        found, marked = self.verdict.plateau, self._marked
        if found is None or found.shortfall or len(marked) < 3 or found.epoch not in self.series.epochs:
            return None
        return found.epoch, marked[-1]

    @property
    def _marked(self) -> list[Value]:
        keys = self._by_key.keys()
        there = {shot.cell.value(EPOCH) for shot in self.series.shots.values() if shot.cell.key in keys}
        return [each for each in self.series.epochs if each in there]


def mark_words(value: int | None) -> tuple[str, str, str]:
    """(word, icon, tone) of a mark; all but the tone empty for none."""
    found: Mapping[int, tuple[str, str, str]] = {
        0: (tr("not obtained"), "error", "bad"), 1: (tr("partial"), "warning", "doubtful"),
        2: (tr("obtained"), "good", "good")}
    return ("", "", "muted") if value is None else found[value]


def _who() -> str:
    """Who sits here, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system without names
        return "me"
