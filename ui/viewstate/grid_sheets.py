"""What is known of a sheet that a grid can show, and which cell of another one is the counterpart of one of its own?"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core.axes import BASE, CHARACTER, EPOCH, FORMAT, LORA, MODEL, STRENGTH
from studio.core.spec import key_of
from studio.core.sweep import Cell, Sheet

_VERSIONS = (EPOCH, LORA, MODEL, STRENGTH, FORMAT, CHARACTER)  # in what two sheets may differ that are compared


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell under the name of its picture, and that of the same without the character's LoRA, reckoned once."""

    key: str
    step0: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class GridSheet:
    """A sheet of the project: `spots` are all cells it will have, `there` the keys of those that are drawn.

    `marks` is the folder that its marks lie in. `run` is whose LoRAs it wears, empty for none of the project's.
    """

    id: str
    folder: Path
    marks: Path
    sheet: Sheet
    spots: tuple[Spot, ...]
    there: frozenset[str]
    run: str = ""

    @property
    def title(self) -> str:
        return self.sheet.heading

    @property
    def size(self) -> tuple[int, int]:
        """Of its pictures, in pixels."""
        spec = self.spots[0].cell.spec if self.spots else self.sheet.spec
        return spec.width, spec.height

    @property
    def pictures(self) -> int:
        """How many it will have; cells of one key are one."""
        return len({each.key for each in self.spots})

    @property
    def is_whole(self) -> bool:
        return len(self.there) >= self.pictures


@dataclass(frozen=True, slots=True)
class FoundSheets:
    """All sheets of a project, the newest first, the pictures of all by key, and who saved a LoRA by its digest."""

    sheets: tuple[GridSheet, ...] = ()
    pictures: Mapping[str, Path] | None = None
    saved: Mapping[str, tuple[str, int]] | None = None   # (run, epoch)
    runs: tuple[str, ...] = ()                            # with a LoRA that a sheet can be drawn of, newest first

    def sheet(self, id: str) -> GridSheet | None:
        return next((each for each in self.sheets if each.id == id), None)


def spots_of(sheet: Sheet) -> tuple[Spot, ...]:
    """Every cell of a sheet, row by row."""
    return tuple(Spot(each.key, key_of(dataclasses.replace(each.spec, loras=sheet.spec.loras)), each)
                 for each in sheet.expand())


def counterparts(one: GridSheet, other: GridSheet) -> dict[str, Spot]:
    """For each key of a sheet the cell of the other that shows the same prompt and seed; others have none.

    Two versions may be called by other triggers, so that prompts are the same but for them; then what the axes say has
    to agree. Of several cells that would do that of the same epoch is taken, and the base stands beside the base.
    """
    by_prompt, by_words = defaultdict(list), defaultdict(list)
    for each in other.spots:
        by_prompt[each.cell.spec.prompt, each.cell.spec.seed].append(each)
        by_words[_words(each.cell), each.cell.spec.seed].append(each)
    found = {}
    for each in one.spots:
        spec = each.cell.spec
        same = by_prompt.get((spec.prompt, spec.seed)) or by_words.get((_words(each.cell), spec.seed), ())
        if nearest := _nearest(each.cell, same):
            found[each.key] = nearest
    return found


def related(one: GridSheet, others: Iterable[GridSheet]) -> tuple[GridSheet, ...]:
    """The sheets that may have a counterpart of any cell: the same prompt, or the same words, under the same seed."""
    asked = _asked(one)
    return tuple(each for each in others if each.id != one.id and not asked.isdisjoint(_asked(each)))


def _words(cell: Cell) -> frozenset[tuple[str, str]]:
    return frozenset((name, str(value)) for name, value in cell.values if name not in (*_VERSIONS, "seed"))


def _nearest(cell: Cell, same: Collection[Spot]) -> Spot | None:
    """Whatever agrees in most; the base and what wears a LoRA are never counterparts."""
    worn = cell.value(EPOCH) == BASE
    alike = [each for each in same if (each.cell.value(EPOCH) == BASE) == worn]
    versions = [cell.value(name) for name in _VERSIONS]
    return max(alike, key=lambda each: [each.cell.value(name) == version
                                        for name, version in zip(_VERSIONS, versions)], default=None)


def _asked(sheet: GridSheet) -> frozenset[object]:
    cells = [each.cell for each in sheet.spots]
    words = {(_words(each), each.spec.seed) for each in cells}
    return frozenset(words | {(each.spec.prompt, each.spec.seed) for each in cells})
