"""Whose fault is it? A `UserError` is a thing the person can put right; every other exception is a bug."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Says what happened and to which thing, then what to do about it. Its text is "what. remedy"."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{_ended(self.what)} {self.remedy}" if self.remedy else self.what


def unknown(kind: str, word: str, known: Iterable[str], where: str = "") -> UserError:
    """The error for a word that is in no list, naming the nearest one that is, or all of a short list."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return UserError(f"{at(where)}There is no {kind} called '{word}'", _suggestion(near, names))


def at(where: str) -> str:
    """What an error begins with that happened in the file or the flag `where`; nothing if that is not known."""
    return f"{where}: " if where else ""


def _suggestion(near: list[str], names: list[str]) -> str:
    if near:
        return f"Did you mean '{near[0]}'?"
    if not names:
        return ""
    return f"Known: {', '.join(names)}."


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
