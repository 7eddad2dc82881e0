"""Putting the next LoRA into the base against drawing one cell with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.pipeline import Picture, rendered
from studio.engine.gpu import pictures_at_once
from studio.engine.lora.formats import read_lora
from studio.engine.lora.merge import merged
from studio.engine.lora.targets import TRAINED, linears
from tests.bench.pairs import timed_pairs
from tests.bench.sheet import cells
from tests.bench.stand import Stand
from tests.bench.table import Row, at_most

TIMES = (1, 2)  # the recipe's preview size, and twice its sides


def rows(stand: Stand) -> Iterator[Row]:
    anima = stand.load()
    files = [written(anima, stand.recipe.rank, seed, stand.scratch) for seed in range(2)]
    one = cells(stand, stand.effort.cell_steps)[0]
    for times in TIMES:
        yield compared(anima, files, replace(one, width=times * one.width, height=times * one.height), stand)


def compared(anima: Anima, files: list[Path], picture: Picture, stand: Stand) -> Row:
    """A cell is drawn in the company that fills its batch, as in a sheet, and pays for its share."""
    company = pictures_at_once(anima.device, picture.tokens)
    batch = [replace(picture, seed=seed) for seed in range(company)]
    pairs = timed_pairs(swapping(anima, files), lambda: list(rendered(anima, batch)), stand.effort.swap_pairs)
    what = f"LoRA swap / cell of {picture.width} x {picture.height}, {picture.steps} steps"
    note = f"{pairs.note} for {company} cells; the share falls with a cell's tokens x steps, whatever the base's size"
    return Row("swap", what, tuple(company * each for each in pairs.ratios), at_most(0.02), percent=True, note=note)


def swapping(anima: Anima, files: list[Path]) -> Callable[[], None]:
    """Reads and merges one file after the other, over and over."""
    turns = cycle(files)

    def swap() -> None:
        with merged(anima.transformer, [(read_lora(next(turns)), 1.0)], anima.text.conditioner):
            pass

    return swap


def written(anima: Anima, rank: int, seed: int, folder: Path) -> Path:
    """A LoRA of random numbers on every linear that a character trains, in ComfyUI's naming."""
    own, path = torch.Generator().manual_seed(seed), folder / f"random-{seed}.safetensors"
    tensors: dict[str, Tensor] = {}
    for name, linear in linears(anima.transformer).items():
        if name.endswith(TRAINED):
            inputs, outputs, module = linear.in_features, linear.out_features, f"diffusion_model.{name}"
            tensors[f"{module}.lora_A.weight"] = 0.01 * torch.randn(rank, inputs, generator=own)
            tensors[f"{module}.lora_B.weight"] = 0.01 * torch.randn(outputs, rank, generator=own)
    save_file(tensors, path)
    return path
