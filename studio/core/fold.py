"""What events add up to. The live window, a reopened one and the command line all come through here.

Statuses are folded, never stored. What a crash made happen twice is taken from the later attempt: events of an attempt
that a later one has overtaken are passed over, and a step takes back every step from its own number on.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal, TypeVar

from studio.core.events import (
    CellReady,
    CheckpointRemoved,
    CheckpointSaved,
    Event,
    Facts,
    Failed,
    Finished,
    Note,
    PreviewReady,
    Progress,
    Scored,
    SnapshotSaved,
    Started,
    StateSaved,
    StepDone,
    Stopped,
    Telemetry,
    WishAnswered,
)

T = TypeVar("T")
Status = Literal["planned", "running", "interrupted", "finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Course:
    """How a job goes, whatever its kind.

    `total` is in the unit of the job (steps, cells, images); `progress` is the last one reported. `facts` came with the
    start, `result` with the end; `time` is that of the last event.
    """

    status: Status = "planned"
    job: str = ""
    kind: str = ""
    attempt: int = 0
    total: int = 0
    progress: Progress | None = None
    facts: Facts = dataclasses.field(default_factory=dict)
    result: Facts = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    failure: Failed | None = None
    started: float = 0.0
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class RunState:
    """A training run: its course and what there is of it, each in order of step or epoch.

    `snapshots` are LoRAs that somebody asked for within an epoch; `wishes` holds what was answered.
    """

    course: Course = dataclasses.field(default_factory=Course)
    steps: tuple[StepDone, ...] = ()
    checkpoints: tuple[CheckpointSaved, ...] = ()
    previews: tuple[PreviewReady, ...] = ()
    states: tuple[StateSaved, ...] = ()
    snapshots: tuple[SnapshotSaved, ...] = ()
    wishes: tuple[WishAnswered, ...] = ()
    telemetry: tuple[Telemetry, ...] = ()

    @property
    def status(self) -> Status:
        return self.course.status

    @property
    def length(self) -> int:
        """How many steps it takes in all, as far as is known by now."""
        return self.course.total

    @property
    def epochs(self) -> int:
        """The number of epochs that was last granted while it ran; 0 where that of the recipe holds."""
        asked = (each.value for each in reversed(self.wishes) if each.wish == "epochs" and each.granted)
        return next(asked, 0)

    @property
    def answered(self) -> frozenset[int]:
        """The numbers of the wishes that were answered; a stop overtakes what was asked for before it."""
        return frozenset(each.number for each in self.wishes)

    @property
    def attempt(self) -> int:
        return self.course.attempt

    @property
    def step(self) -> int:
        return self.steps[-1].step if self.steps else 0

    @property
    def epoch(self) -> int:
        return self.steps[-1].epoch if self.steps else 0

    @property
    def exposures(self) -> int:
        return self.steps[-1].exposures if self.steps else 0

    @property
    def losses(self) -> tuple[tuple[int, float], ...]:
        """(step, loss) of every step."""
        return tuple((each.step, each.loss) for each in self.steps)

    @property
    def seconds(self) -> float:
        """Time spent in the steps that count."""
        return sum(each.seconds for each in self.steps)


@dataclass(frozen=True, slots=True)
class SheetState:
    """A sheet: its course, its cells by place, and what judges said."""

    course: Course = dataclasses.field(default_factory=Course)
    cells: tuple[CellReady, ...] = ()
    scores: tuple[Scored, ...] = ()

    @property
    def status(self) -> Status:
        return self.course.status


def fold(events: Iterable[Event], onto: RunState | None = None, *, alive: bool = True) -> RunState:
    """The state of a run after `events`, which follow on those that led to `onto`.

    `alive` says whether whoever runs it still lives: without an end and an owner a run is interrupted.
    """
    onto = onto or RunState()
    course, kept = _followed(onto.course, events)
    return RunState(
        course=_owned(course, alive),
        steps=_steps(onto.steps, kept),
        checkpoints=_checkpoints(onto.checkpoints, kept),
        previews=_latest(PreviewReady, onto.previews, kept, ("epoch", "step", "prompt", "seed")),
        states=_latest(StateSaved, onto.states, kept, ("step",)),
        snapshots=_latest(SnapshotSaved, onto.snapshots, kept, ("step",)),
        wishes=_latest(WishAnswered, onto.wishes, kept, ("number",)),
        telemetry=onto.telemetry + tuple(each for each in kept if type(each) is Telemetry),
    )


def fold_sheet(events: Iterable[Event], onto: SheetState | None = None, *, alive: bool = True) -> SheetState:
    """The state of a sheet after `events`; see `fold`."""
    onto = onto or SheetState()
    course, kept = _followed(onto.course, events)
    return SheetState(
        course=_owned(course, alive),
        cells=_latest(CellReady, onto.cells, kept, ("row", "column", "slot")),
        scores=_latest(Scored, onto.scores, kept, ("key", "judge", "version", "trait")),
    )


def fold_course(events: Iterable[Event], onto: Course | None = None, *, alive: bool = True) -> Course:
    """The course of any job after `events`; see `fold`."""
    return _owned(_followed(onto or Course(), events)[0], alive)


def _followed(course: Course, events: Iterable[Event]) -> tuple[Course, list[Event]]:
    """The course after the events, and those that count: none from an attempt that a later one has overtaken."""
    changes: dict[str, object] = {"status": "running"} if course.status == "interrupted" else {}
    notes, attempt, time, kept = list(course.notes), course.attempt, course.time, []
    for event in events:
        if event.attempt < attempt:
            continue
        attempt, time = event.attempt, event.time
        kept.append(event)
        if type(event) in _TURNS:
            changes |= _TURNS[type(event)](event)
        elif type(event) is Note:
            notes.append(event.text)
    return dataclasses.replace(course, **changes, notes=tuple(notes), attempt=attempt, time=time), kept


def _begun(event: Started) -> dict[str, object]:
    return {
        "status": "running", "job": event.job, "kind": event.kind, "total": event.total, "facts": event.facts,
        "started": event.time, "progress": None, "result": {}, "failure": None,
    }


# What each event changes in the course of its job.
_TURNS: dict[type, Callable[[Any], dict[str, object]]] = {
    Started: _begun,
    Progress: lambda event: {"progress": event},
    Finished: lambda event: {"status": "finished", "result": event.facts},
    Stopped: lambda event: {"status": "stopped", "result": event.facts},
    Failed: lambda event: {"status": "failed", "failure": event},
    WishAnswered: lambda event: {"total": event.total} if event.total else {},
}


def _owned(course: Course, alive: bool) -> Course:
    if alive or course.status != "running":
        return course
    return dataclasses.replace(course, status="interrupted")


def _steps(known: tuple[StepDone, ...], events: Iterable[Event]) -> tuple[StepDone, ...]:
    """All steps; a live window folds a few onto a million, so what stays as it is must not be walked through."""
    end, steps = len(known), []
    for event in events:
        if type(event) is StepDone:
            while steps and steps[-1].step >= event.step:
                steps.pop()
            while not steps and end and known[end - 1].step >= event.step:
                end -= 1
            steps.append(event)
    return known[:end] + tuple(steps)


def _checkpoints(known: tuple[CheckpointSaved, ...], events: Iterable[Event]) -> tuple[CheckpointSaved, ...]:
    """The last one of each epoch, unless it was removed since; by epoch."""
    last = {each.epoch: each for each in known}
    for event in events:
        if type(event) is CheckpointSaved:
            last[event.epoch] = event
        elif type(event) is CheckpointRemoved:
            last.pop(event.epoch, None)
    return tuple(last[epoch] for epoch in sorted(last))


def _latest(kind: type[T], known: tuple[T, ...], events: Iterable[Event], names: tuple[str, ...]) -> tuple[T, ...]:
    """The last event of a kind for each value of the named fields, in the order in which these first came up."""
    new = [each for each in events if type(each) is kind]
    if not new:
        return known
    name = attrgetter(*names)
    last = {name(each): each for each in known} | {name(each): each for each in new}
    return tuple(last.values())
