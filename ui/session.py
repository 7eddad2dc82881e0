"""What is open, what is chosen, what runs: the one hub between pages, which know nothing of each other.

The session owns the open project: its workspace, the desk where edits are made, and the records that lists show. Pages
ask it to do things and hear from its signals what became of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QMetaMethod, QObject, Signal

from ui.blindfold import Blindfold
from ui.jobs import Jobs
from ui.newcomers import AT_ONCE, Newcomers
from ui.notices import Notice

if TYPE_CHECKING:
    from studio.core.edits import Edit
    from studio.core.errors import UserError
    from studio.core.ledger import Ledger
    from studio.core.project import Project
    from studio.core.record import Record
    from studio.jobs.execute import Job
    from studio.store.edits import Desk
    from studio.store.records import Records
    from studio.store.workspace import Workspace
    from ui.actions import Actions
    from ui.asking import Asking
    from ui.gpu_thread import Task
    from ui.settings import Settings
    from ui.theme import Look

T = TypeVar("T")

_CHANGING = frozenset({"import", "tag", "describe", "provenance", "demo"})  # jobs after which the folders are other


class Session(QObject):
    """One window's work. Without a project `place`, `desk` and `records` are None."""

    project_opened = Signal()
    project_closing = Signal()         # put away what belongs to the project; it is still there
    project_closed = Signal()
    project_changed = Signal()         # its name, characters, groups or base
    records_changed = Signal(object)   # tuple of image ids; empty means: look at all of them anew
    selection_changed = Signal(object) # tuple of image ids, the current one last
    ledger_changed = Signal(str)       # the character whose ledger it is
    undo_changed = Signal()
    noticed = Signal(object)           # a Notice
    page_requested = Signal(str)       # the id of a page
    filter_requested = Signal(str)     # a filter line for the data set page, which is shown
    run_requested = Signal(str)        # the id of a run for the training page, which is shown
    epochs_requested = Signal(str)     # the id of a run for the epochs page, which is shown
    cell_requested = Signal(str, str, str)  # the ids of a run and a sheet and the key of a cell, for the page shown
    open_requested = Signal(object)    # the folder of a project
    import_requested = Signal(object)  # a QMimeData that was dropped or pasted, or None to choose files

    def __init__(self, settings: Settings, look: Look, actions: Actions, ask: Asking) -> None:
        super().__init__()
        self.settings, self.look, self.actions, self.ask = settings, look, actions, ask
        self.jobs = Jobs(self)
        self.jobs.ended.connect(self._job_ended)
        self.blindfold = Blindfold(self)
        self.place: Workspace | None = None
        self.desk: Desk | None = None
        self.records: Records | None = None
        self._selection: tuple[str, ...] = ()
        self.newcomers = Newcomers(self)

    # The project

    @property
    def is_open(self) -> bool:
        return self.place is not None

    @property
    def project(self) -> Project | None:
        """What `project.toml` says; None without a project."""
        return self.place.project if self.place else None

    @property
    def all(self) -> tuple[Record, ...]:
        """Every record of the project, none without one."""
        return self.records.all if self.records else ()

    def open(self, folder: Path) -> None:
        """Opens a project in the place of the open one. Raises UserError where that fails; nothing changes then."""
        from studio.store.edits import Desk
        from studio.store.records import Records
        from studio.store.workspace import open_project

        if self.place and self.place.folder == folder.absolute():
            return self.project_opened.emit()
        place = open_project(folder.absolute())
        try:
            desk = Desk(place)
            records = Records(desk, AT_ONCE)
        except BaseException:
            place.close()
            raise
        self.close()
        self.place, self.desk, self.records = place, desk, records
        self.settings.opened(place.folder)
        self.project_opened.emit()
        self.undo_changed.emit()
        self._tell_repairs()
        self.newcomers.look()

    def close(self) -> None:
        """Puts the project away; without one nothing happens."""
        if self.place is None:
            return
        self.project_closing.emit()
        self._let_pages_go()
        self.newcomers.leave()
        self._remember_project()
        self.desk.close()
        self.place.close()
        self.place = self.desk = self.records = None
        self._selection = ()
        self.project_closed.emit()
        self.undo_changed.emit()

    def save_project(self, project: Project) -> None:
        """Writes another `project.toml`."""
        self.place.save(project)
        self.project_changed.emit()

    # Records and edits

    def edit(self, make: Callable[[Desk], Edit | None]) -> Edit | None:
        """Makes one edit, as in `session.edit(lambda desk: desk.set("3 stars", "stars", {id: 3}))`.

        Everybody hears which records it changed. What a person has to put right is told in a notice; None then.
        """
        return self.attempt(lambda: self.edited(make(self.desk)))

    def edited(self, edit: Edit | None) -> Edit | None:
        """Tells of an edit that was made at the desk, in whatever thread, once it is back in this one."""
        from studio.core.edits import ledgers_in

        if edit is not None:
            self._tell_records(edit)
            for character in ledgers_in(edit):
                self.ledger_changed.emit(character)
            self.undo_changed.emit()
        return edit

    def undo(self) -> None:
        if self.desk:
            self.edit(lambda desk: desk.undo())

    def redo(self) -> None:
        if self.desk:
            self.edit(lambda desk: desk.redo())

    def rescan(self) -> None:
        """Looks at the folders anew: a job, or another program, added or changed files."""
        from studio.store.workspace import read_project

        if self.place:
            self.place.project = read_project(self.place.folder).project
            self.records.rescan()
            self.project_changed.emit()
            self.records_changed.emit(())
            self.undo_changed.emit()
            self.newcomers.look()

    def ledger(self, character: str) -> Ledger:
        """The identity ledger of a character."""
        from studio.store.ledgers import read_ledger

        return read_ledger(self.place, character)

    def write_ledger(self, ledger: Ledger, what: str = "") -> Edit | None:
        """Gives a character another ledger, as an edit; without `what` a sentence says what of it changed."""
        from ui.viewstate.ledger_words import told

        said = what or told(self.ledger(ledger.character), ledger)
        return self.edited(self.desk.write_ledger(said, ledger))

    # The selection, which all pages share

    @property
    def selection(self) -> tuple[str, ...]:
        """Image ids, the current one last."""
        return self._selection

    @property
    def selected(self) -> tuple[Record, ...]:
        return self.records.of(*self._selection) if self.records else ()

    @property
    def current(self) -> Record | None:
        """The one that was chosen last."""
        chosen = self.selected
        return chosen[-1] if chosen else None

    def select(self, ids: Iterable[str]) -> None:
        """Chooses images; the last one is the current one."""
        chosen = tuple(dict.fromkeys(ids))
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit(chosen)

    # Jobs and notices

    def run(self, job: Job, title: str, then: Callable[[Task], object] | None = None, quiet: bool = False) -> Task:
        """Queues a job; see `Jobs.submit`. Where it failed a notice says so, unless the caller does (`quiet`)."""
        return self.jobs.submit(job, title, then, quiet)

    def attempt(self, act: Callable[[], T]) -> T | None:
        """What `act` returns; a UserError becomes a notice, and the answer None."""
        from studio.core.errors import UserError

        try:
            return act()
        except UserError as error:
            self.say_error(error)
            return None

    def choose(self, **values: object) -> None:
        """Changes choices of the person, and at once what can change at once."""
        self.settings.choose(**values)
        if "appearance" in values:
            self.look.wear(self.settings.choices.appearance)

    def say(self, text: str, undo: bool = False) -> None:
        """Tells of something that is over; with `undo` the notice offers to undo it."""
        self.noticed.emit(Notice(text, action="edit.undo" if undo else ""))

    def say_error(self, error: UserError) -> None:
        self.noticed.emit(Notice(error.what, error.remedy, "bad"))

    def show_page(self, id: str) -> None:
        self.page_requested.emit(id)

    def show_filtered(self, line: str) -> None:
        """Shows the pictures of a filter line on the data set page."""
        self.show_page("dataset")
        self.filter_requested.emit(line)

    def show_run(self, id: str) -> None:
        """Shows a run on the training page."""
        self.show_page("training")
        self.run_requested.emit(id)

    def show_epochs(self, id: str) -> None:
        """Shows the epochs of a run."""
        self.show_page("epochs")
        self.epochs_requested.emit(id)

    def show_cell(self, run: str, sheet: str, key: str, page: str = "epochs") -> None:
        """Shows a cell of a sheet on the epochs page, or in its grid; an empty key means the sheet."""
        self.show_page(page)
        self.cell_requested.emit(run, sheet, key)

    def _job_ended(self, task: Task) -> None:
        from studio.core.events import Failed

        if self.place and task.kind in _CHANGING:
            self.attempt(self.rescan)
        if isinstance(task.ending, Failed) and not task.quiet:
            self.noticed.emit(Notice(task.ending.what, task.ending.remedy, "bad"))

    def _tell_records(self, edit: Edit) -> None:
        """Which records an edit changed; one of ledgers alone changed none."""
        count, ids = len(self.records.all), tuple(dict.fromkeys(each.image for each in edit.changes if each.image))
        self.records.after(edit)
        if len(self.records.all) != count:
            self.records_changed.emit(())
        elif ids:
            self.records_changed.emit(ids)
        self.newcomers.look()

    def _let_pages_go(self) -> None:
        """Pages live as long as their project. Until the event loop has deleted them they must not hear of the next."""
        for signal in (self.records_changed, self.selection_changed, self.ledger_changed, self.filter_requested,
                       self.run_requested, self.epochs_requested, self.cell_requested):
            if self.isSignalConnected(QMetaMethod.fromSignal(signal)):
                signal.disconnect()

    def _remember_project(self) -> None:
        from ui.recent import keep_strip

        keep_strip(self.settings, self.place.folder, self.all)

    def _tell_repairs(self) -> None:
        for sentence in (*self.place.repairs, *self.records.troubles):
            self.say(sentence[:1].upper() + sentence[1:])
