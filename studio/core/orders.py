"""What waits to be done, in which order, and what became of it?

An order says in plain values what a job would be made of, so that a queue outlives the program. A queue is a value:
each change makes another one.
"""

import dataclasses
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from studio.core.errors import UserError
from studio.core.typed import typed

OrderKind = Literal["train", "resume", "sheet", "tag"]
OrderStatus = Literal["waiting", "running", "finished", "stopped", "failed", "interrupted"]
STATUSES: tuple[str, ...] = get_args(OrderStatus)


@dataclass(frozen=True, slots=True)
class Order:
    """A job to be made: its kind, and what it needs in values that JSON has."""

    kind: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An order in the queue. `after` is the id of one that has to be finished first, `run` the run or sheet that came
    of it, `said` the sentence it failed with."""

    id: str
    order: Order
    after: str = ""
    status: OrderStatus = "waiting"
    run: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """Orders, the next one first. While it is `paused` none is begun."""

    entries: tuple[Entry, ...] = ()
    paused: bool = False

    @property
    def next(self) -> Entry | None:
        """The entry to begin now: the first that waits for nothing; None while one runs or the queue is paused."""
        if self.paused or any(each.status == "running" for each in self.entries):
            return None
        return next((each for each in self.entries if each.status == "waiting" and self.is_free(each)), None)

    def is_free(self, entry: Entry) -> bool:
        """Whether what it comes after is finished, or gone from the queue."""
        before = self.find(entry.after)
        return before is None or before.status == "finished"

    def find(self, id: str) -> Entry | None:
        return next((each for each in self.entries if each.id == id), None)

    def entry(self, id: str) -> Entry:
        """Raises UserError if it is not in the queue any more."""
        if (found := self.find(id)) is None:
            raise UserError("That is not in the queue any more", "Look at the queue again.")
        return found

    def add(self, order: Order, after: str = "") -> "Queue":
        """With the order at the end; its id is that of the last entry. `after` names an entry that is there."""
        if after:
            self.entry(after)
        number = next(number for number in itertools.count(1) if not self.find(str(number)))
        return dataclasses.replace(self, entries=(*self.entries, Entry(str(number), order, after)))

    def move(self, id: str, place: int) -> "Queue":
        """With the entry at `place`, counted from 0."""
        moved, rest = self.entry(id), [each for each in self.entries if each.id != id]
        rest.insert(place, moved)
        return dataclasses.replace(self, entries=tuple(rest))

    def hold(self, id: str, after: str) -> "Queue":
        """With the entry waiting for another one that is there; for none with an empty id."""
        if after:
            self.entry(after)
        return self._with(dataclasses.replace(self.entry(id), after=after))

    def awaited(self, id: str) -> bool:
        """Whether anything waits for it."""
        return any(each.after == id and each.status == "waiting" for each in self.entries)

    def remove(self, id: str) -> "Queue":
        """Without it. What was to come after it waits for nothing. Raises UserError while it runs."""
        if self.entry(id).status == "running":
            raise UserError("What runs cannot be taken out of the queue", "Stop it first.")
        rest = (each for each in self.entries if each.id != id)
        freed = (dataclasses.replace(each, after="") if each.after == id else each for each in rest)
        return dataclasses.replace(self, entries=tuple(freed))

    def mark(self, id: str, status: OrderStatus, run: str = "", said: str = "") -> "Queue":
        """With what became of it; what is known of its run stays."""
        known = self.entry(id)
        return self._with(dataclasses.replace(known, status=status, run=run or known.run, said=said))

    def retry(self, id: str) -> "Queue":
        """With an ended entry waiting again; training that had begun is taken up where it is."""
        known = self.entry(id)
        if known.order.kind == "train" and known.run:
            order = Order("resume", {"run": known.run, "base": known.order.facts.get("base") or {}})
            known = dataclasses.replace(known, order=order)
        return self._with(dataclasses.replace(known, status="waiting", said=""))

    def pause(self, paused: bool = True) -> "Queue":
        return dataclasses.replace(self, paused=paused)

    def order_of(self, id: str) -> Order:
        """Its order; one that names no run speaks of the run that came of what it comes after."""
        entry = self.entry(id)
        before = self.find(entry.after)
        if before and before.run and entry.order.facts.get("run") == "":
            return Order(entry.order.kind, {**entry.order.facts, "run": before.run})
        return entry.order

    def reopened(self) -> "Queue":
        """As it is found after a restart: what ran then was interrupted."""
        running = (each for each in self.entries if each.status == "running")
        return self._with(*(dataclasses.replace(each, status="interrupted") for each in running))

    def _with(self, *changed: Entry) -> "Queue":
        new = {each.id: each for each in changed}
        return dataclasses.replace(self, entries=tuple(new.get(each.id, each) for each in self.entries))


def to_facts(queue: Queue) -> dict[str, object]:
    """The queue in values that JSON has."""
    return {"paused": queue.paused, "entries": [_facts(each) for each in queue.entries]}


def from_facts(facts: Mapping[str, object]) -> Queue:
    """Raises KeyError, TypeError, ValueError or AttributeError for what is no queue."""
    entries = tuple(_entry(each) for each in facts["entries"])
    if len({each.id for each in entries}) < len(entries):
        raise ValueError("two entries have one id")
    return Queue(entries, facts.get("paused") is True)


def _facts(entry: Entry) -> dict[str, object]:
    plain = {each.name: getattr(entry, each.name) for each in dataclasses.fields(entry)}
    return plain | {"order": {"kind": entry.order.kind, "facts": dict(entry.order.facts)}}


def _entry(facts: Mapping[str, object]) -> Entry:
    entry = Entry(**(dict(facts) | {"order": typed(Order, facts["order"])}))
    if entry.status not in STATUSES or not all(type(each) is str for each in (entry.id, entry.after, entry.run)):
        raise ValueError(f"an entry cannot be {entry.status}")
    return entry
