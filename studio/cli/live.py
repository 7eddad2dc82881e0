"""How events are told: one JSON line each, or for people a line that lives on standard error."""

from __future__ import annotations

import math
import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

from studio.core.errors import UserError
from studio.core.events import (
    CaptionWritten,
    CheckpointSaved,
    Event,
    Failed,
    Finished,
    Note,
    Progress,
    SnapshotSaved,
    StageDone,
    Started,
    StepDone,
    Stopped,
    WishAnswered,
    to_json,
)

_REDRAW_S, _PLAIN_S = 0.1, 10.0  # a terminal's line lives; a file gets a line now and then
_CLEAR = "\r\x1b[K"
_TAME = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def mute(out: TextIO) -> None:
    """Lets what is still to be said go nowhere: the reader has left, and Python would complain again when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())


class JsonLines:
    """One event a line. A reader that goes away, as `head` does, or a full disk is no reason for the work to end."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout

    def __call__(self, event: Event) -> None:
        try:
            print(to_json(event), file=self._out, flush=True)
        except OSError:
            mute(self._out)


class LiveLine:
    """What matters stays as lines of its own; progress with the time left is one line that is drawn over."""

    def __init__(self, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock = out or sys.stderr, clock
        self._alive = self._out.isatty()
        self._drawn_at = float("-inf")
        self._dirty = False
        self._step: StepDone | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, StepDone):
            self._step = event
        elif isinstance(event, Progress):
            self._progress(event)
        elif said := sentence(event):
            self._say(said)

    def _progress(self, event: Progress) -> None:
        now = self._clock()
        if now - self._drawn_at < (_REDRAW_S if self._alive else _PLAIN_S) and event.done < event.total:
            return
        self._drawn_at = now
        line = progress_line(event, self._step)
        if self._alive:
            self._write(_CLEAR + _cut(line, shutil.get_terminal_size().columns - 1))
            self._dirty = True
        else:
            self._write(line + "\n")

    def _say(self, said: str) -> None:
        self._write((_CLEAR if self._dirty else "") + said.translate(_TAME) + "\n")
        self._dirty = False

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except OSError:
            mute(self._out)


class Failures:
    """Of a process that only lends a hand, what went wrong; all else is told by the one that leads."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._tell = LiveLine(out)

    def __call__(self, event: Event) -> None:
        if isinstance(event, Failed):
            self._tell(event)


def sentence(event: Event) -> str:
    """What a person wants to keep of an event; nothing for most of them."""
    match event:
        case Started():
            return f"{event.kind}: {event.job}" if event.job else ""
        case Note():
            return event.text
        case StageDone():
            return f"{event.stage}: {event.text} ({event.seconds:.1f} s)"
        case CaptionWritten():
            return f"{event.path}: {event.caption}"
        case CheckpointSaved():
            return f"epoch {event.epoch} saved as {event.path} (step {event.step})"
        case SnapshotSaved():
            return f"saved as {event.path} (step {event.step}, epoch {event.epoch})"
        case WishAnswered(wish="epochs", granted=True):
            return f"the run has {event.value} epochs now ({event.total} steps)"
        case Failed():
            return f"error: {UserError(event.what, event.remedy)}"
        case Stopped():
            return "stopped; what was done is saved"
        case Finished():
            return _finished(event)
        case _:
            return ""


def progress_line(event: Progress, step: StepDone | None = None) -> str:
    """`step 41/96 · epoch 3 · 328 exposures · loss 0.081 · 1.1 s/step · 2 min left`."""
    parts = [f"{event.what} {event.done}/{event.total}".strip()]
    if step is not None and event.what == "step":
        parts += [f"epoch {step.epoch}", f"{step.exposures} exposures"]
        parts += [f"loss {step.loss:.3f}", f"{step.seconds:.2g} s/step"]
    if event.seconds_left is not None and event.done < event.total:
        parts.append(f"{duration(event.seconds_left)} left")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """`40 s`, `3 min`, `1 h 12 min`."""
    if not math.isfinite(seconds):
        return "unknown time"
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _finished(event: Finished) -> str:
    """Where the result lies, and nothing else: the rest is for `--json` and `show`."""
    for name in ("sheet", "path", "run"):
        if name in event.facts:
            return f"done: {event.facts[name]}"
    return "done"


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: max(width - 1, 0)] + "…"
