"""The dialog that writes the set for another trainer, and tells what that trainer will not keep."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFormLayout, QLabel, QVBoxLayout, QWidget

from studio.core.errors import UserError
from ui import theme
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import Elided, muted, push, row, title
from ui.widgets.inline_error import InlineError


class ExportDialog(QDialog):
    """One format, one folder; the job runs in the status strip and is told here when it is done."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._folder: Path | None = None
        self._is_closed = False
        self.setWindowTitle(tr("Export the set"))
        self.resize(560, 360)
        self._build()
        self._show_format()
        self._show_folder(str(session.settings.state("export_folder", "")))

    def choose_folder(self) -> None:
        if chosen := self._session.ask.folder(self, tr("The folder for the export"), "export"):
            self._show_folder(str(chosen))

    def start(self) -> None:
        """Queues the export."""
        from studio.jobs.export import ExportSet

        self.error.clear()
        self._session.settings.remember(export_folder=str(self._folder), export_format=self.format.currentData())
        job = ExportSet(self._session.place.folder, self._folder, self.format.currentData(), self.link.isChecked(),
                        self.into.isChecked())
        self._go.setEnabled(False)
        self._told.setText(tr("Writing …"))
        title = tr("Exporting for {trainer}", trainer=self.format.currentText())
        self._session.run(job, title, self._ended, quiet=True)

    def done(self, result: int) -> None:
        """The job goes on, and is told of in a notice."""
        self._is_closed = True
        super().done(result)

    def _build(self) -> None:
        from studio.store.exchange.formats import FORMATS

        self.format = QComboBox()
        self.format.setAccessibleName(tr("Format"))
        for name, format in FORMATS.items():
            self.format.addItem(f"{format.trainer} ({format.ending})", name)
        last = self.format.findData(self._session.settings.state("export_format", "kohya"))
        self.format.setCurrentIndex(max(last, 0))
        self.format.activated.connect(self._show_format)
        self._about, self._path = muted("", wrap=True), Elided(at=Qt.TextElideMode.ElideMiddle)
        self.link = QCheckBox(tr("Link the pictures instead of copying them"))
        self.link.setToolTip(tr("Takes no room, but both folders hold the very same file."))
        self.into = QCheckBox(tr("Also into a folder that holds other files"))
        self.error, self._told = InlineError(), QLabel(wordWrap=True)
        self._go = push(tr("Export"), self.start, main=True)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("For"), self.format)
        form.addRow("", self._about)
        folder = row(self._path, push(tr("Choose …"), self.choose_folder, icon="folder"))
        folder.setStretch(0, 1)
        form.addRow(tr("Into"), folder)
        for box in (self.link, self.into):
            form.addRow("", box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        for part in (title(tr("Export the set")), form, self.error, self._told):
            layout.addLayout(part) if isinstance(part, QFormLayout) else layout.addWidget(part)
        layout.addStretch(1)
        layout.addLayout(row(None, push(tr("Close"), self.reject), self._go))

    def _show_format(self) -> None:
        from studio.store.exchange.formats import FORMATS

        format = FORMATS[self.format.currentData()]
        told = [tr("Folders tell the repeats, as 10_mira.") if format.has_repeats else
                tr("Repeats have to be set in the trainer."), tr("Rejected pictures stay here.")]
        self._about.setText(" ".join(told))

    def _show_folder(self, path: str) -> None:
        self._folder = Path(path) if path else None
        self._path.setText(path or tr("No folder chosen yet"))
        self._go.setEnabled(bool(path))
        self._go.setToolTip("" if path else tr("Choose a folder first."))

    def _ended(self, task: Task) -> None:
        from studio.core.events import Failed

        if isinstance(task.ending, Failed):
            error = UserError(task.ending.what, task.ending.remedy)
            self._session.say_error(error) if self._is_closed else self._tell(error=error)
            return
        facts = task.ending.facts
        written = trn("{n} picture was written to {path}.", "{n} pictures were written to {path}.",
                      int(facts["images"]), path=facts["path"])
        told = "\n".join((written, *task.course.notes))
        self._session.say(told) if self._is_closed else self._tell(told)

    def _tell(self, text: str = "", error: UserError | None = None) -> None:
        self._go.setEnabled(True)
        self._told.setText(text)
        if error:
            self.error.tell(error)
