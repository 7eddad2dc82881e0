"""Judging without knowing the epoch: one cell after the other, shuffled, some of them twice.

While it is on, what shows epochs is taken out of the window; nothing here says more of a cell than its number.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QLabel, QProgressBar, QStackedLayout, QWidget

from studio.core.blind import Sitting, Turn, sitting, steadiness
from studio.core.errors import UserError
from studio.core.marks import Mark, checked_judge, median_seconds
from studio.core.rubric import SCALES
from ui import theme
from ui.i18n import tr
from ui.pages.epochs_layout import Desk
from ui.pages.epochs_rubric_keys import ScaleKeys
from ui.viewstate.epoch_series import Look, Shot
from ui.widgets.basics import Elided, action_button, caption, column, line, row, within
from ui.widgets.blind_cards import BlindEnd, BlindStart
from ui.widgets.epoch_pane import PaneViewer
from ui.widgets.rubric_rows import trait_text

if TYPE_CHECKING:
    from ui.pages.epochs import EpochsPage

_AHEAD = 6
_DIGITS = range(6)

ONE, WHOLE, ALL, PANES = "one", "whole", "all", "panes"


class BlindMode:
    """Whether a session is on; takes the rest of the page out of the window meanwhile."""

    def __init__(self, page: EpochsPage) -> None:
        self._page, self._actions = page, page.session.actions
        self.desk: BlindDesk | None = None

    def begin(self) -> None:
        """Takes all that tells of epochs out of the window, and asks what is to be judged."""
        if self.desk is None and self._page.judging:
            self.desk = BlindDesk(self._page)
            self.desk.left.connect(self.end)
            self.desk.open()
            self._swap(self._page.parts.whole, self.desk)
            self._switch(tr("A blind session is on."))
            self._page.session.blindfold.put_on(self.end)

    def end(self) -> None:
        """Everything as it was, with the marks at their cells."""
        if desk := self.desk:
            self.desk = None
            self._page.session.blindfold.take_off()
            self._actions.drop(desk)
            self._swap(desk, self._page.parts.whole)
            desk.deleteLater()
            self._switch("")
            self._page.shelf.changed.emit()
            self._page.parts.stage.focus_view()

    def close(self) -> None:
        """The project is put away; what was taken out of the page does not go with it by itself."""
        if self.desk:
            self._page.session.blindfold.forget()
            self._actions.drop(self._page.parts.whole)
            self._page.parts.whole.deleteLater()

    def _swap(self, gone: QWidget, come: QWidget) -> None:
        """What goes is no longer in the window: whoever looks through that finds nothing of it."""
        layers = self._page.layout()
        layers.removeWidget(gone)
        gone.hide()
        gone.setParent(None)
        layers.addWidget(come)
        layers.setCurrentWidget(come)

    def _switch(self, why: str) -> None:
        for action in self._actions.groups.get(tr("Epochs"), ()):
            (self._actions.disable if why else self._actions.enable)(action.objectName(), why)


class BlindDesk(Desk):
    """A session of the page's series, from the card that begins it to the card that ends it."""

    left = Signal()

    def __init__(self, page: EpochsPage) -> None:
        super().__init__()
        self._page = page
        self._sitting: Sitting | None = None
        self._cells: dict[str, tuple[Look, Shot]] = {}
        self._before = 0
        self._add_actions()
        self._build()
        self._bind()

    def open(self) -> None:
        """Asks what the session is to be of."""
        page = self._page
        judging = page.judging
        traits = {ONE: trait_text(judging.item.trait)}
        if len(page.bench.rubric.items) > 1:
            traits[WHOLE] = tr("the whole rubric: {n} traits", n=len(page.bench.rubric.items))
        cells = {ALL: tr("all that are drawn: {n}", n=len(self._chosen(ALL)))}
        if some := self._chosen(PANES):
            cells[PANES] = tr("the epochs in the panes: {n}", n=len(some))
        self.start.offer(judging.judge, traits, cells)
        self._layers.setCurrentWidget(self.start)

    def begin(self, judge: str, traits: str, cells: str) -> None:
        """Takes up the session that was not ended, or the next one."""
        page = self._page
        try:
            page.bench.name_judge(checked_judge(judge))
        except UserError as error:
            return page.session.say_error(error)
        items = page.bench.rubric.items if traits == WHOLE else (page.judging.item,)
        self._items = {item.trait: item for item in items}
        self._cells = self._chosen(cells)
        self._look_on()
        self._before = len(self._said)
        self._layers.setCurrentWidget(self.looking)
        self._show()
        self.focus_view()

    def mark(self, digit: int) -> None:
        """Judges what is shown, and goes on to the next."""
        if self._sitting is None or (found := self._sitting.next) is None:
            return
        turn, trait = found
        scale = self._items[trait].scale
        value = SCALES[scale].value_of_key(digit)
        if value is not None:
            judging = self._page.judging
            mark = turn.mark(trait, scale, value, judging.judge, self._sitting.version, time.time())
            self._page.session.attempt(lambda: judging.add([mark]))
            self._go_on()

    def undo(self) -> None:
        """Takes the last answer of this session back, and asks again."""
        done = self._page.judging.state.done
        if self._sitting and done and any(mark.version == self._sitting.version for mark in done[-1].marks):
            self._page.session.attempt(self._page.judging.undo)
            self._go_on()

    def stop(self) -> None:
        """Tells how it went; a session without an answer is left at once."""
        if self._layers.currentWidget() is not self.looking or len(self._said) == self._before:
            return self.left.emit()
        said = self._said
        self.end.tell(len({(each.key, each.repeat) for each in said}), len({each.key for each in said}),
                      median_seconds(said), steadiness(said), len(self._sitting.turns) - self._sitting.done)
        self._layers.setCurrentWidget(self.end)

    @property
    def turn(self) -> Turn | None:
        """What is judged at present."""
        found = self._sitting.next if self._sitting else None
        return found[0] if found else None

    def focus_view(self) -> None:
        """Keys go to what is judged, or to what a card asks."""
        cards = {self.start: self.start.begin, self.end: self.end.button}
        cards.get(self._layers.currentWidget(), self.cell).setFocus()

    # What it is made of

    def _add_actions(self) -> None:
        add, group = self._page.session.actions.add, tr("Blind judging")
        for digit in _DIGITS:
            add(f"blind.mark{digit}", tr("Key {n}", n=digit), lambda digit=digit: self.mark(digit), icon="judge",
                key=str(digit), tip=tr("Judges the picture, and goes on to the next."), group=group, within=self)
        add("blind.undo", tr("Back"), self.undo, icon="undo", key="Backspace; U", group=group, within=self,
            tip=tr("Takes the last answer back, and asks again."))
        add("blind.leave", tr("Stop"), self.stop, icon="stop", key="Esc", group=group, within=self,
            tip=tr("Tells how steady you were, and shows the epochs again. Nothing is lost."))

    def _build(self) -> None:
        self.start, self.end, self.looking = BlindStart(), BlindEnd(), QWidget()
        surround = self._page.session.look.surround
        self.target, self.cell = PaneViewer(surround, tr("Target")), PaneViewer(surround, tr("The picture to judge"))
        self.number, self.trait, self.pace = caption(""), Elided(), caption("")
        self.trait.setProperty("role", "title")
        self.label, self.prompt, self.done = caption(""), Elided(), QProgressBar(textVisible=False)
        actions = self._page.session.actions
        head = row(self.trait, self.pace, action_button(actions["blind.undo"], text=True),
                   action_button(actions["blind.leave"], text=True))
        head.setStretch(0, 1)
        head.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        self._aside = within(_titled(caption(tr("Target")), self.target))
        pictures = row(self._aside, within(_titled(self.label, self.cell)), gap=theme.GAP)
        self.buttons = {digit: action_button(actions[f"blind.mark{digit}"], text=True) for digit in _DIGITS}
        self._keys = ScaleKeys(actions, "blind", self.buttons)
        foot = row(self.prompt, self.number, *self.buttons.values())
        foot.setStretch(0, 1)
        foot.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.SMALL)
        whole = column(head, self.done, pictures, line(), foot, gap=0)
        whole.setStretch(2, 1)
        self.looking.setLayout(whole)
        self._layers = QStackedLayout(self)
        for each in (self.start, self.looking, self.end):
            self._layers.addWidget(each)

    def _bind(self) -> None:
        self.allow(True, True)  # nothing outside this session is undone while it is on
        self.undo_asked.connect(self.undo)
        self.start.begun.connect(self.begin)
        self.start.given_up.connect(self.left)
        self.end.left.connect(self.left)
        self._page.parts.stage.pictures.loaded.connect(self._fill)
        for one, other in ((self.target, self.cell), (self.cell, self.target)):
            one.led.connect(other.follow)

    # The session

    @property
    def _said(self) -> list[Mark]:
        """The answers of this session."""
        judging, version = self._page.judging, self._sitting.version
        return [each for each in judging.state.marks() if each.version == version and each.judge == judging.judge]

    def _chosen(self, cells: str) -> dict[str, tuple[Look, Shot]]:
        page = self._page
        shown = {each.shows for each in page.panes.panes}
        return {page.judging.key(shot): (look, shot) for (look, epoch), shot in page.judging.series.shots.items()
                if cells == ALL or epoch in shown}

    def _look_on(self) -> None:
        judging = self._page.judging
        self._sitting = sitting(self._cells, tuple(self._items), judging.state.marks(), judging.judge)

    def _go_on(self) -> None:
        """A session that is over stays as it is: the next one begins another day."""
        judging, now = self._page.judging, self._sitting
        said = {(each.key, each.repeat, each.trait) for each in self._said}
        self._sitting = Sitting(now.number, now.turns, now.traits, frozenset(said))
        self._show() if self._sitting.next else self.stop()

    def _show(self) -> None:
        found = self._sitting.next
        if found is None:
            return self.stop()
        turn, trait = found
        look, scale = self._cells[turn.key][0], SCALES[self._items[trait].scale]
        self.trait.setText(trait_text(trait))
        self.label.setText(turn.label)
        self.number.setText(tr("{n} of {all}", n=turn.number, all=len(self._sitting.turns)))
        self.prompt.setText(look.name)
        self.prompt.setToolTip(look.prompt)
        self.done.setRange(0, len(self._sitting.turns))
        self.done.setValue(self._sitting.done)
        seconds = median_seconds(self._said)
        self.pace.setText(tr("{s} s per cell", s=f"{seconds:.1f}") if seconds else "")
        self._keys.dress(scale)
        self._want()
        self._fill()

    def _want(self) -> None:
        at = self._sitting.turns.index(self.turn)
        coming = [self._cells[each.key] for each in self._sitting.turns[at:at + _AHEAD]]
        targets = [target[0] for look, _ in coming if (target := self._target(look))]
        self._page.parts.stage.pictures.want([coming[0][1].path, *targets, *(shot.path for _, shot in coming)])

    def _target(self, look: Look) -> tuple[Path, tuple[int, int]] | None:
        record = self._page.exhibitor.targets.record(look.prompt)
        if record is None:
            return None
        return self._page.session.place.folder / record.image.path, (record.image.width, record.image.height)

    def _fill(self) -> None:
        if self.turn is None or self._layers.currentWidget() is not self.looking:
            return
        pictures, (look, shot) = self._page.parts.stage.pictures, self._cells[self.turn.key]
        self.cell.show_cell(pictures.pixmap(shot.path), self._page.judging.series.size)
        target = self._target(look)
        self._aside.setVisible(target is not None)
        if target:
            self.target.show_cell(pictures.pixmap(target[0]), target[1])


def _titled(name: QLabel, viewer: QWidget) -> QBoxLayout:
    made = column(name, viewer, gap=2)
    name.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setStretch(1, 1)
    return made
