"""What makes a character who she is, and who says it: her trigger, the tags, or nobody?

The identity ledger sorts her traits into three bins. What the trigger absorbs stays out of the tags, so that calling
her brings it along; what varies stays tagged, so that it can be asked for and left away; what is forbidden is never
said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio.core import toml
from studio.core.errors import UserError, reading, unknown
from studio.core.knobs import build, knob, to_mapping
from studio.core.labels import LABEL_FIELDS, checked_label

BINS = ("absorb", "vary", "forbid")

Bin = Literal["absorb", "vary", "forbid"]

_KEYS = ("character", "trait", "wanted")


@dataclass(frozen=True, slots=True)
class Trait:
    """One tag of a character and its bin. A giveaway is what she is recognised by and the base draws badly."""

    tag: str = knob("", "Tag", "The trait as a caption would call it.")
    bin: str = knob("vary", "Bin", "Absorbed by the trigger, varying and tagged, or never said.", choices=BINS)
    giveaway: bool = knob(False, "Giveaway", "She is recognised by it, and the base does not draw it by itself.")
    structure: bool = knob(False, "Structure", "It can be taken off, as a ribbon can. Leave it tagged where it shows.")
    colour: bool = knob(False, "Colour", "It is a colour, as of hair or eyes.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label that the finished LoRA should be able to draw: the camera "from below", the outfit "swimsuit"."""

    field: str = knob("", "Label", "Which label.", choices=LABEL_FIELDS)
    value: str = knob("", "Word", "Which word of it.")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The traits of one character, each tag once, and what is wanted of her."""

    character: str
    traits: tuple[Trait, ...] = ()
    wanted: tuple[Wanted, ...] = ()

    def tags(self, *bins: Bin) -> tuple[str, ...]:
        """The tags of some bins, in the ledger's order."""
        return tuple(each.tag for each in self.traits if each.bin in bins)

    def trait(self, tag: str) -> Trait | None:
        """The trait of that tag, whatever its case."""
        return next((each for each in self.traits if each.tag.casefold() == tag.casefold()), None)


def with_trait(ledger: Ledger, trait: Trait) -> Ledger:
    """The ledger with this trait in the place of the one of the same tag, or added."""
    if not trait.tag.strip():
        raise UserError(f"A trait of {ledger.character} has no tag", "Name the tag.")
    traits = {each.tag.casefold(): each for each in ledger.traits} | {trait.tag.casefold(): trait}
    return Ledger(ledger.character, tuple(traits.values()), ledger.wanted)


def without_trait(ledger: Ledger, tag: str) -> Ledger:
    """The ledger that says nothing of a tag."""
    kept = (each for each in ledger.traits if each.tag.casefold() != tag.casefold())
    return Ledger(ledger.character, tuple(kept), ledger.wanted)


def with_wanted(ledger: Ledger, wanted: Wanted, where: str = "") -> Ledger:
    """The ledger that wants this too. Raises `UserError` for a word that the label does not have."""
    checked_label(wanted.field, wanted.value, where=where)
    return Ledger(ledger.character, ledger.traits, tuple(dict.fromkeys((*ledger.wanted, wanted))))


def without_wanted(ledger: Ledger, wanted: Wanted) -> Ledger:
    """The ledger that no longer wants this."""
    return Ledger(ledger.character, ledger.traits, tuple(each for each in ledger.wanted if each != wanted))


def to_toml(ledger: Ledger) -> str:
    """The text of a ledger's file."""
    traits, wanted = ([to_mapping(each) for each in part] for part in (ledger.traits, ledger.wanted))
    tables = {name: part for name, part in (("trait", traits), ("wanted", wanted)) if part}
    return toml.dumps({"character": ledger.character} | tables)


def from_toml(text: str, where: str = "ledger") -> Ledger:
    """The ledger of that text. Raises `UserError` for an unknown key or word, naming the nearest one."""
    table = toml.loads(text, where)
    _check_keys(table, where)
    with reading(where):
        ledger = Ledger(str(table["character"]))
        for each in table.get("trait", ()):
            ledger = with_trait(ledger, build(Trait, each, where))
        for each in table.get("wanted", ()):
            ledger = with_wanted(ledger, build(Wanted, each, where), where)
    return ledger


def _check_keys(table: Mapping[str, object], where: str) -> None:
    for key in table:
        if key not in _KEYS:
            raise unknown("key", key, _KEYS, where)
