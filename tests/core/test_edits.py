import json
import random
from pathlib import Path

import pytest

from studio.core.dataset import ImageItem
from studio.core.edits import (
    CAPTION,
    PLACE,
    Change,
    Edit,
    Settled,
    State,
    fold,
    from_json,
    inverse,
    recorded,
    to_json,
    value_change,
)
from studio.core.labels import Label, Labels
from studio.core.record import Box, Figure, Provenance

IMAGE = ImageItem("a", Path("images/Mira/a.png"), 8, 8, ("Mira",))


def said(state: State, field: str, value, by="hand", what="Say it") -> State:
    return fold([Edit(state.last + 1, 0.0, what, by, (value_change(state, "a", field, value),))], state)


def taken_back(state: State, edit: Edit) -> State:
    changes = tuple(inverse(change) for change in reversed(edit.changes))
    return fold([Edit(state.last + 1, 0.0, edit.what, edit.by, changes, edit.id)], state)


def undone(state: State) -> State:
    return taken_back(state, state.done[-1])


def redone(state: State) -> State:
    return taken_back(state, state.undone[-1])


def whats(edits) -> list[str]:
    return [edit.what for edit in edits]


def test_all_that_was_said_of_an_image_is_in_its_record():
    state = State()
    box, provenance = Box(0.1, 0.2, 0.3, 0.4, "guess"), Provenance("same base", "ComfyUI", "anima.safetensors")
    for field, value in {
        "angle": Label("from side"), "pose": Label("sitting", "guess"), "stars": 4, "rejected": True,
        "provenance": provenance, "trait:blue ribbon": "hidden", "box:hair intakes": box, "silenced:D01": True,
        "silenced:D02": False, "figure:Suzu": box, "angle@Suzu": Label("front view"), "angle@Mira": Label("from behind"),
    }.items():  # fmt: skip
        state = said(state, field, value)
    record = recorded(IMAGE, state, repeats=3)
    assert record.labels == Labels(angle=Label("from side"), pose=Label("sitting", "guess"))
    assert (record.stars, record.rejected, record.repeats) == (4, True, 3)
    assert record.provenance == provenance
    assert (record.traits, record.boxes) == ({"blue ribbon": "hidden"}, {"hair intakes": box})
    assert record.silenced == {"D01"}
    assert record.figures == {"Mira": Figure(None, Labels(angle=Label("from behind"))),
                              "Suzu": Figure(box, Labels(angle=Label("front view")))}


def test_what_was_made_unknown_again_is_as_if_it_had_never_been_said():
    state = said(said(State(), "angle", Label("from side")), "angle", None)
    assert recorded(IMAGE, state) == recorded(IMAGE, State())


def test_undoing_and_redoing_walk_along_the_same_edits():
    state = said(said(State(), "stars", 1, what="One"), "stars", 2, what="Two")
    state = undone(undone(state))
    assert (whats(state.done), whats(state.undone), recorded(IMAGE, state).stars) == ([], ["Two", "One"], 0)
    state = redone(state)
    assert (whats(state.done), whats(state.undone), recorded(IMAGE, state).stars) == (["One"], ["Two"], 1)
    state = undone(redone(state))
    assert (whats(state.done), whats(state.undone), recorded(IMAGE, state).stars) == (["One"], ["Two"], 1)


def test_a_new_edit_leaves_nothing_to_redo_unless_another_program_made_it():
    state = undone(said(said(State(), "stars", 1, what="One"), "stars", 2, what="Two"))
    assert whats(said(state, "rejected", True, "outside", "Theirs").undone) == ["Two"]
    assert said(state, "rejected", True, what="Mine").undone == ()


def test_an_edit_in_the_middle_can_be_undone():
    state = said(said(State(), "stars", 1, what="One"), "rejected", True, what="Two")
    state = taken_back(state, state.done[0])
    assert (whats(state.done), whats(state.undone)) == (["Two"], ["One"])


def test_the_captions_of_an_image_go_where_it_goes():
    caption = Change("a", CAPTION, "1girl\n", "2girls\n", "images/Mira/a.v2.txt")
    move = Change("a", PLACE, "images/Mira/a.v2.png", "trash/Mira/a.v2.png")
    state = fold([Edit(1, 0.0, "Write", "hand", (caption,)), Edit(2, 0.0, "Throw away", "hand", (move,))])
    assert state.files == {"trash/Mira/a.v2.txt": "2girls\n"}
    assert undone(state).files == {"images/Mira/a.v2.txt": "2girls\n"}


def test_edits_are_unsettled_until_their_files_are_on_the_disk():
    state = said(said(said(State(), "stars", 1), "stars", 2), "stars", 3)
    assert [edit.id for edit in fold([Settled(2)], state).unsettled] == [3]


@pytest.mark.parametrize("by", ["hand", "tagger", "rule", "outside"])
def test_a_line_is_read_back_as_it_was_written(by):
    change = Change("a", CAPTION, None, "1girl, \u2028ミラ, \udce9\r\n", "images/Mira/a.txt")
    edit = Edit(3, 1.5, 'Replace "smile"', by, (change, Change("a", "stars", 1, 2)), 2)
    line = to_json(edit).encode("utf-8", "backslashreplace")
    assert b"\n" not in line and from_json(line.decode()) == edit
    assert from_json(to_json(Settled(7))) == Settled(7)


@pytest.mark.parametrize(
    "line", ["{}", "[]", "null", '{"id": 1}', '{"settled": null}', json.dumps({"id": 1, "changes": [[1]]})]
)
def test_a_line_that_is_no_edit_is_refused(line):
    with pytest.raises((ValueError, TypeError, KeyError)):
        from_json(line)


def test_folding_line_by_line_is_folding_at_once():
    random.seed(3)
    state, lines = State(), []
    for _ in range(300):
        kind = random.choice(["say", "write", "undo", "redo", "settle"])
        before = state
        if kind == "say":
            state = said(state, random.choice(["stars", "rejected"]), random.randint(0, 5))
        elif kind == "write":
            change = Change("a", CAPTION, state.files.get("a.txt"), random.choice(["x\n", "y\n", None]), "a.txt")
            state = fold([Edit(state.last + 1, 0.0, "Write", "hand", (change,))], state)
        elif kind == "settle":
            lines.append(Settled(state.last))
            state = fold(lines[-1:], state)
        elif (stack := state.done if kind == "undo" else state.undone):
            state = taken_back(state, stack[-1])
        if state.last != before.last:
            lines.append(state.unsettled[-1])
    assert fold(lines) == state
