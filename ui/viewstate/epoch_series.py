"""What is there to scrub through? The pictures of a run by epoch, each prompt and seed being one way to look at them.

A sheet whose axes name epochs is such a series, and so are the previews that a run drew of itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.axes import BASE, EPOCH, Pairs, Value
from studio.core.compared_epochs import is_epoch
from studio.core.events import PreviewReady
from studio.core.paired import in_order
from studio.core.reference import telling_words
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell, Sheet

PREVIEWS = "previews"


@dataclass(frozen=True, slots=True)
class Look:
    """A prompt under a seed. `name` is what tells the prompt from the others, `prompt` all of it."""

    name: str
    seed: int
    prompt: str


@dataclass(frozen=True, slots=True)
class Shot:
    """The picture of an epoch under one look, and the cell that marks are made on."""

    path: Path
    cell: Cell


@dataclass(frozen=True, slots=True)
class Series:
    """`run` is whose epochs these are, `id` PREVIEWS or the sheet's. Marks lie in `folder`.

    `epochs` are those that may be there, the base and its controls first; `shots` are the pictures that are. `saved`
    are the LoRA files by epoch. `sheets` are the ids of all sheets that it is made of, `planned` is how many pictures
    they have when they are whole.
    """

    run: str
    id: str
    title: str
    folder: Path
    epochs: tuple[Value, ...]
    looks: tuple[Look, ...]
    shots: Mapping[tuple[Look, Value], Shot]
    size: tuple[int, int]
    saved: Mapping[Value, Path]
    sheets: tuple[str, ...] = ()
    planned: int = 0

    @property
    def is_sheet(self) -> bool:
        """Whether it is a sheet, which can be gone on with and extended, and not what a run drew of itself."""
        return self.id != PREVIEWS

    @property
    def missing(self) -> int:
        """How many of its pictures are not drawn yet."""
        return max(0, self.planned - len({shot.path.stem for shot in self.shots.values()}))

    @property
    def seeds(self) -> frozenset[int]:
        return frozenset(look.seed for look in self.looks)

    def shot(self, look: Look | None, epoch: Value) -> Shot | None:
        return self.shots.get((look, epoch)) if look else None

    def same(self, look: Look) -> Look | None:
        """The look of the same prompt and seed; prompts of two runs may differ in what they share, as the trigger."""
        looks = [each for each in self.looks if each.seed == look.seed]
        exact = (each for each in looks if each.prompt == look.prompt)
        return next(exact, None) or next((each for each in looks if each.name == look.name), None)

    def nearest(self, look: Look, epoch: Value) -> Value | None:
        """That epoch, or the last one before it that has a picture; None where there is none."""
        there = in_order(each for at, each in self.shots if at == look)
        if epoch in there:
            return epoch
        before = [each for each in there if isinstance(each, int) and isinstance(epoch, int) and each < epoch]
        return before[-1] if before else None

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Those of epochs, and of the base that they grow from; controls answer another question."""
        return tuple(each.cell for (_, arm), each in self.shots.items() if is_epoch(arm) or arm == BASE)


def series_of_sheet(run: str, id: str, folder: Path, sheet: Sheet, there: Collection[str], where: Path,
                    saved: Mapping[Value, Path]) -> Series | None:
    """The pictures of a sheet, those in `where` whose keys are in `there`; None without an axis of epochs."""
    axes = {axis.name: axis for axis in sheet.axes}
    if EPOCH not in axes:
        return None
    cells = sheet.expand()
    looks, keys = _looks(cells), {cell: cell.key for cell in cells}  # a key is a hash, reckoned whenever it is asked
    shots = {(look, cell.value(EPOCH)): Shot(where / f"{keys[cell]}.png", cell)
             for cell, look in looks.items() if keys[cell] in there}
    size = next(((cell.spec.width, cell.spec.height) for cell in cells), (1, 1))
    return Series(run, id, sheet.heading, folder, ordered(axes[EPOCH].values), tuple(dict.fromkeys(looks.values())),
                  shots, size, saved, (id,), len(set(keys.values())))


def merged(parts: Sequence[Series]) -> Series:
    """Sheets that differ in epochs and seeds alone as one series, called by the first, where marks lie.

    Prompts come in the order of the first sheet, under each the seeds as they were added.
    """
    if len(parts) == 1:
        return parts[0]
    looks = tuple(dict.fromkeys(look for part in parts for look in part.looks))
    names = list(dict.fromkeys((look.name, look.prompt) for look in looks))
    seeds = list(dict.fromkeys(look.seed for look in looks))
    shots = {place: shot for part in reversed(parts) for place, shot in part.shots.items()}
    keys = {shot.path.stem for shot in shots.values()}
    return dataclasses.replace(
        parts[0], epochs=ordered(epoch for part in parts for epoch in part.epochs), shots=shots,
        looks=tuple(sorted(looks, key=lambda look: (names.index((look.name, look.prompt)), seeds.index(look.seed)))),
        saved={epoch: path for part in parts for epoch, path in part.saved.items()},
        sheets=tuple(id for part in parts for id in part.sheets),
        planned=len(keys) + sum(part.missing for part in parts),
    )  # fmt: skip


def series_of_previews(run: str, folder: Path, previews: Iterable[PreviewReady], size: tuple[int, int],
                       saved: Mapping[Value, Path], title: str = "") -> Series | None:
    """What a run drew at the end of its epochs, in the order in which prompts and seeds came up; None without any."""
    drawn = [each for each in previews if not each.step]
    words = telling_words(dict.fromkeys(each.prompt for each in drawn))
    seeds = tuple(dict.fromkeys(each.seed for each in drawn))
    there = {(each.prompt, each.seed) for each in drawn}
    looks = {(prompt, seed): Look(name, seed, prompt) for prompt, name in words.items() for seed in seeds
             if (prompt, seed) in there}
    shots = {}
    for each in drawn:
        look, epoch = looks[each.prompt, each.seed], each.epoch or BASE
        shots[look, epoch] = Shot(folder / each.path, _preview_cell(run, each, look, epoch, size))
    epochs = ordered({epoch for _, epoch in shots})
    return Series(run, PREVIEWS, title, folder, epochs, tuple(looks.values()), shots, size, saved) if drawn else None


def ordered(epochs: Iterable[Value]) -> tuple[Value, ...]:
    """The base first, then its controls, then the epochs in their order."""
    return tuple(sorted(in_order(epochs), key=lambda each: (is_epoch(each), each != BASE)))


def chosen(series: Sequence[Series], run: str, id: str) -> Series | None:
    """The series of that name, else the newest sheet of the run that has pictures, else its previews."""
    of_run = [each for each in series if each.run == run]
    named = next((each for each in of_run if each.id == id), None)
    return named or max(of_run, key=lambda each: (each.id != PREVIEWS and bool(each.shots), each.id), default=None)


def _looks(cells: Sequence[Cell]) -> dict[Cell, Look]:
    """How each cell is looked at; a control, which is asked otherwise, stands under the prompt that it controls."""
    prompts: dict[Pairs, str] = {}
    for cell in sorted(cells, key=lambda cell: cell.value(EPOCH) != BASE and not is_epoch(cell.value(EPOCH))):
        prompts.setdefault(_shared(cell), cell.spec.prompt)
    return {cell: _look(cell, prompts[_shared(cell)]) for cell in cells}


def _shared(cell: Cell) -> Pairs:
    return tuple(pair for pair in cell.values if pair[0] != EPOCH)


def _look(cell: Cell, prompt: str) -> Look:
    shared = [str(value) for name, value in cell.values if name not in (EPOCH, "seed")]
    return Look(", ".join(shared) or prompt, cell.spec.seed, prompt)


def _preview_cell(run: str, drawn: PreviewReady, look: Look, epoch: Value, size: tuple[int, int]) -> Cell:
    """A preview is called by what is known of it: its LoRA's file may have made room since."""
    worn = () if epoch == BASE else ((f"{run} epoch {epoch}", 1.0),)
    spec = RenderSpec(prompt=drawn.prompt, seed=drawn.seed, width=size[0], height=size[1], loras=worn)
    return Cell(0, 0, spec, ((EPOCH, epoch), ("prompt", look.name), ("seed", drawn.seed)))
