"""What a tagger sees in the pictures of the set: first shown, then written where it is ticked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QWidget

from studio.core.errors import UserError
from studio.core.record import Record
from studio.core.tag_edits import Preview
from ui import theme
from ui.dialogs.batch_edit_list import PreviewList
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import column, line, muted, push, row
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented

_PRACTICE = "practice"


class TagsTab(QWidget):
    """A look is a job in the status strip that writes nothing."""

    written = Signal()

    def __init__(self, session: Session, shown: tuple[Record, ...], chosen: tuple[Record, ...]) -> None:
        super().__init__()
        self._session, self._scopes = session, (session.all, shown, chosen)
        self._task: Task | None = None
        self._build()
        self._bind()
        self._count()

    def look(self) -> None:
        """Asks the tagger, and shows what it would say."""
        from studio.jobs.tag import Tag

        ids = tuple(each.id for each in self._scopes[int(self.scopes.value)])
        job = Tag(self._session.place.folder, self._folder(), self.threshold.value(), self.mode.value, dry_run=True,
                  images=ids)
        self._remember()
        self.error.clear()
        self.list.changes.show_previews(())
        self._found.setText(tr("Looking …"))
        self._look.setEnabled(False)
        self._stop.show()
        self._task = self._session.run(job, tr("A tagger looks"), self._ended, quiet=True)

    def write(self) -> None:
        """Writes what is ticked, as one edit that is the tagger's."""
        chosen = self.list.changes.ticked
        what = trn("Tag {n} picture", "Tag {n} pictures", len(chosen))
        if self._session.edit(lambda desk: desk.write(what, chosen, by="tagger")):
            self._session.say(what, undo=True)
            self.written.emit()

    def close_down(self) -> None:
        """Nobody waits for the answer any more."""
        if self._task:
            self._task.stop()
            self._task = None

    def _build(self) -> None:
        settings = self._session.settings
        self.tagger = QComboBox()
        self.tagger.setAccessibleName(tr("Tagger"))
        self.tagger.addItem(tr("Practice tagger, for its own drawings"), _PRACTICE)
        for folder in settings.state("taggers", []):
            self._add(str(folder))
        self.threshold = QDoubleSpinBox(minimum=0.05, maximum=1.0, singleStep=0.05, decimals=2)
        self.threshold.setValue(float(settings.state("tagger_threshold", 0.35)))
        self.threshold.setAccessibleName(tr("Threshold"))
        self.threshold.setToolTip(tr("Tags of which the tagger is less sure are left out."))
        self.mode = Segmented([("skip", tr("Skip"), ""), ("merge", tr("Merge"), "")], "skip",
                              tr("Pictures with a caption"),
                              (tr("Pictures that have a caption are left alone."),
                               tr("What a caption lacks is put behind its tags; what you took away stays away.")))
        names = (tr("All"), tr("Filtered"), tr("Selected"))
        self.scopes = Segmented([(str(place), f"{name} {len(self._scopes[place]):,}", "")
                                 for place, name in enumerate(names)], "0", tr("Which pictures"))
        self.list, self.error, self._found = PreviewList(), InlineError(), QLabel()
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
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(theme.SMALL)
        form.addRow(tr("Tagger"), self.tagger)
        form.addRow("", row(push(tr("Another folder …"), self._ask, icon="folder", quiet=True,
                                 tip=tr("The folder with model.onnx and selected_tags.csv.")), None))
        form.addRow(tr("Threshold"), self.threshold)
        form.addRow(tr("With a caption"), row(self.mode, None))
        left = column(form, row(self._look, self._stop, None), self.error, None, gap=theme.MEDIUM)
        right = column(row(self.scopes, None), row(self._found, None), self.list, row(muted(
            tr("Nothing is written before you say so.")), None, self._write))
        self.tagger.setMinimumWidth(220)
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

    def _folder(self) -> Path:
        from studio.jobs.bases import practice_tagger

        name = self.tagger.currentData()
        return practice_tagger() if name == _PRACTICE else Path(name)

    def _add(self, folder: str) -> None:
        if self.tagger.findData(folder) < 0:
            self.tagger.addItem(Path(folder).name, folder)
            self.tagger.setItemData(self.tagger.count() - 1, folder, 3)  # the tooltip

    def _ask(self) -> None:
        if chosen := self._session.ask.folder(self, tr("The folder of a tagger in the WD format"), "tagger"):
            self._add(str(chosen))
            self.tagger.setCurrentIndex(self.tagger.findData(str(chosen)))

    def _remember(self) -> None:
        folders = [self.tagger.itemData(place) for place in range(1, self.tagger.count())]
        self._session.settings.remember(taggers=folders, tagger_threshold=self.threshold.value())

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
