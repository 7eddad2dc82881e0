"""A process that trains when it is told to: a number of seconds comes in, steps a second go out, line by line.

    python -m tests.bench.worker SCRATCH BASE RECIPE PICTURES
"""

import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from studio.jobs.threads import settle_threads

READY = "ready"
WARM_UPS = 2


def main(scratch: str, base: str, recipe: str, pictures: str) -> None:
    settle_threads()  # before torch, as every door of the studio does
    from studio.core.recipe import load_recipe
    from studio.engine.trainer import Trainer
    from tests.bench.stand import Stand
    from tests.bench.train import ENDLESS

    stand = Stand(Path(scratch), Path(base), replace(load_recipe(Path(recipe)), epochs=ENDLESS), Path(pictures))
    with Trainer(stand.load(), stand.images, stand.recipe, stand.cache) as trainer:
        deque(trainer.prepare(), maxlen=0)
        steps = trainer.steps()
        for _ in range(WARM_UPS):
            next(steps)
        print(READY, flush=True)
        for line in sys.stdin:
            print(steps_per_second(steps, float(line)), flush=True)


def steps_per_second(steps: Iterator[object], seconds: float) -> float:
    """How fast it trained for at least so many seconds; the last step is finished and counts."""
    done, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        next(steps)
        done += 1
    return done / passed


if __name__ == "__main__":
    main(*sys.argv[1:])
