import io
import zipfile

import pytest
from exchange_drawings import content

from studio.core.errors import UserError
from studio.store.exchange import places
from studio.store.exchange.places import Archive, Clips, Folder


def packed(path, entries, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, raw in entries.items():
            file.writestr(name, raw)
    return path


def test_a_folder_names_what_lies_in_it_with_its_length_and_passes_over_what_is_hidden(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.png").write_bytes(b"12")
    (tmp_path / ".thumbnails").mkdir()
    (tmp_path / ".thumbnails/t.png").write_bytes(b"1")
    (tmp_path / "._x.png").write_bytes(b"1")
    assert dict(Folder(tmp_path).names()) == {"a/x.png": 2} and Folder(tmp_path).read("a/x.png") == b"12"
    assert dict(Folder(tmp_path, is_deep=False).names()) == {}


def test_an_archive_is_read_entry_by_entry(tmp_path):
    archive = Archive(packed(tmp_path / "set.zip", {"mira/a.png": content(), "mira/a.txt": b"mira"}))
    assert set(archive.names()) == {"mira/a.png", "mira/a.txt"}
    assert archive.read("mira/a.txt") == b"mira" and archive.path("mira/a.txt") is None
    archive.close()


@pytest.mark.parametrize("name, why", [
    ("../evil.png", "leads out"), ("a/../../evil.png", "leads out"), ("/etc/evil.png", "leads out"),
    ("C:/evil.png", "leads out"), ("..\\evil.png", "leads out"), ("more/inner.zip", "within an archive"),
    ("inner.rar", "within an archive"),
])
def test_what_no_honest_archive_holds_is_refused_by_name(tmp_path, name, why):
    archive = Archive(packed(tmp_path / "set.zip", {"a.png": content(), name: content()}))
    assert set(archive.names()) == {"a.png"}
    [reason] = archive.refused.values()
    assert why in reason
    archive.close()


def test_a_bomb_is_not_unpacked(tmp_path):
    archive = Archive(packed(tmp_path / "b.zip", {"a.png": bytes(40 * 2**20), "b.png": content()}, zipfile.ZIP_DEFLATED))
    assert set(archive.names()) == {"b.png"} and "unpacks to far more" in archive.refused["a.png"]
    archive.close()


def test_what_is_packed_in_a_rare_way_is_refused_by_name(tmp_path):
    archive = Archive(packed(tmp_path / "b.zip", {"a.png": content()}, zipfile.ZIP_BZIP2))
    assert archive.names() == {} and "packed in a way" in archive.refused["a.png"]
    archive.close()


def test_an_entry_that_is_larger_than_any_picture_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "LARGEST_FILE", 1000)
    archive = Archive(packed(tmp_path / "b.zip", {"a.png": bytes(1001)}))
    assert archive.names() == {} and "larger than" in archive.refused["a.png"]
    archive.close()


@pytest.mark.parametrize("limit, value", [("MOST_ENTRIES", 2), ("LARGEST_ARCHIVE", 100)])
def test_an_archive_of_too_much_is_refused_as_a_whole(tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(places, limit, value)
    path = packed(tmp_path / "set.zip", {f"{number}.png": bytes(50) for number in range(3)})
    with pytest.raises(UserError, match="too much"):
        Archive(path)


def test_a_header_that_lies_about_the_length_is_found_out(tmp_path):
    raw = bytearray(packed(tmp_path / "set.zip", {"a.png": b"x" * 100}).read_bytes())
    start = raw.rindex(b"PK\x01\x02")
    raw[start + 24:start + 28] = (10).to_bytes(4, "little")
    (tmp_path / "set.zip").write_bytes(raw)
    archive = Archive(tmp_path / "set.zip")
    with pytest.raises(UserError, match=r"a\.png in set\.zip is damaged"):
        archive.read("a.png")
    archive.close()


@pytest.mark.parametrize("raw", [b"", b"rubbish", b"PK\x03\x04" + bytes(40)])
def test_what_is_no_archive_is_named(tmp_path, raw):
    (tmp_path / "set.zip").write_bytes(raw)
    with pytest.raises(UserError, match=r"set\.zip is no ZIP archive"):
        Archive(tmp_path / "set.zip")


def test_what_macos_packs_along_is_passed_over(tmp_path):
    archive = Archive(packed(tmp_path / "set.zip", {"__MACOSX/._a.png": b"1", "a/.b.png": b"1", "a/c.png": b"1"}))
    assert set(archive.names()) == {"a/c.png"} and archive.refused == {}
    archive.close()


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_japanese_names_are_read_whatever_packed_them(tmp_path, encoding):
    """Windows writes its own code page into names that are said to be of DOS."""
    raw = packed(tmp_path / "x.zip", {"AAAAAAAA/BBBB.png": b"1"}).read_bytes()
    folder, file = "制服と髪".encode(encoding), "桜井".encode(encoding)
    (tmp_path / "x.zip").write_bytes(_renamed(raw, folder + b"/" + file + b".png"))
    archive = Archive(tmp_path / "x.zip")
    assert set(archive.names()) == {"制服と髪/桜井.png"} and archive.read("制服と髪/桜井.png") == b"1"
    archive.close()


def _renamed(raw, name):
    """The archive with its one entry under a name in whatever bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(file, "w") as after:
        after.writestr("N" * len(name), before.read(before.namelist()[0]))
    return file.getvalue().replace(b"N" * len(name), name)


def test_clips_lie_nowhere_and_cannot_name_another_place():
    clips = Clips({"../../x.png": b"1", "": b"2"})
    assert dict(clips.names()) == {"x.png": 1, "pasted": 1} and clips.read("x.png") == b"1"
