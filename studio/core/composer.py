"""Of what parts is a character's caption made, and which of her traits does it say?

Quality, how many people, the triggers: these open a caption in this order, so the trigger stands third. Then come the
tags as chips, then all sentences as one block that nothing moves or splits. The identity ledger decides which traits
are chips at all: what the trigger absorbs is not tagged, what is forbidden is not said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from studio.core.caption import is_heading, join_caption, ordered_tags, split_caption
from studio.core.ledger import Ledger
from studio.core.recipe import QUALITY, Recipe
from studio.core.retag import TagOrigin
from studio.core.variants import captions_of

PROFILES: Mapping[str, str] = {  # what a training caption opens with; sources differ, so one is chosen and kept to
    "scored": QUALITY,
    "plain": "masterpiece, best quality, safe",
    "newest": "newest, safe",
}

_RATINGS = ("safe", "sensitive", "nsfw", "explicit")


@dataclass(frozen=True, slots=True)
class Chip:
    """One tag, and who put it there."""

    tag: str
    origin: TagOrigin = "hand"


@dataclass(frozen=True, slots=True)
class Composition:
    """A caption in its parts, in the order in which they are rendered."""

    quality: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    chips: tuple[Chip, ...] = ()
    sentences: str = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Those of the chips."""
        return tuple(chip.tag for chip in self.chips)


def parse(text: str, triggers: Iterable[str] = (), origins: Mapping[str, TagOrigin] | None = None) -> Composition:
    """The parts of a caption. Of those triggers it has the ones it calls, spelled as the character's own.

    `render` of it may order the tags anew, and parsing that again gives the same parts.
    """
    called, known = {trigger.casefold(): trigger for trigger in triggers}, origins or {}
    tags, sentences = _settled(text, called)
    heading = [tag for tag in tags if tag.casefold() not in called and is_heading(tag)]
    return Composition(
        tuple(tag for tag in heading if not _is_count(tag)),
        tuple(tag for tag in heading if _is_count(tag)),
        tuple(tag for tag in tags if tag in called.values()),
        tuple(Chip(tag, known.get(tag, "hand")) for tag in tags if tag not in heading and tag not in called.values()),
        sentences,
    )  # fmt: skip


def render(composition: Composition) -> str:
    """The caption as the trainer sees it."""
    return join_caption(_tags(composition), composition.sentences)


def composed(composition: Composition, ledgers: Iterable[Ledger], triggers: Iterable[str], profile: str = QUALITY,
             count: str = "1girl") -> Composition:
    """The composition as the bins of its characters want it: the profile, each trigger, no absorbed or forbidden chip.

    The head count is added only where there is none. Sentences stay as they are: they may say what tags may not.
    """
    unsaid = {tag.casefold() for ledger in ledgers for tag in ledger.tags("absorb", "forbid")}
    with_quality = in_profile(composition, profile)
    return replace(
        with_quality, counts=composition.counts or (count,), triggers=tuple(dict.fromkeys(triggers)),
        chips=tuple(chip for chip in composition.chips if chip.tag.casefold() not in unsaid),
    )  # fmt: skip


def in_profile(composition: Composition, profile: str) -> Composition:
    """The composition with the quality of a profile; the rating that its image has, and its year, stay true."""
    rating = next((tag for tag in composition.quality if tag in _RATINGS), "")
    wanted = [rating if rating and tag in _RATINGS else tag for tag in split_caption(profile)[0]]
    years = (tag for tag in composition.quality if tag.startswith("year "))
    return replace(composition, quality=tuple(dict.fromkeys((*wanted, *years))))


def forbidden(text: str, ledger: Ledger) -> tuple[str, ...]:
    """The tags of a caption that its character's ledger forbids."""
    unsaid = {tag.casefold() for tag in ledger.tags("forbid")}
    return tuple(tag for tag in split_caption(text)[0] if tag.casefold() in unsaid)


def shuffles(text: str, triggers: Iterable[str], count: int, seed: int = 0) -> tuple[str, ...]:
    """The versions of a caption that training would show if it shuffled, each once: at most `count`."""
    return captions_of(Recipe(caption_variants=count, seed=seed), text, tuple(triggers), "preview")


def _settled(text: str, called: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """The tags in their order and the sentences, such that writing and reading them again changes nothing.

    Stray stops and commas may take a few rounds, each of which leaves fewer letters.
    """
    parts = _ordered(text.strip(), called)
    for _ in text:
        before, parts = parts, _ordered(join_caption(*parts), called)
        if parts == before:
            break
    return parts


def _ordered(text: str, called: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    tags, sentences = split_caption(text)
    spelled = [called.get(tag.casefold(), tag) for tag in tags]
    return ordered_tags(spelled, [trigger for trigger in called.values() if trigger in spelled]), sentences


def _tags(composition: Composition) -> tuple[str, ...]:
    return composition.quality + composition.counts + composition.triggers + composition.tags


def _is_count(heading: str) -> bool:
    """Whether a tag that stands before all that is drawn tells how many people there are."""
    return heading.removesuffix("s").endswith(("girl", "boy", "other", "human"))
