"""Epochs side by side: the same prompt and seed under the same magnifying glass, marked by keys, until a sentence says
which epoch to take.
"""

from __future__ import annotations

from PySide6.QtGui import QFocusEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from studio.core.axes import Value
from ui.i18n import tr
from ui.pages.epochs_actions import MARKS, MODES, add_actions
from ui.pages.epochs_bench import Bench
from ui.pages.epochs_choice import SeriesChoice
from ui.pages.epochs_exhibits import Exhibitor
from ui.pages.epochs_head import SeriesHead
from ui.pages.epochs_judging import Judging
from ui.pages.epochs_layout import EpochsLayout
from ui.pages.epochs_reading import Shelf
from ui.pages.epochs_sheets import Sheets
from ui.pages.epochs_taking import Taking
from ui.pages.epochs_verdict import WhyDialog
from ui.pages.evidence_arrivals import EpochArrivals
from ui.session import Session
from ui.viewstate.epoch_panes import LEAST, MOST, Panes, first_panes
from ui.viewstate.epoch_series import Look, Series, Shot
from ui.widgets.epoch_scrubber import Track

_FIRST_COUNT = 4
_REST_BYTES = 128 * 2**20   # of pictures that stay in memory while another page is shown


class EpochsPage(QWidget):
    """Shows one series at a time; `panes` says what of it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.shelf = Shelf(session, self)
        self.series: Series | None = None
        self.look: Look | None = None
        self.judging: Judging | None = None
        count = session.settings.state("epoch_panes", _FIRST_COUNT)
        self.panes: Panes = first_panes(count if count in range(LEAST, MOST + 1) else _FIRST_COUNT, ())
        self._direction = 1
        self._build()
        self._bind()
        self.shelf.look()

    # Through the epochs

    def step(self, by: int) -> None:
        """So many epochs on in the pane that keys move."""
        self._direction = 1 if by > 0 else -1
        self._set(self.panes.moved(by, self.series.epochs))

    def go_to(self, epoch: Value) -> None:
        """That epoch in the pane that keys move."""
        self._set(self.panes.put(self.panes.lead, epoch))

    def step_look(self, by: int) -> None:
        """The next prompt and seed, as they follow on each other."""
        looks = self.series.looks
        if self.look in looks:
            self._show_look(looks[max(0, min(len(looks) - 1, looks.index(self.look) + by))])

    def step_prompt(self, by: int) -> None:
        """The next prompt under the same seed, if it has it."""
        names = list(dict.fromkeys((each.name, each.prompt) for each in self.series.looks))
        place = names.index((self.look.name, self.look.prompt)) + by
        if 0 <= place < len(names):
            under = [each for each in self.series.looks if (each.name, each.prompt) == names[place]]
            self._show_look(next((each for each in under if each.seed == self.look.seed), under[0]))

    # Panes

    def focus_pane(self, number: int) -> None:
        """Keys and marks mean this pane."""
        if number != self.panes.focus:
            self._set(self.panes.turned_to(number))
        self.parts.stage.focus_view()

    def set_count(self, count: int) -> None:
        """More panes, or fewer."""
        if LEAST <= count <= MOST and self.series:
            self.session.settings.remember(epoch_panes=count)
            self._set(self.panes.of(count, self.series.epochs))
            self.bench.focus_view()   # the pane that had the keys may be gone

    def toggle_target(self) -> None:
        self._set(self.panes.with_target(self.panes.focus))

    def toggle_pin(self) -> None:
        self._set(self.panes.pinned(self.panes.focus))

    def toggle_across(self) -> None:
        self.exhibitor.is_across = self.session.actions["epochs.across"].isChecked()
        self._show()

    def set_mode(self, mode: str) -> None:
        """Two panes in one place, or side by side again with the same key."""
        stage = self.parts.stage
        mode = "" if stage.mode == mode else mode
        for each in MODES:
            self.session.actions[f"epochs.{each}"].setChecked(each == mode)
        stage.set_mode(mode)

    def wipe(self, by: float) -> None:
        self.parts.stage.pair.wipe_to(self.parts.stage.pair.line + by)

    def full_size(self) -> None:
        self.parts.stage.viewer.toggle_full_size()

    def fit(self) -> None:
        self.parts.stage.viewer.zoom_to(None)

    # Marks

    @property
    def shot(self) -> Shot | None:
        """The cell that marks fall on; None where the pane in focus shows none."""
        return self.exhibitor.shot(self.panes.focus)

    def mark(self, digit: int) -> None:
        """As the digit key says."""
        if self.shot:
            self.session.attempt(lambda: self.judging.mark(self.shot, digit))
            self._show()

    def undo_mark(self) -> None:
        self.session.attempt(self.judging.undo)
        self._show()

    def redo_mark(self) -> None:
        self.session.attempt(self.judging.redo)
        self._show()

    def go_unmarked(self) -> None:
        """To the next cell that nobody has judged, in a pane that shows its epoch, else in the one that keys move."""
        found = self.judging.next_unmarked(self.shot or self.exhibitor.shot(self.panes.lead))
        if found is None:
            return self.session.say(tr("Every cell of this sheet is marked"))
        self.show_cell(*found)

    def show_why(self) -> None:
        """What the sentence rests on."""
        self.why = WhyDialog(self.judging.verdict, self.taking.controls, self)
        self.why.asked.connect(self._go_to_key)
        self.why.open()

    def show_layer(self, layer: QWidget) -> None:
        """The pictures, or what is said while there are none."""
        self._layers.setCurrentWidget(layer)

    def show_state(self) -> None:
        """Once more what can be done now."""
        self._show()

    # What it is made of

    def _build(self) -> None:
        self.parts = EpochsLayout(self.session)
        self.taking = Taking(self)
        self.sheets = Sheets(self)
        add_actions(self, self.parts.desk)
        self.head = SeriesHead(self.session.actions)
        self.parts.fill(self.head)
        self.exhibitor, self.bench = Exhibitor(self), Bench(self)
        layers = QStackedLayout(self)
        for each in (self.parts.waiting, self.parts.no_runs, self.parts.no_series, self.parts.whole):
            layers.addWidget(each)
        self._layers = layers
        self.choice = SeriesChoice(self)

    def _bind(self) -> None:
        parts, head = self.parts, self.head
        self.session.jobs.ended.connect(self.show_state)
        head.count_chosen.connect(self.set_count)
        parts.stage.focused.connect(self._focus_moved)
        parts.stage.scrubbed.connect(self.step)
        parts.scrubber.chosen.connect(self.go_to)
        parts.scrubber.stepped.connect(self.step)
        self.exhibitor.targets.changed.connect(self._show)
        parts.desk.undo_asked.connect(self.undo_mark)
        parts.desk.redo_asked.connect(self.redo_mark)
        self.session.project_closing.connect(self._close_threads)
        self.arrivals = EpochArrivals(self)

    def _close_threads(self) -> None:
        self.shelf.close()
        self.bench.close()
        self.parts.stage.pictures.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shelf.watch(True)
        self.parts.stage.wake()
        if self.judging:
            self.session.attempt(lambda: self.judging.renew(self.judging.series))  # other pages mark the same cells
        self._show()
        self.bench.focus_view()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.bench.focus_view()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shelf.watch(False)
        self.parts.stage.rest()
        self.parts.stage.pictures.shrink(_REST_BYTES)

    # What is shown

    def _set(self, panes: Panes) -> None:
        if self.series and panes != self.panes:
            self.panes = panes
            self._show()

    def _show_look(self, look: Look) -> None:
        self.look = look
        self._show()

    def _focus_moved(self, number: int) -> None:
        if number != self.panes.focus and number < self.panes.count:
            self._set(self.panes.turned_to(number))

    def show_cell(self, look: Look, epoch: Value) -> None:
        self.look = look
        lead = self.panes.lead
        self.panes = (self.panes.put(lead, epoch).turned_to(lead) if self.exhibitor.is_across
                      else self.panes.showing(epoch))
        self._show()

    def _go_to_key(self, key: str) -> None:
        places = (place for place, shot in self.series.shots.items() if shot.cell.key == key)
        if place := next(places, None):
            self.show_cell(*place)

    def _show(self) -> None:
        """Everything as it is by now; quick, as it happens with each turn of the wheel."""
        if self.series is None or self.judging is None or not self.isVisible() or self.bench.is_blind:
            return
        exhibits = self.exhibitor.exhibits()
        self.parts.stage.show_exhibits(exhibits, self.panes, self.exhibitor.ahead(self._direction))
        self.parts.show_look(self.look, self.series.looks)
        self.head.count.choose(str(self.panes.count))
        self.head.show_left(self.sheets.left)
        self._show_track()
        self.parts.verdict.show_verdict(self.judging.verdict, self.taking.name, self.taking.controls)
        self._switch()
        self.bench.show()

    def _show_track(self) -> None:
        handles: dict[Value, list[int]] = {}
        for place, each in enumerate(self.panes.panes):
            if self.exhibitor.is_of_page(place):
                handles.setdefault(each.shows, []).append(place)
        judged, series = self.judging, self.series
        there = frozenset(epoch for look, epoch in series.shots if look == self.look)
        self.parts.scrubber.show_track(Track(series.epochs, there, handles, judged.tallies(self.look), judged.band,
                                             judged.verdict.pick, self.panes.leading))

    def _switch(self) -> None:
        """Actions that cannot be done say why."""
        why = "" if self.shot else tr("This pane shows no cell of the sheet.")
        reasons = {id: why for id in MARKS}
        reasons["epochs.undo"] = "" if self.judging.can_undo else tr("Nothing was marked.")
        reasons["epochs.redo"] = "" if self.judging.can_redo else tr("No mark was undone.")
        reasons |= self.taking.reasons() | self.sheets.reasons()
        reasons["epochs.more"] = tr("There are six already.") if self.panes.count == MOST else ""
        reasons["epochs.fewer"] = tr("There are no more than two.") if self.panes.count == LEAST else ""
        actions = self.session.actions
        for id, reason in reasons.items():
            if actions.why_not(id) != reason:
                (actions.disable(id, reason) if reason else actions.enable(id))
        self.parts.desk.allow(self.judging.can_undo, self.judging.can_redo)
        actions["epochs.pin"].setChecked(self.panes.panes[self.panes.focus].is_pinned)

