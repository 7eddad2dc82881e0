"""What happens, as facts: the only thing that leaves a job, one JSON line each in its journal.

A job makes events without a clock; whoever runs it stamps time and attempt on them with `stamped`. The attempt counts
how often the work of one folder was started: what a crash made happen twice carries the higher number the second time.
"""

import dataclasses
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import PurePath
from typing import get_args

from studio.core.errors import UserError, shown
from studio.core.typed import typed

Facts = Mapping[str, object]

_NOTHING: Facts = {}      # one for all: a journal may hold a million steps
_BRIEF = {"brief": True}  # of a field that a line leaves out where it says nothing


@dataclass(frozen=True, slots=True)
class Started:
    """A job began or was taken up again. `total` is in the unit of its progress; `facts` describe the machine."""

    job: str
    kind: str
    total: int
    facts: Facts = field(default_factory=dict)
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. `seconds_left` is None as long as nobody can say."""

    done: int
    total: int
    seconds_left: float | None = None
    what: str = ""
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class StepDone:
    """One training step. `exposures` counts pictures seen since the run began; `seconds` is what the step took.

    `bucket` is the size of its pictures, such as "832x1216", empty where they had several. `losses` are the means over
    the pictures of each trigger, in a run that teaches more than one.
    """

    step: int
    epoch: int
    loss: float
    lr: float
    seconds: float
    exposures: int
    bucket: str = field(default="", metadata=_BRIEF)
    losses: Facts = field(default_factory=lambda: _NOTHING, metadata=_BRIEF)
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class PreviewReady:
    """A preview lies at `path`, relative to the run. Epoch 0 is the base without the LoRA.

    `step` is 0 for those of an epoch's end, and says when within `epoch` one was drawn that somebody asked for.
    """

    epoch: int
    prompt: str
    seed: int
    path: str
    step: int = field(default=0, metadata=_BRIEF)
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """A LoRA lies at `path`, relative to the run."""

    epoch: int
    step: int
    path: str
    sha256: str
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class CheckpointRemoved:
    """The LoRA of an epoch that was at `path`, relative to the run, made room for newer ones."""

    epoch: int
    path: str
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class SnapshotSaved:
    """A LoRA that somebody asked for within an epoch lies at `path`, relative to the run; it never makes room."""

    step: int
    epoch: int
    path: str
    sha256: str
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class StateSaved:
    """All that resuming after `step` needs lies at `path`, relative to the run."""

    step: int
    path: str
    sha256: str
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class WishAnswered:
    """The wish of that number in the run's list was carried out after `step`, or could not be.

    For another number of epochs `value` is the number that now holds, and `total` its steps.
    """

    number: int
    wish: str
    value: int
    step: int
    total: int = 0
    granted: bool = True
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What the machine is at: bytes that this process holds of its device, and of how many; None if it cannot be told.

    Without a device of its own memory that is the main memory. `temperature` in degrees Celsius, `busy` a share.
    """

    memory: int
    total: int
    peak: int = 0
    temperature: float | None = None
    busy: float | None = None
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class ImageImported:
    """An image was copied to `path`, relative to the project."""

    image: str
    path: str
    character: str
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class CaptionWritten:
    """A caption was written by a machine for the image at `path`, relative to the project."""

    image: str
    path: str
    caption: str
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class CellReady:
    """The picture of a cell lies at `path`, relative to the sheet. `facts` are watched, not part of the key.

    `slot` counts the pictures of a cell that has several.
    """

    key: str
    path: str
    row: int
    column: int
    facts: Facts = field(default_factory=dict)
    slot: int = field(default=0, metadata=_BRIEF)
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Scored:
    """A judge looked at a cell for one trait. Another version of the judge is another judge."""

    key: str
    judge: str
    version: str
    trait: str
    value: float
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class StageDone:
    """A line of a checklist is ticked: what was looked at, how long that took, and what was found in a few words."""

    stage: str
    seconds: float
    text: str
    facts: Facts = field(default_factory=dict)
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth reading: a skipped duplicate, an upscaled image."""

    text: str
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Finished:
    """The job did all it set out to do."""

    facts: Facts = field(default_factory=dict)
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Stopped:
    """The job was asked to stop, and saved what it had."""

    facts: Facts = field(default_factory=dict)
    time: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Failed:
    """The job could not go on. `kind` is "person" (to be put right), "device" (restart and resume) or "bug"."""

    kind: str
    what: str
    remedy: str = ""
    time: float = 0.0
    attempt: int = 1


Event = (Started | Progress | StepDone | PreviewReady | CheckpointSaved | CheckpointRemoved | SnapshotSaved | StateSaved
         | WishAnswered | Telemetry | ImageImported | CaptionWritten | CellReady | Scored | StageDone | Note | Finished
         | Stopped | Failed)
Ending = Finished | Stopped | Failed


def name_of(event: Event) -> str:
    """The word for its kind in a journal: `StepDone` is "step_done"."""
    return _names()[type(event)]


def stamped(event: Event, time: float, attempt: int) -> Event:
    """The event with when and in which attempt it happened."""
    return dataclasses.replace(event, time=time, attempt=attempt)


def to_json(event: Event) -> str:
    """One line of JSON without its line end. Numbers that JSON does not have (nan, inf) become null."""
    brief = _brief_of(type(event))
    told = {each.name: getattr(event, each.name) for each in fields(event)}
    facts = {"event": name_of(event)} | {name: _plain(value) for name, value in told.items()
                                         if value or name not in brief}
    return json.dumps(facts, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_json(line: str) -> Event:
    """The event of a line. Raises `ValueError` for what is no JSON, `UserError` for what this studio does not know."""
    return from_facts(json.loads(line), line)


def from_facts(facts: dict[str, object], line: str = "") -> Event:
    """The event of what a line held, which is taken apart; see `from_json`."""
    kind = _kinds().get(str(facts.pop("event", "")))
    if kind is None or not _fields_of(kind).issuperset(facts):
        raise UserError(f"A newer studio wrote this line: {shown(line)}", "Update the studio.")
    return typed(kind, _with_nan(kind, facts) if None in facts.values() else facts)


def _with_nan(kind: type, facts: Facts) -> Facts:
    """What was written as null because JSON has no nan."""
    return {name: math.nan if value is None and name in _numbers_of(kind) else value for name, value in facts.items()}


def _plain(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, PurePath) else value


@cache
def _kinds() -> dict[str, type]:
    return {re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(): kind for kind in get_args(Event)}


@cache
def _names() -> dict[type, str]:
    return {kind: name for name, kind in _kinds().items()}


@cache
def _fields_of(kind: type) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind))


@cache
def _brief_of(kind: type) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind) if each.metadata.get("brief"))


@cache
def _numbers_of(kind: type) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind) if each.type is float)
