"""Runs with a sheet of their epochs whose pictures are there without rendering one: everything a window shows of it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from studio.core.axes import BASE, EPOCH, Axis, Value
from studio.core.events import CheckpointSaved, Finished, Started
from studio.core.recipe import load_recipe
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell, Sheet
from studio.miniature import world
from studio.store import dataset, runs, sweeps
from studio.store.runs import RunFolder
from studio.store.sweeps import SheetFolder
from studio.store.workspace import Workspace
from tests.ui.written_runs import append

PROMPTS = ("smile, upper body", "running, full body")
SEEDS = (42, 100)
Draw = Callable[[Path, Cell], None]


def written_epochs(place: Workspace, epochs: int, name: str = "a") -> RunFolder:
    """A finished run of which every LoRA was kept; what is in the files is none."""
    run = runs.create_run(place, load_recipe("practice"), dataset.dataset(place))
    append(run, Started(run.id, "train", 10 * epochs, {"title": "practice model", "base": {"name": "practice"}}))
    for epoch in range(1, epochs + 1):
        run.checkpoint(epoch).write_bytes(content_of(name, epoch))
        append(run, CheckpointSaved(epoch, 10 * epoch, run.relative(run.checkpoint(epoch)), hash_of(name, epoch)))
    append(run, Finished({"step": 10 * epochs}))
    return run


def written_sheet(place: Workspace, epochs: Sequence[Value], draw: Draw | None = None, name: str = "a",
                  prompts: Sequence[str] = PROMPTS, seeds: Sequence[int] = SEEDS,
                  size: tuple[int, int] = (104, 152)) -> SheetFolder:
    """The sheet of these epochs of that run, all its cells drawn."""
    trained = [each for each in epochs if each != BASE]
    spec = RenderSpec(prompt="1girl, miravelo, {composition}", width=size[0] // 16 * 16,
                      height=size[1] // 16 * 16)
    sheet = Sheet("Epoch by prompt", (Axis(EPOCH, tuple(epochs)),),
                  (Axis("composition", tuple(prompts)), Axis("seed", tuple(seeds))), spec,
                  epochs=tuple((each, hash_of(name, each)) for each in trained))
    folder = sweeps.create_sheet(place, sheet)
    for cell in sheet.expand():
        (draw or plain(size))(folder.cell(cell.key), cell)
    return folder


def plain(size: tuple[int, int]) -> Draw:
    """A colour for each cell."""
    def draw(path: Path, cell: Cell) -> None:
        shade = random.Random(path.name).randbytes(3)
        Image.new("RGB", size, tuple(shade)).save(path, compress_level=1)

    return draw


def drawn(size: tuple[int, int] = (832, 1216)) -> Draw:
    """A drawing of Mira for each cell, in a better and better likeness: what a person sees of a real sheet."""
    def draw(path: Path, cell: Cell) -> None:
        rng = random.Random(f"{cell.value('composition')} {cell.spec.seed}")
        shot, stranger = world.sample_shot(rng), world.sample_figure(rng)
        epoch = cell.value(EPOCH)
        world.draw(world.Scene(world.MIRA if epoch != BASE and epoch > 2 else stranger, shot), *size).save(
            path, compress_level=1)

    return draw


def hash_of(name: str, epoch: Value) -> str:
    return hashlib.sha256(content_of(name, epoch)).hexdigest()


def content_of(name: str, epoch: Value) -> bytes:
    return f"{name} {epoch}".encode()
