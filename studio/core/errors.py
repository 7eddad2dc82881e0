"""Whose fault is it? A `UserError` is a thing the person can put right; every other exception is a bug.

What is said stays on one line and short, whatever names and whatever decoder's words are part of it.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LONGEST_WHAT, _LONGEST_REMEDY = 260, 130  # characters; together they fit a few lines of a terminal
_LONGEST_WORD, _MOST_NAMES = 60, 12
_MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)


class UserError(Exception):
    """Says what happened and to which thing, then what to do about it. Its text is "what. remedy"."""

    def __init__(self, what: str, remedy: str = "") -> None:
        self.what = _on_one_line(what, _LONGEST_WHAT)
        self.remedy = _on_one_line(remedy, _LONGEST_REMEDY)
        super().__init__(self.what, self.remedy)

    def __str__(self) -> str:
        return f"{_ended(self.what)} {self.remedy}".strip()


def unknown(kind: str, word: str, known: Iterable[str], where: str = "") -> UserError:
    """The error for a word that is in no list, naming the nearest one that is, or the first of the list."""
    names, word = sorted(known), shown(word)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return UserError(f"{at(where)}There is no {kind} called '{word}'", _suggestion(near, names))


def at(where: str) -> str:
    """What an error begins with that happened in the file or the flag `where`; nothing if that is not known."""
    return f"{where}: " if where else ""


def shown(text: str) -> str:
    """A text from outside as errors quote it: short enough to find the rest of the sentence."""
    return text if len(text) <= _LONGEST_WORD else f"{text[:_LONGEST_WORD]}…"


@contextmanager
def reading(where: str) -> Iterator[None]:
    """Around code that takes a file's tables apart: what does not fit becomes a `UserError` that names the file."""
    try:
        yield
    except _MISSHAPEN as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else shown(str(error)) or type(error).__name__
        raise UserError(f"{where} is damaged: {reason}", "Restore the file from a copy.") from error


def _suggestion(near: list[str], names: list[str]) -> str:
    if near:
        return f"Did you mean '{near[0]}'?"
    if not names:
        return ""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"Known: {', '.join(names[:_MOST_NAMES])}{more}."


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _on_one_line(text: str, longest: int) -> str:
    """Without controls, line ends and undecodable bytes; of a text that is too long the middle is left out."""
    line = _UNSHOWN.sub(" ", text)
    head = longest * 2 // 3
    return line if len(line) <= longest else f"{line[:head]}…{line[head + 1 - longest:]}"
