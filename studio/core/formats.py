"""How is a character called in a prompt? By her trigger alone, with tags that help, with sentences, or not at all.

A format is a template. {word} has to be said by somebody; {, word} brings its comma along and is left away with it as
long as nobody says the word. A character may have words and templates of her own, which go before those that ship.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from studio.core import toml
from studio.core.caption import fill, is_heading, split_caption
from studio.core.chips import group_of
from studio.core.dataset import Dataset
from studio.core.errors import UserError, reading, unknown
from studio.core.ledger import Ledger

GUIDE, SENTENCES = "guide_tags", "nl"
STRANGER = "another girl"  # who is asked for beside a character that is alone in her run

# K, N, KT and BASE as workflow tables have them; T and TN are K and N with the outfit given.
FORMATS: Mapping[str, str] = {
    "K": "{quality}, 1girl, {trigger}, {composition}",
    "N": "{quality}, 1girl, {trigger}, {composition}{. nl}",
    "KT": "{quality}, 1girl, {trigger}{, guide_tags}, {composition}",
    "T": "{quality}, 1girl, {trigger}{, outfit}, {composition}",
    "TN": "{quality}, 1girl, {trigger}{, outfit}, {composition}{. nl}",
    "BASE": "{quality}, 1girl{, outfit}, {composition}",
}

_NEEDED = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\{([,.] ?)(\w+)\}")
_OFTEN, _MOST = 0.5, 3  # the share of her captions from which on words stand for her, and how many do
_LOOKS = ("hair", "outfit")
_ORDINALS = ("first", "second", "third")


@dataclass(frozen=True, slots=True)
class Wording:
    """What words mean in the prompts of one character, and templates that are hers."""

    character: str = ""
    words: tuple[tuple[str, str], ...] = ()
    formats: tuple[tuple[str, str], ...] = ()


def needed(text: str) -> frozenset[str]:
    """The {words} that somebody has to say."""
    return frozenset(_NEEDED.findall(text))


def optional(text: str) -> frozenset[str]:
    """The {, words} that are left away as long as nobody says them."""
    return frozenset(word for _, word in _OPTIONAL.findall(text))


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its words in their places."""
    said = _OPTIONAL.sub(lambda found: f"{found[1]}{words[found[2]]}" if words.get(found[2]) else "", text)
    return fill(said, words)


def partners(triggers: Sequence[str]) -> dict[str, str]:
    """{first}, {second} and {third}: the characters of a run in its order, and strangers behind them."""
    found = dict.fromkeys(_ORDINALS, STRANGER) if triggers else {}
    return found | dict(zip(_ORDINALS, triggers, strict=False))


def template_of(code: str, *tables: Iterable[tuple[str, str]], where: str = "") -> str:
    """The template of a format, from the last of the tables that has it. Raises `UserError` for an unknown format."""
    known = dict(FORMATS)
    for table in tables:
        known |= dict(table)
    if code not in known:
        raise unknown("format", code, known, where)
    return known[code]


def wording_of(character: str, dataset: Dataset, ledger: Ledger, own: Wording = Wording()) -> Wording:
    """What a character's ledger and her captions give for the words, under what was written down for her.

    Tags that help are those by which she is recognised, else looks that most of her captions name; sentences are those
    that most of them share, else the most frequent one, else those of the first caption that has any.
    """
    captions = [image.caption or "" for image in dataset.images if image.characters == (character,)]
    giveaways = [trait.tag for trait in ledger.traits if trait.giveaway]
    found = {GUIDE: ", ".join(giveaways or _tagged(captions)), SENTENCES: _told(captions)}
    words = {word: text for word, text in found.items() if text} | dict(own.words)
    return replace(own, character=character, words=tuple(words.items()))


def to_toml(wording: Wording) -> str:
    """The text of a wording's file."""
    tables = {"words": dict(wording.words), "formats": dict(wording.formats)}
    return toml.dumps({"character": wording.character} | {name: table for name, table in tables.items() if table})


def from_toml(text: str, where: str = "formats") -> Wording:
    """The wording of that text. Raises `UserError` for keys that nothing reads and for what is no text."""
    table = toml.loads(text, where)
    for key in table:
        if key not in ("character", "words", "formats"):
            raise unknown("key", key, ("character", "words", "formats"), where)
    with reading(where):
        return Wording(str(table["character"]), texts_of(table, "words", where), texts_of(table, "formats", where))


def texts_of(table: Mapping[str, object], key: str, where: str) -> tuple[tuple[str, str], ...]:
    """The texts of a table within a file, by their names."""
    found = table.get(key, {})
    if not isinstance(found, Mapping):
        raise UserError(f"{where}: {key} is not a table", f"Write [{key}] and its values below.")
    return tuple((name, str(value)) for name, value in found.items())


def _told(captions: Sequence[str]) -> str:
    """The sentences that most captions share, else the one that comes up most."""
    said = Counter(each for caption in captions for each in dict.fromkeys(_sentences(caption))).most_common(_MOST)
    shared = [each for each, count in said if count > 1 and count >= _OFTEN * len(captions)]
    repeated = [each for each, count in said[:1] if count > 1]
    return " ".join(shared or repeated or next(filter(None, map(_sentences, captions)), []))


def _tagged(captions: Sequence[str]) -> list[str]:
    """The looks that most of the captions name."""
    named = Counter(tag for caption in captions for tag in dict.fromkeys(split_caption(caption)[0]))
    often = (tag for tag, count in named.most_common() if count > 1 and count >= _OFTEN * len(captions))
    return [tag for tag in often if group_of(tag) in _LOOKS and not is_heading(tag)][:_MOST]


def _sentences(caption: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", split_caption(caption)[1]) if part.strip()]
