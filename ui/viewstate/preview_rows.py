"""What stands where in the growing sheet of previews: a row for each prompt and seed, a column for each epoch?

Several runs share the columns; each has rows of its own, those of one prompt and seed below each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core.events import PreviewReady
from studio.core.reference import telling_words


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """The end of an epoch (`step` 0), or a step within it that somebody asked for. Epoch 0 is before the first step."""

    epoch: int
    step: int = 0

    @property
    def place(self) -> tuple[int, bool, int]:
        """What was drawn within an epoch stands before its end."""
        return self.epoch, not self.step, self.step


@dataclass(frozen=True, slots=True)
class Row:
    """The pictures of one prompt and seed in one run. `words` are what tells the prompt from the others."""

    run: str
    prompt: str
    seed: int
    words: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows, the columns of the epochs behind step 0, and the files: step 0 stands in no column but in `begun`.

    `newest` is the place of the column that was drawn last in the run that matters most; -1 without one.
    """

    rows: tuple[Row, ...] = ()
    columns: tuple[Column, ...] = ()
    newest: int = -1
    begun: Mapping[Row, Path] | None = None
    cells: Mapping[tuple[Row, Column], Path] | None = None

    def path(self, row: Row, column: Column) -> Path | None:
        """The picture of a cell; None as long as there is none."""
        return (self.cells or {}).get((row, column))

    def start(self, row: Row) -> Path | None:
        """What the base drew before the first step."""
        return (self.begun or {}).get(row)


def sheet_of(previews: Mapping[str, Iterable[PreviewReady]], folders: Mapping[str, Path], chief: str = "") -> Sheet:
    """The sheet of some runs, by their ids, in the order in which prompts and seeds first came up.

    What is newest in the run `chief` is newest in the sheet; without it what is newest in any.
    """
    drawn = [(run, each) for run, found in previews.items() for each in found]
    prompts = tuple(dict.fromkeys(each.prompt for _, each in drawn))
    words = telling_words(prompts)
    seeds = tuple(dict.fromkeys(each.seed for _, each in drawn))
    there = {(run, each.prompt, each.seed) for run, each in drawn}
    rows = {(run, prompt, seed): Row(run, prompt, seed, words[prompt])
            for prompt in prompts for seed in seeds for run in previews if (run, prompt, seed) in there}
    begun, cells = {}, {}
    for run, each in drawn:
        row, column = rows[run, each.prompt, each.seed], Column(each.epoch, each.step)
        path = folders[run] / each.path
        if column == Column(0):
            begun[row] = path
        else:
            cells[row, column] = path
    columns = tuple(sorted({column for _, column in cells}, key=lambda each: each.place))
    newest = max((columns.index(column) for row, column in cells if row.run == chief or not chief), default=-1)
    return Sheet(tuple(rows.values()), columns, newest, begun, cells)
