"""A step of the trainer against a step of a bare loop: same batch, same base, same kind of adapter, same optimizer."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from studio.engine.trainer import Trainer
from tests.bench.bare import BareLoop, batches, with_lora
from tests.bench.pairs import timed_pairs
from tests.bench.stand import Stand
from tests.bench.table import Row, at_most

WARM_UPS = 2
ENDLESS = 10_000  # epochs


def rows(stand: Stand) -> Iterator[Row]:
    recipe, anima, rounds = replace(stand.recipe, epochs=ENDLESS), stand.load(), stand.effort.step_pairs
    with Trainer(stand.load(), stand.images, recipe, stand.cache) as trainer:
        deque(trainer.prepare(), maxlen=0)
        ready = list(islice(batches(anima, stand.images, recipe, stand.cache), WARM_UPS + rounds))
        bare = BareLoop(anima.transformer, with_lora(anima.transformer, recipe), recipe)
        steps, losses = trainer.steps(), map(bare, ready)
        pairs = timed_pairs(lambda: next(steps), lambda: next(losses), rounds, WARM_UPS)
    yield Row("train", "step of the trainer / of a bare loop", pairs.ratios, at_most(1.10), note=pairs.note)
