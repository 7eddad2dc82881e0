"""Fuzzes what reads a person's files: `python -m tests.fuzz.run --count 10000 --seed 0`.

Each input is made from (seed, kind, number) alone, so a finding is a name that makes it again: `--only "lora:17"`. The
readers run in processes of their own: one that crashes or hangs is a finding, not the end.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
SLOW_S = 5.0          # of computing; more is a hang
_PATIENCE_S = 60.0    # on the clock, as other processes may want the machine
_MEMORY = 1536 * 2**20  # bytes that one input may cost


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one input: accepted, refused, crash, hang, or refused in a way no person can read."""

    name: str
    outcome: str
    structured: bool
    seconds: float
    said: str = ""

    @property
    def is_finding(self) -> bool:
        return self.outcome not in ("accepted", "refused")


def names(count: int) -> tuple[str, ...]:
    """The inputs of a run of that size, each kind by its share."""
    from tests.fuzz.kinds import KINDS

    return tuple(f"{kind.name}:{number}" for kind in KINDS.values()
                 for number in range(round(kind.share * count / 10_000)))


def fuzz(wanted: Iterable[str], seed: int, workers: int = 2) -> Iterator[Result]:
    """The results of these inputs, in the order in which they come."""
    waiting = list(wanted)
    shares = [waiting[start::workers] for start in range(workers)]
    readers = [_Reader(share, seed) for share in shares if share]
    while readers:
        ready, _, _ = select.select([reader.out for reader in readers], [], [], 1.0)
        for reader in list(readers):
            result = reader.result(reader.out in ready)
            if result:
                yield result
            if reader.is_done:
                reader.close()
                readers.remove(reader)


class _Reader:
    """A process that reads its share of the inputs, one after the other, and is replaced when it dies."""

    def __init__(self, share: list[str], seed: int) -> None:
        self._share, self._seed = share, seed
        self._start()

    @property
    def out(self):
        return self._process.stdout

    @property
    def is_done(self) -> bool:
        return not self._share

    def result(self, has_said: bool) -> Result | None:
        """The next result, if it is there; a silence that lasts too long is one."""
        if has_said:
            line = self.out.readline()
            self._since = time.monotonic()
            if line.endswith(b"\n"):
                self._share.pop(0)
                return Result(**json.loads(line))
            return self._lost("crash", f"the process ended with {self._process.wait()}")
        if time.monotonic() - self._since > _PATIENCE_S:
            return self._lost("hang", f"no answer within {_PATIENCE_S:.0f} s")
        return None

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self.out.close()

    def _lost(self, outcome: str, said: str) -> Result:
        name = self._share.pop(0)
        self.close()
        if self._share:
            self._start()
        return Result(name, outcome, True, _PATIENCE_S, said)

    def _start(self) -> None:
        command = [sys.executable, "-m", "tests.fuzz.run", "--read", "--seed", str(self._seed)]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL, bufsize=0, env=environment)
        self._process.stdin.write(json.dumps(self._share).encode())
        self._process.stdin.close()
        self._since = time.monotonic() + _PATIENCE_S  # it may take that long to import torch


def read_all(share: Iterable[str], seed: int) -> None:
    """Reads each input and prints its result; the memory of each is limited."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        for name in share:
            print(json.dumps(asdict(read_one(name, seed, folder))), file=out, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_one(name: str, seed: int, folder: Path) -> Result:
    """Makes one input in `folder` and has it read."""
    from studio.core.errors import UserError
    from tests.fuzz.kinds import KINDS, is_one_sentence

    kind = KINDS[name.rpartition(":")[0]]
    content, structured = kind.make(Random(f"{seed} {name}"))
    place = Path(tempfile.mkdtemp(dir=folder))
    (place / kind.file).write_bytes(content)
    began = time.process_time()
    try:
        with _limited_memory():
            kind.read(place / kind.file)
        outcome, said = "accepted", ""
    except UserError as refusal:
        said = str(refusal)
        outcome = "refused" if is_one_sentence(said) else "unreadable"
    except Exception:
        outcome, said = "crash", traceback.format_exc(limit=-6)
    seconds = time.process_time() - began
    shutil.rmtree(place, ignore_errors=True)
    return Result(name, "hang" if seconds > SLOW_S else outcome, structured, round(seconds, 3), said)


class _limited_memory:
    """Lets the process grow by so much and no more; Linux only, as only it tells its size so simply."""

    def __enter__(self) -> None:
        if sys.platform == "linux":
            import resource

            pages = int(Path("/proc/self/statm").read_text().split()[0])
            self._before = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + _MEMORY, self._before[1]))

    def __exit__(self, *what: object) -> None:
        if sys.platform == "linux":
            import resource

            resource.setrlimit(resource.RLIMIT_AS, self._before)


def report(results: list[Result], seconds: float) -> Iterator[str]:
    """A table by kind, then each finding."""
    yield f"{'kind':14}{'inputs':>8}{'structured':>12}{'accepted':>10}{'refused':>9}{'findings':>10}{'slowest':>9}"
    kinds = list(dict.fromkeys(result.name.rpartition(":")[0] for result in results))
    for kind in (*kinds, ""):
        some = [result for result in results if result.name.startswith(kind)] if not kind else [
            result for result in results if result.name.rpartition(":")[0] == kind]
        counts = Counter(result.outcome for result in some)
        yield (f"{kind or 'all':14}{len(some):8}{sum(result.structured for result in some):12}{counts['accepted']:10}"
               f"{counts['refused']:9}{sum(result.is_finding for result in some):10}"
               f"{max((result.seconds for result in some), default=0):8.2f}s")
    yield f"{seconds:.0f} s"
    for result in results:
        if result.is_finding:
            yield f"\n{result.name}: {result.outcome} after {result.seconds} s\n{result.said}"


def main() -> int:
    """0 without a finding."""
    wishes = argparse.ArgumentParser(description=__doc__)
    wishes.add_argument("--count", type=int, default=10_000)
    wishes.add_argument("--seed", type=int, default=0)
    wishes.add_argument("--workers", type=int, default=2)
    wishes.add_argument("--only", nargs="*", metavar="KIND:NUMBER", help="these inputs and no others")
    wishes.add_argument("--kind", help="this kind and no other")
    wishes.add_argument("--read", action="store_true", help="reads the inputs named on standard input")
    wish = wishes.parse_args()
    if wish.read:
        read_all(json.load(sys.stdin), wish.seed)
        return 0
    began = time.monotonic()
    wanted = wish.only or [name for name in names(wish.count) if wish.kind in (None, name.rpartition(":")[0])]
    results = list(fuzz(wanted, wish.seed, wish.workers))
    print("\n".join(report(results, time.monotonic() - began)))
    return int(any(result.is_finding for result in results))


if __name__ == "__main__":
    sys.exit(main())
