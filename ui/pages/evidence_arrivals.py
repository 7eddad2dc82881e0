"""From a number to its cells: how the epochs page and the grids get to a cell that another page asked for.

A page that was just built does not know its sheets yet; it goes there as soon as it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.core.axes import Value
from ui.viewstate.epoch_series import Look, Series

if TYPE_CHECKING:
    from ui.pages.epochs import EpochsPage
    from ui.pages.grids import GridsPage

Wanted = tuple[str, str, str]  # the ids of a run and a sheet, the key of a cell; an empty key means the sheet


class EpochArrivals(QObject):
    """Shows the series that holds the cell, and the cell in the pane that keys move."""

    def __init__(self, page: EpochsPage) -> None:
        super().__init__(page)
        self._page, self._wanted = page, None
        page.session.cell_requested.connect(self._ask)
        page.shelf.changed.connect(self._arrive)

    def _ask(self, run: str, sheet: str, key: str) -> None:
        self._wanted: Wanted | None = (run, sheet, key)
        self._arrive()

    def _arrive(self) -> None:
        if self._wanted is None:
            return
        run, sheet, key = self._wanted
        found = (each for each in self._page.shelf.found.series if each.run == run)
        series = next((each for each in found if _holds(each, sheet, key)), None)
        if series is None:
            return
        self._wanted = None
        self._page.head.run_chosen.emit(run)
        self._page.head.series_chosen.emit(series.id)
        if place := _place(series, key):
            self._page.show_cell(*place)


class GridArrivals(QObject):
    """Shows the sheet, and the cell in it."""

    def __init__(self, page: GridsPage) -> None:
        super().__init__(page)
        self._page, self._wanted = page, None
        page.session.cell_requested.connect(self._ask)
        page.shelf.changed.connect(self._arrive)

    def _ask(self, run: str, sheet: str, key: str) -> None:
        self._wanted: Wanted | None = (run, sheet, key)
        self._arrive()

    def _arrive(self) -> None:
        if self._wanted is None or self._page.shelf.found.sheet(self._wanted[1]) is None:
            return
        _, sheet, key = self._wanted
        self._wanted = None
        self._page.show_sheet(sheet)
        if key:
            self._page.go_to_key(key)


def _holds(series: Series, sheet: str, key: str) -> bool:
    return bool(_place(series, key)) if key else sheet in (series.id, *series.sheets)


def _place(series: Series, key: str) -> tuple[Look, Value] | None:
    return next((place for place, shot in series.shots.items() if shot.cell.key == key), None)
