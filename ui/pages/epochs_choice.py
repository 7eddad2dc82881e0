"""Which series does the page show? What a person chose or waits for, else what is shown, else the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.core.axes import BASE
from studio.core.compared_epochs import is_epoch
from ui.i18n import tr
from ui.viewstate.epoch_panes import TARGET, Panes, first_panes
from ui.viewstate.epoch_series import Look, Series, chosen

if TYPE_CHECKING:
    from ui.pages.epochs import EpochsPage

_WITHOUT_PICTURES = ("epochs.compare",)


class SeriesChoice(QObject):
    """Hears of the shelf, and gives the page another series, or the same one with more in it."""

    def __init__(self, page: EpochsPage) -> None:
        super().__init__(page)
        self._page = page
        self._expected: tuple[str, str] | None = None
        self._gated = ""
        page.shelf.changed.connect(self.renew)
        page.session.epochs_requested.connect(self.expect)
        page.head.run_chosen.connect(self.choose)
        page.head.series_chosen.connect(lambda id: self.choose(page.head.run, id))
        self._gate(tr("No pictures of epochs yet"))

    def expect(self, run: str, sheet: str = "") -> None:
        """Shows a run, or a sheet of it, as soon as it is there."""
        self._expected = run, sheet
        self._page.shelf.look()
        self.renew()

    def renew(self) -> None:
        """Other series are there, or more of their pictures."""
        page, found = self._page, self._page.shelf.found
        self._gate("" if found.series else tr("No pictures of epochs yet"))
        if not found.series:
            page.parts.allow_rendering(bool(found.with_files))
            if page.shelf.has_looked:
                page.show_layer(page.parts.no_series if found.runs else page.parts.no_runs)
            return
        if not page.bench.is_blind:
            page.show_layer(page.parts.whole)
        self.choose(*self._wanted())

    def choose(self, run: str, id: str = "") -> None:
        """Another series, or the same one with more in it; of a run without any that is said."""
        page, found = self._page, self._page.shelf.found
        series = chosen(found.series, run, id)
        page.parts.show_bare(series is None, run in found.with_files)
        if series is None:
            page.series = page.judging = None
            self._gate(tr("Nothing of this run was drawn yet"))
            return page.head.show_choice(found, run, None, page.panes.count)
        self._gate("")
        self._give(series)
        page.exhibitor.show_series(page.series, found.series)
        page.head.show_choice(found, run, page.series, page.panes.count)
        page.show_state()

    def _wanted(self) -> tuple[str, str]:
        page, found = self._page, self._page.shelf.found
        if self._expected and self._expected[0] in found.runs:
            run, id = self._expected
            if not id or any(id in each.sheets for each in found.series):
                self._expected = None
                return run, next((each.id for each in found.series if id and id in each.sheets), "")
        if page.head.run and page.series is None:
            return page.head.run, ""
        drawn = (run for run in found.runs if any(each.run == run for each in found.series))
        return (page.series.run, page.series.id) if page.series else (next(drawn, ""), "")

    def _give(self, series: Series) -> None:
        """Marks, prompt and panes stay what they were wherever the series has them."""
        page, before = self._page, self._page.series
        is_same = before is not None and (series.run, series.id) == (before.run, before.id)
        if not (is_same and page.judging):
            page.judging = page.session.attempt(lambda: page.bench.judging_of(series))
        else:
            page.judging.renew(series)
        page.series = series = page.bench.narrowed(series, page.judging)
        page.look = self._kept_look(series)
        if before is None or series.epochs != before.epochs:
            page.panes = self._fitting(series)

    def _kept_look(self, series: Series) -> Look | None:
        kept = series.same(self._page.look) if self._page.look else None
        return kept or next(iter(series.looks), None)

    def _fitting(self, series: Series) -> Panes:
        """The same epochs where the series has them."""
        panes = self._page.panes
        known = {*series.epochs, TARGET, BASE}
        epochs = [each.shows for each in panes.panes if each.shows not in (TARGET, BASE)]
        is_doubled = len(set(epochs)) < min(len(epochs), sum(map(is_epoch, series.epochs)))
        if epochs and not is_doubled and all(each.shows in known for each in panes.panes):
            return panes
        return first_panes(panes.count, series.epochs)

    def _gate(self, why_not: str) -> None:
        """Without pictures nothing can be done here, whoever asks for it, but to draw some."""
        if why_not == self._gated:
            return
        self._gated, actions = why_not, self._page.session.actions
        for action in actions.groups[tr("Epochs")]:
            if action.objectName() not in _WITHOUT_PICTURES:
                (actions.disable if why_not else actions.enable)(action.objectName(), why_not)
