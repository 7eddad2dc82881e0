"""Two changed the same caption without knowing of each other: what does it say now?

Tags are merged one by one, sentences as a block. Neither side loses what it added; what one took away stays away.
"""

from collections.abc import Sequence

from studio.core.caption import join_caption, split_caption


def merged(base: str, mine: str, theirs: str) -> str:
    """The caption with what changed from `base` to `mine` also done to `theirs`; none of it twice."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    (base_tags, base_sentences), (my_tags, my_sentences), (tags, sentences) = map(split_caption, (base, mine, theirs))
    return join_caption(_tags(base_tags, my_tags, tags), _sentences(base_sentences, my_sentences, sentences))


def _tags(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    if theirs == base:
        return [*mine]
    gone = set(base) - set(mine)
    kept = [tag for tag in theirs if tag not in gone]
    for place, tag in enumerate(mine):
        if tag not in base and tag not in kept:
            kept.insert(_behind(mine[:place], kept), tag)
    return kept


def _behind(before: Sequence[str], tags: Sequence[str]) -> int:
    """Where a tag goes: behind the nearest of those it followed, else to the front, where nothing was before it."""
    followed = next((tag for tag in reversed(before) if tag in tags), None)
    return tags.index(followed) + 1 if followed is not None else (len(tags) if before else 0)


def _sentences(base: str, mine: str, theirs: str) -> str:
    """Where both wrote, both texts stay, one behind the other: only a person can tell which is right."""
    if theirs == base or mine == base:
        return mine if theirs == base else theirs
    if mine in theirs or theirs in mine:
        return max(mine, theirs, key=len)
    return f"{theirs} {mine}"
