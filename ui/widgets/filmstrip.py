"""All pictures in a narrow list, with what each one's caption is like; one of them is the one that is worked on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelection, QModelIndex, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from studio.core.record import Record
from ui import theme
from ui.delegates.film import HEIGHT, FilmDelegate
from ui.i18n import tr
from ui.images.loader import SIDES, Loader, Wanted
from ui.models.gallery import RECORD, GalleryModel
from ui.viewstate.arrangement import Arrangement
from ui.viewstate.grid import Grid, Section
from ui.widgets.cell_view import CellView


class Filmstrip(CellView):
    """Tells which picture is worked on, and which ones are chosen."""

    current_changed = Signal(object)   # a Record, or None
    chosen_changed = Signal()

    def __init__(self, loader: Loader, folder: Path) -> None:
        super().__init__(tr("Pictures"), FilmDelegate())
        self._loader, self._folder = loader, folder
        self._is_quiet = False
        self.film = GalleryModel(folder, loader, self)
        self.film.side = SIDES[0]
        self.setModel(self.film)
        self.lay(self._lines)
        self.looked_at.connect(self._load)

    @property
    def current(self) -> Record | None:
        return self.currentIndex().data(RECORD)

    @property
    def chosen(self) -> tuple[Record, ...]:
        """The chosen ones in the order of the list."""
        return tuple(self.film.record(row) for row in sorted(self.rows))

    def show_records(self, records: Sequence[Record]) -> None:
        """Shows these; the picture that is worked on stays it if it is among them, else the first one becomes it."""
        before = self.current
        self._is_quiet = True
        self.film.show(Arrangement(tuple(records)))
        self._is_quiet = False
        self.lay()
        self.go_to(max(self._row_of(before), 0) if before else 0)

    def go_to(self, row: int) -> None:
        """Works on the picture of a row, and chooses it alone."""
        if 0 <= row < self.row_count:
            self.choose_rows([row])
        else:
            self.current_changed.emit(None)

    def step(self, by: int) -> None:
        """Goes on, or back, and stops at the ends."""
        if (row := self.row_after(by)) >= 0:
            self.go_to(row)

    def choose(self, ids: Collection[str]) -> None:
        """Chooses what was chosen elsewhere; the last one is worked on."""
        rows = [found[0] for id in ids if (found := self.film.rows([id]))]
        if rows and (rows[-1] != self.currentIndex().row() or len(rows) > 1):
            self.choose_rows(rows)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._is_quiet:
            self.chosen_changed.emit()

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if not self._is_quiet:
            self.current_changed.emit(current.data(RECORD) if current.isValid() else None)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(theme.current().page))
        self.paint_cells(painter, event.rect())

    def _lines(self, width: int) -> Grid:
        return Grid((Section("", 0, self.row_count),), width, width, 0, 0, HEIGHT)

    def _row_of(self, record: Record) -> int:
        """Its row, by its file where several pictures are alike; -1 if it is not shown."""
        rows = self.film.rows([record.id])
        return next((row for row in rows if self.film.record(row).image.path == record.image.path), -1)

    def _load(self, rows: Sequence[int]) -> None:
        records = (self.film.record(row) for row in rows if row < self.row_count)
        self._loader.ask(Wanted(each.id, self._folder / each.image.path, self.film.side) for each in records)
