"""Training with each caption encoded in the step against contexts that lie in the cache."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.text import stacked
from tests.bench.bare import BareBatch, BareLoop, batches, with_lora
from tests.bench.pairs import timed_pairs
from tests.bench.stand import Stand
from tests.bench.table import Row

WARM_UPS = 2


def rows(stand: Stand) -> Iterator[Row]:
    anima, rounds = stand.load(), stand.effort.step_pairs
    ready = list(islice(batches(anima, stand.images, stand.recipe, stand.cache), WARM_UPS + rounds))
    loop = BareLoop(anima.transformer, with_lora(anima.transformer, stand.recipe), stand.recipe)
    cached, encoding = map(loop, ready), (loop(encoded(anima, batch)) for batch in ready)
    pairs = timed_pairs(lambda: next(encoding), lambda: next(cached), rounds, WARM_UPS)
    yield Row("text", "steps a second, cache on / off", pairs.ratios, note=f"a step off and on: {pairs.note}")


def encoded(anima: Anima, batch: BareBatch) -> BareBatch:
    """The batch with its captions read anew."""
    words = stacked([anima.text.encode(caption, literal=True) for caption in batch.captions])
    return replace(batch, words=words)
