"""Which epoch stands in which pane, and what do the keys make of that?

Pinned panes stay where they are. Keys that go through the epochs move the pane in focus; where that one is pinned they
move the one that was moved last.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.axes import BASE, Value
from studio.core.compared_epochs import is_epoch

TARGET = "target"     # in the place of an epoch: the picture of the set that the prompt asks for
LEAST, MOST = 2, 6


@dataclass(frozen=True, slots=True)
class Pane:
    """What one pane shows: an epoch, BASE or TARGET."""

    shows: Value
    is_pinned: bool = False
    before: Value = BASE   # what it showed before the target took its place


@dataclass(frozen=True, slots=True)
class Panes:
    """`focus` is the pane that marks fall on, `lead` the one that keys move, `partner` what it is compared with."""

    panes: tuple[Pane, ...]
    focus: int = 0
    lead: int = 0
    partner: int = 0

    @property
    def leading(self) -> Value:
        """The epoch that keys move on from."""
        return self.panes[self.lead].shows

    @property
    def count(self) -> int:
        return len(self.panes)

    def put(self, place: int, shows: Value) -> Panes:
        """Another epoch in a pane."""
        return self._with(place, dataclasses.replace(self.panes[place], shows=shows))

    def showing(self, shows: Value) -> Panes:
        """The focus on a pane with this epoch: one that has it already, else the one that keys move."""
        if self.panes[self.focus].shows == shows:
            return self
        places = [at for at, each in enumerate(self.panes) if each.shows == shows]
        return self.turned_to(places[0]) if places else self.put(self.lead, shows).turned_to(self.lead)

    def turned_to(self, place: int) -> Panes:
        """The focus on another pane; the one it leaves is what that is compared with."""
        if place == self.focus or not 0 <= place < len(self.panes):
            return self
        lead = self.lead if self.panes[place].is_pinned else place
        return dataclasses.replace(self, focus=place, lead=lead, partner=self.focus)

    def moved(self, by: int, epochs: Sequence[Value]) -> Panes:
        """So many epochs on; it stops at both ends."""
        if self.leading not in epochs:
            return self.put(self.lead, epochs[-1]) if epochs else self
        place = max(0, min(len(epochs) - 1, epochs.index(self.leading) + by))
        return self.put(self.lead, epochs[place])

    def pinned(self, place: int) -> Panes:
        """Pins a pane, or lets it go; the last free one stays free."""
        turned = self._with(place, dataclasses.replace(self.panes[place], is_pinned=not self.panes[place].is_pinned))
        free = [at for at, each in enumerate(turned.panes) if not each.is_pinned]
        if not free:
            return self
        lead = place if place in free else turned.lead if turned.lead in free else free[-1]
        return dataclasses.replace(turned, lead=lead)

    def with_target(self, place: int) -> Panes:
        """The target in a pane, or again what it showed before."""
        pane = self.panes[place]
        if pane.shows == TARGET:
            return self._with(place, dataclasses.replace(pane, shows=pane.before))
        return self._with(place, dataclasses.replace(pane, shows=TARGET, before=pane.shows))

    def of(self, count: int, epochs: Sequence[Value]) -> Panes:
        """More panes, or fewer: new ones show the last epochs that none shows yet, the last ones go first."""
        count = max(LEAST, min(MOST, count))
        shown = {each.shows for each in self.panes}
        unseen = [each for each in epochs if each not in shown] or list(epochs) or [BASE]
        more = [Pane(unseen[-1 - at % len(unseen)]) for at in range(count - len(self.panes))]
        panes = (*self.panes, *more)[:count]
        if all(each.is_pinned for each in panes):
            panes = (*panes[:-1], Pane(epochs[-1] if epochs else BASE))
        return _sound(panes, self.focus, self.partner)

    def _with(self, place: int, pane: Pane) -> Panes:
        return dataclasses.replace(self, panes=(*self.panes[:place], pane, *self.panes[place + 1:]))


def first_panes(count: int, epochs: Sequence[Value]) -> Panes:
    """Target and step 0 pinned, then epochs evenly spread up to the last; of two panes both are epochs."""
    trained = [each for each in epochs if is_epoch(each)]
    pinned = [Pane(TARGET, True, trained[0] if trained else BASE), Pane(BASE, True)] if count > LEAST else []
    free = count - len(pinned)
    spread = [trained[round((len(trained) - 1) * (at + 1) / free)] for at in range(free)] if trained else [BASE] * free
    panes = (*pinned, *map(Pane, spread))
    return _sound(panes, len(panes) - 1, max(0, len(panes) - 2))


def columns_for(count: int, width: float, height: float, aspect: float) -> int:
    """In how many columns so many pictures of that width to height come out largest, with the fewest gaps."""
    def merits(columns: int) -> tuple[float, int]:
        rows = math.ceil(count / columns)
        return round(min(width / columns, height / rows * aspect), 3), -rows * columns

    return max(range(1, count + 1), key=merits)


def _sound(panes: tuple[Pane, ...], focus: int, partner: int) -> Panes:
    free = [at for at, each in enumerate(panes) if not each.is_pinned]
    focus = focus if focus < len(panes) else free[-1]
    partner = partner if partner < len(panes) and partner != focus else (focus - 1 if focus else 1)
    return Panes(panes, focus, focus if focus in free else free[-1], partner)
