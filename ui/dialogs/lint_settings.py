"""The dialog of the lint: where its rules draw their lines, and what somebody means to be so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from studio.core.edits import SILENCED
from studio.core.knobs import knobs_of
from studio.core.lint.settings import LintSettings, is_ours
from studio.store.lint_file import read_lint_settings, write_lint_settings
from ui import theme
from ui.form import Form
from ui.i18n import tr, trn
from ui.session import Session
from ui.viewstate.findings import rule_name
from ui.widgets.basics import caption, column, muted, push, row, sentence, title, within

_WIDTH, _HEIGHT = 620, 600


class LintSettingsDialog(QDialog):
    """Every change counts at once; `changed` asks for another look."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(tr("Rules of the lint"))
        self.resize(_WIDTH, _HEIGHT)
        self.form = Form(session.attempt(lambda: read_lint_settings(session.place)) or LintSettings())
        self.silenced = Silenced(session)
        self._build()
        self.form.changed.connect(self._write)

    def _build(self) -> None:
        tabs = QTabWidget()
        tabs.addTab(_scrolled(self._lines()), tr("Lines"))
        tabs.addTab(_scrolled(self.silenced), tr("Meant to be so"))
        again = push(tr("As usual"), self._reset, icon="undo", tip=tr("Every line as it ships."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Rules of the lint")))
        layout.addWidget(tabs, 1)
        layout.addLayout(row(again, None, push(tr("Close"), self.accept, main=True)))

    def _lines(self) -> QWidget:
        for knob in knobs_of(LintSettings):
            self.form.field(knob.name).explain()
            if is_ours(knob.name):
                mark = caption(tr("ours"))
                mark.setToolTip(tr("Nobody measured this line; it is our proposal."))
                self.form.field(knob.name).put_beside(mark)
        told = muted(tr("From where on a rule speaks. Lines marked “ours” are proposals that nobody measured; the "
                        "others stand where published runs were on either side."), wrap=True)
        return within(column(told, self.form, None, gap=theme.MEDIUM), theme.MEDIUM)

    def _write(self, settings: LintSettings) -> None:
        if self._session.attempt(lambda: write_lint_settings(self._session.place, settings)):
            self.changed.emit()

    def _reset(self) -> None:
        self.form.take(LintSettings())


class Silenced(QWidget):
    """The rules that do not speak of some pictures any more, each with a way back."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rows = QVBoxLayout()
        self._none = muted(tr("No rule was silenced. “I mean it so” in a finding's menu does it."), wrap=True)
        self.setLayout(column(self._none, self._rows, None))
        self.layout().setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        self.show_rules()

    def show_rules(self) -> None:
        """Those that are silenced by now."""
        while (item := self._rows.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        rules = self._silenced()
        self._none.setVisible(not rules)
        for rule, ids in sorted(rules.items()):
            text = sentence(f"{rule}  ·  {rule_name(rule)}")
            count = muted(trn("{n} picture", "{n} pictures", len(ids)))
            back = push(tr("Listen again"), self._listener(rule, ids), icon="undo",
                        tip=tr("The rule speaks of these pictures again."))
            line = row(text, count, back)
            line.setStretch(0, 1)
            self._rows.addWidget(within(line))

    def _silenced(self) -> Mapping[str, tuple[str, ...]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for record in self._session.all:
            for rule in record.silenced:
                found[rule].append(record.id)
        return {rule: tuple(dict.fromkeys(ids)) for rule, ids in found.items()}

    def _listener(self, rule: str, ids: tuple[str, ...]) -> Callable[[], None]:
        def listen() -> None:
            what = tr("{rule} speaks again", rule=rule)
            if self._session.edit(lambda desk: desk.set(what, SILENCED + rule, dict.fromkeys(ids))):
                self.show_rules()

        return listen


def _scrolled(inside: QWidget) -> QScrollArea:
    made = QScrollArea(widgetResizable=True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setWidget(inside)
    return made
