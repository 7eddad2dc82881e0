"""The dialog that makes room among the LoRA files of a run: what stays and why, what goes to the trash, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHeaderView,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import UserError
from studio.core.retention import Forecast, Kept, Policy, forecast
from studio.jobs.retention import Outlook, RestoreFiles, ThinRun, Wish, outlook, size
from studio.store import kept_files, runs
from studio.store.runs import RunFolder
from ui import theme
from ui.aside import Aside
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import muted, push, row, title
from ui.widgets.job_foot import JobFoot

_EPOCH = Qt.ItemDataRole.UserRole
_NUMBER = 120  # px
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def open_retention(session: Session, parent: QWidget, run: str = "") -> None:
    """Opens the dialog on a run, or without a name on the newest that has files; where there is none, says so."""
    ids = [each.id for each in reversed(runs.runs_of(session.place))]
    if not ids:
        session.say_error(UserError(tr("There is no run yet"), tr("Train one, or open a folder of LoRA epochs.")))
        return
    RetentionDialog(session, parent, ids, run).open()


class RetentionDialog(QDialog):
    """A row for each epoch; a tick pins it. Nothing is moved before the button is pressed."""

    def __init__(self, session: Session, parent: QWidget, ids: Iterable[str], run: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._found = session, None
        self._aside = Aside(self)
        self.setWindowTitle(tr("Make room among LoRA files"))
        self.resize(760, 640)
        self._build(ids, run)
        self._look()
        session.project_closing.connect(self.close)

    @property
    def run_folder(self) -> RunFolder:
        return runs.find_run(self._session.place, self.run.currentText())

    @property
    def pins(self) -> frozenset[int]:
        """The epochs that are ticked."""
        items = (self.files.topLevelItem(place) for place in range(self.files.topLevelItemCount()))
        return frozenset(int(item.data(0, _EPOCH)) for item in items if item.checkState(0) == Qt.CheckState.Checked)

    @property
    def forecast(self) -> Forecast | None:
        """What would become of the files by what is chosen now; None as long as they are looked at."""
        return forecast(self._found.files, self._policy(self._found)) if self._found else None

    def start(self) -> None:
        """Moves what would go to the trash."""
        wish = Wish(self.pins, self.every.value(), self.last.value(), self.elsewhere.isChecked())
        self.foot.run(ThinRun(self._session.place, self.run_folder, wish), tr("Making room among LoRA files"),
                      _thinned)

    def restore(self) -> None:
        """Brings all that lies in the trash of this run back."""
        self.foot.run(RestoreFiles(self._session.place, self.run_folder), tr("Bringing LoRA files back"),
                      _restored)

    def done(self, result: int) -> None:
        self.foot.leave()
        self._aside.close()
        super().done(result)

    # What it is made of

    def _build(self, ids: Iterable[str], run: str) -> None:
        self.run = QComboBox()
        self.run.setAccessibleName(tr("Run"))
        self.run.addItems(list(ids))
        self.run.setCurrentIndex(max(0, self.run.findText(run)))
        self.every = _number(tr("Keep every n-th epoch"), 0, 1000, tr("none"))
        self.last = _number(tr("Keep the newest"), 0, 1000, tr("none"))
        self.last.setValue(1)
        self.last.setToolTip(tr("People look at the newest first. Where nothing else would stay, it does."))
        self.elsewhere = QCheckBox(tr("Also files outside the project"))
        self.elsewhere.setToolTip(tr("They belong to another program, or to a person; without this they stay where "
                                     "they are."))
        self.files = self._tree()
        self._sum = muted("", wrap=True)
        self._back = push(tr("Bring back"), self.restore, icon="undo")
        self.foot = JobFoot(self._session, tr("Move to the trash"), self.start, self.close, self._back)
        form = QFormLayout()
        form.setVerticalSpacing(theme.SMALL)
        form.addRow(tr("Run"), self.run)
        form.addRow(tr("Keep every n-th epoch"), row(self.every, None))
        form.addRow(tr("Keep the newest"), row(self.last, None))
        form.addRow("", self.elsewhere)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(title(tr("Which LoRA files stay?")))
        layout.addLayout(form)
        layout.addWidget(self.files, 1)
        layout.addWidget(self._sum)
        layout.addWidget(self.foot)
        self._bind()

    def _tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setProperty("role", "ticks")
        tree.setAccessibleName(tr("LoRA files"))
        tree.setHeaderLabels([tr("Pinned"), tr("Epoch"), tr("Size"), tr("What becomes of it")])
        for column in (1, 2):
            tree.headerItem().setTextAlignment(column, _RIGHT)
        tree.header().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        return tree

    def _bind(self) -> None:
        self.run.activated.connect(self._look)
        self.every.valueChanged.connect(self._show)
        self.last.valueChanged.connect(self._show)
        self.elsewhere.toggled.connect(self._show)
        self.files.itemChanged.connect(self._pinned)
        self.foot.finished.connect(self._look_again)

    # What is there

    def _look(self, _: object = None) -> None:
        """Reads the run in a thread: its journal may be long."""
        place, run = self._session.place, self.run_folder
        self._found = None
        self.foot.allow(tr("The files are being looked at."))
        self._aside.ask(lambda: outlook(place, run, Wish()), self._fill, self.foot.error.tell)

    def _fill(self, found: Outlook) -> None:
        self._found = found
        self.files.blockSignals(True)
        self.files.clear()
        for each in found.files:
            item = QTreeWidgetItem(["", f"{each.epoch:,}", size(each.size), ""])
            item.setData(0, _EPOCH, each.epoch)
            item.setToolTip(3, each.path)
            pinned = each.epoch in found.policy.pins
            item.setCheckState(0, Qt.CheckState.Checked if pinned else Qt.CheckState.Unchecked)
            for column in (1, 2):
                item.setTextAlignment(column, _RIGHT)
            self.files.addTopLevelItem(item)
        self.files.blockSignals(False)
        self.elsewhere.setVisible(any(each.is_elsewhere for each in found.files))
        self._show()

    def _pinned(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0 and self._found:
            self._session.attempt(lambda: kept_files.write_pins(self.run_folder, self.pins))
            self._show()

    def _show(self, _: object = None) -> None:
        found = self.forecast
        if found is None:
            return
        words = {each.file.epoch: _why(each) for each in found.kept}
        going = {each.epoch for each in found.going}
        self.files.blockSignals(True)
        for place in range(self.files.topLevelItemCount()):
            item = self.files.topLevelItem(place)
            epoch = int(item.data(0, _EPOCH))
            item.setText(3, tr("to the trash") if epoch in going else words[epoch])
            item.setForeground(3, self.palette().placeholderText() if epoch in going else self.palette().text())
        self.files.blockSignals(False)
        self._sum.setText(_told(found))
        self.foot.allow("" if going else tr("No file would go."))
        trash = kept_files.removed_files(self._session.place, self.run_folder)
        self._back.setVisible(bool(trash))
        self._back.setText(trn("Bring {n} file back", "Bring {n} files back", len(trash)))

    def _policy(self, found: Outlook) -> Policy:
        return replace(found.policy, pins=self.pins, every=self.every.value(), last=self.last.value(),
                       elsewhere=self.elsewhere.isChecked())

    def _look_again(self, _: Task) -> None:
        if self._session.is_open:
            self._look()


def _thinned(task: Task) -> str:
    facts = task.ending.facts
    return trn("{n} file is in the trash, {size}.", "{n} files are in the trash, {size}.", int(facts.get("files", 0)),
               size=size(int(facts.get("bytes", 0))))


def _restored(task: Task) -> str:
    return trn("{n} file is back.", "{n} files are back.", int(task.ending.facts.get("files", 0)))


def _told(found: Forecast) -> str:
    going = trn("{n} file would go to the trash, {size}.", "{n} files would go to the trash, {size}.",
                len(found.going), size=size(found.freed))
    return f"{going} {_left(found)}"


def _left(found: Forecast) -> str:
    return trn("{n} file stays, {size}.", "{n} files stay, {size}.", len(found.kept), size=size(found.left))


def _why(kept: Kept) -> str:
    words = {"pinned": tr("pinned"), "picked": tr("picked by a verdict"), "keeper": tr("has a picture that is kept"),
             "newest": tr("the newest"), "every": tr("kept by the rule")}
    reasons = ", ".join(words[each] for each in kept.reasons)
    return tr("stays: {why}", why=reasons) if reasons else tr("stays: lies outside the project")


def _number(name: str, least: int, most: int, nothing: str = "") -> QSpinBox:
    box = QSpinBox(minimum=least, maximum=most)
    box.setFixedWidth(_NUMBER)
    box.setAccessibleName(name)
    box.setSpecialValueText(nothing)
    return box
