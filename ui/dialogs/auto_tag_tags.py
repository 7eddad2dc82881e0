"""What a tagger sees in the pictures of the set: first shown, then written where it is ticked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from studio.core.errors import UserError
from studio.core.record import Record
from studio.core.tag_edits import Preview
from ui import theme
from ui.dialogs.batch_edit_list import PreviewList
from ui.dialogs.tagger_choice import TaggerChoice
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.images.loader import Loader
from ui.session import Session
from ui.widgets.basics import column, line, muted, push, row
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented


class TagsTab(QWidget):
    """A look is a job in the status strip that writes nothing."""

    written = Signal()

    def __init__(self, session: Session, shown: tuple[Record, ...], chosen: tuple[Record, ...],
                 loader: Loader | None = None) -> None:
        super().__init__()
        self._session, self._loader, self._scopes = session, loader, (session.all, shown, chosen)
        self._task: Task | None = None
        self._build()
        self._bind()
        self._count()

    def look(self) -> None:
        """Asks the tagger, and shows what it would say."""
        from studio.jobs.tag import Tag

        ids = tuple(each.id for each in self._scopes[int(self.scopes.value)])
        job = Tag(self._session.place.folder, self.choice.folder, self.threshold.value(), self.mode.value, dry_run=True,
                  images=ids)
        self.choice.remember()
        self.error.clear()
        self.list.changes.show_previews(())
        self._found.setText(tr("Looking …"))
        self._look.setEnabled(False)
        self._stop.show()
        self._task = self._session.run(job, tr("A tagger looks"), self._ended, quiet=True)

    def write(self) -> None:
        """Writes what is ticked, as one edit that is the tagger's."""
        chosen = self.list.changes.ticked
        what = trn("{n} picture tagged", "{n} pictures tagged", len(chosen))
        if self._session.edit(lambda desk: desk.write(what, chosen, by="tagger")):
            self._session.say(what, undo=True)
            self.written.emit()

    def close_down(self) -> None:
        """Nobody waits for the answer any more."""
        if self._task:
            self._task.stop()
            self._task = None

    def _build(self) -> None:
        self.choice = TaggerChoice(self._session)
        self.threshold = self.choice.threshold
        self.mode = Segmented([("skip", tr("Skip"), ""), ("merge", tr("Merge"), "")], "skip",
                              tr("Pictures with a caption"),
                              (tr("Pictures that have a caption are left alone."),
                               tr("What a caption lacks is put behind its tags; what you took away stays away.")))
        names = (tr("All"), tr("Filtered"), tr("Selected"))
        self.scopes = Segmented([(str(place), f"{name} {len(self._scopes[place]):,}", "")
                                 for place, name in enumerate(names)], "0", tr("Which pictures"))
        self.list = PreviewList(self._loader, self._session.place.folder)
        self.error, self._found = InlineError(), QLabel()
        self._found.setProperty("role", "strong")
        self._look = push(tr("Look"), self.look, icon="eye")
        self._stop = push(tr("Stop"), self.close_down_and_tell, icon="stop", quiet=True)
        self._stop.hide()
        self._write = push("", self.write, main=True)
        self._lay_out()

    def close_down_and_tell(self) -> None:
        """What was seen so far stays in sight."""
        if self._task:
            self._task.stop()

    def _lay_out(self) -> None:
        self.choice.form.addRow(tr("With a caption"), row(self.mode, None))
        left = column(self.choice, row(self._look, self._stop, None), self.error, None, gap=theme.MEDIUM)
        right = column(row(self.scopes, None), row(self._found, None), self.list, row(muted(
            tr("Nothing is written before you say so.")), None, self._write))
        self.error.setFixedWidth(300)
        whole = row(gap=theme.LARGE)
        whole.addLayout(left)
        whole.addWidget(line(vertical=True))
        whole.addLayout(right, 1)
        whole.setContentsMargins(0, theme.MEDIUM, 0, 0)
        self.setLayout(whole)

    def _bind(self) -> None:
        self.list.changes.ticked_changed.connect(self._count)
        self._session.jobs.advanced.connect(self._advanced)

    def _advanced(self, task: Task, events: object) -> None:
        if task is self._task and task.course.progress:
            progress = task.course.progress
            self._found.setText(tr("Looking … {done} of {all}", done=progress.done, all=progress.total))

    def _ended(self, task: Task) -> None:
        from studio.core.events import Failed

        if task is not self._task:
            return
        self._task = None
        self._look.setEnabled(True)
        self._stop.hide()
        if isinstance(task.ending, Failed):
            self._found.setText("")
            self.error.tell(UserError(task.ending.what, task.ending.remedy))
            return
        proposed = {(id, before): after for id, before, after in task.ending.facts.get("proposed", ())}
        self.list.changes.show_previews([Preview(each.image, each.caption, proposed[each.id, each.caption])
                                         for each in self._session.all if (each.id, each.caption) in proposed])
        self._count()
        if not proposed:
            self._found.setText(tr("Nothing new was seen; pictures with a caption are skipped.") if
                                self.mode.value == "skip" else tr("Nothing new was seen."))

    def _count(self) -> None:
        ticked, all_of_them = len(self.list.changes.ticked), len(self.list.changes.previews)
        self._found.setText(trn("{n} caption would change", "{n} captions would change", all_of_them)
                            if all_of_them else "")
        self._write.setText(trn("Write {n} caption", "Write {n} captions", ticked))
        self._write.setEnabled(ticked > 0)
        self._write.setToolTip("" if ticked else tr("Let the tagger look first."))
