import pytest

from studio.core.errors import UserError
from studio.core.marks import (
    CAUSE,
    KEEPER,
    REMARK,
    Entry,
    Mark,
    MarkState,
    cause,
    fold,
    from_json,
    keeper,
    median_seconds,
    next_unmarked,
    note,
    to_json,
)
from studio.core.rubric import AS_ASKED, OBTAINED, POINTS


def mark(key="a", value=2, judge="me", version="", trait=AS_ASKED, scale=OBTAINED, time=0.0, repeat=0):
    return Mark(key, trait, scale, value, judge, version, time, repeat)


def values(state: MarkState) -> dict[str, object]:
    return {each.key: each.value for each in state.counting()}


def test_the_newest_mark_of_a_judge_counts():
    state = fold([Entry(1, (mark("a", 2), mark("b", 0))), Entry(2, (mark("a", 1),))])
    assert values(state) == {"a": 1, "b": 0}


def test_judges_do_not_overrule_each_other():
    state = fold([Entry(1, (mark(value=2),)), Entry(2, (mark(value=0, judge="codex"),))])
    assert [(each.judge, each.value) for each in state.counting()] == [("me", 2), ("codex", 0)]
    assert [each.value for each in state.counting("me")] == [2]
    assert state.judges() == ("codex", "me")


def test_a_newer_version_of_a_judge_is_another_row_and_counts_in_its_place():
    state = fold([Entry(1, (mark(value=2, version="1"),)), Entry(2, (mark(value=0, version="2"),))])
    assert [each.value for each in state.counting()] == [0]
    assert sorted((each.version, each.value) for each in state.marks()) == [("1", 2), ("2", 0)]


def test_a_mark_without_a_value_takes_back_what_was_said():
    state = fold([Entry(1, (mark(value=2),)), Entry(2, (mark(value=None),))])
    assert state.counting() == state.marks() == ()


def test_repeats_of_a_blind_session_count_for_nothing():
    state = fold([Entry(1, (mark(value=2),)), Entry(2, (mark(value=0, repeat=1),))])
    assert values(state) == {"a": 2}
    assert len(state.marks()) == 2


def test_undoing_brings_back_what_was_there_and_redoing_takes_it_away_again():
    lines = [Entry(1, (mark("a", 2),)), Entry(2, (mark("a", 0), mark("b", 1)))]
    assert values(fold([*lines, Entry(3, undoes=2)])) == {"a": 2}
    assert values(fold([*lines, Entry(3, undoes=2), Entry(4, undoes=1)])) == {}
    assert values(fold([*lines, Entry(3, undoes=2), Entry(4, undoes=3)])) == {"a": 0, "b": 1}
    assert values(fold([*lines, Entry(3, undoes=2), Entry(4, undoes=3), Entry(5, undoes=4)])) == {"a": 2}


def test_a_new_mark_leaves_nothing_to_redo():
    state = fold([Entry(1, (mark("a", 2),)), Entry(2, undoes=1), Entry(3, (mark("b", 1),))])
    assert state.undone == ()
    assert [each.id for each in state.done] == [3]


def test_folding_in_two_goes_is_folding_at_once():
    lines = [Entry(1, (mark("a", 2),)), Entry(2, (mark("b", 0),)), Entry(3, undoes=1), Entry(4, undoes=3)]
    for cut in range(len(lines)):
        assert fold(lines[cut:], fold(lines[:cut])) == fold(lines)


def test_an_entry_comes_back_from_its_line():
    entry = Entry(3, (mark(time=2.5, version="4", repeat=1), note("b", "足が曲がる", "me"), keeper("c", True, "me")))
    assert from_json(to_json(entry)) == entry
    assert from_json(to_json(Entry(4, undoes=3))) == Entry(4, undoes=3)


@pytest.mark.parametrize("line", ["[]", "{}", '{"id":1,"marks":[[1,2]]}',
                                  '{"id":1,"marks":[["a","x","points",9,"me","",0,0]]}',
                                  '{"id":1,"marks":[["a","x","points",1,"me","",1e999,0]]}',
                                  '{"id":1e999,"marks":[]}', '{"id":2,"marks":[],"undoes":"1"}',
                                  '{"id":1,"marks":[["a","x","stars",1,"me","",0,0]]}'])  # fmt: skip
def test_what_is_no_entry_is_refused(line):
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError, UserError)):
        from_json(line)


def test_points_beyond_the_scale_are_refused():
    with pytest.raises(UserError, match="not on the scale"):
        mark(value=6, scale=POINTS)


def test_keepers_notes_and_causes_are_marks_too():
    state = fold([Entry(1, (keeper("a", True, "me"), note("a", "legs", "me"), cause("a", "interleave", True, "me")))])
    assert {each.trait: each.value for each in state.counting()} == {KEEPER: 1, REMARK: "legs", CAUSE + "interleave": 1}
    assert fold([Entry(2, (note("a", "", "me"),))], state).rows.keys() == state.rows.keys()
    assert REMARK not in {each.trait for each in fold([Entry(2, (note("a", "", "me"),))], state).counting()}


def test_hits_begin_where_the_scale_says():
    assert [mark(value=value).is_hit for value in (0, 1, 2)] == [False, False, True]
    assert [mark(value=value, scale=POINTS).is_hit for value in range(6)] == [False] * 4 + [True] * 2


def test_the_next_unmarked_cell_follows_and_then_comes_from_the_beginning():
    marked = (mark("b"), mark("c"))
    assert next_unmarked("abcd", [AS_ASKED], marked, after="b") == "d"
    assert next_unmarked("abcd", [AS_ASKED], (*marked, mark("d")), after="b") == "a"
    assert next_unmarked("abcd", [AS_ASKED, "face"], marked, after="a") == "b"
    assert next_unmarked("bc", [AS_ASKED], marked) is None


def test_the_median_time_of_a_cell_is_not_moved_by_a_break():
    times = (0, 2, 4, 7, 600)
    assert median_seconds(mark(str(at), time=float(at)) for at in times) == 2.5
    assert median_seconds([mark()]) == 0.0
