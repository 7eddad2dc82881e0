"""Runs commands in processes that can be killed at any moment, and that start at once: forks of one warm process.

What is killed is the command line itself with all it holds; only the seconds that it takes to import torch are saved.
Commands can also be run as fresh processes, which is slower and the same.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "PYTHONPATH": str(ROOT)}
KILLED = -signal.SIGKILL if hasattr(signal, "SIGKILL") else 1
PATIENCE_S = 600.0

_PROGRAM = """
import json, os, sys, traceback
import torch, diffusers, transformers, peft, onnxruntime
from studio.cli.main import main
import studio.engine.trainer, studio.engine.anima.checkpoint, studio.engine.anima.pipeline, studio.jobs.attempt
import studio.engine.taggers.wd, studio.engine.lora.merge
print("warm", flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child:
        silent = os.open(os.devnull, os.O_RDWR)
        os.dup2(silent, 0), os.dup2(silent, 1)
        code = 1
        try:
            code = main(json.loads(line))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Forks:
    """A warm process that runs one command after the other in forks of itself."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, bufsize=0, env=ENVIRONMENT, cwd=ROOT)
        assert self._answer() == b"warm\n"

    def run(self, words: Sequence[object], kill_when: Callable[[float], bool] | None = None) -> int:
        """The exit code of a command, KILLED if it was killed as soon as `kill_when` (given the seconds) said so."""
        self._process.stdin.write(json.dumps([str(word) for word in words]).encode() + b"\n")
        child, began, is_killed = int(self._answer()), time.monotonic(), False
        while not self._has_answer():
            seconds = time.monotonic() - began
            assert seconds < PATIENCE_S
            if kill_when and not is_killed and kill_when(seconds):
                os.kill(child, signal.SIGKILL)
                is_killed = True
        return int(self._answer())

    def _answer(self) -> bytes:
        line = self._process.stdout.readline()
        assert line, "the warm process has ended"
        return line

    def _has_answer(self) -> bool:
        return bool(select.select([self._process.stdout], [], [], 0.0005)[0])

    def __enter__(self) -> Forks:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()


class Fresh:
    """The same with a process of its own for each command."""

    def run(self, words: Sequence[object], kill_when: Callable[[float], bool] | None = None) -> int:
        command = [sys.executable, "-m", "studio", *map(str, words)]
        began = time.monotonic()
        with subprocess.Popen(command, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                assert time.monotonic() - began < PATIENCE_S
                if kill_when and kill_when(time.monotonic() - began):
                    process.kill()
                    break
                time.sleep(0.001)
            return process.wait()
