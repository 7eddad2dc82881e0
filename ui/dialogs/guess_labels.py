"""The dialog that lets labels be guessed: from what a tagger sees in the pictures, or from what captions say."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.core.record import Record
from studio.jobs.guess import Guess
from ui import theme
from ui.dialogs.tagger_choice import TaggerChoice
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import muted, push, row, title
from ui.widgets.segmented import Segmented

_PICTURES, _CAPTIONS = "pictures", "captions"


class GuessDialog(QDialog):
    """`shown` are the pictures that the filter leaves, `chosen` those that are selected."""

    def __init__(self, session: Session, parent: QWidget, shown: Sequence[Record], chosen: Sequence[Record]) -> None:
        super().__init__(parent)
        self._session, self._scopes = session, (session.all, tuple(shown), tuple(chosen))
        self.setWindowTitle(tr("Guess labels"))
        self.setMinimumWidth(560)
        self._build()
        self._show()

    def guess(self) -> None:
        """Starts it; the status strip tells how far it is, and can stop it."""
        looks = self.source.value == _PICTURES
        ids = tuple(each.id for each in self._scopes[int(self.scopes.value)])
        if looks:
            self.tagger.remember()
        tagger = self.tagger.folder if looks else None
        job = Guess(self._session.place.folder, tagger, self.tagger.threshold.value(), ids)
        self._session.run(job, tr("Guessing labels"), lambda task: _tell(self._session, task))
        self.accept()

    def _build(self) -> None:
        self.source = Segmented(
            [(_PICTURES, tr("The pictures, by a tagger"), "eye"), (_CAPTIONS, tr("The tags of the captions"), "tag")],
            _PICTURES, tr("What to guess from"))
        self.tagger = TaggerChoice(self._session)
        names = (tr("All"), tr("Filtered"), tr("Selected"))
        first = 2 if len(self._scopes[2]) > 1 else 1 if 0 < len(self._scopes[1]) < len(self._scopes[0]) else 0
        self.scopes = Segmented([(str(place), f"{name} {len(self._scopes[place]):,}", "")
                                 for place, name in enumerate(names)], str(first), tr("Which pictures"))
        self._go = push(tr("Guess"), self.guess, icon="wand", main=True)
        self._go.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Guess labels")))
        for part in (row(self.source, None), self.tagger, row(self.scopes, None)):
            layout.addWidget(part) if isinstance(part, QWidget) else layout.addLayout(part)
        layout.addWidget(muted(tr("A guess is dashed until you confirm it (Y). What a hand labelled stays; what no tag "
                                  "says stays unknown."), wrap=True))
        layout.addStretch(1)
        layout.addLayout(row(None, push(tr("Cancel"), self.reject), self._go))
        self.source.chosen.connect(self._show)
        self.scopes.chosen.connect(self._show)

    def _show(self, value: str = "") -> None:
        count = len(self._scopes[int(self.scopes.value)])
        self.tagger.setEnabled(self.source.value == _PICTURES)
        self._go.setEnabled(count > 0)
        self._go.setToolTip("" if count else tr("No picture is chosen."))


def _tell(session: Session, task: Task) -> None:
    """What came of it; a failure is told by others."""
    if task.course.status == "failed" or not session.is_open:
        return
    session.rescan()
    count = int(task.ending.facts.get("labels", 0))
    session.say(trn("{n} label was guessed.", "{n} labels were guessed.", count))
