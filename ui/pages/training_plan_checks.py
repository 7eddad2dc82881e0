"""What does the machine say to the plan? Its checks before the start, and how fast it is as far as it was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core.draft import Draft
from studio.core.errors import UserError
from studio.core.events import Event, Failed, Finished, Progress, StageDone, Started, Stopped
from studio.core.rules.intent import Machine
from studio.core.speed import ASSUMED, ASSUMED_PRACTICE, Speed
from studio.jobs.bases import BaseChoice
from studio.jobs.machine import described
from studio.jobs.plan import Proposal, late_of, speeds
from studio.jobs.trained_images import trained_dataset
from studio.store.workspace import Workspace
from ui.aside import Aside
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.pages.training_plan_draft import Drafting
from ui.session import Session
from ui.viewstate.amounts import time_of
from ui.viewstate.outlook import reasons
from ui.widgets.preflight_list import Check


class Checking(QObject):
    """Tells of each check as it ends, and of what is known of the machine."""

    changed = Signal()         # a check, or whether one is under way
    measured = Signal()        # `speeds`, `machine` or `late`

    def __init__(self, session: Session, drafting: Drafting, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._drafting = session, drafting
        self.speeds: tuple[Speed, ...] = (_assumed(session.place),)
        self.machine = Machine()
        self.late: bool | None = None
        self.checks: tuple[Check, ...] = ()
        self._checked: Draft | None = None
        self._task: Task | None = None
        self._aside, self._is_closed = Aside(self), False
        session.jobs.advanced.connect(self._advanced)
        session.jobs.ended.connect(self._job_ended)
        session.ledger_changed.connect(lambda _: self.look())

    @property
    def is_busy(self) -> bool:
        """Whether checks are under way."""
        return self._task is not None

    @property
    def is_looking(self) -> bool:
        return self._aside.is_busy

    @property
    def remark(self) -> str:
        """What to know of the checks as a whole."""
        if self.checks and not self.is_busy and self._checked != self._drafting.draft:
            return tr("The plan changed since these checks.")
        if self.checks and all(each.state == "good" for each in self.checks):
            took = time_of(sum(each.seconds or 0.0 for each in self.checks))
            last = self.checks[-1].told
            return tr("Checked in {time}: nothing stands in the way. {told}.", time=took,
                      told=last[:1].upper() + last[1:])
        return ""

    def begin(self) -> None:
        """Queues the checks of the plan as it stands."""
        from studio.jobs.preflight import Preflight

        if self.is_busy:
            return
        session, draft = self._session, self._drafting.draft
        self.checks, self._checked = (), draft
        job = Preflight(session.place.folder, proposal_of(draft), session.settings.folder)
        self._task = session.run(job, tr("Checking the plan"), self._ended, quiet=True)
        self.changed.emit()

    def stop(self) -> None:
        """Ends the checks after the one at hand."""
        if self._task:
            self._task.stop()

    def look(self) -> None:
        """Reads what was measured on this machine, in a thread."""
        if not self._aside.is_busy and not self._is_closed:
            place, home = self._session.place, self._session.settings.folder
            self._aside.ask(lambda: _look(place, home), self._take)

    def close(self) -> None:
        """Waits for a look that is under way; none comes after it."""
        self._is_closed = True
        self._aside.close()

    def _take(self, found: _Seen | None) -> None:
        if found is not None:
            self.speeds, self.machine, self.late = found
            self.measured.emit()

    def _advanced(self, task: Task, events: Sequence[Event]) -> None:
        if task is self._task:
            for event in events:
                self.checks = told(self.checks, event)
            self.changed.emit()

    def _ended(self, task: Task) -> None:
        self._task = None
        self.changed.emit()

    def _job_ended(self, task: Task) -> None:
        if task.kind in ("check", "train", "demo"):
            self.look()


_Seen = tuple[tuple[Speed, ...], Machine, bool | None]  # speeds, what computes, whether something comes late


def _look(place: Workspace, home: Path) -> _Seen | None:
    """Reads journals of runs, and what is installed. None for a set that is being changed: the next look finds it."""
    try:
        known = (*speeds(place, BaseChoice(place.project.base), home), _assumed(place))
        return known, described(place.folder), late_of(place, trained_dataset(place))
    except (UserError, OSError):
        return None


def proposal_of(draft: Draft) -> Proposal:
    """The draft as the checks and the command line know it."""
    return Proposal(draft.frozen, BaseChoice(), draft.characters, draft.parent, draft.late_feature, 0.0, reasons(draft),
                draft.left_out)


def told(checks: tuple[Check, ...], event: Event) -> tuple[Check, ...]:
    """The checklist after an event of the checks."""
    match event:
        case Started(facts=facts):
            return tuple(Check(str(name)) for name in facts.get("stages", ()))
        case Progress(what=what):
            return _with(checks, what, state="running")
        case StageDone(stage=stage, seconds=seconds, text=text):
            return _with(checks, stage, state="good", seconds=seconds, told=text)
        case Failed(what=what, remedy=remedy):
            return _at_hand(checks, state="bad", told=what, remedy=remedy)
        case Finished() | Stopped():
            return _at_hand(checks, state="waiting")
    return checks


def _with(checks: tuple[Check, ...], name: str, **changes: object) -> tuple[Check, ...]:
    return tuple(replace(each, **changes) if each.name == name else each for each in checks)


def _at_hand(checks: tuple[Check, ...], **changes: object) -> tuple[Check, ...]:
    """What becomes of the one that was being looked at."""
    return tuple(replace(each, **changes) if each.state == "running" else each for each in checks)


def _assumed(place: Workspace) -> Speed:
    base = BaseChoice(place.project.base)
    return ASSUMED_PRACTICE if base.name and base.is_practice else ASSUMED
