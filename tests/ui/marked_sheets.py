"""Sheets whose cells are marked as a person would mark them: everything that evidence is made of, without rendering."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence

from studio.core.axes import BASE, Axis
from studio.core.evidence import BROKEN, LOST, worn
from studio.core.marks import Mark, cause, keeper
from studio.core.rubric import AS_ASKED, OBTAINED, PASSED, POINTS
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell, Sheet
from studio.store import sweeps
from studio.store.marks import Marks
from studio.store.runs import RunFolder
from studio.store.sweeps import SheetFolder
from studio.store.workspace import Workspace
from tests.ui.written_sheets import Draw, hash_of, plain

JUDGE = "me"
WORDS = ("composition", "interaction", "layout", "order")
Value = int | None


def sheet_of(place: Workspace, title: str, rows: Sequence[Axis], columns: Sequence[Axis], epochs: Iterable[int],
             draw: Draw | None = None, name: str = "a", size: tuple[int, int] = (96, 144),
             characters: Sequence[tuple[str, str]] = (("Mira", "miravelo"),),
             words: Sequence[tuple[str, str]] = ()) -> SheetFolder:
    """A sheet of some axes on the checkpoints of a run, all its cells drawn."""
    asked = (axis.name for axis in (*rows, *columns) if axis.name in WORDS)
    spec = RenderSpec(prompt=", ".join(["1girl, miravelo", *(f"{{{word}}}" for word in asked)]), width=size[0],
                      height=size[1], steps=8, cfg=1.0)
    saved = tuple((each, hash_of(name, each)) for each in epochs)
    sheet = Sheet(title, tuple(rows), tuple(columns), spec, epochs=saved, characters=tuple(characters),
                  words=tuple(words))
    folder = sweeps.create_sheet(place, sheet)
    draw = draw or plain(size)
    for cell in sheet.expand():
        if not folder.cell(cell.key).exists():
            draw(folder.cell(cell.key), cell)
    return folder


def marked(folder: SheetFolder, say: Callable[[Cell], Iterable[Mark]]) -> SheetFolder:
    """Its cells marked in one go."""
    Marks(folder.folder).add([mark for cell in sweeps.read_sheet(folder).expand() for mark in say(cell)])
    return folder


def as_asked(cell: Cell, value: Value, judge: str = JUDGE) -> Mark:
    return Mark(cell.key, AS_ASKED, OBTAINED, value, judge, time=1.0)


def points(cell: Cell, trait: str, value: int, judge: str = JUDGE) -> Mark:
    return Mark(cell.key, trait, POINTS, max(0, min(5, value)), judge, time=1.0)


def epochs_sheet(place: Workspace, run: RunFolder, epochs: Sequence[int] = (20, 60, 100, 140, 180), seeds: int = 8,
                 draw: Draw | None = None) -> SheetFolder:
    """Hair that is there at once, a face that takes until the third epoch, a last epoch that loses the low angle."""
    rows = (Axis("epoch", (BASE, *epochs)),)
    columns = (Axis("composition", ("face", "full body", "low angle")), Axis("seed", tuple(range(42, 42 + seeds))))
    folder = sheet_of(place, "Compare epochs", rows, columns, epochs, draw)

    def say(cell: Cell) -> Iterable[Mark]:
        dice, epoch = random.Random(cell.key), cell.value("epoch")
        place_ = -1 if epoch == BASE else list(epochs).index(epoch)
        low = cell.value("composition") == "low angle"
        asked = 2 if epoch == BASE or not low else int(dice.random() < 0.2)
        yield as_asked(cell, asked)
        if epoch != BASE:
            yield points(cell, "face", 2 + min(2, place_) + (dice.random() < 0.3))
            yield points(cell, "orange hair", 4 + (dice.random() < 0.7))
            yield points(cell, "ribbon", 1 + min(3, place_ + 1) + (dice.random() < 0.2) - (place_ == 4))
        if dice.random() < 0.6:
            yield as_asked(cell, asked if dice.random() < 0.85 else 1, "gpt-5.5")

    return marked(folder, say)


def suppression_sheet(place: Workspace, epoch: int = 100, seeds: int = 8, draw: Draw | None = None) -> SheetFolder:
    """The base can look from below, the trigger blocks it, a low strength brings it back and loses her."""
    arms = {"base, skirt": (("epoch", BASE),), "base, trousers": (("epoch", BASE), ("cfg", 1.5)),
            "trigger": (("epoch", epoch),), "trigger at 0.3": (("epoch", epoch), ("strength", 0.3))}
    rows = (Axis("arm", tuple(arms), tuple(arms.items())),)
    columns = (Axis("composition", ("low angle", "high angle")), Axis("seed", tuple(range(seeds))))
    folder = sheet_of(place, "Who blocks the angle", rows, columns, (epoch,), draw)

    def say(cell: Cell) -> Iterable[Mark]:
        blocked = cell.value("composition") == "low angle" and cell.value("arm") == "trigger"
        yield as_asked(cell, 0 if blocked else 2)
        if cell.value("arm") == "trigger at 0.3":
            yield cause(cell.key, LOST, True, JUDGE)

    return marked(folder, say)


def strength_sheet(place: Workspace, epoch: int = 100, draw: Draw | None = None) -> SheetFolder:
    """Named she shows from 0.6 on, unnamed from 0.8; at 1.2 the picture falls apart."""
    rows = (Axis("strength", (0.4, 0.6, 0.8, 1.0, 1.2)),)
    columns = (Axis("layout", ("unnamed", "named")),)
    folder = sheet_of(place, "Strength", rows, columns, (epoch,), draw)

    def say(cell: Cell) -> Iterable[Mark]:
        strength = cell.value("strength")
        onset = 0.6 if cell.value("layout") == "named" else 0.8
        for trait, late in (("side ponytail", 0.0), ("ahoge", 0.0)):
            yield Mark(cell.key, trait, PASSED, int(strength >= onset + late), JUDGE)
        yield cause(cell.key, BROKEN, strength >= 1.2, JUDGE)

    return marked(folder, say)


def interaction_sheet(place: Workspace, epoch: int = 100, draw: Draw | None = None) -> SheetFolder:
    """Two keepers of nine piggybacks, hugs that come out, faces that fuse."""
    names = ("hug", "holding hands", "piggyback", "arm over shoulder", "cheek to cheek")
    kept = {"hug": 8, "holding hands": 7, "piggyback": 2, "arm over shoulder": 1, "cheek to cheek": 0}
    columns = (Axis("interaction", names), Axis("seed", tuple(range(9))))
    pair = (("Mira", "miravelo"), ("Kana", "kanavelo"))
    folder = sheet_of(place, "Interactions", (Axis("epoch", (epoch,)),), columns, (epoch,), draw, characters=pair)

    def say(cell: Cell) -> Iterable[Mark]:
        name = cell.value("interaction")
        yield keeper(cell.key, cell.spec.seed < kept[name], JUDGE)
        if name == "cheek to cheek" and cell.spec.seed < 4:
            yield cause(cell.key, "face fusion", True, JUDGE)

    return marked(folder, say)


def bleed_sheet(place: Workspace, epoch: int = 100, draw: Draw | None = None) -> SheetFolder:
    """Kana's side ponytail turns up on another girl in one cell of three; her ahoge stays where it belongs."""
    columns = (Axis("order", ("first on the left",)), Axis("seed", (42, 100, 200)))
    pair = (("Mira", "miravelo"), ("Kana", "kanavelo"))
    folder = sheet_of(place, "Side by side", (Axis("epoch", (epoch,)),), columns, (epoch,), draw, characters=pair)

    def say(cell: Cell) -> Iterable[Mark]:
        yield worn(cell.key, "Kana", "side ponytail", ["Lily" if cell.spec.seed == 42 else "Kana"], JUDGE)
        yield worn(cell.key, "Kana", "ahoge", ["Kana"], JUDGE)
        yield worn(cell.key, "Mira", "ribbon", ["Kana" if cell.spec.seed == 200 else "Mira"], JUDGE)

    return marked(folder, say)

