"""What can be done to many captions at once, and what would come of it?

An operation takes the text of a caption and returns another. Each is made by a function here, applied by `previews`,
which shows what would change, and carried out by the desk. A caption that an operation does not concern keeps its very
letters, line ends included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING, Literal

from studio.core.caption import is_heading, join_caption, ordered_tags, split_caption
from studio.core.dataset import ImageItem
from studio.core.errors import UserError, shown
from studio.core.tag_names import spelled

if TYPE_CHECKING:
    from regex import Pattern

Operation = Callable[[str], str]
Which = Callable[[str], bool]
Where = Literal["front", "after trigger", "end"]
Within = Literal["tags", "sentences", "everything"]

PATIENCE_S = 2.0

_QUICK_S = 0.01  # some hundred times what a sound expression takes for a long caption

_Tags = Sequence[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """The caption of one image as it is and as it would be."""

    image: ImageItem
    before: str
    after: str


def previews(images: Iterable[ImageItem], operation: Operation) -> tuple[Preview, ...]:
    """What an operation would change; captions that it leaves alone are left out."""
    pairs = ((image, image.caption or "") for image in images)
    made = (Preview(image, caption, operation(caption)) for image, caption in pairs)
    return tuple(each for each in made if each.before != each.after)


def difference(before: str, after: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(tags that went, tags that came) between two captions; the sentences count as one tag."""
    old, new = (dict.fromkeys(filter(None, (*tags, text))) for tags, text in map(split_caption, (before, after)))
    return tuple(each for each in old if each not in new), tuple(each for each in new if each not in old)


def these(*tags: str) -> Which:
    """Whether a tag is one of these, whatever its case."""
    wanted = {tag.strip().casefold() for tag in tags}
    return lambda tag: tag.casefold() in wanted


def of_category(categories: Iterable[str], category_of: Callable[[str], str]) -> Which:
    """Whether a tag is of one of these categories."""
    wanted = frozenset(categories)
    return lambda tag: category_of(tag) in wanted


def add(tags: Iterable[str], where: Where = "end", triggers: Iterable[str] = ()) -> Operation:
    """Adds the tags that a caption lacks. Without a trigger in the caption, "after trigger" is after the head count."""
    wanted, called = _cleaned(tags), tuple(triggers)

    def added(there: _Tags) -> _Tags:
        known = {tag.casefold() for tag in there}
        return _put(there, [tag for tag in wanted if tag.casefold() not in known], where, called)

    return _on_tags(added)


def remove(which: Which) -> Operation:
    """Takes tags away."""
    return _on_tags(lambda tags: [tag for tag in tags if not which(tag)])


def rename(old: str, new: str) -> Operation:
    """Calls a tag otherwise where it stands, or splits it into several; one that is there already is not doubled."""
    wanted, is_old = _cleaned([new]), these(old)

    def renamed(tags: _Tags) -> _Tags:
        parts = ([*wanted] if is_old(tag) else [tag] for tag in tags)
        return _once([*chain.from_iterable(parts)]) if any(map(is_old, tags)) else tags

    return _on_tags(renamed)


def move(which: Which, where: Where, triggers: Iterable[str] = ()) -> Operation:
    """Puts tags elsewhere, in the order in which they are."""
    called = tuple(triggers)
    return _on_tags(lambda tags: _put([tag for tag in tags if not which(tag)], [*filter(which, tags)], where, called))


def sort(triggers: Iterable[str] = (), category_of: Callable[[str], str] | None = None) -> Operation:
    """Brings the tags into Anima's order: quality, head count, triggers, characters, series, artists, the rest.

    Series and artists are told by `category_of`: "character", "copyright", "artist"; without it they stay in the rest.
    """
    called = tuple(triggers)

    def rank(tag: str) -> int:
        return _RANKS.get(category_of(tag), len(_RANKS)) if category_of else 0

    return _on_tags(lambda tags: ordered_tags(sorted(tags, key=rank), [tag for tag in called if tag in tags]))


def deduplicate() -> Operation:
    """Keeps the first of tags that are the same but for case."""
    return _on_tags(_once)


def underscores_to_spaces() -> Operation:
    """Writes tags as Anima was trained: only score_N and faces such as >_< keep their underscores."""
    return _on_tags(lambda tags: [spelled(tag) for tag in tags])


def lower_case(except_for: Iterable[str] = ()) -> Operation:
    """Writes tags in lower case, but for the triggers; sentences keep their capitals."""
    kept = frozenset(except_for)
    return _on_tags(lambda tags: [tag if tag in kept else tag.lower() for tag in tags])


def replace(old: str, new: str, within: Within = "everything") -> Operation:
    """Replaces a text wherever it stands, to the letter."""
    if not old:
        raise UserError("There is no text to look for", "Write what is to be replaced.")
    found = _within(lambda text: text.replace(old, new), within)
    return lambda caption: found(caption) if old in caption else caption


def replace_pattern(pattern: str, new: str, within: Within = "everything") -> Operation:
    """Replaces what a regular expression finds; `\\1` in the new text is its first group.

    Raises `UserError` for an expression or a new text that means nothing. So does the operation once the expression has
    kept it for `PATIENCE_S`: some try every way to part a text, which no caption lives to see the end of.
    """
    compiled, patience = _compiled(pattern, new), _Patience(pattern)
    return _within(lambda text: patience.spend(lambda left_s: compiled.sub(new, text, timeout=left_s)), within)


def then(*operations: Operation) -> Operation:
    """One after the other."""

    def all_of_them(caption: str) -> str:
        for operation in operations:
            caption = operation(caption)
        return caption

    return all_of_them


class _Patience:
    """How much time an expression has left, over all captions. The quick ones are free, be they ten thousand."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._left_s = pattern, PATIENCE_S

    def spend(self, search: Callable[[float], str]) -> str:
        """What `search` returns, which is told how long it may take and raises TimeoutError after that."""
        began = monotonic()
        try:
            if self._left_s <= 0:
                raise TimeoutError
            return search(self._left_s)
        except TimeoutError:
            self._left_s = 0
            raise UserError(f"'{shown(self._pattern)}' takes too long: it tries too many ways to match one caption",
                            "Write it more narrowly, for example [^,]* in the place of (.*)*.") from None
        finally:
            took = monotonic() - began
            self._left_s -= took if took > _QUICK_S else 0


_RANKS = {"character": 0, "copyright": 1, "artist": 2}


def _on_tags(change: Callable[[_Tags], _Tags]) -> Operation:
    def changed(caption: str) -> str:
        tags, sentences = split_caption(caption)
        new = tuple(change(tags))
        return caption if new == tags else join_caption(new, sentences)

    return changed


def _within(change: Callable[[str], str], within: Within) -> Operation:
    if within == "everything":
        return change
    if within == "tags":
        return _on_tags(lambda tags: [new for tag in tags if (new := change(tag).strip())])

    def changed(caption: str) -> str:
        tags, sentences = split_caption(caption)
        new = change(sentences)
        return caption if new == sentences else join_caption(tags, new)

    return changed


def _put(tags: _Tags, new: _Tags, where: Where, triggers: _Tags) -> _Tags:
    place = {"front": 0, "end": len(tags)}.get(where)
    place = _after_trigger(tags, triggers) if place is None else place
    return [*tags[:place], *new, *tags[place:]]


def _after_trigger(tags: _Tags, triggers: _Tags) -> int:
    is_trigger = these(*triggers)
    called = [place for place, tag in enumerate(tags, 1) if is_trigger(tag)]
    return max(called) if called else max((place for place, tag in enumerate(tags, 1) if is_heading(tag)), default=0)


def _once(tags: _Tags) -> _Tags:
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    return [tag for tag in first.values() if tag]


def _cleaned(tags: Iterable[str]) -> list[str]:
    """Tags as a person types them: one text may hold several."""
    return [tag for text in tags for tag in split_caption(text)[0]]


def _compiled(pattern: str, new: str) -> Pattern[str]:
    """The library is `regex`: it reads what Python's own `re` does, can be told when to give up, and lets the window
    go on meanwhile. It is imported with the first expression.
    """
    import regex

    try:
        compiled = regex.compile(pattern, regex.VERSION0)
        re.sub(_groups_of(compiled), new, "")  # a group that is not there fails here, and not half-way
    except (regex.error, re.error, IndexError, OverflowError, RecursionError) as error:
        raise UserError(f"'{shown(pattern)}' cannot be used to replace: {error}",
                        "Correct the expression, or replace plain text.") from None
    if compiled.fullmatch("") and pattern in ("", "()"):
        raise UserError("There is no text to look for", "Write what is to be replaced.")
    return compiled


def _groups_of(compiled: Pattern[str]) -> str:
    """An expression with the same groups that matches nothing, and that at once."""
    names = {number: f"?P<{name}>" for name, number in compiled.groupindex.items()}
    return "".join(f"({names.get(number, '')})" for number in range(1, compiled.groups + 1))
