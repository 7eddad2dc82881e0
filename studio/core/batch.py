"""What does somebody want to be done to many captions, and what would come of it?

A wish is what a form holds; it becomes an operation, or says why it cannot be one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.core import tag_edits
from studio.core.caption import split_caption
from studio.core.chips import group_of
from studio.core.composer import PROFILES, composed, in_profile, parse, render
from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.ledger import Ledger
from studio.core.project import Project
from studio.core.tag_edits import Operation, Preview, Where, Which, Within, previews
from studio.core.tag_names import folded

Kind = Literal["add", "remove", "rename", "replace", "move", "sort", "deduplicate", "underscores", "lower case",
               "quality", "ledger"]  # fmt: skip
KINDS: tuple[Kind, ...] = ("add", "remove", "rename", "replace", "move", "sort", "deduplicate", "underscores",
                           "lower case", "quality", "ledger")


@dataclass(frozen=True, slots=True)
class Wish:
    """`tags` are those meant, as typed, or the text to look for; `new` is what comes instead of it.

    With `groups` the tags of these groups are meant, whatever they are. `where` is for what is added or moved, `within`
    and `pattern` for what is replaced, `profile` for the quality.
    """

    kind: Kind = "add"
    tags: str = ""
    new: str = ""
    where: Where = "end"
    within: Within = "everything"
    pattern: bool = False
    groups: tuple[str, ...] = ()
    profile: str = "scored"


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom captions may call, and what their ledgers say. `head_count` is put where a caption tells of nobody.

    `kind_of` knows which tags are of an "artist", a "character" or a "copyright".
    """

    project: Project
    ledgers: tuple[Ledger, ...] = ()
    head_count: str = "1girl"
    kind_of: Callable[[str], str] | None = None

    @property
    def triggers(self) -> tuple[str, ...]:
        return tuple(each.trigger for each in self.project.characters)


def wished(wish: Wish, images: Iterable[ImageItem], cast: Cast) -> tuple[Preview, ...]:
    """What would change. Raises `UserError` for a wish that lacks something, or an expression that means nothing."""
    if wish.kind == "ledger":
        return _as_ledgers_say(wish, tuple(images), cast)
    return previews(images, operation(wish, cast))


def operation(wish: Wish, cast: Cast) -> Operation:
    """The operation that a wish is for, but for that of the ledgers, which goes by who is in each image."""
    match wish.kind:
        case "add":
            return tag_edits.add([_named(wish)], wish.where, cast.triggers)
        case "remove":
            return tag_edits.remove(_which(wish))
        case "rename":
            return tag_edits.rename(_single(wish), _new(wish))
        case "replace":
            replaces = tag_edits.replace_pattern if wish.pattern else tag_edits.replace
            return replaces(wish.tags, wish.new, wish.within)
        case "move":
            return tag_edits.move(_which(wish), wish.where, cast.triggers)
        case "sort":
            return tag_edits.sort(cast.triggers, cast.kind_of)
        case "deduplicate":
            return tag_edits.deduplicate()
        case "underscores":
            return tag_edits.underscores_to_spaces()
        case "lower case":
            return tag_edits.lower_case(cast.triggers)
        case _:
            return _in_quality(wish.profile, cast.triggers)


def head_count(tags: Iterable[str]) -> str:
    """The first of these tags that tells how many people there are; one girl if none does."""
    return next(iter(parse(", ".join(tags)).counts), "1girl")


def _which(wish: Wish) -> Which:
    if wish.groups:
        return tag_edits.of_category(wish.groups, group_of)
    named = {folded(tag) for tag in split_caption(_named(wish))[0]}
    return lambda tag: folded(tag) in named


def _named(wish: Wish) -> str:
    if not wish.tags.strip():
        raise UserError("No tag is named", "Write one, or several with commas between them.")
    return wish.tags


def _single(wish: Wish) -> str:
    tags = split_caption(_named(wish))[0]
    if len(tags) != 1:
        raise UserError("One tag is renamed at a time", "Write one; its new name may be several.")
    return tags[0]


def _new(wish: Wish) -> str:
    if not wish.new.strip():
        raise UserError("The new name is missing", "Write it, or remove the tag.")
    return wish.new


def _in_quality(profile: str, triggers: Sequence[str]) -> Operation:
    return lambda text: _kept(text, render(in_profile(parse(text, triggers), PROFILES[profile])), triggers)


def _as_ledgers_say(wish: Wish, images: Sequence[ImageItem], cast: Cast) -> tuple[Preview, ...]:
    """Triggers, quality and head count put in, and what the trigger absorbs or must not be said taken out."""
    by_cast: defaultdict[tuple[str, ...], list[ImageItem]] = defaultdict(list)
    for image in images:
        by_cast[image.characters].append(image)
    found = {each.image.path: each for names, there in by_cast.items()
             for each in previews(there, _composing(wish, names, cast))}
    return tuple(found[image.path] for image in images if image.path in found)


def _composing(wish: Wish, names: tuple[str, ...], cast: Cast) -> Operation:
    triggers = tuple(cast.project.character(name).trigger for name in names)
    ledgers = [each for each in cast.ledgers if each.character in names]

    def made(text: str) -> str:
        parts = composed(parse(text, triggers), ledgers, triggers, PROFILES[wish.profile], cast.head_count)
        return _kept(text, render(parts), triggers)

    return made


def _kept(before: str, after: str, triggers: Sequence[str]) -> str:
    """The old letters where the parts are the same."""
    return before if parse(before, triggers) == parse(after, triggers) else after
