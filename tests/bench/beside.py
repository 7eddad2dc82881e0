"""Two training processes side by side against each of them alone, in turn."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from studio.core.recipe import to_toml
from tests.bench.stand import Stand
from tests.bench.table import Row, at_least
from tests.bench.worker import READY

ROOT = Path(__file__).parents[2]


class Worker:
    """A process that trains for as long as it is asked to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert self._line() == READY

    def ask(self, seconds: float) -> None:
        print(seconds, file=self._process.stdin, flush=True)

    def answer(self) -> float:
        """Steps a second."""
        return float(self._line())

    def _line(self) -> str:
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"a training process ended early, with exit code {self._process.wait()}")
        return line


def rows(stand: Stand) -> Iterator[Row]:
    with ExitStack() as stack:
        first, second = (stack.enter_context(worker(stand)) for _ in range(2))
        turns = [turn((first, second), stand.effort.turn_s) for _ in range(stand.effort.rounds)]
    kept = tuple(together / alone for one in turns for alone, together in one)
    alone, together = (median(speeds) for speeds in zip(*(pair for one in turns for pair in one), strict=True))
    note = f"{together:.2f} against {alone:.2f} steps/s; of two that share, each can keep about half"
    yield Row("beside", "speed beside another run / alone", kept, at_least(0.35), percent=True, note=note)


def turn(workers: Sequence[Worker], seconds: float) -> list[tuple[float, float]]:
    """(steps/s alone, steps/s beside the other) of each worker."""
    alone = [speeds([worker], seconds)[0] for worker in workers]
    return list(zip(alone, speeds(workers, seconds), strict=True))


def speeds(workers: Sequence[Worker], seconds: float) -> list[float]:
    """Steps a second of workers that train at the same time."""
    for one in workers:
        one.ask(seconds)
    return [one.answer() for one in workers]


@contextmanager
def worker(stand: Stand) -> Iterator[Worker]:
    recipe = stand.scratch / "recipe.toml"
    recipe.write_text(to_toml(stand.recipe), encoding="utf-8")
    places = map(str, (stand.scratch, stand.base, recipe, stand.pictures))
    command = [sys.executable, "-m", "tests.bench.worker", *places]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:  # leaving it closes its standard input, which ends it
        yield Worker(process)
