"""The dialog that shows what was found in dropped files before anything of it is taken in.

A survey runs off the window's thread; then the person sees what there is, says whom it shows, and adds it. Nothing is
changed in the folders it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from studio.core.import_choice import told_by_folder
from studio.core.project import with_character
from studio.core.survey import Found, elected
from ui import theme
from ui.dialogs.import_found import FoundView
from ui.dialogs.import_previews import Previews
from ui.dialogs.import_reading import Reading
from ui.dialogs.room import fit
from ui.dropping import Dropped, dropped
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import Elided, caption, column, headline, muted, push, row, within
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented
from ui.widgets.job_row import time_left

_WIDTH, _HEIGHT = 1040, 720


def open_import(session: Session, parent: QWidget, mime: QMimeData | None) -> None:
    """Shows what was dropped or pasted, or is in files that are asked for. Without a project one is made first."""
    what = dropped(mime) if mime is not None else Dropped(_asked(session, parent))
    if what.is_empty:
        if mime is not None:
            session.say(tr("There is no picture in what was dropped."))
        return
    _with_project(session, parent, what)


def _asked(session: Session, parent: QWidget) -> tuple[Path, ...]:
    from studio.store.exchange.places import ARCHIVES
    from studio.store.images import SUFFIXES

    patterns = " ".join(f"*{suffix}" for suffix in (*SUFFIXES, *ARCHIVES))
    kinds = f"{tr('Pictures and archives')} ({patterns})"
    return session.ask.files(parent, tr("Pictures or ZIP archives to add"), "pictures", kinds)


def _with_project(session: Session, parent: QWidget, what: Dropped) -> None:
    if session.is_open:
        _fetched(session, parent, what)
        return
    from ui.dialogs.new_project import NewProjectDialog

    dialog = NewProjectDialog(session, parent)
    if what.paths:
        _propose(dialog, what.paths[0])
    dialog.accepted.connect(lambda: _fetched(session, parent, what))
    dialog.open()


def _propose(dialog: QDialog, path: Path) -> None:
    """A folder that is dropped on the start page most often bears the name of its character."""
    from studio.core.project import Project
    from studio.core.survey import assigned

    def call(name: str) -> None:
        """The trigger follows the name until it is typed itself."""
        if name.strip() and not dialog.trigger.isModified():
            dialog.trigger.setText(assigned(name.strip(), Project("")).trigger)

    if path.is_dir():
        proposal = assigned(path.name, Project(""))
        dialog.character.setText(proposal.characters[0])
        call(path.name)
        dialog.character.textEdited.connect(call)


def _fetched(session: Session, parent: QWidget, what: Dropped) -> None:
    """Pictures of which only the address was dropped are fetched first."""
    if not what.addresses:
        ImportDialog(session, parent, what).open()
        return
    from studio.jobs.fetch_pictures import FetchPictures

    def came(task: Task) -> None:
        clips = task.ending.facts.get("clips", {}) if task.course.status == "finished" else {}
        if clips and session.is_open:
            ImportDialog(session, parent, Dropped(what.paths, {**what.clips, **clips})).open()

    session.run(FetchPictures(what.addresses), tr("Fetching a picture from the web"), came)


class ImportDialog(QDialog):
    """First looks, then shows; `add` starts the import, which goes on in the window after the dialog is gone."""

    def __init__(self, session: Session, parent: QWidget, what: Dropped) -> None:
        super().__init__(parent)
        self._session, self._what = session, what
        self._reading = Reading(what.paths, what.clips, session.place.folder)
        self._previews = Previews(self._reading.content, self)
        self.found: list[Found] = []       # the survey's thread appends
        self._task: Task | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Add pictures"))
        fit(self, parent, _WIDTH, _HEIGHT)
        self._build()
        self._bind()
        self._look()

    # What it is made of

    def _build(self) -> None:
        self._title, self._summary = headline(tr("Looking at what was dropped")), muted("", wrap=True)
        self._stages, self._view = QStackedWidget(), FoundView(self._session, self._previews)
        self._stages.addWidget(self._looking())
        self._stages.addWidget(self._view)
        self.error = InlineError()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        for part in (self._title, self._summary, self._stages, self.error):
            layout.addWidget(part, int(part is self._stages))
        layout.addLayout(self._foot())

    def _looking(self) -> QWidget:
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(tr("Progress"))
        self._doing = Elided("", Qt.TextElideMode.ElideMiddle)
        self._left = caption("")
        return within(column(None, self._bar, self._doing, self._left, None, None))

    def _foot(self) -> QWidget:
        self.how = Segmented(
            (("copy", tr("Copy"), "copy"), ("link", tr("Hard link"), "link")), name=tr("Copy or hard link"),
            names=(tr("Copies each file into the project."),
                   tr("Project and folder share each file, which takes no room on the disk. A program that changes it "
                      "in place changes both.")))
        self.how.hide()
        self._promise = muted(tr("Nothing is changed in your folders."))
        self._cancel = push(tr("Cancel"), self.reject)
        self.add_button = push(tr("Add"), self.add, main=True)
        self.add_button.setDefault(True)
        self.add_button.setEnabled(False)
        return row(self.how, self._promise, None, self._cancel, self.add_button)

    def _bind(self) -> None:
        self._view.changed.connect(self._count)
        self._session.jobs.advanced.connect(self._advanced)
        self._session.project_closing.connect(self.reject)

    # The survey

    def _look(self) -> None:
        from studio.jobs.survey import SurveyImages

        job = SurveyImages(self._what.paths, self._session.place.folder, self._what.clips, hear=self.found.append)
        self._task = self._session.run(job, tr("Looking at what was dropped"), self._looked, quiet=True)

    def _advanced(self, task: Task) -> None:
        if task is not self._task or task.course.progress is None:
            return
        progress = task.course.progress
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        self._doing.setText(self.found[-1].where if self.found else "")
        self._left.setText(" · ".join(text for text in (
            tr("{done} of {total} pictures", done=f"{progress.done:,}", total=f"{progress.total:,}"),
            time_left(progress.seconds_left)) if text))

    def _looked(self, task: Task) -> None:
        from studio.core.errors import UserError
        from studio.core.events import Failed

        if task is not self._task:
            return
        self._task = None
        if isinstance(task.ending, Failed):
            self._stages.hide()
            self._title.setText(tr("There is nothing to add"))
            self.error.tell(UserError(task.ending.what, task.ending.remedy))
            self._cancel.setText(tr("Close"))
        elif task.course.status == "finished":
            self._show(task.ending.facts)

    # What was found

    @property
    def view(self) -> FoundView:
        """What was found, once it is shown."""
        return self._view

    def _show(self, facts: Mapping[str, object]) -> None:
        self.found[:] = elected(self.found)
        self._view.show_found(self.found, tuple(map(tuple, facts["alike"])), facts["left"], self._session.project)
        self.how.setVisible(any(Path(each.where).is_absolute() and Path(each.where).is_file()
                                for each in self._view.new[:1]))
        self._title.setText(tr("Add pictures to “{name}”", name=self._session.project.name))
        self._stages.setCurrentIndex(1)
        self._count()
        self.add_button.setFocus()

    def _count(self) -> None:
        count, why_not = self._view.count, self._view.why_not
        self.add_button.setText(trn("Add {n} picture", "Add {n} pictures", count) if count else tr("Add"))
        self.add_button.setEnabled(not why_not)
        self.add_button.setToolTip(why_not)
        self._summary.setText(self._view.summary)

    # What becomes of it

    def add(self) -> None:
        """Starts the import and closes; the window tells how far it is, and can stop it."""
        from studio.jobs.import_images import ImportImages

        session, project = self._session, self._session.project
        for character in self._view.folders.used:
            project = with_character(project, character)
        if session.attempt(lambda: session.save_project(project) or True) is None:
            return
        known = told_by_folder(self._view.new, self._view.folders.provenances)
        job = ImportImages(session.place.folder, self._what.paths, folders=self._view.folders.assignments,
                           link=self.how.value == "link", clips=self._what.clips, surveyed=known,
                           leave_out=self._view.left_out)
        session.run(job, tr("Adding pictures"), lambda task: _added(session, task))
        self.accept()

    def done(self, result: int) -> None:
        """However it ends: what still looks stops, and what was opened is closed."""
        if self._task:
            self._task.stop()
            self._task = None
        self._previews.close()
        self._reading.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.done(QDialog.DialogCode.Rejected)
        super().closeEvent(event)


def _added(session: Session, task: Task) -> None:
    """Tells what became of it, and shows the new pictures."""
    if task.course.status == "failed" or not session.is_open:
        return
    count = int(task.ending.facts.get("imported", 0))
    if task.course.status == "stopped":
        session.say(trn("Stopped; {n} picture was added.", "Stopped; {n} pictures were added.", count))
    else:
        session.say(trn("{n} picture was added.", "{n} pictures were added.", count))
    if count:
        session.show_page("dataset")
