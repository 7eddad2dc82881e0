"""In which words is an image's caption shown at an exposure?

An image has a few versions of its caption, fixed once for the run, so that all of them can be encoded before the first
step. They differ in the order of the tags and, with tag dropout, in what is left out: tags one by one, the sentences as
one, for they say again what tags say. What calls the characters stays where it is, and sentences stay whole and last.
Version 0 has the order in which the caption was written.
"""

from collections.abc import Sequence

from studio.core.caption import is_heading, join_caption, split_caption
from studio.core.recipe import Recipe
from studio.core.schedule import Sample, sample_draw, sample_seed

DROPPED_VERSIONS = 16  # with tag dropout there are at least so many: each leaves out tags of its own


def caption_of(recipe: Recipe, caption: str, triggers: tuple[str, ...], sample: Sample) -> str:
    """The caption of one exposure: a function of (run seed, epoch, image, repeat), and one of `captions_of`.

    `triggers` are those of the characters in the image. Whether the whole caption is dropped is not decided here.
    """
    version = int(sample_draw(recipe.seed, sample, "caption version") * _versions(recipe))
    return _version(recipe, caption, triggers, sample.image_id, version)


def captions_of(recipe: Recipe, caption: str, triggers: tuple[str, ...], image_id: str) -> tuple[str, ...]:
    """Every caption that `caption_of` may give for this image, each once: what there is to encode beforehand."""
    versions = range(_versions(recipe))
    return tuple(dict.fromkeys(_version(recipe, caption, triggers, image_id, version) for version in versions))


def _versions(recipe: Recipe) -> int:
    return max(recipe.caption_variants, DROPPED_VERSIONS) if recipe.tag_dropout else recipe.caption_variants


def _version(recipe: Recipe, caption: str, triggers: tuple[str, ...], image_id: str, version: int) -> str:
    """The caption itself, to the letter, wherever nothing is moved or left out."""
    if version == 0 and not recipe.tag_dropout:
        return caption
    tags, sentences = split_caption(caption)
    start = _fixed(tags, triggers)
    order = _order(recipe, len(tags) - start, image_id, version % recipe.caption_variants)
    kept = [start + place for place in order if not _is_dropped(recipe, image_id, version, place)]
    shown = [*range(start), *kept]
    told = "" if shown and _is_dropped(recipe, image_id, version, len(tags)) else sentences
    is_whole = shown == [*range(len(tags))] and told == sentences
    return caption if is_whole else join_caption((tags[place] for place in shown), told)


def _fixed(tags: Sequence[str], triggers: tuple[str, ...]) -> int:
    """How many tags keep their place: all up to the last trigger, and the quality and head counts that follow on them.

    The trigger says where they end; a number of tags, as elsewhere, would be wrong for one caption or the next.
    """
    called = {trigger.casefold() for trigger in triggers}
    end = max((place for place, tag in enumerate(tags, 1) if tag.casefold() in called), default=0)
    while end < len(tags) and is_heading(tags[end]):
        end += 1
    return end


def _order(recipe: Recipe, count: int, image_id: str, variant: int) -> list[int]:
    """The places of the loose tags in the order of a variant."""
    if variant == 0:
        return [*range(count)]
    return sorted(range(count), key=lambda place: _drawn(recipe, image_id, variant, f"tag order {place}"))


def _is_dropped(recipe: Recipe, image_id: str, version: int, place: int) -> bool:
    once = Sample(image_id, version, epoch=0)  # drawn once for the run, not at each exposure
    return sample_draw(recipe.seed, once, f"tag dropout {place}") < recipe.tag_dropout


def _drawn(recipe: Recipe, image_id: str, variant: int, purpose: str) -> int:
    return sample_seed(recipe.seed, 0, image_id, variant, purpose)
