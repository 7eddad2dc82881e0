"""How do other trainers want a set: in which folders, with which caption files, and what of it do they not read?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from studio.core.caption import join_caption, split_caption
from studio.core.lint.exports import ExportTarget
from studio.core.tag_table import category_of
from studio.store.exchange.json_captions import Fields, fields_of, flat_json, nested_json, updated_json

TOKEN_LIMIT = 512  # of both tokenizers; what every trainer of this model reads at most

_APPEARANCE = ("hair colour", "hairstyle", "bangs", "ornament", "eyes", "face", "body", "nonhuman", "outfit",
               "accessory")
_ENVIRONMENT = ("background", "object")
_READ_BY_ALL = (".png", ".jpg", ".jpeg", ".webp", ".bmp")

Written = Callable[[str, Sequence[str], str], str]  # (caption, triggers, original JSON) to what the file holds


@dataclass(frozen=True, slots=True)
class Format:
    """One way to hand a set over. `has_repeats` says whether folders carry them, as `10_mira girl` does."""

    name: str
    trainer: str
    ending: str
    has_repeats: bool
    written: Written
    shuffles_sentences: bool = True
    bare: str = "are skipped by most trainers"

    def target(self, tokens: Callable[[str], int] | None = None) -> ExportTarget:
        """What the trainer does to captions, for the rules that speak of exports."""
        return ExportTarget(self.trainer, self.shuffles_sentences, 0, TOKEN_LIMIT, tokens)

    def reads(self, suffix: str) -> bool:
        """Whether the trainer reads images of that ending."""
        return suffix in _READ_BY_ALL


def kind_of(tag: str) -> str:
    """In which of the lists of a JSON caption a tag belongs."""
    category = category_of(tag)
    return "appearance" if category in _APPEARANCE else "environment" if category in _ENVIRONMENT else "tags"


def _text(caption: str, triggers: Sequence[str], original: str) -> str:
    return caption + "\n"


def _one_line(caption: str, triggers: Sequence[str], original: str) -> str:
    """sd-scripts reads the first line alone."""
    tags, sentences = split_caption(caption)
    return (caption if "\n" not in caption else join_caption(tags, " ".join(sentences.split()))) + "\n"


def _json(dumped: Callable[[Fields], str]) -> Written:
    """The original with what changed since, or a new table."""

    def written(caption: str, triggers: Sequence[str], original: str) -> str:
        updated = updated_json(original, caption) if original else None
        return updated if updated is not None else dumped(fields_of(caption, triggers, kind_of))

    return written


FORMATS: Mapping[str, Format] = {each.name: each for each in (
    Format("kohya", "kohya's sd-scripts", ".txt", True, _one_line, bare="are called by the name of their folder"),
    Format("txt", "A trainer that reads .txt", ".txt", False, _text),
    Format("caption", "A trainer that reads .caption", ".caption", False, _text),
    Format("toolkit", "AnimaLoraToolkit", ".json", False, _json(flat_json), False, "are skipped in silence"),
    Format("studio-json", "AnimaLoraStudio", ".json", True, _json(nested_json), False, "are skipped in silence"),
)}  # fmt: skip
