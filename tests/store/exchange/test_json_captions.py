"""Files as the two trainers document them, written by hand."""

import json
import random

import pytest

from studio.core.caption import split_caption
from studio.store.exchange.json_captions import Fields, fields_of, flat_json, nested_json, read_fields, updated_json

FLAT = """{
  "quality": "newest, safe",
  "count": "1girl",
  "character": "mirasol",
  "series": "some game",
  "artist": "@someone",
  "appearance": ["long hair", "blue eyes"],
  "tags": ["sitting", "upper body"],
  "environment": ["stage", "night"],
  "nl": "She sits on a stage. It is night."
}"""
NESTED = """{
  "fixed": {"quality": "newest, safe", "series": "some game", "artist": "@someone"},
  "character": {"name": "mirasol", "variant": ""},
  "from_path": {"appearance": ["long hair"]},
  "ai_output": {
    "count": "1girl",
    "appearance": ["blue eyes"],
    "tags": ["sitting", "upper body"],
    "environment": ["stage", "night"],
    "nl": "She sits on a stage. It is night."
  }
}"""
CAPTION = ("newest, safe, 1girl, mirasol, some game, @someone, long hair, blue eyes, sitting, upper body, stage, night. "
           "She sits on a stage. It is night.")


@pytest.mark.parametrize("text", [FLAT, NESTED])
def test_both_shapes_are_joined_as_documented(text):
    assert read_fields(text).caption == CAPTION


def test_every_field_lands_where_it_belongs():
    assert read_fields(NESTED) == Fields(
        ("newest", "safe"), ("1girl",), ("mirasol",), ("some game",), ("@someone",), ("long hair", "blue eyes"),
        ("sitting", "upper body"), ("stage", "night"), "She sits on a stage. It is night.")


def test_a_variant_follows_the_name_and_texts_may_stand_for_lists():
    table = {"character": {"name": "mirasol", "variant": "adult"}, "ai_output": {"tags": "smile, sitting"}}
    assert read_fields(json.dumps(table)).caption == "mirasol, adult, smile, sitting"


def test_what_an_editor_wrote_over_the_sections_counts():
    """A tag that was deleted there must not come back from the section it was in; the sentences stay."""
    table = json.loads(NESTED) | {"tags": ["newest", "safe", "1girl", "mirasol", "sitting"]}
    assert read_fields(json.dumps(table)).caption == (
        "newest, safe, 1girl, mirasol, sitting. She sits on a stage. It is night.")


def test_what_the_first_taggers_wrote_is_still_read():
    assert read_fields('{"tags": ["1girl", "smile"], "meta": {"trigger": "mirasol"}}').caption == "mirasol, 1girl, smile"


@pytest.mark.parametrize("text", [
    "", "[]", "1", "{", "{}", '{"tag_string": "1girl"}', '{"a.png": {"tags": "1girl"}}', '{"tags": {"general": ["x"]}}',
    "[" * 5000, '{"id": 1, "width": 5}',
])
def test_other_json_is_no_caption(text):
    assert read_fields(text) is None


@pytest.mark.parametrize("text", ['{"tags": [1, null, {"a": 1}, "smile"]}', '{"tags": ["smile"], "nl": 7, "count": ["x"]}',
                                  '{"ai_output": {"tags": ["smile"]}, "fixed": 7, "character": [[]]}'])
def test_what_makes_no_sense_in_a_caption_is_passed_over(text):
    assert "smile" in read_fields(text).caption


@pytest.mark.parametrize("caption", [
    CAPTION, "masterpiece, safe, 1girl, mirasol, smile", "mirasol", "1girl, masterpiece, mirasol, smile. She waves.",
    "smile, mirasol, 1girl", "She waves her hand, and smiles.", "2girls, mirasol, kanakana, smile",
    "night, sky, smile, long hair, stage",
])
@pytest.mark.parametrize("dumped", [flat_json, nested_json])
def test_taking_a_caption_apart_and_joining_it_gives_it_back(caption, dumped):
    found = fields_of(caption, ("mirasol", "kanakana"), kind)
    assert found.caption == caption == read_fields(dumped(found)).caption


def kind(tag):
    return {"hair": "appearance", "eyes": "appearance", "sky": "environment", "night": "environment",
            "stage": "environment"}.get(tag.split()[-1], "tags")


def test_a_caption_in_animas_order_fills_every_list():
    found = fields_of("safe, 1girl, mirasol, long hair, blue eyes, sitting, smile, stage, night. She sits.", ("mirasol",),
                      kind)
    assert (found.quality, found.count, found.character) == (("safe",), ("1girl",), ("mirasol",))
    assert (found.appearance, found.tags, found.environment) == (
        ("long hair", "blue eyes"), ("sitting", "smile"), ("stage", "night"))


def test_any_caption_survives_both_shapes():
    words = ["masterpiece", "safe", "1girl", "2girls", "mirasol", "@someone", "long hair", "sky", "smile", "night", "a b"]
    for seed in range(300):
        rng = random.Random(seed)
        tags = [rng.choice(words) for _ in range(rng.randrange(1, 9))]
        caption = ", ".join(tags) + rng.choice(["", ". She sits there. A cat, too."])
        found = fields_of(caption, ("mirasol",), kind)
        assert read_fields(flat_json(found)).caption == caption == read_fields(nested_json(found)).caption


@pytest.mark.parametrize("text", [FLAT, NESTED])
def test_an_untouched_caption_gives_the_very_file_back(text):
    assert updated_json(text, CAPTION) == text


@pytest.mark.parametrize("text", [FLAT, NESTED])
def test_a_deleted_tag_leaves_its_field_and_everything_else_stays(text):
    with_more = json.dumps(json.loads(text) | {"rating": 5, "meta": {"id": "x"}})
    wanted = CAPTION.replace("long hair, ", "").replace(", stage, night", "")
    changed = updated_json(with_more, wanted)
    assert read_fields(changed).caption == wanted
    assert (json.loads(changed)["rating"], json.loads(changed)["meta"]) == (5, {"id": "x"})
    assert read_fields(changed).artist == ("@someone",)


@pytest.mark.parametrize("text", [FLAT, NESTED])
def test_new_sentences_replace_the_old_ones(text):
    wanted = CAPTION.partition(". ")[0] + ". He stands."
    assert read_fields(updated_json(text, wanted)).nl == "He stands."


def test_a_new_tag_joins_the_tags():
    wanted = CAPTION.replace("upper body, ", "upper body, smile, ")
    assert read_fields(updated_json(FLAT, wanted)).tags == ("sitting", "upper body", "smile")


def test_what_no_field_can_hold_in_this_order_is_left_to_be_written_anew():
    assert updated_json(FLAT, "smile, " + CAPTION) is None and updated_json("{}", CAPTION) is None


@pytest.mark.parametrize("text", [FLAT, NESTED])
def test_whatever_is_done_to_a_caption_is_in_the_file_or_the_file_is_refused(text):
    tags, sentences = split_caption(CAPTION)
    for seed in range(200):
        rng = random.Random(seed)
        changed = [tag for tag in tags if rng.random() < 0.8]
        if rng.random() < 0.5:
            changed.insert(rng.randrange(len(changed) + 1), "smile")
        caption = ", ".join(changed) + (f". {sentences}" if rng.random() < 0.7 and changed else "")
        updated = updated_json(text, caption)
        assert updated is None or read_fields(updated).caption == caption
