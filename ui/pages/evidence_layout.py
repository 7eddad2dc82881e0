"""What the page of evidence is made of: the questions at the left, the report, the cells at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.images.cache import ThumbnailCache
from ui.images.loader import Loader
from ui.pages.evidence_head import EvidenceHead
from ui.pages.evidence_parts import Desk, parts
from ui.pages.evidence_reading import Found
from ui.session import Session
from ui.viewstate.evidence_report import Report
from ui.viewstate.evidence_status import statuses
from ui.widgets.basics import line, push
from ui.widgets.empty import Empty
from ui.widgets.evidence_cells import CellsPane
from ui.widgets.evidence_journal import VerdictJournal
from ui.widgets.evidence_list import QuestionList
from ui.widgets.evidence_section import Section
from ui.widgets.panes import Panes

_CACHE = "cells"   # of the project's cache: cells are called by other names than pictures of the set

_LEAST_REPORT = 400  # px

_WAITING, _NO_RUNS, _WHOLE = range(3)


class EvidenceLayout:
    """`layers` are what the page shows one of."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self._session, self._desk = session, desk
        (session.place.cache / _CACHE).mkdir(parents=True, exist_ok=True)
        self.loader = Loader(ThumbnailCache(session.place.cache / _CACHE), threads=1)
        self.head, self.cells = EvidenceHead(session.actions), CellsPane(self.loader)
        self.journal, self.list = VerdictJournal(), QuestionList()
        self.sections: dict[str, Section] = {}
        self._shown: Report | None = None
        self._build()

    @property
    def layers(self) -> tuple[QWidget, ...]:
        return self._waiting, self._no_runs, self._whole

    def layer_of(self, found: Found, has_looked: bool) -> int:
        """Which of them."""
        if not has_looked:
            return _WAITING
        return _WHOLE if found.runs or found.report.journal else _NO_RUNS

    def show_report(self, report: Report) -> None:
        """Builds what is other, and stays where it was scrolled to."""
        if report == self._shown:
            return
        self._shown = report
        place = self._area.verticalScrollBar().value()
        self.journal.show_verdicts(report.journal)
        self._clear()
        for section in parts(report, self._desk):
            self._add(section)
        self._add(self._journal_section())
        self._report.addStretch(1)
        self.list.show_statuses(statuses(report))
        self._area.widget().layout().activate()
        self._area.verticalScrollBar().setValue(place)

    def go_to(self, id: str) -> None:
        """Scrolls to a part."""
        if id in self.sections:
            self._area.verticalScrollBar().setValue(self.sections[id].y())

    def step(self, by: int) -> None:
        """To the next part, or the one before."""
        self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + by)))

    def _follow(self, place: int) -> None:
        """The list shows which part is at the top; at the end it is the last one that was gone to."""
        if place < self._area.verticalScrollBar().maximum():
            above = [id for id, section in self.sections.items() if section.y() <= place + theme.LARGE]
            self.list.mark(above[-1] if above else next(iter(self.sections), ""))

    def _journal_section(self) -> Section:
        made = Section("journal", tr("Journal of verdicts"))
        made.add(self.journal)
        return made

    def _add(self, section: Section) -> None:
        self.sections[section.id] = section
        self._report.addWidget(section)

    def _clear(self) -> None:
        self.journal.setParent(None)
        while (item := self._report.takeAt(0)) is not None:
            if item.widget():
                item.widget().hide()
                item.widget().deleteLater()
        self.sections = {}

    def _build(self) -> None:
        inside = QWidget()
        self._report = QVBoxLayout(inside)
        self._report.setContentsMargins(theme.LARGE, theme.SMALL, theme.LARGE, theme.LARGE)
        self._report.setSpacing(theme.LARGE)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        self._area.setMinimumWidth(_LEAST_REPORT)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        panes = Panes(self._session.settings, "evidence", self.list, self._area, self.cells, widths=(212, 288))
        self._whole, self._waiting = QWidget(), QWidget()
        layout = QVBoxLayout(self._whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.head, line()):
            layout.addWidget(part)
        layout.addWidget(panes, 1)
        self.list.chosen.connect(self.go_to)
        self._area.verticalScrollBar().valueChanged.connect(self._follow)
        train = push(tr("Plan a run"), lambda: self._session.show_page("training"), icon="training", main=True)
        self._no_runs = Empty("evidence", tr("No run yet"), tr(
            "Here marks add up: which epoch to take, how sure that is, and what would change it. Train a run, or take "
            "in a folder of LoRA files, and compare its epochs."), train)
