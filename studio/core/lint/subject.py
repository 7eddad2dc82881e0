"""What do the rules of the lint look at? A set with all that was said of it, turned as the rules need it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from studio.core.ledger import Ledger
from studio.core.lint.exports import ExportTarget
from studio.core.project import Project
from studio.core.recipe import Recipe
from studio.core.record import Record
from studio.core.said import Said, said
from studio.core.showing import Showing, showings

_ARTIST = "artist"


@dataclass(frozen=True)  # without slots: what the rules share is computed once and kept
class Subject:
    """A set before training.

    `alike` are groups of ids of images that nearly equal each other. `category_of` knows the kind of a tag: "artist",
    "character", "copyright" and others. `elsewhere` are captions of other sets, with the names of these.
    """

    records: tuple[Record, ...]
    project: Project
    ledgers: tuple[Ledger, ...] = ()
    recipe: Recipe | None = None
    export: ExportTarget | None = None
    alike: tuple[tuple[str, ...], ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    category_of: Callable[[str], str] | None = None

    def taking_part(self) -> "Subject":
        """Without the images that a person rejected: no run is trained on them."""
        kept = tuple(each for each in self.records if not each.rejected)
        return self if len(kept) == len(self.records) else replace(self, records=kept)

    def heard_by(self, rule: str) -> "Subject":
        """Without the images about which nobody wants to hear this rule."""
        if rule not in self._silenced:
            return self
        return replace(self, records=tuple(each for each in self.records if rule not in each.silenced))

    @cached_property
    def shown(self) -> Mapping[str, tuple[Showing, ...]]:
        """By character, each who is in an image at all."""
        return _by_character(self._showings, self.names)

    @cached_property
    def alone(self) -> Mapping[str, tuple[Showing, ...]]:
        """By character, those of her images in which nobody else is."""
        return _by_character((each for each in self._showings if len(each.record.image.characters) == 1), self.names)

    @cached_property
    def together(self) -> tuple[Record, ...]:
        """Images of several characters."""
        return tuple(each for each in self.records if len(each.image.characters) > 1)

    @cached_property
    def captioned(self) -> tuple[Record, ...]:
        """Images whose caption says something."""
        return tuple(each for each in self.records if each.caption.strip())

    @cached_property
    def carriers(self) -> Mapping[str, tuple[Record, ...]]:
        """Every tag, to the letter, and the images that carry it."""
        found: defaultdict[str, list[Record]] = defaultdict(list)
        for record in self.records:
            for tag in dict.fromkeys(record.tags):
                found[tag].append(record)
        return {tag: tuple(there) for tag, there in found.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """All characters of the project."""
        return tuple(each.name for each in self.project.characters)

    @property
    def triggers(self) -> tuple[str, ...]:
        """Theirs."""
        return tuple(each.trigger for each in self.project.characters)

    def trigger(self, name: str) -> str:
        """That of a character."""
        return self.project.character(name).trigger

    def ledger(self, name: str) -> Ledger:
        """That of a character, empty if nobody wrote one."""
        return next((each for each in self.ledgers if each.character == name), Ledger(name))

    def whose(self, name: str) -> Said:
        """What sentences add where it is not clear whom they speak of."""
        return said(" of {name}", name=name) if len(self.shown) > 1 else said("")

    def kind(self, tag: str) -> str:
        """The category of a tag, artists being known by their sign too."""
        return _ARTIST if tag.startswith("@") else self.category_of(tag) if self.category_of else ""

    @cached_property
    def _showings(self) -> tuple[Showing, ...]:
        return showings(each for each in self.records if not each.rejected)

    @cached_property
    def _silenced(self) -> frozenset[str]:
        return frozenset().union(*(each.silenced for each in self.records if each.silenced))


def distinct(records: Iterable[Record]) -> tuple[Record, ...]:
    """Each image once, in the order of the set."""
    return tuple({record.image.path: record for record in records}.values())


def _by_character(shown: Iterable[Showing], names: Iterable[str]) -> Mapping[str, tuple[Showing, ...]]:
    found: dict[str, list[Showing]] = {name: [] for name in names}
    for each in shown:
        found[each.character].append(each)
    return {name: tuple(there) for name, there in found.items() if there}
