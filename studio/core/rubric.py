"""On which scale is a trait judged, by which keys, and from where on does it count as a hit?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core import toml
from studio.core.errors import UserError, reading, unknown
from studio.core.ledger import Ledger

OBTAINED, PASSED, POINTS, FLAG, NOTE = "obtained", "passed", "points", "flag", "note"
AS_ASKED = "as asked"  # what a cell as a whole is judged for: pose, angle and framing are those of the prompt

_KEYS = ("name", "item")


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from 0, the worst, to `most`; from `hit` on they count as a hit. `words` go with them, worst first."""

    name: str
    most: int
    hit: int
    words: tuple[str, ...]

    def share(self, value: int) -> float:
        """The value on a scale from 0 to 1."""
        return value / self.most

    def word(self, value: int) -> str:
        return self.words[value]

    def value_of_key(self, digit: int) -> int | None:
        """What a digit key means: of points itself, else 1 is the best; None for a key that means nothing."""
        value = digit if self.name == POINTS else self.most + 1 - digit
        return value if 0 <= value <= self.most else None


SCALES: Mapping[str, Scale] = {each.name: each for each in (
    Scale(OBTAINED, 2, 2, ("not obtained", "partial", "obtained")),
    Scale(PASSED, 1, 1, ("fail", "pass")),
    Scale(POINTS, 5, 4, ("0", "1", "2", "3", "4", "5")),
    Scale(FLAG, 1, 1, ("no", "yes")),
)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a rubric: a trait and the scale it is judged on."""

    trait: str
    scale: str = POINTS

    def __post_init__(self) -> None:
        if not self.trait.strip():
            raise UserError("A question of a rubric names no trait", "Name what is to be looked at.")
        if self.scale not in (OBTAINED, PASSED, POINTS):
            raise unknown("scale", self.scale, (OBTAINED, PASSED, POINTS))


@dataclass(frozen=True, slots=True)
class Rubric:
    """The questions that are asked of each cell, in order."""

    name: str
    items: tuple[Item, ...]

    def item(self, trait: str) -> Item:
        """The question about a trait. Raises `UserError` for one that is not asked for, naming the nearest."""
        found = {each.trait: each for each in self.items}
        if trait not in found:
            raise unknown("trait", trait, found, self.name)
        return found[trait]


COMPOSITION = Rubric("composition", (Item(AS_ASKED, OBTAINED),))


def rubric_of(ledger: Ledger, scale: str = POINTS) -> Rubric:
    """The questions that a character's ledger asks: what the trigger brings, and whatever else gives her away."""
    asked = (each.tag for each in ledger.traits if each.bin == "absorb" or each.giveaway and each.bin != "forbid")
    return Rubric(ledger.character, tuple(Item(tag, scale) for tag in asked))


def first_rubric(ledgers: Iterable[Ledger]) -> Rubric:
    """What is asked as long as nobody wrote a rubric: whether it is as asked, then the traits of all characters."""
    asked = (item for ledger in ledgers for item in rubric_of(ledger).items)
    return Rubric("rubric", tuple({item.trait: item for item in (*COMPOSITION.items, *asked)}.values()))


def check_value(scale: str, value: object, where: str = "") -> None:
    """Raises `UserError` for a scale that there is not, and for a value that is not on it."""
    if scale not in SCALES:
        raise unknown("scale", scale, SCALES, where)
    most = SCALES[scale].most
    if type(value) is not int or not 0 <= value <= most:
        place = f"{where}: " if where else ""
        raise UserError(f"{place}The mark {value!r} is not on the scale '{scale}'", f"Give a number from 0 to {most}.")


def to_toml(rubric: Rubric) -> str:
    """The text of a rubric's file."""
    items = [{"trait": each.trait, "scale": each.scale} for each in rubric.items]
    return toml.dumps({"name": rubric.name} | ({"item": items} if items else {}))


def from_toml(text: str, where: str = "rubric") -> Rubric:
    """The rubric of that text; each trait once. Raises `UserError` for what is none."""
    table = toml.loads(text, where)
    for key in table:
        if key not in _KEYS:
            raise unknown("key", key, _KEYS, where)
    with reading(where):
        items = {str(each["trait"]): Item(str(each["trait"]), str(each.get("scale", POINTS)))
                 for each in table.get("item", ())}
        return Rubric(str(table["name"]), tuple(items.values()))
