"""The live face of the training page: previews as they come, curves under them, and beside them how the run stands.

What is shown is folded from the journals of the runs, whoever trains them: this window, a process that goes on without
it, or nobody any more.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.core.errors import UserError
from studio.core.fold import RunState
from studio.core.recipe import Recipe
from studio.jobs.detach import go_on_detached
from studio.jobs.execute import LOG
from studio.store import runs
from studio.store.runs import RunFolder
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.pages.training_live_controls import RunControls
from ui.pages.training_live_curves import CurvesPane, short_name
from ui.pages.training_live_sheet import SheetPane
from ui.run_watch import RunWatch
from ui.session import Session
from ui.viewstate.live_run import LiveRun
from ui.viewstate.run_figures import Verdict, figures, speeds, verdict
from ui.widgets.basics import line
from ui.widgets.empty import Empty
from ui.widgets.inline_error import InlineError
from ui.widgets.panes import Panes
from ui.widgets.telemetry import Telemetry

_RIGHT = 280


class LiveFace(QWidget):
    """Shows the runs of `show_run`, several of them side by side in one chart and one sheet."""

    again_requested = Signal(str)  # the id of a run whose recipe is wanted once more

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._folders: dict[str, RunFolder] = {}
        self._recipes: dict[str, Recipe] = {}
        self.watch = RunWatch(self)
        self._build()
        self._bind()

    def show_run(self, run_ids: tuple[str, ...]) -> None:
        """Follows these runs of the open project from here on; those that are followed already go on."""
        found = {id: RunFolder(self._session.place.runs / id) for id in run_ids}
        if found == self._folders:
            return
        self._folders = found
        self._recipes = {id: recipe for id, folder in found.items() if (recipe := self._recipe(folder))}
        self.error.clear()
        self.telemetry.forget()
        self.sheet.leave()
        self.watch.watch({id: folder.folder for id, folder in found.items()})
        self._stack.setCurrentWidget(self._whole if found else self._none)
        self._show()

    @property
    def shown(self) -> tuple[str, ...]:
        """The ids of the runs that are followed."""
        return tuple(self._folders)

    @property
    def chief(self) -> str:
        """The run that controls and figures speak of: the one that trains, else the first."""
        running = (id for id in self._folders if self.watch.state(id).status == "running")
        return next(running, next(iter(self._folders), ""))

    def state(self, id: str) -> RunState:
        return self.watch.state(id)

    def close_threads(self) -> None:
        self.watch.close()
        self.sheet.close_threads()

    # What it is made of

    def _build(self) -> None:
        self.controls, self.sheet = RunControls(self._session, self), SheetPane(self._session)
        self.curves, self.telemetry = CurvesPane(self._session.settings), Telemetry()
        self.error = InlineError()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.addWidget(self.sheet)
        self._split.addWidget(self.curves)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._whole = QWidget()
        whole = _column(self._whole)
        for part in (self.controls, line(), self.error):
            whole.addWidget(part)
        whole.addWidget(Panes(self._session.settings, "live", None, self._split, self.telemetry, widths=(0, _RIGHT)), 1)
        self._none = Empty("training", tr("Nothing trains"), tr("Choose a run at the left, or plan one and start it."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._whole)
        _column(self).addWidget(self._stack)

    def _bind(self) -> None:
        session = self._session
        self.watch.changed.connect(self._show)
        self.watch.failed.connect(self._tell_error)
        self.controls.asked.connect(self.watch.poke)
        self.telemetry.asked.connect(self._do)
        self.sheet.compared.connect(lambda is_compared: self.curves.setVisible(not is_compared))
        session.jobs.advanced.connect(self._job_advanced)
        session.jobs.rearranged.connect(self._refresh)
        session.jobs.queued.connect(lambda _: self._refresh())
        session.project_closing.connect(self.close_threads)
        kept = session.settings.state("live_heights", [])
        if len(kept) == 2 and all(isinstance(each, int) and each > 0 for each in kept):
            self._split.setSizes(kept)
        self._split.splitterMoved.connect(lambda *_: session.settings.remember(live_heights=self._split.sizes()))

    # What happens

    def _show(self, _: Sequence[str] = ()) -> None:
        """Something is new of these runs."""
        if not self._folders:
            return
        live = self.watch.runs
        self.curves.follow(live)
        self.sheet.show_runs(live, {id: each.folder for id, each in self._folders.items()}, self._recipes,
                             self.chief)
        self._show_states(live)

    def _show_states(self, live: Sequence[LiveRun]) -> None:
        for each in live:
            self._show_verdict(each.id)
        chief = self.watch.run(self.chief)
        recipe = self._recipes.get(chief.id, Recipe())
        epochs = self.state(chief.id).epochs or recipe.epochs
        self.controls.show_run(chief.id, self._folders[chief.id].folder, recipe.epochs, self.state(chief.id))
        self.telemetry.show_progress(*self._progress(chief))
        is_running = self.state(chief.id).status == "running"
        self.telemetry.show_figures(figures(chief, epochs, is_running), speeds(chief))
        self.telemetry.show_notes(chief.state.course.notes)

    def _show_verdict(self, id: str) -> None:
        name = short_name(id) if len(self._folders) > 1 else ""
        self.telemetry.card(id).show_verdict(self._verdict(id), name)

    def _verdict(self, id: str) -> Verdict:
        """A run that this window is about to train, or trains, is asked itself what it is at."""
        task, state = self._session.jobs.task_of(id), self.state(id)
        if task is None:
            return verdict(state, is_ours=state.course.facts.get("process") == os.getpid())
        return verdict(state, doing_of(task), waits=task.is_waiting)

    def _progress(self, live: LiveRun) -> tuple[int, int]:
        """(done, all); nothing for a run that does not train."""
        is_running = self.state(live.id).status == "running"
        return (live.step, live.state.course.total) if is_running else (0, 0)

    def _refresh(self) -> None:
        if self._folders and self.watch.runs:
            self._show_states(self.watch.runs)

    def _job_advanced(self, task: Task, _: object) -> None:
        """A run of this window has just told something: its journal holds it by now."""
        if task.run in self._folders:
            self.watch.poke()
            self._show_verdict(task.run)

    def _tell_error(self, error: UserError) -> None:
        self.error.tell(error)

    def _recipe(self, run: RunFolder) -> Recipe | None:
        try:
            return runs.read_recipe(run)
        except (UserError, OSError):
            return None

    def _do(self, run: str, step: str) -> None:
        """The next step that a state offered."""
        folder = self._folders[run].folder
        if step == "resume":
            self.controls.show_run(run, folder, self._recipes.get(run, Recipe()).epochs, self.state(run))
            self.controls.go_on()
        elif step == "fresh":
            self._session.attempt(lambda: go_on_detached(self._session.place.folder, run))
            self.watch.poke()
        elif step == "again":
            self.again_requested.emit(run)
        elif step == "epochs":
            self._session.show_page("epochs")
        else:
            _open(folder / LOG if step == "log" and (folder / LOG).exists() else folder)


def doing_of(task: Task) -> str:
    """What a run of this window is at where that is no step: reading pictures, drawing a preview; else empty."""
    progress = task.course.progress
    if progress is None:
        return tr("Loading the base")
    if progress.what == "step":
        return ""
    return tr("{what} {done} of {all}", what=progress.what, done=f"{progress.done:,}", all=f"{progress.total:,}")


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
