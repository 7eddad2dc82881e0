"""The dialog that takes in LoRA epochs of any trainer: which files, which word calls her, which base, which project."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFrame, QStackedLayout, QVBoxLayout, QWidget

from studio.core.errors import UserError
from studio.core.events import Failed, Finished
from studio.jobs.look_for_epochs import FoundRun
from ui import theme
from ui.dialogs.epochs_door_form import DoorForm
from ui.dialogs.epochs_door_words import found_words, sizes_words
from ui.dialogs.room import grow
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.loras_dropped import loras_in
from ui.session import Session
from ui.widgets.basics import Elided, caption, column, push, restyle, row, title
from ui.widgets.empty import Picture
from ui.widgets.inline_error import InlineError

_FIRST_WIDTH = 600


class EpochsDoor(QDialog):
    """Reads a folder as soon as one is named; what was guessed is shown as a guess and can be changed."""

    def __init__(self, session: Session, parent: QWidget, where: Path | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._found: tuple[FoundRun, ...] = ()
        self._task: Task | None = None
        self._where: Path | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.setWindowTitle(tr("LoRA epochs"))
        self.setMinimumWidth(_FIRST_WIDTH)
        self._build()
        self._bind()
        self._show_whether()
        if where:
            self.read(where)

    # Which files

    def read(self, where: Path) -> None:
        """Looks into a folder, or into that of a file."""
        from studio.jobs.look_for_epochs import LookForEpochs

        self._drop_task()
        self._where, self._found = where, ()
        self.error.clear()
        self._show_waiting(tr("Reading {name} …", name=where.name))
        also, project = self._session.settings.choices.comfyui, self._session.project
        known = tuple(each for each in (project.base if project else "", *self.form.added) if each)
        job = LookForEpochs(where, Path(also) if also else None, known)
        self._task = self._session.run(job, tr("Looking for LoRA epochs"), self._take_found, quiet=True)

    @property
    def chosen(self) -> FoundRun | None:
        """The run that is meant."""
        place = self.run.currentIndex()
        return self._found[place] if 0 <= place < len(self._found) else None

    def take(self) -> None:
        """Makes a run of the files and shows its epochs; what is wrong is told here."""
        from studio.jobs.take_epochs import TakeEpochs

        if self.chosen is None or not self._take.isEnabled():
            return
        self.error.clear()
        form, name = self.form, self.chosen.run.name
        job = TakeEpochs(form.folder, form.folder.name, self._where, name, form.words, form.base.currentData())
        self._take.setEnabled(False)
        self._take.setText(tr("Reading the files …"))
        self._task = self._session.run(job, tr("Taking in {name}", name=name), self._taken, quiet=True)

    def reject(self) -> None:
        self._drop_task()
        super().reject()

    # What it is made of

    def _build(self) -> None:
        self.error = InlineError()
        self._take = push(tr("Take them in"), self.take, main=True)
        self._take.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Which LoRA do you want to compare?")))
        layout.addWidget(self._build_source())
        self.form = DoorForm(self._session)
        self.form.hide()
        layout.addWidget(self.form)
        layout.addWidget(self.error)
        layout.addStretch(1)
        layout.addLayout(row(None, push(tr("Cancel"), self.reject), self._take))

    def _build_source(self) -> QWidget:
        """The place for the drop; what was found takes it over."""
        self.waiting = Elided(tr("Drop a folder of LoRA epochs here"), Qt.TextElideMode.ElideMiddle)
        self.sizes = caption("", wrap=True)
        restyle(self.waiting, role="strong")
        self.sizes.setText(tr("Of any trainer. Nothing is copied, and the files stay as they are."))
        self.run = QComboBox()
        self.run.setAccessibleName(tr("Run"))
        self._what = QStackedLayout()
        for each in (self.waiting, self.run):
            self._what.addWidget(each)
        words = column(self._what_widget(), self.sizes, gap=theme.TINY)
        inside = row(Picture("layers", 32), words, push(tr("Choose a folder …"), self._ask_folder, icon="folder"),
                     gap=theme.MEDIUM)
        inside.setStretch(1, 1)
        inside.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        frame = QFrame()
        frame.setProperty("role", "card")
        frame.setLayout(inside)
        return frame

    def _what_widget(self) -> QWidget:
        made = QWidget()
        made.setLayout(self._what)
        made.setFixedHeight(theme.ROW)
        return made

    def _bind(self) -> None:
        self.run.currentIndexChanged.connect(self._show_run)
        self.form.changed.connect(self._show_whether)

    # What was found

    def _take_found(self, task: Task) -> None:
        if task is not self._task:
            return
        self._task = None
        if isinstance(task.ending, Failed):
            self._show_waiting(tr("Drop another folder here"))
            self.error.tell(UserError(task.ending.what, task.ending.remedy))
            grow(self)
        elif isinstance(task.ending, Finished):
            self._found = task.ending.facts["found"]
            self.run.clear()
            self.run.addItems([found_words(each) for each in self._found])
            self._what.setCurrentWidget(self.run)
            self.form.show()
            self._show_run()
            grow(self)
            self.form.trigger.setFocus()
            self.form.trigger.selectAll()

    def _show_run(self) -> None:
        if self.chosen:
            self.sizes.setText(sizes_words(self.chosen, self._where))
            self.form.show_found(self.chosen)
            self._show_whether()

    def _show_waiting(self, text: str) -> None:
        self.waiting.setText(text)
        self._what.setCurrentWidget(self.waiting)
        self.sizes.setText(str(self._where.parent) if self._where else "")
        self.form.hide()
        self._show_whether()

    def _show_whether(self) -> None:
        lacking = self.form.lacking if self.chosen else tr("Choose a folder first.")
        self._take.setEnabled(not lacking)
        self._take.setText(tr("Take them in"))
        self._take.setToolTip(lacking)

    def _taken(self, task: Task) -> None:
        if task is not self._task:
            return
        self._task = None
        self._show_whether()
        if isinstance(task.ending, Failed):
            self.error.tell(UserError(task.ending.what, task.ending.remedy))
        elif isinstance(task.ending, Finished):
            self._show_epochs(Path(task.ending.facts["project"]), task.ending.facts["run"])

    def _show_epochs(self, project: Path, run: str) -> None:
        session = self._session
        if self.form.is_new:
            session.settings.remember(folder_projects=str(project.parent))
        self.accept()
        if session.place and session.place.folder == project.absolute():
            session.attempt(session.rescan)
        else:
            session.attempt(lambda: session.open(project))
        if session.is_open:
            session.show_epochs(run)

    def _drop_task(self) -> None:
        if self._task:
            self._task.stop()
        self._task = None

    # Asking

    def _ask_folder(self) -> None:
        if chosen := self._session.ask.folder(self, tr("A folder of LoRA epochs"), "loras"):
            self.read(chosen)

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if loras_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if where := loras_in(event.mimeData()):
            event.acceptProposedAction()
            self.read(where)
