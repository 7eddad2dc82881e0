import time

import pytest

from studio.core.caption import (
    escaped,
    fill,
    is_heading,
    join_caption,
    names_trigger,
    ordered_tags,
    prompt_words,
    split_caption,
    weighted,
)

SENTENCES = "She wears a white shirt, a navy skirt and loafers. Her hair falls to the viewer's right, in a ponytail."


@pytest.mark.parametrize(
    ("text", "tags", "sentences"),
    [
        ("1girl, mira, smile", ("1girl", "mira", "smile"), ""),
        (f"1girl, mira, smile. {SENTENCES}", ("1girl", "mira", "smile"), SENTENCES),
        (f"1girl, mira, smile, {SENTENCES}", ("1girl", "mira", "smile"), SENTENCES),
        (f"1girl, mira, smile\n{SENTENCES}", ("1girl", "mira", "smile"), SENTENCES),
        (f"1girl, mira, smile.\n\n{SENTENCES}", ("1girl", "mira", "smile"), SENTENCES),
        (SENTENCES, (), SENTENCES),
        ("1girl, mira. She smiles.", ("1girl", "mira"), "She smiles."),
        ("1girl, mira. She smiles at the viewer", ("1girl", "mira"), "She smiles at the viewer"),
        ("Masterpiece, 1girl, Mira. She stands on a box.", ("Masterpiece", "1girl", "Mira"), "She stands on a box."),
        ("1girl, mira, She smiles, one hand raised.", ("1girl", "mira"), "She smiles, one hand raised."),
        ("She smiles, one hand raised.", (), "She smiles, one hand raised."),
        ("1girl, mira, Smiling, she waves at the viewer.", ("1girl", "mira"), "Smiling, she waves at the viewer."),
        ("1girl, Mira Velo, hat, standing.", ("1girl", "Mira Velo", "hat", "standing"), ""),
        ("1girl, Smile, hat.", ("1girl", "Smile", "hat"), ""),
        ('1girl, mira. "Hello there," she says.', ("1girl", "mira"), '"Hello there," she says.'),
        ("1girl, 初音ミク. 彼女は、立っている。", ("1girl", "初音ミク"), "彼女は、立っている。"),
        ("", (), ""),
        (" , ,\n", (), ""),
    ],
)
def test_tags_and_sentences_are_told_apart(text, tags, sentences):
    assert split_caption(text) == (tags, sentences)


@pytest.mark.parametrize(
    "tag",
    ["c.c.", "dr. Strange", "yorha no. 2 type b", "Yorha No. 2 Type B", "score_7", "@artist name", ":d", "d.va", ">_<"],
)
def test_a_tag_with_stops_or_capitals_is_no_sentence(tag):
    assert split_caption(f"1girl, {tag}, smile") == (("1girl", tag, "smile"), "")
    assert split_caption(f"1girl, {tag}. {SENTENCES}") == (("1girl", tag), SENTENCES)


def test_a_stop_behind_the_last_tag_is_no_part_of_it_unless_it_is():
    assert split_caption("1girl, smile.") == (("1girl", "smile"), "")
    assert split_caption("1girl, c.c.") == (("1girl", "c.c."), "")


def test_brackets_and_backslashes_are_literal():
    assert split_caption(r"1girl, (mira:1.3), a \(b\)")[0] == ("1girl", "(mira:1.3)", r"a \(b\)")


@pytest.mark.parametrize(
    ("tags", "sentences"),
    [(("1girl", "mira"), SENTENCES), (("1girl", "c.c."), SENTENCES), ((), SENTENCES), (("1girl",), ""), ((), "")],
)
def test_a_joined_caption_splits_into_the_same_again(tags, sentences):
    assert split_caption(join_caption(tags, sentences)) == (tags, sentences)


def test_tags_are_put_into_animas_order():
    tags = ["smile", "1girl", "blonde hair", "safe", "mira", "score_7", "smile"]
    assert ordered_tags(tags, ["mira"]) == ("safe", "score_7", "1girl", "mira", "smile", "blonde hair")


def test_a_quality_prefix_comes_first_and_nothing_twice():
    assert ordered_tags(["solo", "2girls", "safe"], ["mira"], "masterpiece, safe") == (
        "masterpiece", "safe", "2girls", "mira", "solo",
    )  # fmt: skip


def test_several_triggers_stand_together():
    assert ordered_tags(["smile", "kai", "2girls"], ["mira", "kai"]) == ("2girls", "mira", "kai", "smile")


def test_without_a_trigger_none_is_put_in():
    assert ordered_tags(["smile", "1girl"]) == ("1girl", "smile")


@pytest.mark.parametrize("caption", ["1girl, mira, smile", "A girl called Mira stands.", "mira", "1girl,mira,smile"])
def test_a_trigger_is_found_as_a_word(caption):
    assert names_trigger(caption, "mira")


@pytest.mark.parametrize("caption", ["1girl, miracle", "admira", "", "mir a"])
def test_a_trigger_is_not_found_inside_another_word(caption):
    assert not names_trigger(caption, "mira")


def test_a_trigger_with_brackets_is_found():
    assert names_trigger("1girl, mira (cat), smile", "mira (cat)")


def test_known_words_are_filled_in_and_other_braces_left():
    assert fill('{trigger}, {"a": 1}, {pose}', {"trigger": "mira"}) == 'mira, {"a": 1}, {pose}'


def test_a_filled_word_is_not_filled_again():
    assert fill("{a}{b}", {"a": "{b}", "b": "x"}) == "{b}x"


def test_a_trigger_takes_its_place_in_a_prompt_without_its_brackets_weighing():
    assert fill("{trigger}, (smile:1.2)", prompt_words("mira (cat)")) == r"mira \(cat\), (smile:1.2)"


def test_escaped_brackets_weigh_nothing_in_a_prompt():
    assert escaped(r"mira (cat) \(dog\)") == r"mira \(cat\) \(dog\)"


@pytest.mark.parametrize(("tag", "heads"), [("safe", True), ("2girls", True), ("no humans", True), ("old school", False),
                                            ("1girl running", False), ("mira", False)])
def test_what_stands_before_all_that_is_drawn_is_known(tag, heads):
    assert is_heading(tag) is heads


@pytest.mark.parametrize("text", ["Aa bb cc dd, ", ",", "a, ", "A. ", "\n"])
def test_a_caption_as_long_as_a_file_may_be_is_taken_apart_at_once(text):
    began = time.monotonic()
    split_caption(text * (2**18 // len(text)))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(("caption", "weight"), [
    ("1girl, (smile:1.3), hat", "(smile:1.3)"), ("(a, b: 2 )", "(a, b: 2 )"), ("hat (blue)", ""), (":3, (:)", ""),
])
def test_what_a_prompt_would_read_as_a_weight_is_found(caption, weight):
    assert weighted(caption) == weight
