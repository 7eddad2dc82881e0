"""Epochs side by side: the same prompt and seed under the same magnifying glass, marked by keys, until a sentence says
which epoch to take.
"""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from studio.core.axes import BASE, Value
from studio.core.events import Finished
from studio.core.paired import arm_name
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.pages.epochs_actions import MARKS, MODES, add_actions
from ui.pages.epochs_exhibits import Exhibitor
from ui.pages.epochs_head import SeriesHead
from ui.pages.epochs_judging import Judging
from ui.pages.epochs_layout import EpochsLayout
from ui.pages.epochs_reading import Shelf
from ui.pages.epochs_verdict import WhyDialog
from ui.session import Session
from ui.viewstate.epoch_panes import LEAST, MOST, TARGET, Panes, first_panes
from ui.viewstate.epoch_series import Look, Series, Shot, chosen
from ui.widgets.epoch_scrubber import Track

PLAN = "epoch-by-prompt"

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
        self._direction, self._gated = 1, ""
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
        """To the next cell that nobody has judged, in the pane that keys move."""
        found = self.judging.next_unmarked(self.exhibitor.shot(self.panes.lead))
        if found is None:
            return self.session.say(tr("Every cell of this sheet is marked"))
        self._go_to_cell(*found)

    def show_why(self) -> None:
        """What the sentence rests on."""
        self.why = WhyDialog(self.judging.verdict, self)
        self.why.asked.connect(self._go_to_key)
        self.why.open()

    # The epoch to take

    @property
    def taken(self) -> Value | None:
        """The epoch whose file is meant: that of the verdict, else the one that keys move; None without a file."""
        wanted = self.judging.verdict.pick if self.judging else None
        epoch = self.panes.leading if wanted is None else wanted
        return epoch if self.series and epoch in self.series.saved else None

    def copy_file(self) -> None:
        """The path of its LoRA, to be pasted anywhere."""
        if (taken := self.taken) is not None:
            QGuiApplication.clipboard().setText(str(self.series.saved[taken]))
            self.session.say(tr("The path of {epoch} is on the clipboard", epoch=arm_name(taken)))

    def open_folder(self) -> None:
        """Its LoRA in the file manager."""
        if (taken := self.taken) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.series.saved[taken].parent)))

    def render(self) -> None:
        """Queues the sheet of every epoch for the run that is shown, or for the newest."""
        from studio.jobs.prepare_sheet import PrepareSheet

        run = self.head.run or next(iter(self.shelf.found.runs), "")
        if run:
            self.session.run(PrepareSheet(self.session.place, PLAN, run), tr("Preparing the sheet"), self._prepared)

    def _prepared(self, task: Task) -> None:
        if isinstance(task.ending, Finished):
            self.session.run(task.ending.facts["job"], tr("Drawing {plan}", plan=PLAN))
            self.session.say(tr("The sheet is queued; its pictures appear here as they are drawn"))

    # What it is made of

    def _build(self) -> None:
        self.parts = EpochsLayout(self.session)
        add_actions(self, self.parts.desk)
        self.head = SeriesHead(self.session.actions)
        self.parts.fill(self.head)
        self.exhibitor = Exhibitor(self)
        layers = QStackedLayout(self)
        for each in (self.parts.waiting, self.parts.no_runs, self.parts.no_series, self.parts.whole):
            layers.addWidget(each)
        self._layers = layers
        self._gate(tr("No pictures of epochs yet"))

    def _bind(self) -> None:
        parts, head = self.parts, self.head
        self.shelf.changed.connect(self._renew)
        head.run_chosen.connect(lambda run: self._choose(run, ""))
        head.series_chosen.connect(lambda id: self._choose(head.run, id))
        head.count_chosen.connect(self.set_count)
        parts.stage.focused.connect(self._focus_moved)
        parts.stage.scrubbed.connect(self.step)
        parts.scrubber.chosen.connect(self.go_to)
        parts.scrubber.stepped.connect(self.step)
        self.exhibitor.targets.changed.connect(self._show)
        parts.desk.undo_asked.connect(self.undo_mark)
        parts.desk.redo_asked.connect(self.redo_mark)
        self.session.project_closing.connect(self._close_threads)

    def _close_threads(self) -> None:
        self.shelf.close()
        self.parts.stage.pictures.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shelf.watch(True)
        self.parts.stage.wake()
        self._show()
        self.parts.stage.focus_view()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shelf.watch(False)
        self.parts.stage.rest()
        self.parts.stage.pictures.shrink(_REST_BYTES)

    # What is shown

    def _renew(self) -> None:
        """Other series are there, or more of their pictures."""
        found = self.shelf.found
        self._gate("" if found.series else tr("No pictures of epochs yet"))
        if not found.series:
            self.parts.allow_rendering(bool(found.with_files))
            self._layers.setCurrentWidget(self.parts.no_series if found.runs else self.parts.no_runs)
            return
        self._layers.setCurrentWidget(self.parts.whole)
        run = self.series.run if self.series else next(
            (run for run in found.runs if any(each.run == run for each in found.series)), "")
        self._choose(run, self.series.id if self.series else "")

    def _choose(self, run: str, id: str) -> None:
        """Another series, or the same one with more in it."""
        found = self.shelf.found
        series = chosen(found.series, run, id)
        if series is None:
            return self.head.show_choice(found, run, None, self.panes.count)
        is_same = self.series is not None and (series.run, series.id) == (self.series.run, self.series.id)
        epochs = self.series.epochs if self.series else ()
        self.series = series
        self.look = self._kept_look(series)
        if not (is_same and self.judging):
            self.judging = self.session.attempt(lambda: Judging(series))
        elif self.judging:
            self.judging.renew(series)
        if series.epochs != epochs:
            self.panes = self._fitting(series)
        self.exhibitor.show_series(series, found.series)
        self.head.show_choice(found, run, series, self.panes.count)
        self._show()

    def _kept_look(self, series: Series) -> Look | None:
        kept = series.same(self.look) if self.look else None
        return kept or next(iter(series.looks), None)

    def _fitting(self, series: Series) -> Panes:
        """The same epochs where the series has them."""
        known = {*series.epochs, TARGET, BASE}
        is_begun = any(each.shows not in (TARGET, BASE) for each in self.panes.panes)
        if is_begun and all(each.shows in known for each in self.panes.panes):
            return self.panes
        return first_panes(self.panes.count, series.epochs)

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

    def _go_to_cell(self, look: Look, epoch: Value) -> None:
        self.look = look
        self.panes = self.panes.put(self.panes.lead, epoch).turned_to(self.panes.lead)
        self._show()

    def _go_to_key(self, key: str) -> None:
        places = (place for place, shot in self.series.shots.items() if shot.cell.key == key)
        if place := next(places, None):
            self._go_to_cell(*place)

    def _show(self) -> None:
        """Everything as it is by now; quick, as it happens with each turn of the wheel."""
        if self.series is None or self.judging is None or not self.isVisible():
            return
        exhibits = self.exhibitor.exhibits()
        self.parts.stage.show_exhibits(exhibits, self.panes, self.exhibitor.ahead(self._direction))
        self.parts.show_look(self.look, self.series.looks)
        self.head.count.choose(str(self.panes.count))
        self._show_track()
        taken = self.taken
        self.parts.verdict.show_verdict(self.judging.verdict, "" if taken is None else arm_name(taken))
        self._switch(taken is not None)

    def _show_track(self) -> None:
        handles: dict[Value, list[int]] = {}
        for place, each in enumerate(self.panes.panes):
            if self.exhibitor.is_of_page(place):
                handles.setdefault(each.shows, []).append(place)
        judged, series = self.judging, self.series
        there = frozenset(epoch for look, epoch in series.shots if look == self.look)
        self.parts.scrubber.show_track(Track(series.epochs, there, handles, judged.tallies(self.look), judged.band,
                                             judged.verdict.pick, self.panes.leading))

    def _gate(self, why_not: str) -> None:
        """Without pictures nothing can be done here, whoever asks for it, but to draw some."""
        if why_not == self._gated:
            return
        self._gated, actions = why_not, self.session.actions
        for action in actions.groups[tr("Epochs")]:
            if action.objectName() != "epochs.render":
                (actions.disable if why_not else actions.enable)(action.objectName(), why_not)

    def _switch(self, has_file: bool) -> None:
        """Actions that cannot be done say why."""
        why = "" if self.shot else tr("This pane shows no cell of the sheet.")
        reasons = {id: why for id in MARKS}
        reasons["epochs.undo"] = "" if self.judging.can_undo else tr("Nothing was marked.")
        reasons["epochs.redo"] = "" if self.judging.can_redo else tr("No mark was undone.")
        reasons |= dict.fromkeys(("epochs.copy", "epochs.folder"),
                                 "" if has_file else tr("No LoRA file of this epoch is left."))
        reasons["epochs.more"] = tr("There are six already.") if self.panes.count == MOST else ""
        reasons["epochs.fewer"] = tr("There are no more than two.") if self.panes.count == LEAST else ""
        reasons["epochs.render"] = "" if self.head.run in self.shelf.found.with_files else tr(
            "No LoRA file of this run is left.")
        actions = self.session.actions
        for id, reason in reasons.items():
            if actions.why_not(id) != reason:
                (actions.disable(id, reason) if reason else actions.enable(id))
        self.parts.desk.allow(self.judging.can_undo, self.judging.can_redo)
        actions["epochs.pin"].setChecked(self.panes.panes[self.panes.focus].is_pinned)

