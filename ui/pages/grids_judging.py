"""The marks of the cells of a grid. They are those of the epochs page: one judge, one file, one undo.

That file is of all sheets that differ in epochs and seeds alone, so what is undone may be a mark on another of them.

That page knows epochs under looks; a grid has cells. So each cell is a look of its own here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from studio.core.axes import EPOCH
from studio.core.blind import noise_of
from studio.core.marks import Mark, next_unmarked
from studio.core.rubric import AS_ASKED
from studio.core.sweep import Cell
from studio.core.verdict import NOISE
from studio.store.sweeps import CELLS
from ui.pages.epochs_judging import Judging
from ui.viewstate.epoch_series import Look, Series, Shot
from ui.viewstate.grid_sheets import GridSheet


class GridJudging:
    """What one judge says of the cells of one sheet."""

    def __init__(self, of: GridSheet, judge: str = "") -> None:
        self._of, self._shots = of, _shots(of)
        self._judging = Judging(_series(of, self._shots), judge)
        self.values: Mapping[str, int] = {}
        self._read()

    def renewed(self, of: GridSheet, judge: str) -> GridJudging:
        """With more of its cells, or other marks; of another sheet or by another judge it is another one."""
        if (of.id, of.marks, judge) != (self._of.id, self._of.marks, self._judging.judge):
            return GridJudging(of, judge)
        if of.there != self._of.there:
            self._of, self._shots = of, _shots(of)
        self._judging.renew(_series(of, self._shots))
        self._read()
        return self

    def mark(self, key: str, digit: int) -> None:
        """As the digit key says; 0 takes the mark back."""
        self._judging.mark(self._shots[key], digit)
        self._read()

    def undo(self) -> str:
        """Takes back the last mark; the key of its cell, empty if there is nothing."""
        entry = self._judging.undo()
        self._read()
        return entry.marks[0].key if entry and entry.marks else ""

    def redo(self) -> str:
        entry = self._judging.redo()
        self._read()
        return entry.marks[0].key if entry and entry.marks else ""

    def can_mark(self, key: str) -> bool:
        return key in self._shots

    @property
    def can_undo(self) -> bool:
        return self._judging.can_undo

    @property
    def can_redo(self) -> bool:
        return self._judging.can_redo

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All that count of this judge, causes and notes among them."""
        return self._judging.state.counting(self._judging.judge)

    @property
    def noise(self) -> float:
        """This judge's, as blind repeats show it; the usual one without any."""
        judge = self._judging.judge
        return noise_of((each for each in self._judging.state.marks() if each.judge == judge), NOISE)

    def next_unmarked(self, keys: Iterable[str], after: str) -> str | None:
        """The next of these cells that is drawn and that nobody has judged."""
        there = [each for each in keys if each in self._shots]
        done = [Mark(key, AS_ASKED, "obtained", value, self._judging.judge) for key, value in self.values.items()]
        return next_unmarked(there, [AS_ASKED], done, after)

    def _read(self) -> None:
        found = ((key, self._judging.value(shot)) for key, shot in self._shots.items())
        self.values = {key: value for key, value in found if value is not None}


def _series(of: GridSheet, shots: Mapping[str, Shot]) -> Series:
    """The sheet as a series without epochs, for whoever marks one."""
    by_look = {(Look(key, shot.cell.spec.seed, shot.cell.spec.prompt), ""): shot for key, shot in shots.items()}
    return Series(of.run, of.id, of.title, of.marks, (), tuple(look for look, _ in by_look), by_look, of.size, {})


def _shots(of: GridSheet) -> dict[str, Shot]:
    return {each.key: Shot(of.folder / CELLS / f"{each.key}.png", _plain(each.cell))
            for each in of.spots if each.key in of.there}


def _plain(cell: Cell) -> Cell:
    """Without an epoch, so that no verdict is reckoned with each mark of thousands."""
    return replace(cell, values=tuple(pair for pair in cell.values if pair[0] != EPOCH),
                   sets=tuple(pair for pair in cell.sets if pair[0] != EPOCH))
