import random
import time
from dataclasses import replace

import pytest

from studio.core.caption import split_caption
from studio.core.edits import CAPTION, PLACE, Change
from studio.core.errors import UserError
from studio.core.labels import Label
from studio.core.retag import decisions
from studio.core.tag_edits import Preview, add, remove, rename, these
from studio.core.tag_edits import replace as replaced
from studio.store import workspace
from studio.store.edits import NAME, Desk, read_edits
from tests.store.crash import killed
from tests.store.desk import at_desk, contents, images, write_numbered, write_set

BATCH_FOR_EVER = """
import itertools, sys
from pathlib import Path
from studio.core.tag_edits import rename
from tests.store.desk import at_desk, images
words = ["smile", "grin", "closed mouth", "o"]
with at_desk(Path(sys.argv[1])) as desk:
    for count in itertools.count():
        print(count)
        desk.rewrite(f"Edit {count}", images(desk), rename(words[count % 4], words[(count + 1) % 4]))
"""


def tags(desk: Desk, place: int = 0) -> tuple[str, ...]:
    return split_caption(desk.caption(images(desk)[place]) or "")[0]


def file_of(desk: Desk, place: int = 0):
    return (desk.place.folder / images(desk)[place].path).with_suffix(".txt")


def pictures(folder) -> set[str]:
    return {path for path in contents(folder) if path.endswith(".png")}


def written_by_another(desk: Desk, text: str, place: int = 0) -> None:
    file_of(desk, place).write_text(text)


def test_an_edit_is_written_down_and_done(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 3)) as desk:
        edit = desk.rewrite("Replace smile by grin", images(desk)[:2], rename("smile", "grin"))
        assert [change.field for change in edit.changes] == [CAPTION, CAPTION]
        assert [("grin" in tags(desk, place)) for place in range(3)] == [True, True, False]
        assert desk.undo_text == "Replace smile by grin" and desk.redo_text == ""
        assert read_edits(desk.place) == desk.state


def test_an_edit_that_changes_nothing_is_none(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 2)) as desk:
        assert desk.rewrite("Nothing", images(desk), remove(these("hat"))) is None
        assert desk.set("Nothing", "stars", {images(desk)[0].id: None}) is None
        assert desk.undo_text == "" and desk.undo() is None and desk.redo() is None


def test_undo_and_redo_walk_over_all_kinds_of_edits_after_a_restart_too(tmp_path):
    folder = write_numbered(tmp_path / "set", 4)
    before = contents(folder)
    with at_desk(folder) as desk:
        first, second, *_ = images(desk)
        desk.set("Stars", "stars", {first.id: 4})
        desk.set("Angle", "angle", {first.id: Label("from side")})
        desk.rewrite("Grin", images(desk), rename("smile", "grin"))
        desk.write("Clear", [Preview(second, desk.caption(second), "")])
        desk.trash("Throw away", [first])
        desk.move("Give to Suzu", [second], "Suzu")
        done = contents(folder)
    steps = ["Give to Suzu", "Throw away", "Clear", "Grin", "Angle", "Stars"]
    for step in steps:
        with at_desk(folder) as desk:
            assert desk.undo_text == step
            desk.undo()
    assert contents(folder) == before
    with at_desk(folder) as desk:
        assert desk.state.values[first.id] == {"stars": None, "angle": None}
        for step in reversed(steps):
            assert desk.redo_text == step
            desk.redo()
        assert contents(folder) == done and desk.redo_text == ""


def test_any_sequence_of_edits_undone_returns_the_bytes(tmp_path):
    raw = [b"1girl, mira, smile\r\n\r\n", "\ufeff1girl, smile".encode(), "1girl, é, smile\n".encode("utf-16"), b"",
           b" ,\n", None, "smile。\u2028彼女は立つ。\n".encode(), b"smile, a\n\nShe stands there. She waves.\n"]  # fmt: skip
    folder = write_set(tmp_path / "set", {str(number): each for number, each in enumerate(raw)})
    (folder / "images" / "Mira" / "5.caption").write_bytes(b"1girl,smile , hat")
    before, random_draw = contents(folder), random.Random(4)
    with at_desk(folder) as desk:
        for number in range(60):
            some = random_draw.sample(images(desk), k=min(3, len(images(desk))))
            match random_draw.randrange(7):
                case 0:
                    desk.rewrite("Add", some, add([f"tag {number}"], random_draw.choice(["front", "end"])))
                case 1:
                    desk.rewrite("Remove", some, remove(lambda tag: random_draw.random() < 0.3))
                case 2:
                    desk.rewrite("Replace", some, replaced("smile", f"grin {number}"))
                case 3:
                    desk.write("Clear", [Preview(each, desk.caption(each) or "", "") for each in some[:1]])
                case 4:
                    desk.trash("Trash", some[:1]) if len(images(desk)) > 5 else None
                case 5:
                    desk.move("Move", some[:1], random_draw.choice(["Mira", "Suzu"]))
                case 6:
                    desk.undo() if random_draw.random() < 0.5 else desk.redo()
        assert contents(folder) != before
        while desk.undo():
            pass
    assert contents(folder) == before


def test_a_batch_is_undone_to_the_byte_too(tmp_path):
    folder = write_numbered(tmp_path / "set", 200)
    before = contents(folder)
    with at_desk(folder) as desk:
        for operation in (rename("smile", "grin"), remove(these("grin", "mira")), add(["a very long tag indeed"])):
            desk.rewrite("Change", images(desk), operation)
        assert "a very long tag indeed" in tags(desk, 150)
        while desk.undo():
            pass
        assert contents(folder) == before


@pytest.mark.parametrize("after_lines", [2, 3, 4, 6])
def test_a_process_killed_in_a_batch_edit_loses_nothing(tmp_path, after_lines):
    folder = write_numbered(tmp_path / "set", 300)
    before = contents(folder)
    killed(BATCH_FOR_EVER, folder, after_lines=after_lines)
    with at_desk(folder) as desk:
        words = ["smile", "grin", "closed mouth", "o"]
        expected = words[desk.state.last % 4]
        assert all(expected in tags and len({*words} & {*tags}) == 1
                   for tags in (split_caption(desk.caption(image))[0] for image in images(desk)))
        assert all(edit.by == "hand" for edit in desk.state.done), "nothing is taken for another program's"
        while desk.undo():
            pass
    assert contents(folder) == before


@pytest.mark.long
def test_a_batch_over_ten_thousand_captions_and_its_undo_take_two_seconds_each(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 10_000)) as desk:
        everything = images(desk)
        for step in (lambda: desk.rewrite("Grin", everything, rename("smile", "grin")), desk.undo):
            start = time.process_time()  # of this process alone, whatever else the machine is busy with
            assert len(step().changes) == 10_000
            assert time.process_time() - start <= 2


def crashed_before_the_files(folder, operation, count=None):
    """An edit whose line was written, and then nothing; returns the caption files with (before, after)."""
    kept = contents(folder)
    with at_desk(folder) as desk:
        edit = desk.rewrite("Change", images(desk)[:count], operation)
    for name, raw in kept.items():
        (folder / name).write_bytes(raw)
    return [(folder / change.file, change.before.encode(), change.after.encode()) for change in edit.changes]


def test_an_edit_that_a_crash_cut_short_is_carried_out_on_opening(tmp_path):
    folder = write_numbered(tmp_path / "set", 6)
    files = crashed_before_the_files(folder, rename("smile", "o"))
    torn = files[4][2][:20] + files[4][1][20:]
    leftovers = [files[0][1], b"", b"\0" * 40, files[3][2], torn, files[5][2] + b"\n" * 4]
    for (path, *_), leftover in zip(files, leftovers):
        path.write_bytes(leftover)
    with at_desk(folder) as desk:
        assert [path.read_bytes() for path, *_ in files] == [after for *_, after in files]
        assert len(desk.state.done) == 1 and desk.state.unsettled == ()


def test_what_another_program_wrote_after_a_crash_is_kept_and_recorded(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    (path, *_), (other, _, after) = crashed_before_the_files(folder, rename("smile", "grin"))
    path.write_text("1girl, mira, theirs\n")
    with at_desk(folder) as desk:
        edit = desk.notice(images(desk))
        assert (path.read_text(), other.read_bytes()) == ("1girl, mira, theirs\n", after)
        assert (edit.by, len(edit.changes), edit.changes[0].after) == ("outside", 1, "1girl, mira, theirs\n")


def test_a_move_that_a_crash_cut_short_is_carried_out_on_opening(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    with at_desk(folder) as desk:
        desk.rewrite("Grin", images(desk), rename("smile", "grin"))
        desk.trash("Throw away", images(desk)[:1])
        thrown = contents(folder)
    (folder / "trash/Mira/0000.png").rename(folder / "images/Mira/0000.png")
    with at_desk(folder):
        assert contents(folder) == thrown


def test_a_settled_edit_is_not_carried_out_again(tmp_path):
    folder = write_numbered(tmp_path / "set", 1)
    with at_desk(folder) as desk, desk:
        desk.rewrite("Grin", images(desk), rename("smile", "grin"))
    path = folder / "images/Mira/0000.txt"
    path.write_bytes(b"")
    with at_desk(folder) as desk:
        assert path.read_bytes() == b""
        assert desk.notice(images(desk)).by == "outside"


def test_another_programs_change_is_recorded_before_anything_is_done_with_it(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 2)) as desk:
        desk.notice(images(desk))
        assert desk.notice() is None
        written_by_another(desk, "1girl, mira, smile, theirs\n")
        edit = desk.rewrite("Grin", images(desk), rename("smile", "grin"))
        assert [(each.what, each.by) for each in desk.state.done] == [
            ("Another program changed 1 caption", "outside"), ("Grin", "hand")]
        assert tags(desk) == ("1girl", "mira", "grin", "theirs") and len(edit.changes) == 2
        desk.undo()
        assert tags(desk) == ("1girl", "mira", "smile", "theirs")
        desk.undo()
        assert tags(desk) == ("1girl", "mira", "smile", "number 0")
        desk.redo()
        assert tags(desk) == ("1girl", "mira", "smile", "theirs")


def test_a_caption_typed_while_another_program_wrote_is_merged(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 1)) as desk:
        image = images(desk)[0]
        shown = desk.caption(image)
        written_by_another(desk, shown.replace("smile", "smile, theirs"))
        desk.write("Type", [Preview(image, shown, shown.replace("mira", "mira, mine"))])
        assert tags(desk) == ("1girl", "mira", "mine", "smile", "theirs", "number 0")


def test_undoing_keeps_what_another_program_wrote_since(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 1)) as desk:
        edit = desk.rewrite("Grin", images(desk), rename("smile", "grin"))
        written_by_another(desk, "1girl, mira, grin, number 0, theirs. She stands there, and waves.\n")
        desk.undo(edit.id)
        assert sorted(tags(desk)) == ["1girl", "mira", "number 0", "smile", "theirs"]
        assert desk.undo_text == "Another program changed 1 caption" and desk.redo_text == "Grin"
        desk.redo()
        assert {"grin", "theirs"} < set(tags(desk)) and "smile" not in tags(desk)


class Overtaking:
    """An operation that another program overtakes: it writes each caption again just after it was read."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._replace = desk, desk.sidecars.replace
        desk.sidecars.replace = self
        self.left = 2

    def __call__(self, file, before, after, in_place=False):
        if self.left:
            self.left -= 1
            path = self._desk.place.folder / file
            path.write_text(path.read_text().replace("1girl", f"1girl, theirs {self.left}", 1))
        return self._replace(file, before, after, in_place)


def test_a_program_that_writes_between_the_look_and_the_change_loses_nothing(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 1)) as desk:
        Overtaking(desk)
        desk.rewrite("Grin", images(desk), rename("smile", "grin"))
        assert set(tags(desk)) == {"1girl", "theirs 0", "theirs 1", "mira", "grin", "number 0"}
        assert [each.by for each in desk.state.done] == ["hand", "outside"]
        assert desk.notice(images(desk)) is None, "the journal knows what the file says"


def test_two_desks_of_one_project_see_each_others_edits(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 2)) as desk:
        other = Desk(desk.place)
        other.rewrite("Theirs", images(desk), add(["hat"]))
        desk.set("Mine", "stars", {images(desk)[0].id: 3})
        assert [each.what for each in other.state.done] == ["Theirs", "Mine"]
        desk.undo(), desk.undo()
        assert "hat" not in tags(other) and other.redo_text == "Theirs"


def test_decisions_of_a_hand_outlive_the_desk(tmp_path):
    folder = write_numbered(tmp_path / "set", 1)
    with at_desk(folder) as desk:
        image = images(desk)[0]
        desk.rewrite("Remove smile", [image], remove(these("smile")))
    with at_desk(folder) as desk:
        assert decisions(desk.state, image.id).removed == {"smile"}


def test_the_trash_takes_an_image_with_its_captions_and_changes_no_byte(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    (folder / "images/Mira/0000.caption").write_text("1girl")
    (folder / "images/Mira/0000.json").write_text("{}")
    before = contents(folder)
    with at_desk(folder) as desk:
        first, second = images(desk)
        edit = desk.trash("Throw away", [first])
        assert [change.field for change in edit.changes] == [PLACE]
        assert set(contents(folder)) == {
            "images/Mira/0001.png", "images/Mira/0001.txt", "trash/Mira/0000.caption", "trash/Mira/0000.json",
            "trash/Mira/0000.png", "trash/Mira/0000.txt"}  # fmt: skip
        desk.undo()
    assert contents(folder) == before


def test_nothing_in_the_trash_or_in_its_old_place_is_overwritten(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    with at_desk(folder) as desk:
        first, second = images(desk)
        desk.trash("One", [first])
        newcomer = replace(second, path=first.path)
        (folder / second.path).rename(folder / first.path)
        (folder / second.path).with_suffix(".txt").rename((folder / first.path).with_suffix(".txt"))
        desk.trash("Two", [newcomer])
        assert pictures(folder) == {"trash/Mira/0000.png", "trash/Mira/0000-2.png"}
        desk.undo()
        desk.undo()
        assert pictures(folder) == {"images/Mira/0000.png", "images/Mira/0000-2.png"}


def test_undoing_finds_a_caption_that_was_renamed_with_its_image(tmp_path):
    folder = write_numbered(tmp_path / "set", 1)
    with at_desk(folder) as desk:
        desk.rewrite("Grin", images(desk), rename("smile", "grin"))
        for suffix in (".png", ".txt"):
            (folder / f"images/Mira/0000{suffix}").rename(folder / f"images/Mira/first{suffix}")
        desk.undo()
        assert "smile" in tags(desk)


def test_a_caption_beside_a_file_that_is_no_text_is_not_lost(tmp_path):
    folder = write_set(tmp_path / "set", {"a": "1girl, é".encode("cp1252")})
    with at_desk(folder) as desk, pytest.raises(UserError, match=r"a\.txt is not UTF-8"):
        desk.rewrite("Add", images(desk), add(["hat"]))
    assert contents(folder)["images/Mira/a.txt"] == "1girl, é".encode("cp1252")


@pytest.mark.parametrize("raw", [
    b"\xff\xfe1girl", b"\xfe\xff1girl", b"\xff\xfe\x00\xd8a\x00", b"\xff\xfea\x00\x00\x00"])
def test_what_only_begins_like_utf_16_is_refused_and_keeps_its_bytes(tmp_path, raw):
    folder = write_set(tmp_path / "set", {"a": raw})
    with at_desk(folder) as desk:
        with pytest.raises(UserError, match=r"images/Mira/a\.txt is not UTF-8 text"):
            desk.rewrite("Add", images(desk), add(["smile"]))
        assert (folder / "images/Mira/a.txt").read_bytes() == raw and desk.state.last == 0


def test_clearing_a_caption_leaves_none_behind_it(tmp_path):
    folder = write_set(tmp_path / "set", {"a": b"1girl\n"})
    (folder / "images/Mira/a.caption").write_text("2girls")
    with at_desk(folder) as desk:
        desk.write("Clear", [Preview(images(desk)[0], "1girl", "")])
        assert desk.caption(images(desk)[0]) is None
        assert set(contents(folder)) == {"images/Mira/a.png"}


def test_a_file_that_resists_is_named_and_the_journal_stays_true(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    with at_desk(folder) as desk:
        (folder / "images/Mira/0000.txt.part").mkdir()
        with pytest.raises(UserError, match=r"images/Mira/0000\.txt could not be written"):
            desk.rewrite("Grin", images(desk), rename("smile", "grin"))
        assert ["grin" in tags(desk, place) for place in (0, 1)] == [False, True]
        assert desk.state.files["images/Mira/0000.txt"].encode() == (folder / "images/Mira/0000.txt").read_bytes()


def test_a_damaged_line_is_named(tmp_path):
    folder = write_numbered(tmp_path / "set", 1)
    with at_desk(folder) as desk:
        desk.set("Stars", "stars", {images(desk)[0].id: 1})
        desk.set("Stars", "stars", {images(desk)[0].id: 2})
    path = folder / "captions" / NAME
    path.write_bytes(b"{}\n" + path.read_bytes())
    with workspace.open_project(folder) as place, pytest.raises(UserError, match=r"edits\.jsonl is damaged at byte 0"):
        Desk(place)


def test_a_project_that_is_only_looked_at_cannot_be_edited(tmp_path):
    place = workspace.read_project(write_numbered(tmp_path / "set", 1))
    with pytest.raises(UserError, match="only looked at"):
        Desk(place)
    assert read_edits(place).last == 0


def test_a_change_of_ones_own_making_can_be_applied(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 1)) as desk:
        image = images(desk)[0]
        desk.apply("Silence D01", [Change(image.id, "silenced:D01", None, True)], "rule")
        assert desk.state.values[image.id] == {"silenced:D01": True}
