"""What was said of the cells of a series, and what does that come to? One judge's marks, and the verdict on them."""

from __future__ import annotations

import getpass
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from studio.core.agreement import Agreement, agreements
from studio.core.axes import EPOCH, Value
from studio.core.blind import noise_of
from studio.core.feature_boxes import Boxes, boxes_in
from studio.core.marks import CAUSE, KEEPER, REMARK, Entry, Mark, MarkState, cause, keeper, next_unmarked, note
from studio.core.paired import seen_in
from studio.core.rubric import AS_ASKED, COMPOSITION, OBTAINED, PASSED, SCALES, Item, Scale
from studio.core.sweep import Cell
from studio.core.verdict import NOISE, Verdict, verdict
from studio.store.marks import Marks
from ui.i18n import tr
from ui.settings import Settings
from ui.viewstate.epoch_series import Look, Series, Shot
from ui.widgets.epoch_scrubber import Tally


class Judging:
    """The marks of one series by one judge. `item` is the trait that keys mark; at first whether a cell is as asked."""

    def __init__(self, series: Series, judge: str = "", item: Item = COMPOSITION.item(AS_ASKED)) -> None:
        self.series, self.judge, self.item = series, judge or system_name(), item
        self._file = Marks(series.folder)
        self._keys: dict[Path, str] = {}    # hashing the spec of every cell anew would hold up each turn of the wheel
        self._said: dict[str, dict[str, Mark]] = {}
        self._by_key: dict[str, Mark] = {}
        self._others: defaultdict[tuple[str, str], list[Mark]] = defaultdict(list)
        self.boxes: Boxes = {}
        self._tallies: dict[Look | None, dict[Value, Tally]] = {}
        self.verdict = verdict(())
        self.renew(series)

    def renew(self, series: Series) -> None:
        """More of its cells are there, or other marks."""
        self.series = series
        self._keys |= {shot.path: shot.cell.key for shot in series.shots.values() if shot.path not in self._keys}
        everybody = self.state.counting()
        counting = tuple(each for each in everybody if each.judge == self.judge)
        self._others = defaultdict(list)
        for each in everybody:
            if each.judge != self.judge and each.is_of_trait:
                self._others[each.key, each.trait].append(each)
        said: defaultdict[str, dict[str, Mark]] = defaultdict(dict)
        for each in counting:
            said[each.key][each.trait] = each
        self._said = dict(said)
        self.boxes = boxes_in(everybody)
        own = [each for each in self.state.marks() if each.judge == self.judge]
        self.verdict: Verdict = verdict(seen_in(self._marked_cells, counting), noise=noise_of(own, NOISE))
        self._marked_epochs = {cell.value(EPOCH) for cell in self._marked_cells}
        self._agreements: dict[str, tuple[tuple[str, Agreement], ...]] = {}
        self.ask(self.item)

    def ask(self, item: Item) -> None:
        """From here on this is what keys mark and heads show."""
        self.item, self._tallies = item, {}
        self._by_key = {key: of[item.trait] for key, of in self._said.items() if item.trait in of}

    @property
    def scale(self) -> Scale:
        """That of the trait which keys mark."""
        return SCALES[self.item.scale]

    @property
    def state(self) -> MarkState:
        """All that anybody said of this series."""
        return self._file.state

    # Marks

    def value(self, shot: Shot | None) -> int | None:
        """From 0, the worst, to 2, on whatever scale it was judged; None as long as nobody said."""
        mark = self.said(shot, self.item.trait)
        return level(mark) if mark else None

    def said(self, shot: Shot | None, trait: str) -> Mark | None:
        """What the judge said of a trait of a cell."""
        return self._said.get(self.key(shot), {}).get(trait) if shot else None

    def key(self, shot: Shot) -> str:
        """What marks call a cell."""
        return self._keys.get(shot.path) or shot.cell.key

    def others(self, shot: Shot | None, trait: str) -> tuple[Mark, ...]:
        """What other judges said of it."""
        return tuple(self._others.get((self.key(shot), trait), ())) if shot else ()

    def words(self, shot: Shot | None) -> tuple[str, str, str]:
        """(word, icon, tone) of the mark of a cell; all but the tone empty for none."""
        return words_of(self.said(shot, self.item.trait))

    def mark(self, shot: Shot, digit: int) -> None:
        """As the digit key says; 0 takes the mark back where it is no point. A key that means nothing does nothing."""
        value = self.scale.value_of_key(digit)
        if value is not None or digit == 0:
            self.add([self._mark(shot, value)])

    def unmark(self, shot: Shot) -> None:
        """Takes the mark back."""
        self.add([self._mark(shot, None)])

    def add(self, marks: Iterable[Mark]) -> None:
        """Sets marks, undone together."""
        self._file.add(marks)
        self.renew(self.series)

    def undo(self) -> Entry | None:
        """Takes back the last mark; None if there is nothing."""
        entry = self._file.undo()
        self.renew(self.series)
        return entry

    def redo(self) -> Entry | None:
        entry = self._file.redo()
        self.renew(self.series)
        return entry

    @property
    def can_undo(self) -> bool:
        return bool(self.state.done)

    @property
    def can_redo(self) -> bool:
        return bool(self.state.undone)

    def next_unmarked(self, after: Shot | None) -> tuple[Look, Value] | None:
        """The next cell without a mark: prompt by prompt, epoch by epoch."""
        places = {self.key(shot): (look, epoch) for look in self.series.looks for epoch in self.series.epochs
                  if (shot := self.series.shot(look, epoch))}
        key = next_unmarked(places, [self.item.trait], self._by_key.values(), self.key(after) if after else "")
        return places[key] if key else None

    # Remarks

    def is_kept(self, shot: Shot | None) -> bool:
        mark = self.said(shot, KEEPER)
        return bool(mark and mark.value)

    def keep(self, shot: Shot, is_kept: bool) -> None:
        """Keeps a cell, or lets it go."""
        self.add([keeper(self.key(shot), is_kept, self.judge, time.time())])

    @property
    def kept(self) -> frozenset[str]:
        """The keys of the cells to keep."""
        return frozenset(key for key, of in self._said.items() if KEEPER in of and of[KEEPER].value)

    def note(self, shot: Shot | None) -> str:
        mark = self.said(shot, REMARK)
        return str(mark.value) if mark else ""

    def write(self, shot: Shot, text: str) -> None:
        """A note on a cell; an empty one takes it back."""
        if text.strip() != self.note(shot):
            self.add([note(self.key(shot), text.strip(), self.judge, time.time())])

    def causes(self, shot: Shot | None) -> tuple[str, ...]:
        """Why a cell failed, as was said."""
        said = self._said.get(self.key(shot), {}) if shot else {}
        return tuple(trait.removeprefix(CAUSE) for trait, mark in said.items()
                     if trait.startswith(CAUSE) and mark.value)

    def blame(self, shot: Shot, why: str, is_so: bool) -> None:
        """Says why a cell failed, or that it was not that."""
        self.add([cause(self.key(shot), why, is_so, self.judge, time.time())])

    @property
    def own_causes(self) -> tuple[str, ...]:
        """Every cause that was named in this series, in whatever words."""
        return tuple(dict.fromkeys(trait.removeprefix(CAUSE) for of in self._said.values() for trait in of
                                   if trait.startswith(CAUSE)))

    # What marks come to

    def tallies(self, look: Look | None) -> dict[Value, Tally]:
        """How each epoch was marked, under this look and in all."""
        if look not in self._tallies:
            self._tallies[look] = self._tallied(look)
        return self._tallies[look]

    @property
    def band(self) -> tuple[Value, Value] | None:
        """First and last epoch of the plateau; None as long as too few epochs are marked to speak of one."""
        found, marked = self.verdict.plateau, [each for each in self.series.epochs if each in self._marked_epochs]
        if found is None or found.shortfall or len(marked) < 3 or found.epoch not in self.series.epochs:
            return None
        return found.epoch, marked[-1]

    def agreements(self) -> tuple[tuple[str, Agreement], ...]:
        """How far the other judges agree on the present trait, by name."""
        trait = self.item.trait
        if trait not in self._agreements:
            own, state = self.state.counting(self.judge), self.state
            seeds = {self.key(shot): shot.cell.spec.seed for shot in self.series.shots.values()}
            self._agreements[trait] = tuple(
                (judge, each) for judge in state.judges() if judge != self.judge
                for each in agreements(own, state.counting(judge), seeds) if each.trait == trait)
        return self._agreements[trait]

    def _mark(self, shot: Shot, value: int | None) -> Mark:
        return Mark(self.key(shot), self.item.trait, self.item.scale, value, self.judge, time=time.time())

    def _tallied(self, look: Look | None) -> dict[Value, Tally]:
        shares: defaultdict[Value, dict[str, float]] = defaultdict(dict)
        for (_, epoch), shot in self.series.shots.items():
            if mark := self._by_key.get(key := self.key(shot)):
                shares[epoch][key] = mark.share
        return {epoch: Tally(self.value(self.series.shot(look, epoch)), sum(of.values()) / len(of), len(of))
                for epoch, of in shares.items()}

    @property
    def _marked_cells(self) -> list[Cell]:
        """Those of the series that were judged for any trait."""
        marked = {key for key, of in self._said.items() if any(mark.is_of_trait for mark in of.values())}
        cells = {id(shot.cell) for shot in self.series.shots.values() if self.key(shot) in marked}
        return [cell for cell in self.series.cells if id(cell) in cells]


def level(mark: Mark) -> int:
    """0 for the worst of a scale, 2 for a hit, 1 for what is between."""
    return 2 if mark.is_hit else int(mark.share > 0)


def mark_words(value: int | None) -> tuple[str, str, str]:
    """(word, icon, tone) of a mark from 0 to 2; all but the tone empty for none."""
    found: Mapping[int, tuple[str, str, str]] = {
        0: (tr("not obtained"), "error", "bad"), 1: (tr("partial"), "warning", "doubtful"),
        2: (tr("obtained"), "good", "good")}
    return ("", "", "muted") if value is None else found[value]


def words_of(mark: Mark | None) -> tuple[str, str, str]:
    """The same of a mark on whatever scale."""
    if mark is None or not mark.is_of_trait:
        return mark_words(None)
    _, icon, tone = mark_words(level(mark))
    return word_of(mark.scale, int(mark.value)), icon, tone


def word_of(scale: str, value: int) -> str:
    """What a value of a scale is called."""
    if scale == PASSED:
        return tr("pass") if value else tr("fail")
    return mark_words(value)[0] if scale == OBTAINED else tr("{n} of 5", n=value)


def judge_name(settings: Settings) -> str:
    """Who judges in this window: the name that was given, else that of the system."""
    return settings.state("judge", "") or system_name()


def system_name() -> str:
    """Who sits here, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system without names
        return "me"
