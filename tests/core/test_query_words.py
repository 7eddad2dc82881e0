"""How the filter line goes on while somebody types."""

import pytest

from studio.core.completion import own_tags
from studio.core.query import QueryError, parse
from studio.core.query_fields import FIELDS, matching
from studio.core.query_words import Vocabulary, choices, vocabulary_of
from tests.core.test_query_fields import SET

VOCABULARY = Vocabulary(own_tags([("smile", 5), ("long hair", 9), ("smirk", 2), ("mika (blue archive)", 1)]),
                        {"character": ("Mira", "Kai Ro"), "lint": ("D01", "D07"), "pose": ("salute",)})


def offered(line: str, cursor: int | None = None) -> list[str]:
    return [each.text for each in choices(line, len(line) if cursor is None else cursor, VOCABULARY).choices]


@pytest.mark.parametrize("line, expected", [
    ("sm", ["tag:smile", "tag:smirk"]), ("tag:sm", ["tag:smile", "tag:smirk"]), ("tag:LONG", ['tag:"long hair"']),
    ("fra", ["framing:"]), ("sta", ["stance:", "stars<"]), ("rej", ["rejected"]), ("lint:D", ["lint:D01", "lint:D07"]),
    ("character:k", ['character:"Kai Ro"']), ("a -tag:smi", ["tag:smile", "tag:smirk"]), ("(tag:smir", ["tag:smirk"]),
    ("framing:full", ['framing:"full body"']), ("framing:un", ["framing:unknown"]), ('tag:"long h', ['tag:"long hair"']),
    ("tag:blue", ['tag:"mika (blue archive)"']), ("is:p", ["is:pair"]), ("OR", ["OR"]), ("pose:sal", ["pose:salute"]),
    ("nothing:x", []), ("xyzzy", []),
])  # fmt: skip
def test_what_is_typed_may_become(line: str, expected: list[str]) -> None:
    assert offered(line) == expected


def test_with_nothing_typed_the_fields_are_offered() -> None:
    assert offered("", 0)[:3] == ["tag:", "text:", "sentence:"] and offered("tag:smile ")[0] == "tag:"


def test_only_the_word_at_the_cursor_is_replaced() -> None:
    made = choices("a -fra stars>3", 6, VOCABULARY)
    assert (made.start, made.end) == (3, 6) and made.choices[0].text == "framing:"


@pytest.mark.parametrize("line", ["", "tag:", "framing:", "is:", "has:", "character:", "lint:", "angle:", "provenance:", "s"])
def test_whatever_is_chosen_is_a_line_that_means_something(line: str) -> None:
    for text in offered(line):
        whole = text + ("3" if text.endswith("<") else "x" if text.endswith(":") else "")
        if text.rstrip(":") in FIELDS and FIELDS[text.rstrip(":")].is_closed:
            whole = text + "*"
        matching(whole) if text not in ("AND", "OR", "NOT") else parse("a " + text + " b")


def test_no_line_however_broken_makes_suggesting_fail() -> None:
    for line in ('tag:"', "((((", '"""', "a:b:c", "-", "tag:(", ")", "tag:\\", "\t", "é:", "-tag:"):
        for cursor in range(len(line) + 1):
            choices(line, cursor, VOCABULARY)
    with pytest.raises(QueryError):
        parse('tag:"')


def test_a_set_gives_the_words_that_it_has_the_frequent_first() -> None:
    made = vocabulary_of(SET, ("D01",))
    assert [each.text for each in choices("tag:", 4, made, 2).choices] == ["tag:mira", "tag:1girl"]
    assert [each.text for each in choices("tag:m", 5, made, 2).choices] == ["tag:mira", "tag:\"closed mouth\""]
    assert made.words["character"] == ("Mira", "Kai Ro") and made.words["lint"] == ("D01",)
    assert [each.text for each in choices("pose:", 5, made).choices][0] == 'pose:"hand on own hip"'
    assert [each.text for each in choices("model:", 6, made).choices] == ["model:anima-v1.safetensors", "model:ComfyUI"]
    assert [each.text for each in choices("trait:", 6, made).choices] == ['trait:"hair intakes"', "trait:ribbon"]
