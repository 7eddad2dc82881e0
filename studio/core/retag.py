"""Which tags did a person decide on, and what may a tagger still add?

A tag that a hand added or took away stays so, whatever a tagger sees later: only undoing the edit takes back the
decision. What a rule or another program did counts as decided by a hand too, since a person started it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from studio.core.caption import join_caption, split_caption
from studio.core.caption_file import text_of
from studio.core.edits import State

TagOrigin = Literal["hand", "tagger", "rule"]
Mode = Literal["skip", "merge"]


@dataclass(frozen=True, slots=True)
class Decisions:
    """The tags of one image that a hand added, and those it took away, in lower case."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


def decisions(state: State, image: str) -> Decisions:
    """What was decided for an image by all edits that are in effect; the later one wins."""
    added, removed = set[str](), set[str]()
    for edit, change in state.rewrites.get(image, ()):
        if edit.by != "tagger":
            gone, new = _difference(change.before, change.after)
            added, removed = (added | new) - gone, (removed | gone) - new
    return Decisions(frozenset(added), frozenset(removed))


def origins(state: State, image: str, tags: Iterable[str]) -> Mapping[str, TagOrigin]:
    """Who put each of these tags into the caption; what was there from the start is taken for a hand's."""
    found: dict[str, TagOrigin] = {}
    for edit, change in state.rewrites.get(image, ()):
        _, new = _difference(change.before, change.after)
        found |= dict.fromkeys(new, "hand" if edit.by == "outside" else edit.by)
    return {tag: found.get(tag.casefold(), "hand") for tag in tags}


def retag(caption: str, seen: Iterable[str], decided: Decisions = Decisions(), mode: Mode = "skip",
          unwanted: Iterable[str] = ()) -> str:
    """The caption after a tagger saw these tags; what is there already keeps its place and its sentences.

    "skip" leaves a caption alone that says something, "merge" puts behind its tags what it lacks. `unwanted` are tags
    never to be added, such as those that the trigger absorbs.
    """
    if caption.strip() and mode == "skip":
        return caption
    tags, sentences = split_caption(caption)
    known = {tag.casefold() for tag in tags} | decided.removed | {tag.casefold() for tag in unwanted}
    new = dict.fromkeys(tag for tag in seen if tag.casefold() not in known)
    return join_caption((*tags, *new), sentences) if new else caption


def _difference(before: object, after: object) -> tuple[set[str], set[str]]:
    """The tags that went and those that came between two contents of a caption file."""
    old, new = (_tags(content) for content in (before, after))
    return old - new, new - old


def _tags(content: object) -> set[str]:
    return {tag.casefold() for tag in split_caption(text_of(content if isinstance(content, str) else None))[0]}
