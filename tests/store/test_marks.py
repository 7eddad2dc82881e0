import pytest

from studio.core.errors import UserError
from studio.core.marks import Mark
from studio.core.rubric import AS_ASKED, OBTAINED
from studio.store.marks import NAME, Marks, read_marks


def mark(key="a", value=2):
    return Mark(key, AS_ASKED, OBTAINED, value, "me", time=1.0)


def values(marks: Marks) -> dict[str, object]:
    return {each.key: each.value for each in marks.state.counting()}


def test_marks_survive_a_restart(tmp_path):
    marks = Marks(tmp_path)
    marks.add([mark("a", 2)])
    marks.add([mark("a", 1), mark("b", 0)])
    assert values(Marks(tmp_path)) == {"a": 1, "b": 0}
    assert read_marks(tmp_path) == marks.state


def test_undo_survives_a_restart(tmp_path):
    Marks(tmp_path).add([mark("a", 2)])
    Marks(tmp_path).add([mark("a", 0)])
    assert Marks(tmp_path).undo().marks == (mark("a", 0),)
    assert values(Marks(tmp_path)) == {"a": 2}
    assert Marks(tmp_path).redo().marks == (mark("a", 0),)
    assert values(Marks(tmp_path)) == {"a": 0}
    assert Marks(tmp_path).redo() is None


def test_everything_can_be_undone_and_then_there_is_nothing(tmp_path):
    marks = Marks(tmp_path)
    for value in (0, 1, 2):
        marks.add([mark(value=value)])
    assert [marks.undo().marks[0].value for _ in range(3)] == [2, 1, 0]
    assert marks.undo() is None
    assert marks.state.counting() == ()
    assert [marks.redo().marks[0].value for _ in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_torn_line_is_as_if_it_had_never_been(tmp_path, cut):
    Marks(tmp_path).add([mark("a", 2)])
    Marks(tmp_path).add([mark("a", 0)])
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    assert values(Marks(tmp_path)) == {"a": 2}
    Marks(tmp_path).add([mark("b", 1)])
    assert values(Marks(tmp_path)) == {"a": 2, "b": 1}


def test_two_who_have_the_same_marks_open_see_each_others(tmp_path):
    window, judge = Marks(tmp_path), Marks(tmp_path)
    window.add([mark("a", 2)])
    judge.add([mark("b", 1)])
    window.add([mark("c", 0)])
    assert values(window) == values(judge) == {"a": 2, "b": 1, "c": 0}
    assert [entry.id for entry in judge.state.done] == [1, 2, 3]


def test_no_marks_write_no_line(tmp_path):
    assert Marks(tmp_path).add([]) is None
    assert not (tmp_path / NAME).exists()


def test_damage_is_named(tmp_path):
    (tmp_path / NAME).write_text('{"id": 1, "marks": [["a"]]}\n')
    with pytest.raises(UserError, match="marks.jsonl is damaged at byte 0"):
        Marks(tmp_path)
