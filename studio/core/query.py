"""What does a line mean that filters a set: `tag:smile -framing:portrait (short<768 OR lint:D07) "looks back"`?

Words beside each other must all be so; OR, NOT (or a minus before a word), AND and brackets say otherwise. A word is a
field with its value, or a text that the caption holds; quotes keep the blanks of a value together, and * and ? stand
for any letters and any one. `parse` takes a line apart, `core.query_fields` says what each field means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Literal

from studio.core.errors import UserError

TEXT, STATE = "text", "is"  # the fields of words that name none
REJECTED = "rejected"       # a state that needs no field before it

Sign = Literal[":", "=", "<", "<=", ">", ">="]

_FIELD = re.compile(r"([A-Za-z]+)(:|<=|>=|<|>|=)")
_KEYWORDS = ("AND", "OR", "NOT")
_DEEPEST = 50  # brackets within brackets; nobody writes five


class QueryError(UserError):
    """A line that means nothing. `at` is the character at which it goes wrong, from 0."""

    def __init__(self, what: str, remedy: str, at: int) -> None:
        super().__init__(f"{what} (character {at + 1})", remedy)
        self.at = at


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `at` is where it stands in the line and plays no part in what it means."""

    field: str
    sign: Sign
    value: str
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be so."""

    part: Tree


@dataclass(frozen=True, slots=True)
class And:
    """What must all be so; without parts, everything is."""

    parts: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """Of what one must be so."""

    parts: tuple[Tree, ...]


Tree = Term | Not | And | Or


def parse(line: str) -> Tree:
    """The meaning of a line; an empty one means everything. Raises `QueryError` for one that cannot be understood."""
    reader = _Reader(line)
    tree = reader.either(0)
    reader.expect_end()
    return tree


def render(tree: Tree) -> str:
    """A line that means this: `parse` gives the same tree again, but for brackets that change nothing."""
    match tree:
        case Term(field=field, sign=sign, value=value):
            return written(field, value, sign)
        case Not(part=part):
            return f"-{_enclosed(part, Term)}"
        case And(parts=parts):
            return " ".join(_enclosed(part, Term, Not) for part in parts)
        case Or(parts=parts):
            return " OR ".join(_enclosed(part, Term, Not) for part in parts)


def written(field: str, value: str, sign: Sign = ":") -> str:
    """One condition as it is typed, with quotes where it needs them: `tag:"long hair"`."""
    name = "" if field == TEXT else f"{field}{sign}"
    return name + (f'"{value}"' if _needs_quotes(value, bare=not name) else value)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the line, a bracket or a keyword. Something in quotes is never a keyword nor a field."""

    kind: Literal["word", "open", "close", "not", "AND", "OR", "NOT"]
    text: str
    at: int


class _Reader:
    """Reads a line from left to right: OR binds less than AND, AND less than NOT."""

    def __init__(self, line: str) -> None:
        self._words = [*_words(line)]
        self._next = 0
        self._end = len(line)

    def either(self, depth: int) -> Tree:
        parts = [self._all(depth)]
        while self._took("OR"):
            parts.append(self._all(depth))
        if len(parts) > 1 and And() in parts:
            raise QueryError("OR has nothing on one side", "Write a condition on each side of it.", self._place())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def expect_end(self) -> None:
        if self._next < len(self._words):
            raise QueryError("A closing bracket has none that opens it", "Remove it, or open one.", self._place())

    def _all(self, depth: int) -> Tree:
        parts: list[Tree] = []
        while self._kind() not in ("", "close", "OR"):
            if self._took("AND") and (not parts or self._kind() in ("", "close", "OR", "AND")):
                raise QueryError("AND has nothing on one side", "Write a condition on each side of it.", self._place())
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, depth: int) -> Tree:
        at, kind = self._place(), self._kind()
        if depth > _DEEPEST:
            raise QueryError("That is too deep in brackets", "Write it with fewer of them.", at)
        self._next += 1
        match kind:
            case "not" | "NOT":
                return Not(self._negated(depth, at))
            case "open":
                return self._enclosed(depth, at)
            case _:
                return _term(self._words[self._next - 1])

    def _negated(self, depth: int, at: int) -> Tree:
        if self._kind() in ("", "close", "OR", "AND"):
            raise QueryError("NOT has nothing behind it", "Write what must not be so.", at)
        return self._one(depth + 1)

    def _enclosed(self, depth: int, at: int) -> Tree:
        inner = self.either(depth + 1)
        if not self._took("close"):
            raise QueryError("A bracket is never closed", "Close it; a tag with brackets needs quotes.", at)
        if inner == And():
            raise QueryError("There is nothing between the brackets", "Write a condition, or remove them.", at)
        return inner

    def _kind(self) -> str:
        return self._words[self._next].kind if self._next < len(self._words) else ""

    def _place(self) -> int:
        return self._words[self._next].at if self._next < len(self._words) else self._end

    def _took(self, kind: str) -> bool:
        found = self._kind() == kind
        self._next += found
        return found


def _words(line: str) -> Iterator[_Word]:
    at = 0
    while at < len(line):
        letter = line[at]
        if letter.isspace():
            at += 1
        elif letter in "()":
            yield _Word("open" if letter == "(" else "close", letter, at)
            at += 1
        elif letter == "-" and line[at + 1:at + 2].strip():
            yield _Word("not", letter, at)
            at += 1
        else:
            end = _end_of_word(line, at)
            text = line[at:end]
            yield _Word(text if text in _KEYWORDS else "word", text, at)
            at = end


def _end_of_word(line: str, start: int) -> int:
    """A word ends at a blank or at a bracket that it did not open itself, as the tag `mika_(blue_archive)` does."""
    at, opened = start, 0
    while at < len(line) and not line[at].isspace() and not (line[at] == ")" and not opened):
        if line[at] == '"':
            at = line.find('"', at + 1)
            if at < 0:
                raise QueryError("A quote is never closed", 'Write the second " of it.', line.index('"', start))
        opened += (line[at] == "(") - (line[at] == ")")
        at += 2 if line[at] == "\\" and line[at + 1:at + 2] in ("(", ")") else 1
    if opened:
        raise QueryError("A bracket is never closed", "Close it; a tag with brackets needs quotes.", start)
    return at


def _term(word: _Word) -> Term:
    named = _FIELD.match(word.text)
    if word.text.lower() == REJECTED:
        return Term(STATE, ":", REJECTED, word.at)
    if not named:
        return Term(TEXT, ":", word.text.replace('"', ""), word.at)
    value = word.text[named.end():].replace('"', "")
    if not value.strip():
        raise QueryError(f"'{named[0]}' has no value", f"Write one behind it, as in {named[0]}3.", word.at)
    return Term(named[1].lower(), named[2], value, word.at)


def _enclosed(tree: Tree, *bare: type) -> str:
    return render(tree) if isinstance(tree, bare) else f"({render(tree)})"


def _needs_quotes(value: str, bare: bool) -> bool:
    """Whether a value would be read otherwise without; one that stands alone must be no field, sign or keyword."""
    if not value or re.search(r"[\s()\\]", value):
        return True
    is_word = value in _KEYWORDS or value.lower() == REJECTED
    return bare and (is_word or value.startswith("-") or _FIELD.match(value) is not None)
