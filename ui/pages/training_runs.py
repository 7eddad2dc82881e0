"""Which runs are there, what became of each, and in what does it differ from the one it follows?

The folders are read in a thread of its own; a run whose files did not change is not read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import UserError
from studio.core.events import CheckpointSaved, Event
from studio.core.fold import Course, fold_course
from studio.core.run_diff import Axis, Branch, RunFacts, axes, is_confounded, lineage
from studio.jobs.bases import BaseChoice
from studio.store import runs
from studio.store.adopted import origin_of
from studio.store.feed import Feed, StepRows
from studio.store.run_lock import is_running
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace
from ui.aside import Aside
from ui.i18n import tr, trn
from ui.session import Session
from ui.viewstate.run_rows import RunRow

_REST_MS = 150
_LOOK_MS = 2_000  # between looks at runs that another process may be at


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run on disk. Without `facts` its frozen files cannot be read, and nothing can be compared with it.

    `epochs` counts the LoRAs that a run from elsewhere has brought so far; None for one that was trained here.
    """

    id: str
    course: Course
    facts: RunFacts | None
    parent: str
    epochs: int | None = None

    @property
    def status(self) -> str:
        """As the tree shows it."""
        is_under_way = self.epochs is not None and self.course.status == "stopped"
        return "elsewhere" if is_under_way else self.course.status


_Stamped = tuple[object, KnownRun]  # what is known of a run, and a mark of its files as they were then


class Runs(QObject):
    """The runs of the open project, kept true."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[str, _Stamped] = {}
        self._aside = Aside(self)
        self._again = self._is_closed = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._rest.timeout.connect(self._begin)
        self._look.timeout.connect(self._begin)
        session.jobs.ended.connect(self._job_changed)
        session.jobs.queued.connect(self._job_changed)

    @property
    def all(self) -> tuple[KnownRun, ...]:
        """Oldest first."""
        return tuple(run for _, run in self._known.values())

    @property
    def is_busy(self) -> bool:
        return self._rest.isActive() or self._aside.is_busy

    def find(self, id: str) -> KnownRun | None:
        return self._known[id][1] if id in self._known else None

    def rows(self) -> tuple[RunRow, ...]:
        """As the tree shows them: each parent before its children."""
        return rows_of(self.all)

    def name_of(self, id: str) -> str:
        """How the tree calls a run; empty for one that is gone."""
        return next((row.name for row in self.rows() if row.id == id), "")

    def ask(self) -> None:
        """Something changed: look as soon as there is a moment's rest."""
        if not self._is_closed:
            self._rest.start()

    def watch(self, is_shown: bool) -> None:
        """Looks every now and then as long as the page is shown: another process may train."""
        self._look.start() if is_shown and not self._is_closed else self._look.stop()

    def close(self) -> None:
        """Waits for a look that is under way; none comes after it."""
        self._is_closed = True
        self._rest.stop()
        self._look.stop()
        self._aside.close()

    def _job_changed(self, task: object) -> None:
        if getattr(task, "kind", "") in ("train", "demo"):
            self.ask()

    def _begin(self) -> None:
        if self._aside.is_busy:
            self._again = True
        else:
            place, known = self._session.place, dict(self._known)
            self._aside.ask(lambda: _read(place, known), self._take)

    def _take(self, found: Mapping[str, _Stamped]) -> None:
        if found != self._known:
            self._known = dict(found)
            self.changed.emit()
        if self._again:
            self._again = False
            self.ask()


def _read(place: Workspace, known: Mapping[str, _Stamped]) -> dict[str, _Stamped]:
    """The runs on disk; those whose files are as they were are taken from what is `known`."""
    found: dict[str, _Stamped] = {}
    chosen = BaseChoice(place.project.base)
    base = chosen.title if chosen.name else ""
    for run in runs.runs_of(place):
        stamp, before = _stamp(run), known.get(run.id)
        found[run.id] = before if before and before[0] == stamp else (stamp, read_known(run, base))
    return found


def read_known(run: RunFolder, base: str = "") -> KnownRun:
    """What a run's folder says of it; the steps of a long journal are passed over.

    `base` is the one that a run will be trained on that has not begun.
    """
    events = [event for block in _blocks(run) for event in block if not isinstance(event, StepRows)]
    course = fold_course(events, alive=is_running(run.folder))
    return KnownRun(run.id, course, _facts(run, course, base), runs.parent_of(run), _brought(run, events))


def rows_of(known: Iterable[KnownRun]) -> tuple[RunRow, ...]:
    """The rows of the tree. Versions are counted within a tree, by age."""
    by_id = {run.id: run for run in known}
    rows: list[RunRow] = []
    for root in lineage((run.id, run.parent) for run in by_id.values()):
        numbers = {id: number for number, id in enumerate(sorted(_ids(root)), 1)}
        rows += _rows(root, "", by_id, numbers)
    return tuple(rows)


def _rows(branch: Branch, parent: str, known: Mapping[str, KnownRun], numbers: Mapping[str, int]) -> list[RunRow]:
    run = known[branch.run]
    found = _axes(known.get(parent), run)
    mine = RunRow(run.id, f"v{numbers[run.id]}", _title(run), run.status,
                  _told(found, run, known.get(parent)), parent, is_confounded(found or ()),
                  "\n".join(axis.sentence.replace("->", "→") for axis in found or ()))
    return [mine, *(row for child in branch.children for row in _rows(child, run.id, known, numbers))]


def _ids(branch: Branch) -> list[str]:
    return [branch.run, *(id for child in branch.children for id in _ids(child))]


def _axes(parent: KnownRun | None, run: KnownRun) -> tuple[Axis, ...] | None:
    """None where there is nothing to compare with."""
    return axes(parent.facts, run.facts) if parent and parent.facts and run.facts else None


def _title(run: KnownRun) -> str:
    names = ", ".join(each.name for each in run.facts.dataset.characters) if run.facts else ""
    return names or run.id


def _told(found: tuple[Axis, ...] | None, run: KnownRun, parent: KnownRun | None) -> str:
    """What changed, or what a run is that follows none."""
    if run.facts is None:
        return tr("its files cannot be read")
    recipe = run.facts.recipe
    if run.epochs is not None:
        return trn("{n} epoch from {trainer}", "{n} epochs from {trainer}", run.epochs,
                   trainer=str(run.course.facts.get("trainer", "")) or tr("elsewhere"))
    if found is None:
        return tr("rank {rank}, rate {rate}, {epochs} epochs", rank=recipe.rank, rate=f"{recipe.learning_rate:g}",
                  epochs=f"{recipe.epochs:,}")
    if found:
        return ", ".join(_brief(axis) for axis in found)
    before = parent.facts.recipe.epochs
    if before != recipe.epochs:
        return tr("epochs {before} → {now}", before=f"{before:,}", now=f"{recipe.epochs:,}")
    return tr("nothing that decides a step")


def _brief(axis: Axis) -> str:
    """`rank 32 → 64`: what else follows the first change stands in the tooltip."""
    first = axis.changes[0]
    return f"{axis.name} {first.was} → {first.now}"


def _brought(run: RunFolder, events: Iterable[Event]) -> int | None:
    """How many epochs came from elsewhere; None for a run that was trained here."""
    if origin_of(run) is None:
        return None
    return len({each.epoch for each in events if isinstance(each, CheckpointSaved)})


def _facts(run: RunFolder, course: Course, base: str) -> RunFacts | None:
    try:
        title = str(course.facts.get("title", ""))
        return RunFacts(run.id, title or base, runs.read_dataset(run), runs.read_recipe(run))
    except (OSError, UserError):
        return None


def _blocks(run: RunFolder) -> Iterable[tuple[object, ...]]:
    try:
        yield from Feed(run.journal).read()
    except UserError:
        return  # what came before the damage counts


def _stamp(run: RunFolder) -> object:
    """Changes with whatever could change what is known of it; a journal that only grows by steps is read in 2 s."""
    try:
        stat = run.journal.stat()
    except OSError:
        return (0, 0, is_running(run.folder))
    return stat.st_size, stat.st_mtime_ns, is_running(run.folder)
