"""Who judged which cell how, and which of the marks count?

Marks are only ever added: one that is changed is a newer one, one that is taken back has no value, and undoing is an
entry that names the one it undoes. Another version of a judge is another row; the newest mark of a judge counts.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field

from studio.core.errors import UserError
from studio.core.rubric import FLAG, NOTE, SCALES, check_value

# What is said of a cell beside its traits. A trait is a tag, and no tag begins with a hash.
KEEPER, REMARK, CAUSE = "#keeper", "#note", "#cause:"
CAUSES = ("interleave", "face fusion", "prompt reading", "hair stretch")

_LATEST = 2.0**60  # seconds; no clock shows more

Row = tuple[str, str, str, str, int]  # cell key, trait, judge, version, repeat


@dataclass(frozen=True, slots=True)
class Mark:
    """What one judge says of one trait of a cell; without a value it takes back what he said.

    `repeat` counts the later looks of a blind session, which tell how steady a judge is and count for nothing else.
    Raises `UserError` for a value that is not on the scale.
    """

    key: str
    trait: str
    scale: str
    value: int | str | None
    judge: str
    version: str = ""
    time: float = 0.0
    repeat: int = 0

    def __post_init__(self) -> None:
        if self.value is None or self.scale == NOTE and isinstance(self.value, str):
            return
        check_value(self.scale, self.value, f"{self.key[:8]} {self.trait}")

    @property
    def row(self) -> Row:
        return self.key, self.trait, self.judge, self.version, self.repeat

    @property
    def is_of_trait(self) -> bool:
        """Whether it puts a trait on a scale, which keepers, notes and causes do not."""
        return self.scale in SCALES and self.value is not None and not self.trait.startswith("#")

    @property
    def share(self) -> float:
        """The value on a scale from 0 to 1; of a mark that has one."""
        return SCALES[self.scale].share(int(self.value or 0))

    @property
    def is_hit(self) -> bool:
        return self.scale in SCALES and self.value is not None and int(self.value) >= SCALES[self.scale].hit


@dataclass(frozen=True, slots=True)
class Entry:
    """Marks that are set and undone together; an undoing has none and names what it undoes."""

    id: int
    marks: tuple[Mark, ...] = ()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class MarkState:
    """What the entries come to. `rows` holds what is in effect, (entry, mark), the newest last."""

    rows: Mapping[Row, tuple[tuple[int, Mark], ...]] = field(default_factory=dict)
    done: tuple[Entry, ...] = ()
    undone: tuple[Entry, ...] = ()
    last: int = 0

    def marks(self) -> tuple[Mark, ...]:
        """The newest mark of every row, blind repeats and earlier versions included."""
        return tuple(stack[-1][1] for stack in self.rows.values() if stack[-1][1].value is not None)

    def counting(self, judge: str | None = None) -> tuple[Mark, ...]:
        """The newest mark of each judge, or of one, for each cell and trait, whatever the judge's version."""
        newest: dict[tuple[str, str, str], tuple[int, Mark]] = {}
        for id, mark in (stack[-1] for stack in self.rows.values()):
            name = mark.key, mark.trait, mark.judge
            if mark.repeat == 0 and judge in (None, mark.judge) and newest.get(name, (0, mark))[0] <= id:
                newest[name] = id, mark
        return tuple(mark for _, mark in newest.values() if mark.value is not None)

    def judges(self) -> tuple[str, ...]:
        """Who judged anything that is in effect, by name."""
        return tuple(sorted({mark.judge for mark in self.counting()}))


def fold(entries: Iterable[Entry], state: MarkState = MarkState()) -> MarkState:
    """The state after these too."""
    folding = _Folding(state)
    for entry in entries:
        folding.add(entry)
    return folding.state()


def next_unmarked(keys: Iterable[str], traits: Iterable[str], marks: Iterable[Mark], after: str = "") -> str | None:
    """The first cell behind `after`, then from the beginning, that lacks a mark for one of the traits."""
    order, wanted = list(keys), set(traits)
    there = {(mark.key, mark.trait) for mark in marks}
    start = order.index(after) + 1 if after in order else 0
    turned = order[start:] + order[:start]
    return next((key for key in turned if any((key, trait) not in there for trait in wanted)), None)


def keeper(key: str, is_kept: bool, judge: str, time: float = 0.0) -> Mark:
    """The mark that keeps a cell, or lets it go."""
    return Mark(key, KEEPER, FLAG, int(is_kept), judge, time=time)


def note(key: str, text: str, judge: str, time: float = 0.0) -> Mark:
    """A remark in words; an empty one takes it back."""
    return Mark(key, REMARK, NOTE, text or None, judge, time=time)


def cause(key: str, why: str, is_so: bool, judge: str, time: float = 0.0) -> Mark:
    """Why a cell failed; one of CAUSES, or another in a person's own words."""
    return Mark(key, CAUSE + why, FLAG, int(is_so), judge, time=time)


def median_seconds(marks: Iterable[Mark]) -> float:
    """The median time between two looks in a row; breaks move it little. 0 for fewer than two looks."""
    times = sorted({(mark.key, mark.repeat): mark.time for mark in marks}.values())
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    return statistics.median(gaps) if gaps else 0.0


def to_json(entry: Entry) -> str:
    """One line of JSON without its line end."""
    facts = {"id": entry.id, "marks": [list(astuple(mark)) for mark in entry.marks]}
    undoing = {} if entry.undoes is None else {"undoes": entry.undoes}
    return json.dumps(facts | undoing, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_json(text: str) -> Entry:
    """The entry of that line. Raises ValueError, TypeError, KeyError or `UserError` for anything else."""
    facts = json.loads(text)
    id, undoes = facts["id"], facts.get("undoes")
    if type(id) is not int or type(undoes) not in (int, type(None)):
        raise ValueError("not an entry")
    return Entry(id, tuple(_mark(each) for each in facts["marks"]), undoes)


def _mark(facts: list[object]) -> Mark:
    key, trait, scale, value, judge, version, time, repeat = facts
    if not all(isinstance(each, str) for each in (key, trait, scale, judge, version)):
        raise ValueError("not a mark")
    if type(repeat) is not int or type(time) not in (int, float) or not abs(time) < _LATEST:
        raise ValueError("not the time of a mark")
    return Mark(key, trait, scale, value, judge, version, float(time), repeat)


class _Folding:
    """Copies a state once and adds to the copy."""

    def __init__(self, state: MarkState) -> None:
        self._rows, self._last = dict(state.rows), state.last
        self._done, self._undone = [*state.done], [*state.undone]

    def add(self, entry: Entry) -> None:
        self._last = entry.id
        if entry.undoes is None:
            self._undone.clear()
            self._lay_down(entry.id, entry.marks)
            self._done.append(entry)
        elif undone := _taken(self._done, entry.undoes):
            self._take_up(undone)
            self._undone.append(Entry(entry.id, undone.marks, undone.id))
        elif redone := _taken(self._undone, entry.undoes):
            self._lay_down(entry.id, redone.marks)
            self._done.append(Entry(entry.id, redone.marks, redone.id))

    def state(self) -> MarkState:
        return MarkState(self._rows, tuple(self._done), tuple(self._undone), self._last)

    def _lay_down(self, id: int, marks: Iterable[Mark]) -> None:
        for mark in marks:
            self._rows[mark.row] = (*self._rows.get(mark.row, ()), (id, mark))

    def _take_up(self, entry: Entry) -> None:
        for mark in entry.marks:
            left = tuple(each for each in self._rows.pop(mark.row, ()) if each[0] != entry.id)
            if left:
                self._rows[mark.row] = left


def _taken(entries: list[Entry], id: int) -> Entry | None:
    """Takes an entry out of a stack; most often the topmost."""
    for place in range(len(entries) - 1, -1, -1):
        if entries[place].id == id:
            return entries.pop(place)
    return None


def checked_judge(name: str) -> str:
    """A judge's name as marks carry it. Raises `UserError` for an empty one."""
    if not name.strip():
        raise UserError("A mark needs a judge", "Say who judges in the settings.")
    return name.strip()
