"""The dialog that hands a sheet to a judge who is no person, and takes the answer in as marks."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import UserError
from studio.core.events import Finished
from studio.core.rubric import AS_ASKED, SCALES, Rubric
from studio.jobs.hand_off import HandOff, TakeAnswer
from studio.store import handoffs, sweeps
from studio.store.rubrics import read_rubric
from ui import theme
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import Elided, column, muted, push, row, title, within
from ui.widgets.job_foot import JobFoot
from ui.widgets.segmented import Segmented

HAND, TAKE = "hand", "take"


def open_handoff(session: Session, parent: QWidget, sheet: str = "") -> None:
    """Opens the dialog on a sheet, or without a number on the newest; where there is none, says so instead."""
    ids = [each.folder.name for each in reversed(sweeps.sheets_of(session.place))]
    if not ids:
        session.say_error(UserError(tr("There is no sheet to judge yet"), tr("Render one on the grids page.")))
        return
    HandOffDialog(session, parent, ids, sheet).open()


class HandOffDialog(QDialog):
    """Two faces: what is handed over, and what comes back."""

    def __init__(self, session: Session, parent: QWidget, ids: list[str], sheet: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._folder: Path | None = None
        self._answer: Path | None = None
        self.setWindowTitle(tr("Hand to a judge"))
        self.resize(620, 500)
        self._build(ids, sheet)
        self._show_sheet()
        self.show_face(HAND)
        session.project_closing.connect(self.close)

    def show_face(self, face: str) -> None:
        """Handing over, or taking in."""
        self.face.choose(face)
        self._faces.setCurrentIndex((HAND, TAKE).index(face))
        self.foot.error.clear()
        self.foot.rename(tr("Write the bundle") if face == HAND else tr("Take in"))
        self._open.setVisible(face == HAND and self._folder is not None and (self._folder / handoffs.BUNDLE).is_file())
        self._allow()

    def choose_folder(self) -> None:
        if chosen := self._session.ask.folder(self, tr("A new or empty folder for the bundle"), "handoff"):
            self._folder = chosen
            self._path.setText(str(chosen))
            self._allow()

    def choose_answer(self) -> None:
        kinds = tr("Answers (*.json)")
        if chosen := self._session.ask.file(self, tr("The answer"), "handoff", kinds):
            self._answer = chosen
            self._answer_path.setText(str(chosen))
            self._allow()

    def start(self) -> None:
        """Writes the bundle, or takes the answer in."""
        place, sheet = self._session.place, self.sheet.currentData()
        if self.face.value == HAND:
            self.foot.run(HandOff(place, sheet, self._folder), tr("Writing a bundle for a judge"), _handed)
        else:
            job = TakeAnswer(place, sheet, self._answer, self.judge.text().strip())
            self.foot.run(job, tr("Taking an answer in"), _taken)

    def show_bundle(self) -> None:
        """Opens the folder that was written."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def done(self, result: int) -> None:
        self.foot.leave()
        super().done(result)

    # What it is made of

    def _build(self, ids: list[str], sheet: str) -> None:
        self.sheet = QComboBox()
        self.sheet.setAccessibleName(tr("Sheet"))
        for id in ids:
            self.sheet.addItem(self._named(id), id)
        self.sheet.setCurrentIndex(max(0, self.sheet.findData(sheet)))
        self.sheet.activated.connect(self._show_sheet)
        self.face = Segmented([(HAND, tr("Hand over"), "export"), (TAKE, tr("Take an answer in"), "import")],
                              name=tr("What is done"))
        self.face.chosen.connect(self.show_face)
        self._open = push(tr("Show the folder"), self.show_bundle, icon="open-outside")
        self.foot = JobFoot(self._session, tr("Write the bundle"), self.start, self.close, self._open)
        self.foot.finished.connect(self._show_end)
        self._faces = QStackedWidget()
        self._faces.addWidget(self._hand_face())
        self._faces.addWidget(self._take_face())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Let a vision model judge")))
        head = row(self.sheet, self.face, gap=theme.MEDIUM)
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addWidget(self._faces, 1)
        layout.addWidget(self.foot)

    def _hand_face(self) -> QWidget:
        about = muted(tr("The bundle holds the pictures under numbers in a shuffled order, without a word on epochs, "
                         "their targets, the questions, and the form of the answer. Give the folder to a vision model "
                         "or its command line."), wrap=True)
        self.questions = QListWidget()
        self.questions.setAccessibleName(tr("Questions"))
        self.questions.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._path = Elided(tr("No folder chosen yet"), at=Qt.TextElideMode.ElideMiddle)
        folder = row(self._path, push(tr("Choose …"), self.choose_folder, icon="folder"))
        folder.setStretch(0, 1)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Into"), folder)
        layout = column(about, muted(tr("Questions")), self.questions, form)
        layout.setStretch(2, 1)
        return within(layout)

    def _take_face(self) -> QWidget:
        about = muted(tr("Every score becomes a mark of this judge, beside yours. A malformed answer is refused with "
                         "its row and field, and nothing of it is kept."), wrap=True)
        self._answer_path = Elided(tr("No file chosen yet"), at=Qt.TextElideMode.ElideMiddle)
        file = row(self._answer_path, push(tr("Choose …"), self.choose_answer, icon="folder"))
        file.setStretch(0, 1)
        self.judge = QLineEdit()
        self.judge.setPlaceholderText(tr("as the answer says"))
        self.judge.setAccessibleName(tr("Judge"))
        self.judge.setToolTip(tr("Best with a version: gpt-5.5 of November."))
        self.taken = QListWidget()
        self.taken.setAccessibleName(tr("Answers taken in"))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(theme.SMALL)
        form.addRow(tr("Answer"), file)
        form.addRow(tr("Judge"), self.judge)
        layout = column(about, form, muted(tr("Answers taken in")), self.taken)
        layout.setStretch(3, 1)
        return within(layout)

    # What it shows

    def _named(self, id: str) -> str:
        sheet = self._session.attempt(lambda: sweeps.read_sheet(sweeps.find_sheet(self._session.place, id)))
        return f"{id} · {tr(sheet.title)}" if sheet else id

    def _show_sheet(self, _: object = None) -> None:
        self.questions.clear()
        rubric = self._session.attempt(lambda: read_rubric(self._session.place)) or Rubric("", ())
        for item in rubric.items:
            trait = tr("as asked") if item.trait == AS_ASKED else item.trait
            self.questions.addItem(tr("{trait}: 0 to {most}", trait=trait, most=SCALES[item.scale].most))
        self._show_taken()

    def _show_taken(self) -> None:
        folder = sweeps.find_sheet(self._session.place, self.sheet.currentData()).folder
        self.taken.clear()
        for each in reversed(self._session.attempt(lambda: handoffs.taken_of(folder)) or ()):
            day = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.time))
            self.taken.addItem(tr("{day} · {judge} · {rows} scores · bundle {bundle}", day=day, judge=each.judge,
                                  rows=f"{each.rows:,}", bundle=each.bundle[:12]))
        if not self.taken.count():
            self.taken.addItem(tr("None yet."))

    def _allow(self) -> None:
        if self.face.value == HAND:
            self.foot.allow("" if self._folder else tr("Choose a folder first."))
        else:
            self.foot.allow("" if self._answer else tr("Choose the answer first."))

    def _show_end(self, task: Task) -> None:
        if self._session.is_open:
            self._show_taken()
        self._open.setVisible(self.face.value == HAND and isinstance(task.ending, Finished))


def _handed(task: Task) -> str:
    if not isinstance(task.ending, Finished):
        return tr("Stopped; the bundle is not complete.")
    facts = task.ending.facts
    return trn("{n} picture lies in {path}.", "{n} pictures lie in {path}.", int(facts["pictures"]),
               path=str(facts["path"]))


def _taken(task: Task) -> str:
    facts = task.ending.facts
    return trn("{n} mark of {judge} was made.", "{n} marks of {judge} were made.", int(facts.get("marks", 0)),
               judge=str(facts.get("judge", "")))
