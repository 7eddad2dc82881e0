"""Measures training steps and a picture at full size, for a machine with a card.

    python -m tests.bench.full_size --out FOLDER          everything, within ten minutes on a fast card
    python -m tests.bench.full_size --out FOLDER eager    some groups: picture, eager, swap, compile
    python -m tests.bench.full_size --out FOLDER --tiny   a trial on a tiny model, anywhere

Weights are random and of the release's shapes: time and memory are as with real ones, pictures are noise. After each
case `full-size.json` and `full-size.md` are written anew, so what was measured outlives what goes wrong.
"""

import argparse
import gc
import platform
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import torch
from PIL import Image

from studio.core.buckets import Bucket
from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.pipeline import Picture, render
from studio.engine.compiled import reason_of
from studio.engine.gpu import choose_device, pictures_at_once, working_dtype
from studio.engine.trainer import StepFacts, Trainer, TrainImage, Uncompiled
from tests.bench.bare import BareBatch, BareLoop, batches
from tests.bench.cases import FULL, GROUPS, SMALL, Case, Size, cases
from tests.bench.ceiling import matmul_flops, step_flop, synchronised
from tests.bench.page import Result, Told, page_of, write
from tests.bench.pairs import timed_pairs
from tests.bench.random_base import random_anima

WARM_UPS = 2
TAGS = ("masterpiece, best quality, 1girl, miravelo", "smile, front view, portrait", "long hair, blue eyes, red dress")
NO_ROOM, NO_TIME = "out of memory", "not reached in time"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 if a case failed for another reason than a full or a slow card."""
    start, options = time.monotonic(), options_of(arguments)
    size, device = SMALL if options.tiny else FULL, choose_device(options.device)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="full-size-") as scratch:
        bench = Bench(random_anima(size.shapes, Path(scratch), device, working_dtype(device)), size, Path(scratch))
        told = Told(bench.machine(), bench.picture() if "picture" in options.groups else None)
        write(told, options.out)
        for case in cases(size, options.groups):
            late = time.monotonic() - start > options.seconds
            result = Result(str(case), note=NO_TIME) if late else attempt(case, bench.measured)
            told = replace(told, steps=(*told.steps, result))
            write(told, options.out)
            print(f"{time.monotonic() - start:.0f} s: {result}", file=sys.stderr, flush=True)
    print(page_of(told))
    return int(any(result.step_s is None and result.note not in (NO_ROOM, NO_TIME) for result in told.steps))


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"one of {', '.join(GROUPS)}; all without it")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the two files go")
    parser.add_argument("--tiny", action="store_true", help="a tiny model instead: a trial of this script")
    parser.add_argument("--device", choices=("auto", "cuda", "mps", "cpu"), default="auto")
    parser.add_argument("--seconds", type=float, default=480.0, help="no case is begun after so long")
    options = parser.parse_args(arguments)
    if strange := [group for group in options.groups if group not in GROUPS]:
        parser.error(f"there is no group {strange[0]}; there are {', '.join(GROUPS)}")
    options.groups = options.groups or list(GROUPS)
    return options


def attempt(case: Case, measure: Callable[[Case], Result]) -> Result:
    """The result, or the reason why there is none; the device is left as it was found."""
    try:
        return measure(case)
    except torch.OutOfMemoryError:
        return Result(str(case), note=NO_ROOM)
    except (RuntimeError, UserError) as error:
        return Result(str(case), note=f"{type(error).__name__}: {reason_of(error)}")
    finally:
        torch._dynamo.reset()
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


class Bench:
    """A random base, four pictures to train on, and what their arithmetic is and what the device can do of it."""

    def __init__(self, anima: Anima, size: Size, scratch: Path) -> None:
        self._anima, self._device, self._size, self._cache = anima, anima.device, size, scratch / "cache"
        self._images = tuple(plain_images(size.side, scratch))
        words = max(len(anima.text.encode(image.caption, literal=True).tokens) for image in self._images) + 1
        self._flop = step_flop(size.shapes.transformer, Case(1).recipe(size), size.side, size.side, words)
        self._ceiling = matmul_flops(self._device, size.matmul_side)

    def machine(self) -> dict[str, object]:
        card = torch.cuda.get_device_name(self._device) if self._device.type == "cuda" else self._device.type
        return {"device": card, "torch": torch.__version__, "python": platform.python_version(),
                "dtype": str(self._anima.dtype).removeprefix("torch."), "side": self._size.side,
                "rank": self._size.rank, "tflop_per_picture": self._flop / 1e12,
                "ceiling_tflop_per_s": self._ceiling / 1e12}  # fmt: skip

    def picture(self) -> dict[str, object]:
        """Seconds of a picture as the Turbo LoRA draws it, alone and in a full batch; a merged LoRA costs nothing."""
        (width, height), steps = self._size.picture, self._size.picture_steps
        one = Picture(TAGS[0], steps=steps, cfg=1.0, width=width, height=height)
        company = [replace(one, seed=seed) for seed in range(pictures_at_once(self._device, one.tokens))]
        return {"width": width, "height": height, "steps": steps, "cfg": one.cfg, "sampler": one.sampler,
                "alone_s": self._rendering_s([one]), "in_company_s": self._rendering_s(company) / len(company),
                "company": len(company)}  # fmt: skip

    def measured(self, case: Case) -> Result:
        """Steps of the trainer and of a bare loop in turn, on one transformer and one adapter."""
        anima, recipe, notes = self._anima, case.recipe(self._size), []
        with Trainer(anima, self._images, recipe, self._cache) as trainer:
            deque(trainer.prepare(), maxlen=0)
            steps = training(trainer, notes)
            first_step_s, peak = self._started(steps)
            loop = BareLoop(anima.transformer, [p for p in anima.transformer.parameters() if p.requires_grad], recipe)
            ready = cycle(self._batches(recipe))
            pairs = timed_pairs(lambda: next(steps), lambda: loop(next(ready)), self._size.pairs, WARM_UPS, self._clock)
        step_s = median(pairs.first)
        share = case.batch * self._flop / step_s / self._ceiling
        return Result(str(case), step_s, first_step_s, case.batch / step_s, peak, share, median(pairs.ratios),
                      "; ".join(notes))  # fmt: skip

    def _started(self, steps: Iterator[StepFacts]) -> tuple[float, float | None]:
        """Seconds of the first step, all compiling in it, and the most memory of the next ones, in GiB."""
        first_step_s = self._seconds(lambda: next(steps))
        if self._device.type != "cuda":
            return first_step_s, None
        torch.cuda.reset_peak_memory_stats(self._device)
        deque(islice(steps, len(self._images)), maxlen=0)
        return first_step_s, torch.cuda.max_memory_allocated(self._device) / 2**30

    def _batches(self, recipe: Recipe) -> list[BareBatch]:
        """As many as show every picture."""
        return list(islice(batches(self._anima, self._images, recipe, self._cache), len(self._images)))

    def _rendering_s(self, pictures: Sequence[Picture]) -> float:
        return median([self._seconds(lambda: render(self._anima, pictures)) for _ in range(1 + self._size.pairs)][1:])

    def _seconds(self, turn: Callable[[], object]) -> float:
        start = self._clock()
        turn()
        return self._clock() - start

    def _clock(self) -> float:
        return synchronised(self._device)


def training(trainer: Trainer, notes: list[str]) -> Iterator[StepFacts]:
    """The trainer's steps; if it gives up compiling, the reason goes to `notes`."""
    for facts in trainer.steps():
        if isinstance(facts, Uncompiled):
            notes.append(f"not compiled after all: {facts.reason}")
        else:
            yield facts


def plain_images(side: int, folder: Path, count: int = 4) -> Iterator[TrainImage]:
    """Squares of one colour with captions of different lengths."""
    for number in range(count):
        path = folder / f"{number}.png"
        Image.new("RGB", (side, side), (60 * number, 90, 200)).save(path)
        caption = ", ".join(islice(cycle(TAGS), number + 1))
        yield TrainImage(str(number), path, caption, Bucket(side, side), repeats=8)


if __name__ == "__main__":
    sys.exit(main())
