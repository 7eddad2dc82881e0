"""A program that several processes run at once, each with the same arguments: one training run, shared.

    accelerate launch --multi_gpu --num_processes 2 tests/engine/shared_steps.py FOLDER NAME ...

For each name, of a recipe that is shared or of a mistake, the first process leaves what was learnt in
FOLDER/NAME.safetensors, and what the steps told in FOLDER/NAME.txt.
"""

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import torch  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from tiny import write_tiny_base  # noqa: E402
from tiny_training import RECIPE, factors_of, painted_images  # noqa: E402

from studio.core.recipe import Recipe  # noqa: E402
from studio.engine import trainer as trainers  # noqa: E402
from studio.engine.anima.checkpoint import Anima, load  # noqa: E402
from studio.engine.peers import Peers, joined  # noqa: E402
from studio.engine.trainer import Trainer, TrainImage  # noqa: E402

Mistake = Callable[[int], object]

SHARED: dict[str, Recipe] = {
    "none": RECIPE,
    "uneven": replace(RECIPE, batch_size=1, accumulation=3, gradient_checkpointing=True, clip=0.01, ema=0.9),
    "other-rule": replace(RECIPE, batch_size=1, accumulation=5, optimizer="prodigy", learning_rate=1.0),
}  # fmt: skip


def of_this_process(name: str) -> Mistake:
    """Draws what it should draw from the run's seed from one of this process instead."""
    right = getattr(trainers, name)
    return lambda place: lambda recipe, *rest: right(replace(recipe, seed=recipe.seed + place), *rest)


def shuffled(place: int) -> object:
    """Each process has an order of its own."""
    right = trainers.laid_out
    return lambda groups, recipe, epoch: right(groups, replace(recipe, seed=recipe.seed + place), epoch)


def global_noise(place: int) -> object:
    """Noise from the process's running generator, which no two processes share."""
    torch.manual_seed(random.Random(place).getrandbits(32))
    return lambda recipe, sample, shape: torch.randn(shape)


MISTAKES: dict[str, tuple[str, Mistake]] = {
    "noise": ("draw_noise", of_this_process("draw_noise")),
    "time": ("draw_time", of_this_process("draw_time")),
    "dropout": ("drops_caption", of_this_process("drops_caption")),
    "flip": ("is_flipped", of_this_process("is_flipped")),
    "order": ("laid_out", shuffled),
    "generator": ("draw_noise", global_noise),
}  # fmt: skip


def learn(folder: Path, recipe: Recipe, peers: Peers | None) -> tuple[list[object], dict[str, torch.Tensor]]:
    """What the first process heard and learnt; nothing for the others."""
    place = peers.place if peers else 0
    anima, images = world(folder / f"process-{place}")
    with Trainer(anima, images, recipe, folder / f"cache-{place}", peers) as trainer:
        if peers and not peers.is_first:
            return list(trainer.lend()), {}
        facts = list(trainer.steps())
        if peers:
            peers.dismiss()
        return facts, factors_of(trainer)


@cache
def world(folder: Path) -> tuple[Anima, tuple[TrainImage, ...]]:
    """A base and images; in every folder the same."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    return load(write_tiny_base(folder), torch.device("cpu"), torch.float32), painted_images(folder)


def main(folder: Path, names: list[str]) -> None:
    with joined(torch.device("cpu")) as peers:
        for name in names:
            target, mistake = MISTAKES.get(name, ("laid_out", lambda place: trainers.laid_out))
            with patch.object(trainers, target, mistake(peers.place)):
                facts, learnt = learn(folder, SHARED.get(name, RECIPE), peers)
            if peers.is_first:
                save_file(learnt, folder / f"{name}.safetensors")
                (folder / f"{name}.txt").write_text(repr(facts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
