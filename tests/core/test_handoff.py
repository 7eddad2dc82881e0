"""What a judge who is no person gets and may answer: numbers instead of epochs, and nothing off scale."""

import json

import pytest

from studio.core.errors import UserError
from studio.core.handoff import (
    Bundle,
    Key,
    Shown,
    answer_schema,
    instructions,
    key_json,
    marks_of,
    read_answer,
    read_key,
    shuffled,
)
from studio.core.json_schema import problems
from studio.core.rubric import AS_ASKED, OBTAINED, POINTS, Item, Rubric

RUBRIC = Rubric("Mira", (Item("blunt bangs", POINTS), Item("blue ribbon", POINTS), Item(AS_ASKED, OBTAINED)))
KEYS = tuple(f"{number:x}" * 32 for number in range(1, 9))
LOOKS = shuffled(KEYS, seed=5)
BUNDLE = Bundle(RUBRIC, tuple(Shown(turn.label, f"cells/{turn.label}.png", "1girl, mira") for turn in LOOKS),
                tuple((f"cells/{turn.label}.png", f"{place:064x}") for place, turn in enumerate(LOOKS)))
KEY = Key(BUNDLE.id, RUBRIC, tuple((turn.label, turn.key, turn.repeat) for turn in LOOKS), 3.0)


def answer(*rows: dict[str, object], **more: object) -> str:
    return json.dumps({"bundle": BUNDLE.id, "judge": "gpt-5.5", "scores": list(rows)} | more)


def row(value: object = 4, trait: str = "blunt bangs", cell: str = "001", **more: object) -> dict[str, object]:
    return {"cell": cell, "trait": trait, "value": value} | more


def refused(text: str) -> str:
    with pytest.raises(UserError) as found:
        read_answer(text, KEY, where="answer.json")
    return str(found.value)


def test_scores_reach_the_cells_behind_the_numbers() -> None:
    rows = [row(value=int(turn.key, 16) % 6, cell=turn.label) for turn in LOOKS]
    marks = marks_of(read_answer(answer(*rows), KEY), KEY, time=9.0)
    assert all(mark.value == int(mark.key, 16) % 6 for mark in marks)
    assert {mark.key for mark in marks} == set(KEYS)
    assert {(mark.judge, mark.version, mark.time) for mark in marks} == {("gpt-5.5", BUNDLE.id[:12], 9.0)}
    assert sum(mark.repeat for mark in marks) == len(LOOKS) - len(KEYS) == 1


def test_neither_bundle_nor_page_say_which_cell_is_which() -> None:
    told = BUNDLE.json + instructions(BUNDLE) + json.dumps(answer_schema(BUNDLE))
    assert not any(key in told for key in KEYS) and "epoch" not in told


def test_the_order_follows_from_the_seed_and_not_from_the_sheet() -> None:
    orders = {tuple(turn.key for turn in shuffled(KEYS, seed)) for seed in range(20)}
    assert len(orders) > 15


def test_the_id_stands_for_every_pixel_and_every_question() -> None:
    other = Bundle(RUBRIC, BUNDLE.cells, (*BUNDLE.pictures[:-1], (BUNDLE.pictures[-1][0], "f" * 64)))
    fewer = Bundle(Rubric("Mira", RUBRIC.items[:2]), BUNDLE.cells, BUNDLE.pictures)
    assert len({BUNDLE.id, other.id, fewer.id}) == 3
    assert json.loads(BUNDLE.json)["bundle"] == BUNDLE.id


@pytest.mark.parametrize("value, told", [
    (6, "answer.json, row 1, field value: The mark 6 is not on the scale 'points'. Give a number from 0 to 5."),
    (-1, "row 1, field value: The mark -1 is not on the scale"),
    (2.5, "answer.json: scores[1].value is 2.5, and no integer"),
    (True, "scores[1].value is true, and no integer"),
    ("4", 'scores[1].value is "4", and no integer'),
    (None, "scores[1].value is null, and no integer"),
])
def test_a_score_off_its_scale_is_refused_with_its_row_and_field(value: object, told: str) -> None:
    assert told in refused(answer(row(value)))


def test_each_question_has_its_own_scale() -> None:
    assert "row 2, field value" in refused(answer(row(5), row(3, AS_ASKED)))
    assert read_answer(answer(row(5), row(2, AS_ASKED)), KEY).rows[1].value == 2


@pytest.mark.parametrize("text, told", [
    ('{"bundle": ', "answer.json is no JSON"),
    ("[]", "answer.json: it is [], and no object"),
    (answer(row(cell="999")), "row 1, field cell: there is no picture '999'"),
    (answer(row(trait="ears")), "row 1, field trait: nobody asked for 'ears'"),
    (answer({"cell": "001", "trait": "blunt bangs"}), "scores[1].value is missing"),
    (answer(row(mood=1)), "scores[1].mood is no field that was asked for"),
    (answer(row(), row(3)), "row 2: 'blunt bangs' of 001 is answered twice"),
    (answer(row(), bundle="0" * 64), "answers another bundle"),
    (answer(row(), judge=""), "A mark needs a judge"),
    (json.dumps({"bundle": BUNDLE.id}), "scores is missing"),
])
def test_what_is_malformed_is_refused_with_its_place(text: str, told: str) -> None:
    assert told in refused(text)


def test_an_answer_may_leave_questions_out_and_counts_them() -> None:
    assert read_answer(answer(row()), KEY).missing == len(LOOKS) * 3 - 1


def test_a_person_may_say_who_judged() -> None:
    assert read_answer(answer(row()), KEY, "codex (gpt-5.5)").judge == "codex (gpt-5.5)"


def test_a_note_becomes_a_remark_of_the_judge() -> None:
    marks = marks_of(read_answer(answer(row(note="hair on the wrong side")), KEY), KEY, 1.0)
    assert [(mark.trait, mark.value) for mark in marks[1:]] == [("#note", "hair on the wrong side")]


def test_what_a_machine_writes_is_made_fit_for_files() -> None:
    found = read_answer(answer(row(note="a\n\tb\ud800"), judge=" gpt\n5.5\udfff "), KEY)
    assert found.judge == "gpt 5.5?" and found.rows[0].note == "a b?"


@pytest.mark.parametrize("text", ["[" * 600, '{"a":' * 600 + "1" + "}" * 600, '{"scores": ' + "[" * 500 + "]" * 500 + "}",
                                  '{"bundle": 1e999}', "\x00", "null"])
def test_hostile_answers_are_refused_in_a_sentence(text: str) -> None:
    assert refused(text).startswith("answer.json")


def test_the_schema_allows_exactly_what_the_reader_takes() -> None:
    schema = answer_schema(BUNDLE)
    assert list(problems(json.loads(answer(row(5), row(2, AS_ASKED))), schema)) == []
    for wrong in (row(-1), row(4, "ears"), row(cell="999"), row("4"), row(mood=1)):
        assert list(problems(json.loads(answer(wrong)), schema))
    rows = schema["properties"]["scores"]["items"]["anyOf"]
    assert [(each["properties"]["trait"]["enum"], each["properties"]["value"]["maximum"]) for each in rows] == [
        (["blunt bangs", "blue ribbon"], 5), ([AS_ASKED], 2)]


def test_a_key_that_was_kept_is_read_back() -> None:
    assert read_key(key_json(KEY)) == KEY
