"""Sheets as grids: compositions by epochs, seeds or strengths, from postage stamps to a pixel, marked by keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QMimeData, QPoint, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.gpu_thread import Task
from ui.i18n import tr
from ui.images.cache import ThumbnailCache
from ui.pages.blind_curtain import Curtain
from ui.pages.epochs_judging import judge_name, mark_words
from ui.pages.evidence_arrivals import GridArrivals
from ui.pages.grids_actions import add_actions
from ui.pages.grids_comparing import Comparing
from ui.pages.grids_gate import Gate
from ui.pages.grids_judging import GridJudging
from ui.pages.grids_layout import GridsLayout
from ui.pages.grids_memory import recall, remember
from ui.pages.grids_menus import cell_menu, head_menu, purpose_menu
from ui.pages.grids_reading import SheetShelf
from ui.pages.grids_sheets import Sheets
from ui.pages.grids_telling import Teller
from ui.pages.training_live_targets import Targets
from ui.session import Session
from ui.viewstate.grid_arrangement import PINS, ROWS, STEP0, TARGET, Arrangement, Pair, Side
from ui.viewstate.grid_files import File
from ui.viewstate.grid_sheets import GridSheet
from ui.viewstate.grid_table import Place, Table
from ui.viewstate.grid_tallies import Tallies, hits_of, tallied
from ui.widgets.grid_pictures import GridPictures

_CACHE = "cells"  # of the project's cache: thumbnails by the keys of cells
_REST_MS = 200


class GridsPage(QWidget):
    """Shows one sheet at a time, and beside it another one if it is compared."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.shelf = SheetShelf(session, self)
        self.sheet: GridSheet | None = None
        self.table: Table | None = None
        self.arrangement: Arrangement | None = None
        self.judging: GridJudging | None = None
        self.tallies = Tallies()
        self._files: Mapping[str, File] = {}
        self._requested: tuple[str, str] | None = None  # a sheet and a key of it, before they were read
        self._watch = QTimer(self, singleShot=True, interval=_REST_MS)  # rules need not keep up with keys
        self._build()
        self._bind()
        self.shelf.look()

    # Through the cells

    def step(self, down: int, right: int) -> None:
        """The cell so many rows and columns on."""
        self.parts.view.step(down, right)

    def open_cell(self, place: Place | None = None) -> None:
        """A cell as large as there is room for; from there all of the grid again."""
        view = self.parts.view
        place = place or view.current
        if place is None or view.is_large:
            return self.fit()
        view.show_large(place)

    def fit(self) -> None:
        self.parts.view.fit()

    def full_size(self) -> None:
        """One pixel of the screen for one of a picture."""
        self.parts.view.zoom_to(1.0 / self.devicePixelRatioF())

    @property
    def key(self) -> str:
        """The picture of the cell that keys mean; empty for none, and for a pinned one."""
        place = self.parts.view.current
        spot = self.table.spot(*place) if self.table and place and min(place) >= 0 else None
        return spot.key if spot else ""

    def go_to_key(self, key: str) -> None:
        """To the first cell that shows this picture."""
        if self.table and (place := self.table.places.get(key)):
            self.parts.view.choose(place)

    def show_epochs(self) -> None:
        """The same cell where epochs stand side by side."""
        self.session.show_cell(self.sheet.run, self.sheet.id, self.key)

    def show_requested(self, run: str, sheet: str, key: str) -> None:
        """A cell that another page names, or the sheet alone; now, or as soon as it has been read."""
        if self.isVisible():
            there = self.shelf.found.sheet(sheet) is not None
            self._requested = None if there else (sheet, key)
            if there:
                self.show_sheet(sheet)
                self.go_to_key(key)

    def copy(self) -> None:
        """The file of the cell, to be pasted anywhere."""
        if file := self.file:
            mime = QMimeData()
            mime.setUrls([QUrl.fromLocalFile(str(file[1]))])
            QGuiApplication.clipboard().setMimeData(mime)

    def reveal(self) -> None:
        if file := self.file:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file[1].parent)))

    # What is a row, and what a column

    def arrange(self, arrangement: Arrangement) -> None:
        """Other rows and columns of the same sheet; the cell stays the same where it is still shown."""
        if self.sheet is None:
            return
        kept = self.key
        self.arrangement = arrangement
        remember(self.session.settings, self.sheet, arrangement)
        self._show_table()
        self.go_to_key(kept)

    def turn(self) -> None:
        self.arrange(self.arrangement.turned())

    def hide_line(self, side: Side) -> None:
        """The row or the column of the cell that keys mean."""
        place = self.parts.view.current
        line = place[0 if side == ROWS else 1] if place else -1
        if line >= 0:
            self.arrange(self.arrangement.hiding(self.telling(self.table.lines(side)[line].pairs)))

    def show_all(self) -> None:
        self.arrange(self.arrangement.showing_all())

    def toggle_target(self) -> None:
        """Asks before it goes: what a sheet is compared with should not be lost by accident."""
        self._toggle_pin(TARGET, tr("Take the target out of the grid?"))

    def toggle_step0(self) -> None:
        self._toggle_pin(STEP0, "")

    def _toggle_pin(self, pin: str, question: str) -> None:
        is_shown = pin not in self.arrangement.pins
        if not is_shown and question:
            answers = (tr("Take it out"), tr("Keep it"))
            more = tr("Without it nothing says what the cells should look like. The same button brings it back.")
            if self.session.ask.choice(self, tr("Target"), question, more, answers):
                is_shown = True
        self.arrange(self.arrangement.with_pin(pin, is_shown))

    # Marks

    def mark(self, digit: int) -> None:
        """As the digit key says; then on to the next cell that nobody has judged."""
        if not (key := self.key) or not self.judging.can_mark(key):
            return
        self.session.attempt(lambda: self.judging.mark(key, digit))
        self._show_marks()
        if digit:
            self._advance()

    def go_unmarked(self) -> None:
        if not self._advance():
            self.session.say(tr("Every cell that is shown is marked"))

    def undo_mark(self) -> None:
        self._after(self.session.attempt(self.judging.undo))

    def redo_mark(self) -> None:
        self._after(self.session.attempt(self.judging.redo))

    def _advance(self) -> bool:
        key = self.judging.next_unmarked(self.table.keys, self.key)
        if key is None:
            return False
        place, view = self.table.places[key], self.parts.view
        view.show_large(place) if view.is_large else view.choose(place)
        return True

    def _after(self, key: str | None) -> None:
        self._show_marks()
        if key and key not in self.table.places:
            self.session.say(tr("That mark is on another sheet of the same series"))
        elif key:
            self.go_to_key(key)

    def toggle_difference(self) -> None:
        self.comparing.show_difference(self.session.actions["grids.difference"].isChecked())

    # What it is made of

    def _build(self) -> None:
        self.pictures = GridPictures(ThumbnailCache(self.session.place.cache / _CACHE), self)
        self.parts, self.sheets = GridsLayout(self.session, self.pictures), Sheets(self)
        add_actions(self, self.parts.desk)
        self.parts.fill()
        self.targets = Targets(self.session, self)
        self.comparing, self.teller = Comparing(self), Teller(self)
        self.parts.view.tells = self.teller.tip
        self.setFocusProxy(self.parts.view)   # keys mean cells, also after a press on a tool
        body = QWidget()
        self._layers = QStackedLayout(body)
        for each in (self.parts.waiting, self.parts.empty, self.parts.whole):
            self._layers.addWidget(each)
        self.gate = Gate(self)
        self.curtain = Curtain(self, body, self.session, tr("Grids"), self.gate.renew)

    def _bind(self) -> None:
        parts, view = self.parts, self.parts.view
        self.shelf.changed.connect(self._renew)
        self._watch.timeout.connect(self.teller.watch)
        parts.list.chosen.connect(self.show_sheet)
        parts.axes.wanted.connect(self.arrange)
        parts.badge.cells_asked.connect(lambda keys: self.go_to_key(next(iter(keys), "")))
        parts.badge.override_asked.connect(lambda does: self.arrange(self.arrangement.ranking_anyway(does)))
        parts.beside.activated.connect(lambda _: self.comparing.choose(parts.beside.currentData()))
        parts.desk.undo_asked.connect(self.undo_mark)
        parts.desk.redo_asked.connect(self.redo_mark)
        view.current_changed.connect(lambda _: self.show_current())
        view.opened.connect(self.open_cell)
        view.moved.connect(self.show_scale)
        view.menu_asked.connect(self._show_cell_menu)
        view.head_menu_asked.connect(self._show_head_menu)
        self.targets.changed.connect(self.show_targets)
        self.session.look.surround_changed.connect(self._change_surround)
        self.session.cell_requested.connect(self.show_requested)
        self.session.jobs.ended.connect(self._job_ended)
        self.session.project_closing.connect(self._close_threads)
        self.arrivals = GridArrivals(self)

    def _close_threads(self) -> None:
        self._watch.stop()
        self.shelf.close()
        self.pictures.close()

    def _change_surround(self) -> None:
        for view in (self.parts.view, self.parts.other):
            view.set_surround(self.session.look.surround)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shelf.watch(True)
        if self.sheet:
            self._judge()
            self._show_marks()
        self.parts.view.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shelf.watch(False)
        self.pictures.rest()

    # What is shown

    def show_sheet(self, id: str) -> None:
        """That sheet, as it was arranged last."""
        sheet = self.shelf.found.sheet(id)
        files = self.files(sheet) if sheet else {}
        if sheet is None or sheet == self.sheet and files == self._files:  # step 0 may come from another sheet
            return
        is_other = self.sheet is None or sheet.id != self.sheet.id
        self.sheet, self._files = sheet, files
        self._judge()
        if is_other:
            self.arrangement = recall(self.session.settings, sheet)
            self.comparing.leave()
        self.session.settings.remember(grid_sheet=str(sheet.folder))
        self.targets.show(dict.fromkeys(each.cell.spec.prompt for each in sheet.spots))
        self.parts.list.show_sheets(self.shelf.found.sheets, sheet.id)
        self._show_table()

    def _judge(self) -> None:
        """The marks of the sheet by whoever judges, as they are by now: other pages mark the same cells."""
        sheet, judge, make = self.sheet, judge_name(self.session.settings), GridJudging
        self.judging = self.session.attempt(lambda: (self.judging.renewed if self.judging else make)(sheet, judge))

    def files(self, sheet: GridSheet) -> dict[str, File]:
        """The pictures of a sheet and of its step 0, by key."""
        there = self.shelf.found.pictures or {}
        wanted = {key for each in sheet.spots for key in (each.key, each.step0)}
        return {key: (key, there[key]) for key in wanted & there.keys()}

    def _renew(self) -> None:
        """Other sheets are there, or more of their pictures."""
        found = self.shelf.found
        self.gate.close("" if found.sheets else tr("No sheet yet"))
        self._layers.setCurrentWidget(self.parts.whole if found.sheets else self.parts.empty)
        self.gate.allow_new()
        if not found.sheets:
            return
        last = str(self.session.settings.state("grid_sheet", ""))
        shown = self.sheet.id if self.sheet else next(
            (each.id for each in found.sheets if str(each.folder) == last), found.sheets[0].id)
        self.parts.list.show_sheets(found.sheets, shown)
        self.show_sheet(shown if found.sheet(shown) else found.sheets[0].id)
        self.comparing.offer()
        if self._requested:
            self.show_requested("", *self._requested)

    def _show_table(self) -> None:
        """The sheet as it is arranged by now."""
        sheet, values = self.sheet, self.judging.values if self.judging else {}
        self.teller.look()
        if self.teller.why_unranked:
            self.arrangement = self.arrangement.unranked()
        self.table = Table(sheet.sheet, sheet.spots, self.arrangement, lambda key: hits_of(values.get(key)))
        self.parts.view.show_table(self.table, sheet.size, self._files)
        self.parts.axes.show_arrangement(sheet.sheet, self.arrangement, self.table.hidden_count,
                                         self.teller.why_unranked)
        self.parts.title.setText(self.teller.title(sheet))
        self.parts.purpose.setMenu(purpose_menu(self))
        for pin in PINS:
            self.session.actions[f"grids.{pin}"].setChecked(pin in self.arrangement.pins)
        self.comparing.show_table()
        self.show_targets()
        self._show_marks()
        self.show_scale()

    def show_targets(self) -> None:
        files = {prompt: (each.id, each.path) for prompt, each in self.targets.all.items()}
        self.parts.view.show_targets(files)
        self.parts.other.show_targets(files)

    def _show_marks(self) -> None:
        values: Mapping[str, int] = self.judging.values if self.judging else {}
        self.tallies = tallied(self.table, values) if self.table else Tallies()
        self.parts.view.show_marks(values, self.tallies)
        self._watch.start()
        self.show_current()

    def show_current(self) -> None:
        self.teller.show_current()
        self.comparing.follow()
        self.gate.switch()

    def _job_ended(self, _: Task) -> None:
        if self.sheet:
            self.gate.switch()

    def show_scale(self) -> None:
        self.parts.scale.setText(tr("{n} %", n=f"{100 * self.parts.view.scale * self.devicePixelRatioF():.0f}"))
        self.comparing.follow()

    def _show_cell_menu(self, place: Place, at: QPoint) -> None:
        cell_menu(self).popup(at)

    def _show_head_menu(self, side: Side, head: object, at: QPoint) -> None:
        if menu := head_menu(self, side, head):
            menu.popup(at)

    @property
    def file(self) -> File | None:
        """The picture that is chosen, of pinned ones too."""
        place = self.parts.view.current
        return self.parts.view.file(place) if place and self.table else None

    def telling(self, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
        """What tells a line from others; what all cells share is left out."""
        many = {axis.name for axis in self.sheet.sheet.axes if len(axis.values) > 1}
        return tuple(pair for pair in pairs if pair[0] in many) or tuple(pairs)

    def mark_of(self, key: str) -> tuple[str, str, str]:
        """(word, icon, tone) of a picture's mark."""
        return mark_words(self.judging.values.get(key) if self.judging else None)
