"""The left pane: what to mend first, how many pictures are to be made, and what the set covers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from studio.core.lint.finding import Finding
from studio.core.query import written
from ui import theme
from ui.i18n import tr, trn
from ui.pages import dataset_edits as edits
from ui.pages.dataset_lint import Linting
from ui.pages.dataset_shots import Shots
from ui.session import Session
from ui.viewstate.findings import Found, filter_for
from ui.widgets.basics import column, push, within
from ui.widgets.coverage_pane import CoveragePane
from ui.widgets.lint_panel import LintPanel
from ui.widgets.side_pane import SidePane

_WIDTH = 264


class OverviewPane(SidePane):
    """Follows the lint; what somebody presses here becomes an edit, or a wish of the page."""

    filter_asked = Signal(str)           # a filter line
    labels_asked = Signal(object, str)   # image ids, and the label to ask for
    shots_asked = Signal()

    def __init__(self, session: Session, linting: Linting, shots: Shots) -> None:
        super().__init__(_WIDTH)
        self._session, self._linting, self._shots = session, linting, shots
        self.lint, self.coverage = LintPanel(), CoveragePane()
        self._to_make = push("", self.shots_asked.emit, icon="shots", tip=tr("Pictures that only somebody can make."))
        self._to_make.hide()
        self.hold(within(column(self.lint, self._to_make, self.coverage, None, gap=theme.LARGE), theme.MEDIUM))
        self._bind()
        self.show_coverage()
        if linting.has_looked:
            self._show_found(linting.found)
        else:
            self.lint.show_findings((), is_looking=True)

    def show_coverage(self) -> None:
        """The map of the chosen character, as it was counted last."""
        self.coverage.show_characters([each.name for each in self._session.project.characters])
        name = self.coverage.character
        if name:
            self.coverage.show_coverage(self._linting.shown.get(name, ()), self._session.ledger(name),
                                        self._linting.probed)
        self.coverage.setVisible(bool(name and self._session.all))

    def _bind(self) -> None:
        session = self._session
        self._linting.counted.connect(self.show_coverage)
        self._linting.changed.connect(self._show_found)
        session.project_changed.connect(self.show_coverage)
        session.ledger_changed.connect(lambda _: self.show_coverage())
        self.lint.silence_asked.connect(lambda finding: edits.silence(session, finding))
        self.lint.shown.connect(self._show_finding)
        self.coverage.changed.connect(self.show_coverage)
        self.coverage.asked.connect(self._show_cell)
        self.coverage.wanted.connect(lambda name, words: edits.toggle_wanted(session, session.ledger(name), words))
        self.coverage.unknown_asked.connect(
            lambda records, field: self.labels_asked.emit(tuple(each.id for each in records), field))

    def _show_found(self, found: Found) -> None:
        self.hold_still(self.coverage)
        self.lint.show_findings(found.findings)
        self._shots.show(found.findings, self._linting.shown)
        count = len(self._shots.shots)
        self._to_make.setVisible(count > 0)
        self._to_make.setText(trn("{n} picture to make", "{n} pictures to make", count))

    def _show_finding(self, finding: Finding) -> None:
        self.filter_asked.emit(filter_for(finding))
        self._session.select(image.id for image in finding.images[:1])

    def _show_cell(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Of one character where there are several; by what labels say, or captions where there are none."""
        several = len(self._session.project.characters) > 1
        who = [written("character", self.coverage.character)] if several else []
        self.filter_asked.emit(" ".join((*who, *(_meaning(field, word) for field, word in pairs))))


def _meaning(field: str, word: str) -> str:
    """What the coverage map counts: a label of that word, or without a label the tag in the caption."""
    label, tag = written(field, word), written("tag", word)
    return f"({label} OR ({field}:unknown {tag}))"
