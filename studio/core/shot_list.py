"""Which pictures are still to be made, and how is each asked for?

A shot is one picture that a finding or a gap of the coverage map asks for, with a slot that an imported image can fill.
Nothing keeps book of slots: an image in a slot is labelled as the slot says, and so the set no longer lacks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.core.coverage import Coverage
from studio.core.edits import FIGURE, TRAIT, Change, State, Value, value_change
from studio.core.labels import Label
from studio.core.ledger import Ledger
from studio.core.record import Box
from studio.core.said import Said, said

if TYPE_CHECKING:
    from studio.core.lint.finding import Finding

_SPOKEN = {"from behind": "back view", "from side": "side view", "level": ""}
_ORDER = ("stance", "pose", "expression", "outfit", "angle", "camera", "framing")
_PLAIN = "plain background"
_LOOKS = ("absorb", "vary")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to make: of whom, from left to right, with which labels as (label, word), showing which traits.

    `number` tells apart those that are wanted several times.
    """

    characters: tuple[str, ...]
    labels: tuple[tuple[str, str], ...] = ()
    traits: tuple[str, ...] = ()
    number: int = 1

    @property
    def slot(self) -> str:
        """What an image fills; the same as long as the same picture is lacking."""
        words = (f"{field}={word}" for field, word in self.labels)
        again = (str(self.number),) if self.number > 1 else ()
        return "/".join(("+".join(self.characters), *words, *self.traits, *again))

    @property
    def text(self) -> str:
        """What to make, for people: "upright, back view, full body, plain background"."""
        return ", ".join((*_sides(self.characters), *_spoken(self), *self.traits, _PLAIN))


@dataclass(frozen=True, slots=True)
class Pictures:
    """What can be done about a finding: to make pictures. `said` is the button."""

    shots: tuple[Shot, ...]
    said: Said = said("List the pictures to make")

    @property
    def what(self) -> str:
        return str(self.said)


def shot(character: str, *traits: str, number: int = 1, **labels: str) -> Shot:
    """A shot of one character: `shot("Mira", stance="upright", angle="from behind", framing="full body")`."""
    return Shot((character,), tuple((field, labels[field]) for field in _ORDER if field in labels), traits, number)


def shot_list(findings: Iterable[Finding], gaps: Iterable[Shot] = ()) -> tuple[Shot, ...]:
    """Every picture that findings and gaps ask for, each once, the costliest finding's first."""
    wanted = [each for finding in findings if isinstance(finding.remedy, Pictures) for each in finding.remedy.shots]
    return tuple({each.slot: each for each in (*wanted, *gaps)}.values())


def gap_shots(character: str, coverage: Coverage, rows: str = "framing", columns: str = "angle") -> tuple[Shot, ...]:
    """A shot for each row, column or cell of a map that is wanted and empty; one shot fills a whole row."""
    gaps, full_rows, full_columns = coverage.gaps, _whole(coverage, "row"), _whole(coverage, "column")
    found = dict.fromkeys(_wanted(cell.row, cell.column, full_rows, full_columns) for cell in gaps)
    made = ({field: word for field, word in ((rows, row), (columns, column)) if word} for row, column in found)
    return tuple(shot(character, **labels) for labels in made)


def prompt(shot: Shot, ledgers: Iterable[Ledger]) -> str:
    """The shot for an image generator that has never heard of the characters: their looks, then the shot."""
    by_name = {ledger.character: ledger for ledger in ledgers}
    shown = [by_name.get(name, Ledger(name)) for name in shot.characters]
    count = "1girl" if len(shown) == 1 else f"{len(shown)}girls"
    looks = (ledger.tags(*_LOOKS) for ledger in shown)
    if len(shown) == 1:
        words = (tag for tag in next(looks) if tag not in shot.traits)
        return ", ".join((count, "solo", *words, *_spoken(shot), *shot.traits, _PLAIN))
    sides = (f"{name} with {' and '.join(tags)}" for name, tags in zip(shot.characters, looks) if tags)
    return ", ".join((count, *_sides(shot.characters), *sides, *_spoken(shot), _PLAIN))


def filled(shot: Shot, image: str, state: State) -> tuple[Change, ...]:
    """The edit that puts an image into the slot: it shows what was asked for, as whoever put it there says.

    Where each of several characters stands is a guess that a person can correct.
    """
    values: list[tuple[str, Value]] = [(field, Label(word)) for field, word in shot.labels]
    values += [(TRAIT + tag, "visible") for tag in shot.traits]
    if len(shot.characters) > 1:
        boxes = _side_by_side(len(shot.characters))
        values += [(FIGURE + name, box) for name, box in zip(shot.characters, boxes)]
    changes = (value_change(state, image, field, value) for field, value in values)
    return tuple(each for each in changes if each.before != each.after)


def _spoken(shot: Shot) -> Iterator[str]:
    for _, word in shot.labels:
        if spoken := _SPOKEN.get(word, word):
            yield f"{spoken} the other way" if shot.number > 1 and word == "from side" else spoken


def _sides(characters: Sequence[str]) -> Iterator[str]:
    if len(characters) == 2:
        yield from (f"{name} on the {side}" for name, side in zip(characters, ("left", "right")))
    elif len(characters) > 2:
        yield f"from left to right {', '.join(characters)}"


def _side_by_side(count: int) -> Iterator[Box]:
    return (Box(place / count, 0.0, (place + 1) / count, 1.0, "guess") for place in range(count))


def _whole(coverage: Coverage, side: str) -> frozenset[str]:
    """The rows, or columns, of which every cell is a gap: one picture anywhere in them is all that is asked."""
    open_words = {getattr(cell, side) for cell in coverage.cells if cell.standing != "gap"}
    return frozenset(getattr(cell, side) for cell in coverage.gaps) - open_words


def _wanted(row: str, column: str, rows: frozenset[str], columns: frozenset[str]) -> tuple[str, str]:
    """What of a cell has to be said; an empty word leaves it to whoever draws."""
    if column in columns:
        return (row if row in rows else ""), column
    return row, ("" if row in rows else column)
