import os

from studio.core.labels import Label, Labels
from studio.core.tag_edits import rename
from studio.store import workspace
from studio.store.image_index import NAME, ImageIndex
from studio.store.records import Records, records
from tests.store.desk import at_desk, contents, images, write_numbered, write_set
from tests.tiny_project import write_pair_project


def test_a_record_joins_the_file_its_caption_and_what_was_said(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    with at_desk(folder) as desk:
        first = images(desk)[0]
        desk.set("Angle", "angle", {first.id: Label("from side")})
    found = records(workspace.read_project(folder))
    assert [record.image.path.name for record in found] == ["0000.png", "0001.png"]
    assert found[0].labels == Labels(angle=Label("from side")) and found[1].labels == Labels()
    assert found[0].tags == ("1girl", "mira", "smile", "number 0")
    assert (found[0].repeats, found[0].image.characters, found[0].image.width) == (3, ("Mira",), 4)


def test_looking_at_a_project_changes_nothing_in_it(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    before = sorted(folder.rglob("*"))
    records(workspace.read_project(folder))
    assert sorted(folder.rglob("*")) == before


def test_images_of_several_characters_are_records_too(tmp_path):
    place = workspace.read_project(write_pair_project(tmp_path / "project", ""))
    assert [(record.image.characters, record.repeats) for record in records(place)] == (
        [(("Mira",), 1)] * 4 + [(("Kai",), 2)] * 2 + [(("Mira", "Kai"), 3)])


def test_after_an_edit_only_its_records_are_made_anew(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 3)) as desk:
        all_of_them = Records(desk)
        before = all_of_them.all
        new = all_of_them.after(desk.rewrite("Grin", images(desk)[1:2], rename("smile", "grin")))
        assert [record.tags[2] for record in new] == ["grin"]
        assert [one is other for one, other in zip(before, all_of_them.all)] == [True, False, True]
        assert all_of_them.of(new[0].id) == new and all_of_them.of("nobody") == ()
        assert all_of_them.after(None) == ()


def test_what_is_thrown_away_is_no_record_until_it_comes_back(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 3)) as desk:
        all_of_them = Records(desk)
        before = all_of_them.all
        assert all_of_them.after(desk.trash("Throw away", images(desk)[:1])) == ()
        assert all_of_them.all == before[1:]
        assert all_of_them.after(desk.undo()) == before[:1]
        assert all_of_them.all == before


def test_opening_notices_what_another_program_did_meanwhile(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    with at_desk(folder) as desk:
        desk.rewrite("Grin", images(desk)[:1], rename("smile", "grin"))
    (folder / "images/Mira/0000.txt").write_text("theirs")
    with at_desk(folder) as desk:
        assert Records(desk).all[0].caption == "theirs"
        assert desk.undo_text == "Another program changed 1 caption"


def test_throwing_away_and_bringing_back_is_no_other_programs_doing(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 2)) as desk:
        all_of_them = Records(desk)
        all_of_them.after(desk.trash("Throw away", images(desk)[:1]))
        all_of_them.after(desk.undo())
        assert desk.notice(images(desk)) is None and desk.state.done == ()


def test_a_caption_that_is_no_text_is_shown_as_far_as_it_goes(tmp_path):
    folder = write_set(tmp_path / "set", {"a": "1girl, é".encode("cp1252"), "b": b"x" * 300_000})
    assert [record.caption for record in records(workspace.read_project(folder))] == ["1girl, \ufffd", ""]


def test_a_file_that_is_no_image_is_a_trouble_and_not_a_record(tmp_path):
    folder = write_numbered(tmp_path / "set", 1)
    (folder / "images/Mira/broken.png").write_bytes(b"no image")
    with at_desk(folder) as desk:
        all_of_them = Records(desk)
        assert len(all_of_them.all) == 1 and "broken.png" in all_of_them.troubles[0]


def test_an_image_is_read_once_for_each_of_its_versions(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    path = folder / "images/Mira/0000.png"
    with at_desk(folder) as desk:
        known = images(desk)
        facts, size = path.stat(), path.stat().st_size
        path.write_bytes(b"\0" * size)  # nobody looks inside as long as length and time are the same
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert ImageIndex(desk.place).items() == known
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
        assert len(ImageIndex(desk.place).items()) == 1


def test_a_cache_that_means_nothing_is_no_hindrance(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    with at_desk(folder) as desk:
        known = images(desk)
        for text in ("", "[[1]]", "{}", "[[1, 2, 3, 4, 5, 6]]", "nonsense"):
            (folder / "cache" / NAME).write_text(text)
            assert ImageIndex(desk.place).items() == known


def test_what_an_import_knows_is_not_read_again(tmp_path):
    folder = write_numbered(tmp_path / "set", 1)
    with at_desk(folder) as desk:
        item = images(desk)[0]
        (folder / item.path).write_bytes(b"nothing that could be decoded")
        ImageIndex(desk.place).learn([item])
        assert images(desk) == (item,)
    assert contents(folder)["images/Mira/0000.png"] == b"nothing that could be decoded"
