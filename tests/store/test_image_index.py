"""What is known of image files, and what is left for others to read."""

import os
from pathlib import Path

from studio.store import image_index, workspace
from studio.store.image_index import NAME, ImageIndex
from studio.store.records import Records
from tests.store.desk import at_desk, images, write_numbered


def test_no_more_files_are_read_than_one_wants_to_wait_for(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 5)) as desk:
        index = ImageIndex(desk.place)
        assert [item.path.name for item in index.items(at_once=2)] == ["0000.png", "0001.png"]
        assert index.unread == tuple(f"images/Mira/{number:04}.png" for number in (2, 3, 4))
        assert len(index.items(at_once=2)) == 4 and len(index.items()) == 5 and index.unread == ()


def test_what_was_read_elsewhere_is_taken_in(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 3)) as desk:
        index, other = ImageIndex(desk.place), ImageIndex(desk.place)
        index.items(at_once=0)
        taken = index.take(other.read(path) for path in index.unread[1:])
        assert [item.path.name for item in taken] == ["0001.png", "0002.png"]
        assert index.unread == ("images/Mira/0000.png",) and index.items(at_once=0) == taken


def test_a_file_that_is_no_image_is_read_once_and_told_of_each_time(tmp_path, monkeypatch):
    folder, read = write_numbered(tmp_path / "set", 1), []
    (folder / "images/Mira/broken.png").write_bytes(b"no image")
    size_of_file = image_index.size_of_file
    monkeypatch.setattr(image_index, "size_of_file", lambda path: (read.append(path.name), size_of_file(path))[1])
    with at_desk(folder) as desk:
        index = ImageIndex(desk.place)
        for _ in range(2):
            assert len(index.items()) == 1 and "broken.png" in index.troubles[0]
    assert read == ["0000.png", "broken.png"]


def test_what_an_import_learnt_meanwhile_is_not_read_again(tmp_path):
    with at_desk(write_numbered(tmp_path / "set", 3)) as desk:
        index = ImageIndex(desk.place)
        index.items(at_once=0)
        other = ImageIndex(desk.place)
        other.learn(other.items())
        assert len(index.items(at_once=0)) == 3 and index.unread == ()


def test_moved_files_are_what_they_were(tmp_path):
    """Also when they come back from the trash, of however many nobody has to look into one again."""
    with at_desk(write_numbered(tmp_path / "set", 4)) as desk:
        known = Records(desk, at_once=4)
        records = Records(desk, at_once=0)
        assert len(records.all) == 4
        records.after(desk.trash("Throw away", images(desk)[:3]))
        assert len(records.all) == 1
        records.after(desk.undo())
        records.after(desk.move("Give", images(desk)[:2], "Suzu"))
        assert {record.id for record in records.all} == {record.id for record in known.all} and not records.unread


def test_files_that_went_are_forgotten_and_who_only_looks_writes_nothing(tmp_path):
    folder = write_numbered(tmp_path / "set", 2)
    with at_desk(folder) as desk:
        images(desk)
        (folder / "images/Mira/0001.png").unlink()
    before = (folder / "cache" / NAME).read_bytes()
    assert len(ImageIndex(workspace.read_project(folder)).items()) == 1
    assert (folder / "cache" / NAME).read_bytes() == before
    with at_desk(folder) as desk:
        images(desk)
    assert b"0001.png" not in (folder / "cache" / NAME).read_bytes()


def test_records_come_into_their_places_as_their_files_are_read(tmp_path):
    folder = write_numbered(tmp_path / "set", 4)
    with at_desk(folder) as desk:
        records, index = Records(desk, at_once=1), ImageIndex(desk.place)
        assert len(records.all) == 1 and len(records.unread) == 3
        last, second = records.unread[2], records.unread[0]
        assert [record.caption.split(".")[0] for record in records.learn([index.read(last), index.read(second)])] == [
            "1girl, mira, smile, number 3", "1girl, mira, smile, number 1"]
        assert [record.image.path.name for record in records.all] == ["0000.png", "0001.png", "0003.png"]
        records.learn([index.read(records.unread[0])])
        assert records.all == Records(desk).all and [record.repeats for record in records.all] == [3] * 4


def test_a_file_that_goes_before_it_is_read_is_no_record_and_no_riddle(tmp_path):
    folder = write_numbered(tmp_path / "set", 1)
    with at_desk(folder) as desk:
        records, path = Records(desk, at_once=0), Path("images/Mira/0000.png")
        os.unlink(folder / path)
        assert records.learn([ImageIndex(desk.place).read(path.as_posix())]) == () and records.unread == ()
