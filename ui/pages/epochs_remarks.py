"""About the cell in focus: its traits, whether it is to be kept, why it failed, a note, and who says so."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QToolButton, QWidget

from studio.core.marks import CAUSES
from studio.core.rubric import Rubric
from ui import theme
from ui.actions import Actions
from ui.i18n import tr
from ui.pages.epochs_judging import Judging, words_of
from ui.viewstate.epoch_series import Shot
from ui.widgets.basics import Elided, action_button, caption, column, line, row, within
from ui.widgets.flow import FlowLayout
from ui.widgets.rubric_rows import RubricRows

WIDTH = 264

_LIST = 84   # px, of the traits at least


class Line(QLineEdit):
    """A line of text that is told when it is done with; Escape gives it up."""

    told = Signal(str)
    left = Signal()

    def __init__(self, name: str, empty: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(empty)
        self._was = ""
        self.returnPressed.connect(self._done)

    def show_text(self, text: str) -> None:
        """What is there; not while somebody writes."""
        if not self.hasFocus():
            self._was = text
            self.setText(text)

    def forget(self) -> None:
        """Empty again, whoever writes."""
        self._was = ""
        self.clear()

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._was)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _done(self) -> None:
        self._tell()
        self.left.emit()

    def _tell(self) -> None:
        if self.text().strip() != self._was:
            self._was = self.text().strip()
            self.told.emit(self._was)


class RemarksPane(QScrollArea):
    """Shows one cell; what a person does goes out as signals. In a low window it is scrolled."""

    trait_chosen = Signal(str)
    blamed = Signal(str, bool)
    noted = Signal(str)
    judge_named = Signal(str)
    left = Signal()     # keys are to go to the pictures again

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self.name, self.traits, self.keys = Elided(), RubricRows(), caption("", wrap=True)
        self.name.setProperty("role", "strong")
        self.note = Line(tr("Note"), tr("Note  (E)"))
        self.why = Line(tr("Another cause"), tr("Another cause  (Alt+5)"))
        self.judge = Line(tr("Judge"), tr("Your name"))
        self.agreement = caption("", wrap=True)
        self._causes: dict[str, QToolButton] = {}
        self._build()
        self._bind()

    def show_cell(self, name: str, judging: Judging, rubric: Rubric, shot: Shot | None, keys: str) -> None:
        """The cell in focus; without one there is nothing to say anything of."""
        self.name.setText(name)
        rows = [(item, words_of(judging.said(shot, item.trait))) for item in rubric.items]
        others = {item.trait: tr("; ").join(f"{mark.judge}: {words_of(mark)[0]}" for mark in
                                            judging.others(shot, item.trait)) for item in rubric.items}
        self.traits.show_traits(rows, judging.item.trait, others)
        self.traits.setMinimumHeight(min(_LIST, self.traits.maximumHeight()))
        self.keys.setText(keys)
        self.judge.show_text(judging.judge)
        self.note.show_text(judging.note(shot))
        self._show_causes(judging, shot)
        for part in (self.note, self.why):
            part.setEnabled(shot is not None)

    def show_agreement(self, text: str) -> None:
        """How far another judge agrees; empty for none."""
        self.agreement.setText(text)
        self.agreement.setVisible(bool(text))

    def _build(self) -> None:
        button = {id: action_button(self._actions[f"epochs.{id}"]) for id in ("keep", "keepers", "rubric", "unmarked")}
        head = row(self.name, button["keep"], button["keepers"], gap=2)
        head.setStretch(0, 1)
        asked = row(caption(tr("Traits")), None, button["unmarked"], button["rubric"], gap=2)
        self._flow = FlowLayout()
        causes = QWidget()
        causes.setLayout(self._flow)
        judge = row(caption(tr("Judge")), self.judge)
        whole = column(head, line(), asked, self.traits, self.keys, line(), caption(tr("Why it failed")), causes,
                       self.why, caption(tr("Note")), self.note, line(), judge, self.agreement, None,
                       gap=theme.TINY + 2)
        whole.setStretch(3, 100)
        inside = within(whole)
        whole.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(WIDTH)

    def _bind(self) -> None:
        self.traits.chosen.connect(self.trait_chosen)
        self.note.told.connect(self.noted)
        self.judge.told.connect(self.judge_named)
        self.why.told.connect(self._blame_in_words)
        for each in (self.note, self.why, self.judge):
            each.left.connect(self.left)

    def _show_causes(self, judging: Judging, shot: Shot | None) -> None:
        said = judging.causes(shot)
        for why in (*CAUSES, *judging.own_causes):
            button = self._causes.get(why) or self._chip(why)
            button.setChecked(why in said)
            button.setEnabled(shot is not None)

    def _chip(self, why: str) -> QToolButton:
        made = QToolButton(checkable=True)
        made.setText(cause_text(why))
        made.setProperty("kind", "switch")
        made.setAccessibleName(cause_text(why))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if why in CAUSES:
            made.setToolTip(tr("{cause}  (Alt+{n})", cause=cause_text(why), n=CAUSES.index(why) + 1))
        made.clicked.connect(lambda is_so: self.blamed.emit(why, is_so))
        self._causes[why] = made
        self._flow.addWidget(made)
        return made

    def _blame_in_words(self, text: str) -> None:
        if text:
            self.blamed.emit(text, True)
        self.why.forget()


def cause_text(why: str) -> str:
    """A cause as the window calls it; one in a person's own words stays so."""
    known = dict(zip(CAUSES, (tr("interleave"), tr("face fusion"), tr("prompt reading"), tr("hair stretch"))))
    return known.get(why, why)
