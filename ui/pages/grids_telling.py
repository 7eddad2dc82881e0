"""What the grids page says: of a cell in passing, of the current one, of the sheet, and what must not be concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.grid_watch import RANKED, Watch, Watched
from studio.core.stats import Hits
from studio.core.verdict import NOISE
from ui.i18n import tr
from ui.viewstate.grid_arrangement import COLUMNS, ROWS, TARGET
from ui.viewstate.grid_sheets import GridSheet, Spot
from ui.viewstate.grid_table import Place
from ui.viewstate.grid_words import tip, title_of, way, worn
from ui.widgets.grid_heads import pin_name

if TYPE_CHECKING:
    from ui.pages.grids import GridsPage


class Teller:
    """Looks at the page and fills its badge and its inspector."""

    def __init__(self, page: GridsPage) -> None:
        self._page = page
        self.watched = Watched()
        self._watch: Watch | None = None
        self._stamp: tuple[object, ...] = ()

    def look(self) -> None:
        """Other cells are shown: looks anew at whether they may be compared."""
        page, hidden = self._page, self._page.arrangement.hidden
        cells = [each.cell for each in page.sheet.spots
                 if not any(share <= frozenset(each.cell.values) for share in hidden)]
        stamp = page.sheet.id, hidden, page.comparing.other.id if page.comparing.other else ""
        if stamp != self._stamp:
            self._stamp = stamp
            self._watch = Watch(page.sheet.sheet, cells, [each.cell for each in page.comparing.spots])
        self.watch()

    def watch(self) -> None:
        """The same cells are marked otherwise, or compared for something else."""
        page = self._page
        if self._watch is not None:
            marks, noise = (page.judging.marks, page.judging.noise) if page.judging else ((), NOISE)
            ranked = RANKED if page.arrangement.is_ranked else ()
            self.watched = self._watch.found(marks, page.arrangement.subjects, ranked, noise)
            page.parts.badge.show_watched(self.watched, page.arrangement.ranked_anyway)

    @property
    def why_unranked(self) -> str:
        """Why nothing may be ordered by marks; empty where it may."""
        is_mixed = self.watched.is_mixed and not self._page.arrangement.ranked_anyway
        return tr("Pictures of several profiles stand side by side.") if is_mixed else ""

    def title(self, sheet: GridSheet) -> str:
        run = sheet.run.rpartition("-")[0] or sheet.run
        return " · ".join(each for each in (sheet.id, title_of(sheet), run) if each)

    def tip(self, place: Place) -> str:
        """A cell, in the words of a tooltip."""
        page, spot = self._page, self._spot(place)
        if spot is None:
            return ""
        if min(place) < 0:
            return f"{self._name(place)}\n{spot.cell.spec.prompt}"
        return tip(self._name(place), spot.cell, page.shelf.found.saved or {}, page.mark_of(spot.key)[0])

    def tip_of_other(self, place: Place) -> str:
        """Its counterpart."""
        spot = self._page.table.spot(*place) if self._page.table and min(place) >= 0 else None
        there = self._page.comparing.spot(spot.key) if spot else None
        if there is None:
            return tr("This sheet has no cell of that prompt and seed.")
        return tip(self._name(place), there.cell, self._page.shelf.found.saved or {}, "")

    def show_current(self) -> None:
        """About the cell that keys mean, and the lines it stands in."""
        page, place = self._page, self._page.parts.view.current
        spot = self._spot(place) if place and page.table else None
        counts: list[tuple[str, Hits]] = [(tr("all that is shown"), page.tallies.all)]
        if spot is None:
            page.parts.inspector.show_cell("", "", "", [], ("", "", "muted"))
        else:
            is_pinned = min(place) < 0
            facts = [] if is_pinned else self._facts(spot)
            page.parts.inspector.show_cell(self._name(place), spot.cell.spec.prompt, self._negative(spot), facts,
                                           ("", "", "muted") if is_pinned else page.mark_of(spot.key))
            lines = [(side, line) for side, line in ((ROWS, place[0]), (COLUMNS, place[1])) if line >= 0]
            counts = [(page.table.lines(side)[line].label, page.tallies.of(side, line)) for side, line in lines] + [
                (band.label, page.tallies.of_band(side, band)) for side, line in lines
                for band in page.table.bands(side) if band.start <= line < band.start + band.count] + counts
        page.parts.inspector.show_counts(counts)

    def _facts(self, spot: Spot) -> list[tuple[str, str]]:
        spec = spot.cell.spec
        file = self._page.parts.view.file(self._page.parts.view.current)
        loras = ", ".join(worn(spot.cell, self._page.shelf.found.saved or {}))
        return [(tr("Seed"), str(spec.seed)), (tr("LoRA"), loras), (tr("Drawn"), way(spot.cell)),
                (tr("File"), f"{file[0][:12]}….png" if file else tr("not drawn yet"))]

    def _negative(self, spot: Spot) -> str:
        return spot.cell.spec.negative if spot.cell.spec.cfg != 1 else ""

    def _spot(self, place: Place) -> Spot | None:
        """The cell, or the one that speaks for a pinned place."""
        table = self._page.table
        if min(place) >= 0:
            return table.spot(*place)
        side, line = (ROWS, place[0]) if place[1] < 0 else (COLUMNS, place[1])
        return table.line_spot(side, line)

    def _name(self, place: Place) -> str:
        table = self._page.table
        row, column = place
        if min(place) < 0:
            pin = table.pins[min(place)]
            line = table.lines(ROWS if column < 0 else COLUMNS)[max(place)]
            name = tr("the target") if pin == TARGET else pin_name(pin)
            return f"{name} · {line.label}"
        told = [table.label_of(table.rows[row].pairs), table.label_of(table.columns[column].pairs)]
        return " · ".join(each for each in told if each) or tr("the only cell")
