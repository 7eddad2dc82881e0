"""The ways of training that are measured at full size, and how large full size is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.core.recipe import Recipe, load_recipe
from tests.bench.random_base import RELEASE, TINY, Shapes

GROUPS = ("picture", "eager", "swap", "compile")
ENDLESS = 10_000  # epochs


@dataclass(frozen=True, slots=True)
class Size:
    """What is measured, and how often."""

    shapes: Shapes
    side: int
    rank: int
    batches: tuple[int, ...]
    swapped: tuple[int, ...]
    picture: tuple[int, int]
    picture_steps: int
    matmul_side: int
    pairs: int


FULL = Size(RELEASE, 1024, 32, (1, 4), (14, 26), (832, 1216), 8, 8192, 10)
SMALL = Size(TINY, 64, 2, (1, 2), (1,), (64, 80), 2, 128, 2)


@dataclass(frozen=True, slots=True)
class Case:
    """One way to train."""

    batch: int
    checkpointing: bool = False
    compiled: bool = False
    blocks_to_swap: int = 0

    def __str__(self) -> str:
        said = (("checkpointing", self.checkpointing), ("compiled", self.compiled),
                (f"{self.blocks_to_swap} blocks swapped", self.blocks_to_swap))  # fmt: skip
        return ", ".join([f"batch {self.batch}", *(words for words, is_so in said if is_so)])

    def recipe(self, size: Size) -> Recipe:
        """The shipped recipe for the release, but for what the case and the size say."""
        return replace(
            load_recipe("official"), rank=size.rank, alpha=float(size.rank), resolution=size.side, epochs=ENDLESS,
            batch_size=self.batch, accumulation=1, gradient_checkpointing=self.checkpointing, compile=self.compiled,
            blocks_to_swap=self.blocks_to_swap,
        )  # fmt: skip


def cases(size: Size, groups: Sequence[str]) -> list[Case]:
    """The quick ones first: compiling takes its time."""
    plain = [Case(batch, checkpointing) for checkpointing in (True, False) for batch in size.batches]
    swapped = [Case(1, checkpointing=True, blocks_to_swap=blocks) for blocks in size.swapped]
    every = {"eager": plain, "swap": swapped, "compile": [replace(case, compiled=True) for case in plain]}
    return [case for group, found in every.items() if group in groups for case in found]
