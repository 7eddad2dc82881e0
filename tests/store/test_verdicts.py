import pytest

from studio.core.errors import UserError
from studio.core.verdict_journal import held
from studio.store.verdicts import NAME, read_verdicts, retract, write_judgement


def test_retracting_keeps_both(tmp_path):
    first = write_judgement(tmp_path, "ep180", "overtrained", [("0003", "aa")], "me", clock=lambda: 5.0)
    back = retract(tmp_path, first.id, "one seed", "ep120-150", clock=lambda: 6.0)
    assert read_verdicts(tmp_path) == (first, back)
    (found,) = held(read_verdicts(tmp_path))
    assert found.text == "ep180 (retracted 1970-01-01: one seed) -> ep120-150"
    assert found.judgement.cells == (("0003", "aa"),)


def test_the_file_only_grows(tmp_path):
    write_judgement(tmp_path, "ep180", "a", ())
    before = (tmp_path / NAME).read_bytes()
    retract(tmp_path, 1, "b")
    write_judgement(tmp_path, "ep120", "c", ())
    assert (tmp_path / NAME).read_bytes().startswith(before)
    assert [line.id for line in read_verdicts(tmp_path)] == [1, 2, 3]


def test_what_was_never_judged_cannot_be_taken_back(tmp_path):
    write_judgement(tmp_path, "ep180", "a", ())
    retract(tmp_path, 1, "b")
    for missing in (2, 7):
        with pytest.raises(UserError, match=f"no verdict number {missing}"):
            retract(tmp_path, missing, "why")


def test_a_torn_line_is_cut_before_the_next(tmp_path):
    write_judgement(tmp_path, "ep180", "a", ())
    whole = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(whole + b'{"id": 2, "pi')
    assert len(read_verdicts(tmp_path)) == 1
    write_judgement(tmp_path, "ep120", "b", ())
    assert [line.pick for line in read_verdicts(tmp_path)] == ["ep180", "ep120"]


def test_damage_is_named(tmp_path):
    (tmp_path / NAME).write_text('{"id": 1}\n')
    with pytest.raises(UserError, match="verdicts.jsonl is damaged at byte 0"):
        read_verdicts(tmp_path)


def test_without_a_file_there_are_none(tmp_path):
    assert read_verdicts(tmp_path) == ()
