"""How is the machine kept awake while something trains? Each system has its own way; where none works a line is logged.

Whatever holds it ends with this process, so that a crash never keeps a machine awake.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NAME = "Character LoRA Studio"

LONG = ("train", "sheet", "score", "demo")  # kinds of jobs that a person goes away from

_CONTINUOUS, _SYSTEM_REQUIRED = 0x80000000, 0x00000001  # of SetThreadExecutionState


class Awake:
    """Keeps the machine from falling asleep between `hold` and `release`; `log` hears why where it cannot."""

    def __init__(self, log: Callable[[str], object]) -> None:
        self._log = log
        self._let_go: Callable[[], object] | None = None

    @property
    def is_held(self) -> bool:
        return self._let_go is not None

    def hold(self, why: str) -> None:
        """Screens may go dark, the machine may not. A second call changes nothing."""
        if self.is_held:
            return
        try:
            self._let_go = _held_by_system(why)
        except OSError as error:
            self._log(f"The machine may fall asleep: {error}")

    def release(self) -> None:
        """It may sleep again."""
        if self._let_go:
            self._let_go()
        self._let_go = None


@contextmanager
def awake_for(kind: str, why: str, log: Callable[[str], object]) -> Iterator[None]:
    """Keeps the machine awake inside, for a job of a kind that takes long; see `Awake`."""
    awake = Awake(log)
    if kind in LONG:
        awake.hold(why)
    try:
        yield
    finally:
        awake.release()


def _held_by_system(why: str) -> Callable[[], object]:
    """Raises OSError where the system offers nothing."""
    if sys.platform == "win32":
        return _held_by_windows()
    if sys.platform == "darwin":
        return _held_by_process(["caffeinate", "-i", "-w", str(os.getpid())])
    return _held_by_process(["systemd-inhibit", "--what=sleep:idle", f"--who={NAME}", f"--why={why}", "--mode=block",
                             "cat"])


def _held_by_windows() -> Callable[[], object]:
    from ctypes import windll

    if not windll.kernel32.SetThreadExecutionState(_CONTINUOUS | _SYSTEM_REQUIRED):
        raise OSError("Windows refused to stay awake")
    return lambda: windll.kernel32.SetThreadExecutionState(_CONTINUOUS)


def _held_by_process(command: list[str]) -> Callable[[], object]:
    """A process that holds it until its input ends, which it does with ours."""
    if shutil.which(command[0]) is None:
        raise OSError(f"there is no {command[0]}")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)  # with no terminal to ask for a password in

    def let_go() -> None:
        process.stdin.close()
        process.terminate()
        process.wait()

    return let_go
