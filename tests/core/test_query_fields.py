"""Which images a line finds."""

import random
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.dataset import ImageItem
from studio.core.labels import Label, Labels
from studio.core.query import QueryError, render
from studio.core.query_fields import FIELDS, Context, matching
from studio.core.record import Box, Figure, Provenance, Record
from tests.core.test_query import some_tree


def record(id: str, caption: str | None = None, size: tuple[int, int] = (1024, 1024), who: Iterable[str] = ("Mira",),
           **known: object) -> Record:
    return Record(ImageItem(id, Path(f"images/Mira/{id}.png"), *size, tuple(who), caption), **known)


SET = (
    record("one", "1girl, mira, smile, long hair. She looks back at the Viewer.", (495, 495), stars=4,
           labels=Labels(framing=Label("portrait"), stance=Label("upright")), traits={"hair intakes": "visible"}),
    record("two", "1girl, mira, closed_mouth, blue archive (style), ^_^", (832, 1216), rejected=True,
           labels=Labels(framing=Label("full body", "guess"), pose=Label("hand on own hip")),
           provenance=Provenance("same base", "ComfyUI", "anima-v1.safetensors")),
    record("three", None, (2000, 700), repeats=3, boxes={"ribbon": Box(0, 0, 1, 1)},
           traits={"hair intakes": "hidden", "ribbon": "visible"}),
    record("four", "2girls, mira, kai, smiling", who=("Mira", "Kai Ro"), stars=1,
           figures={"Mira": Figure(labels=Labels(angle=Label("from side"))),
                    "Kai Ro": Figure(labels=Labels(angle=Label("from behind", "guess")))}),
)
CONTEXT = Context({"one": ("D07", "C04"), "two": ("D01",)})


def found(line: str) -> str:
    test = matching(line, CONTEXT)
    return " ".join(each.id for each in SET if test(each))


@pytest.mark.parametrize("line, expected", [
    ("", "one two three four"), ("smil", "one four"), ("tag:smile", "one"), ("tag:smil*", "one four"),
    ("-tag:smile", "two three four"), ("NOT smil", "two three"), ("tag:LONG_hair", "one"), ('tag:"long hair"', "one"),
    ("tag:long", ""), ("tag:closed_mouth", "two"), ('"closed mouth"', "two"), ('tag:"blue archive (style)"', "two"),
    ("tag:blue_archive_(style)", "two"), ("tag:^_^", "two"), ("tag:*mouth", "two"), ("tag:s?ile", "one"),
    ('"at the viewer"', "one"), ("sentence:back", "one"), ("sentence:smile", ""), ("tag:[a-z]*", ""),
    ("size<768", "one"), ("size>1180", "three"), ("short<768", "one three"), ("long>=1216", "two three"),
    ("width=832", "two"), ("height:495", "one"), ("repeats>1", "three"), ("tags>4", "two"), ("tags>=4", "one two four"),
    ("character:mira", "one two three four"), ("character:kai_ro", "four"), ("character:kai*", "four"),
    ("name:two", "two"), ("name:t*.png", "two three"), ("name:t", "two three"),
    ("framing:portrait", "one"), ("framing:full_body", "two"), ('framing:"full body"', "two"), ("framing:f*", "two"),
    ("framing:unknown", "three four"), ("framing:guessed", "two"), ("framing:confirmed", "one"), ("framing:*", "one two"),
    ("stance:upright", "one"), ("stance:unknown", "two three four"), ("pose:*hip", "two"),
    ("angle:from_side", "four"), ("angle:from_behind", "four"), ("angle:unknown", "one two three"),
    ("trait:hair_intakes", "one"), ("hidden:hair_intakes", "three"), ("trait:*", "one three"),
    ("provenance:same_base", "two"), ("provenance:unknown", "one three four"), ("model:anima", "two"), ("model:comfy", "two"),
    ("lint:D07", "one"), ("lint:d*", "one two"), ("lint:*", "one two"), ("-lint:*", "three four"),
    ("stars>=3", "one"), ("stars:1", "four"), ("stars=0", "two three"), ("rejected", "two"), ("-rejected", "one three four"),
    ("is:rejected", "two"), ("is:pair", "four"), ("is:guessed", "two four"), ("has:caption", "one two four"),
    ("-has:caption", "three"), ("has:sentences", "one"), ("has:boxes", "three"), ("has:figures", "four"),
    ("has:stars", "one four"), ("has:provenance", "two"), ("has:labels", "one two"), ("has:tags", "one two four"),
    ("smil (short<768 OR character:kai*)", "one four"), ("tag:smile OR rejected", "one two"),
    ("tag:smile AND rejected", ""), ("-(tag:smile OR rejected)", "three four"), ('"rejected"', ""),
])  # fmt: skip
def test_a_line_finds(line: str, expected: str) -> None:
    assert found(line) == expected


@pytest.mark.parametrize("line, at, problem", [
    ("tga:smile", 0, "no field called 'tga'"), ("a framing:portait", 2, "no framing called 'portait'"),
    ("stars>many", 0, "'stars' is a number, which 'many' is not"), ("stars>nan", 0, "is a number"),
    ("b tag<3", 2, "'tag' is no number"), ("has:captions", 0, "no has called 'captions'"),
    ("provenance:human", 0, "no provenance called 'human'"), ("tags:smile", 0, "'tags' is a number"),
])
def test_a_field_or_word_that_there_is_not_is_refused_with_its_place(line: str, at: int, problem: str) -> None:
    with pytest.raises(QueryError, match=problem) as refused:
        matching(line)
    assert refused.value.at == at and refused.value.remedy.endswith((".", "?"))


def test_any_word_may_be_asked_of_a_label_that_is_free() -> None:
    assert not any(map(matching("outfit:space_suit"), SET))


def test_negating_a_line_finds_exactly_the_others() -> None:
    rng = random.Random(2)
    for _ in range(300):
        tree = some_tree(rng, 3)
        line = render(tree).replace("<OR", "<1").replace(">=OR", ">=1")
        try:
            test = matching(line)
        except QueryError:
            continue
        other = matching(f"-({line})")
        assert all(test(each) != other(each) for each in SET)


def test_stars_in_a_pattern_cost_no_minutes() -> None:
    evil = record("evil", "a" * 3000)
    began = time.process_time()
    assert not matching("*" + "a*" * 30 + "b")(evil)
    assert time.process_time() - began < 1


def test_ten_thousand_images_are_looked_through_while_a_key_is_pressed() -> None:
    many = [replace(SET[n % 4], image=replace(SET[n % 4].image, id=str(n), caption=f"1girl, mira, smile, tag {n}, x"))
            for n in range(10_000)]
    test = matching("tag:smile -rejected (short<768 OR tag:*9) smi", CONTEXT)
    sum(map(test, many))
    began = time.process_time()
    assert sum(map(test, many)) > 1000
    assert time.process_time() - began < 0.25  # 0.03 s on a quiet machine


def test_each_field_says_what_it_is_about() -> None:
    assert all(field.about for field in FIELDS.values())
