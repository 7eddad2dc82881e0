"""In which language does an article speak? Patterns are English in the code; the window's catalogue has the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import resources
from studio.core import toml
from studio.core.axes import BASE, EPOCH, STRENGTH, Value
from studio.core.errors import unknown
from studio.core.rubric import AS_ASKED, SCALES
from studio.core.said import Said, said

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "ja": "日本語"}

_WORDED = ("word", "trait", "traits")                           # gaps that hold words of the studio,
_OWN = frozenset(("better", "worse", "not shown", AS_ASKED,     # which are these, beside a person's own
                  *(word for scale in SCALES.values() for word in scale.words)))


@dataclass(frozen=True, slots=True)
class Words:
    """A language; a text that its catalogue does not have stays English."""

    language: str = ENGLISH
    texts: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, pattern: str, **fills: object) -> str:
        """The pattern in this language with its gaps filled."""
        return self.told(said(pattern, **fills))

    def told(self, each: Said) -> str:
        """A sentence of the studio."""
        fills = {name: self.told(fill) if isinstance(fill, Said) else self.word(fill) if name in _WORDED else fill
                 for name, fill in each.fills}
        return self.texts.get(each.pattern, each.pattern).format(**fills)

    def word(self, text: str) -> str:
        """One of the studio's own words; any other is a person's and stays what it is."""
        return self.texts.get(text, text) if text in _OWN else text

    def named(self, title: str) -> str:
        """A sheet by its title; one of a person's own keeps it."""
        return self.texts.get(title, title)

    def sentence(self, clauses: Iterable[Said]) -> str:
        """All clauses as one sentence."""
        return self("{clauses}.", clauses=self("; ").join(map(self.told, clauses)))


def words_of(language: str) -> Words:
    """That language by its two letters. Raises `UserError` for one that an article cannot be written in."""
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES, "--language")
    path = resources.folder("i18n", f"{language}.toml")
    texts = {} if language == ENGLISH or not path.is_file() else toml.load(path)
    return Words(language, {str(english): str(text) for english, text in texts.items()})


def label_of(axis: str, value: Value, words: Words) -> str:
    """A value of an axis as it stands beside a row or over a column."""
    if value == BASE and axis == EPOCH:
        return words("step 0")
    if isinstance(value, str):
        return value
    if axis == EPOCH:
        return words("epoch {epoch}", epoch=str(value))
    if axis == "seed":
        return words("seed {seed}", seed=str(value))
    if axis == STRENGTH:
        return words("strength {strength}", strength=f"{value:g}")
    return f"{axis} {value:g}"


def axis_name(name: str, words: Words) -> str:
    """What an axis, or another column, is called at the head of a table."""
    named = {EPOCH: words("epoch"), "seed": words("seed"), STRENGTH: words("strength"), "format": words("format"),
             "composition": words("composition"), "character": words("character"), "trait": words("trait"),
             "hits": words("hits"), "rate": words("hit rate"), "prompt": words("prompt")}  # fmt: skip
    return named.get(name, name)
