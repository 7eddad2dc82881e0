"""What does a caption say once a tagger has seen its image?"""

from collections.abc import Iterable, Sequence

from studio.core.caption import join_caption, ordered_tags, split_caption
from studio.core.recipe import QUALITY
from studio.core.retag import Decisions, Mode, retag
from studio.core.tag_names import folded
from studio.core.tag_table import PICTURE_FIELDS, SURE, facts_of

MODES: tuple[Mode, ...] = ("skip", "merge")


def tagged(caption: str, seen: Iterable[str], triggers: Iterable[str], decided: Decisions = Decisions(),
           mode: Mode = "skip", unwanted: Iterable[str] = (), quality: str = QUALITY) -> str:
    """The caption with the tags that were seen; what stands there keeps its place, sentences their words.

    An image without a caption gets one in Anima's order: quality, how many people, the triggers, what was seen. Tags
    are the same however they are spelled. `unwanted` are never added, nor is what a hand took away, nor what cannot be
    so along with what stands there. `seen` begins with the likeliest.
    """
    there = split_caption(caption)[0]
    unsaid = {folded(tag) for tag in (*unwanted, *decided.removed, *there)}
    new = _consistent([tag for tag in seen if folded(tag) not in unsaid], there)
    if caption.strip():
        return retag(caption, new, decided, mode)
    return join_caption(ordered_tags(new, triggers, quality))


def _consistent(seen: Sequence[str], there: Sequence[str]) -> list[str]:
    """What is seen, but for another framing, camera or angle than stands there or is likelier: there can be but one.

    Of several figures each may have an angle of its own.
    """
    several = any(facts_of(tag).several for tag in (*there, *seen))
    fields = PICTURE_FIELDS if several else (*PICTURE_FIELDS, "angle")
    said: dict[str, str] = {}
    kept = [tag for tag in (*there, *seen) if _agrees(tag, fields, said)]
    return [tag for tag in seen if tag in kept]


def _agrees(tag: str, fields: Sequence[str], said: dict[str, str]) -> bool:
    """Whether a tag decides nothing else than was said before; what it decides is said from then on."""
    facts = facts_of(tag)
    words = {field: word for field, word in facts.labels if field in fields and facts.rank >= SURE}
    return all(said.setdefault(field, word) == word for field, word in words.items())
