import json
import os

import pytest
from exchange_drawings import content, write

from studio.core.errors import UserError
from studio.core.project import Character, Group, with_character, with_group
from studio.store.dataset import Shelf
from studio.store.exchange import export
from studio.store.exchange.export import LIST, Export
from studio.store.exchange.formats import FORMATS
from studio.store.exchange.json_captions import read_fields
from studio.store.exchange.originals import keep_original, original_of
from studio.store.images import read_picture
from studio.store.records import records
from studio.store.workspace import create, open_project, read_project
from tests.store.exchange.test_json_captions import CAPTION, FLAT, NESTED

CAPTIONS = {"a": "safe, 1girl, mirasol, smile. She waves, and smiles.", "b": "1girl, mirasol\nShe sits.\nIt is night.",
            "c": None}


@pytest.fixture
def project(tmp_path):
    """Two characters, one of whom has repeats, and a pair."""
    with create(tmp_path / "p", "Book") as place:
        for each in (Character("Mira", "mirasol", 3), Character("Kana", "kanakana")):
            place.save(with_character(place.project, each))
        place.save(with_group(place.project, Group(("Mira", "Kana"), 5)))
        for number, (name, caption) in enumerate(CAPTIONS.items()):
            put(place, name, number, "Mira", caption)
        put(place, "k", 7, "Kana", "1girl, kanakana, frown")
        put(place, "both", 8, "Mira+Kana", "2girls, mirasol, kanakana")
    return tmp_path / "p"


def put(place, name, seed, shown, caption):
    path = write(place.folder.parent / "in" / f"{name}.png", seed)
    return Shelf(place).keep(read_picture(path), path.name, shown, caption)


def exported(project, format, **how):
    out = project.parent / format
    place = read_project(project)
    list(Export(place, out, FORMATS[format], **how).write(records(place)))
    return out


def files(out):
    return {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}


def names(out):
    return sorted(name for name in files(out) if name != LIST)


def test_kohya_folders_have_repeats_a_trigger_and_a_class(project):
    assert names(exported(project, "kohya")) == [
        "1_kanakana girl/k.png", "1_kanakana girl/k.txt", "3_mirasol girl/a.png", "3_mirasol girl/a.txt",
        "3_mirasol girl/b.png", "3_mirasol girl/b.txt", "3_mirasol girl/c.png", "5_mirasol+kanakana 2girls/both.png",
        "5_mirasol+kanakana 2girls/both.txt"]


def test_images_arrive_byte_for_byte(project):
    out = files(exported(project, "kohya"))
    assert out["3_mirasol girl/a.png"].read_bytes() == (project / "images/Mira/a.png").read_bytes()


def test_kohya_reads_one_line_so_captions_have_one(project):
    out = files(exported(project, "kohya"))
    assert out["3_mirasol girl/b.txt"].read_text() == "1girl, mirasol. She sits. It is night.\n"


@pytest.mark.parametrize("format", ["txt", "caption"])
def test_captions_are_written_as_they_are_under_the_ending_that_is_asked_for(project, format):
    out = files(exported(project, format))
    assert out[f"Mira/b.{format}"].read_text().strip() == CAPTIONS["b"]
    assert "Mira+Kana/both.png" in out and f"Mira/c.{format}" not in out


def test_images_of_one_character_need_no_folder(project):
    place = read_project(project)
    out = project.parent / "out"
    mira = [record for record in records(place) if record.image.characters == ("Mira",)]
    list(Export(place, out, FORMATS["txt"]).write(mira))
    assert names(out)[:2] == ["a.png", "a.txt"]


@pytest.mark.parametrize("format", ["toolkit", "studio-json"])
def test_json_captions_say_what_the_text_says(project, format):
    for name, path in files(exported(project, format)).items():
        if path.suffix == ".json" and name != LIST:
            found = read_fields(path.read_text("utf-8"))
            assert " ".join(found.caption.split()) in {
                "safe, 1girl, mirasol, smile. She waves, and smiles.", "1girl, mirasol. She sits. It is night.",
                "1girl, kanakana, frown", "2girls, mirasol, kanakana"}
            assert found.count and found.character


def test_the_two_json_shapes_are_those_of_the_two_tools(project):
    flat = json.loads(files(exported(project, "toolkit"))["Mira/a.json"].read_text())
    nested = json.loads(files(exported(project, "studio-json"))["3_mirasol girl/a.json"].read_text())
    assert set(flat) == {"quality", "count", "character", "series", "artist", "appearance", "tags", "environment", "nl"}
    assert set(nested) == {"fixed", "character", "from_path", "ai_output"}


@pytest.mark.parametrize("text", [FLAT, NESTED])
@pytest.mark.parametrize("format", ["toolkit", "studio-json"])
def test_json_that_nobody_touched_comes_back_to_the_letter(project, format, text):
    with open_project(project) as place:
        path = put(place, "j", 9, "Mira", CAPTION)
        keep_original(place, read_picture(path).id, text)
    out = files(exported(project, format))
    [found] = [path for name, path in out.items() if name.endswith("/j.json")]
    assert found.read_text("utf-8") == text


def test_an_original_is_kept_once_and_for_its_bytes(project):
    with open_project(project) as place:
        keep_original(place, "00ff", FLAT)
        keep_original(place, "00ff", NESTED)
        assert original_of(place, "00ff") == FLAT and original_of(place, "11") == ""


def test_exporting_again_changes_only_what_changed(project):
    out = exported(project, "kohya")
    before = {name: path.stat().st_mtime_ns for name, path in files(out).items()}
    (project / "images/Mira/a.txt").write_text("1girl, mirasol, frown")
    exported(project, "kohya")
    after = {name: path.stat().st_mtime_ns for name, path in files(out).items()}
    assert {name for name in before if before[name] != after[name]} - {LIST} == {"3_mirasol girl/a.txt"}


def test_what_left_the_set_leaves_the_export_unless_it_was_changed_there(project):
    out = exported(project, "txt")
    (out / "Mira/b.txt").write_text("mine now, and longer")
    for name in ("a.png", "a.txt", "b.png", "b.txt"):
        (project / "images/Mira" / name).unlink()
    (out / "mine.txt").write_text("mine")
    exported(project, "txt")
    assert [name for name in names(out) if name.startswith(("Mira/", "mine"))] == ["Mira/b.txt", "Mira/c.png", "mine.txt"]


def test_a_list_that_names_other_places_is_not_believed(project, tmp_path):
    out = exported(project, "txt")
    victim = write(tmp_path / "victim.png", 1)
    facts = [victim.stat().st_size, victim.stat().st_mtime_ns]
    (out / LIST).write_text(json.dumps({"../victim.png": facts, str(victim): facts}))
    exported(project, "txt")
    assert victim.exists()


def test_links_share_the_bytes_and_captions_are_files_of_their_own(project):
    out = files(exported(project, "kohya", link=True))
    assert out["3_mirasol girl/a.png"].samefile(project / "images/Mira/a.png")
    assert not out["3_mirasol girl/a.txt"].samefile(project / "images/Mira/a.txt")
    exported(project, "kohya", link=True)
    assert names(project.parent / "kohya")


def test_where_links_are_impossible_files_are_copied(project, monkeypatch):
    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    out = files(exported(project, "txt", link=True))
    assert out["Mira/a.png"].read_bytes() == (project / "images/Mira/a.png").read_bytes()


def test_a_folder_with_other_things_in_it_is_refused_unless_allowed(project, tmp_path):
    (tmp_path / "txt").mkdir()
    (tmp_path / "txt/thesis.doc").write_text("years of work")
    with pytest.raises(UserError, match="is not empty"):
        exported(project, "txt")
    exported(project, "txt", anyway=True)
    assert (tmp_path / "txt/thesis.doc").read_text() == "years of work"


@pytest.mark.parametrize("where", ["", "images", "new/folder", "../"])
def test_nothing_is_ever_written_into_the_project_or_around_it(project, where):
    before = names(project)
    with pytest.raises(UserError, match="lie in each other"):
        Export(read_project(project), project / where, FORMATS["txt"], anyway=True)
    assert names(project) == before


def test_a_link_into_the_project_is_seen_through(project, tmp_path):
    (tmp_path / "out").symlink_to(project / "images", target_is_directory=True)
    with pytest.raises(UserError, match="lie in each other"):
        Export(read_project(project), tmp_path / "out", FORMATS["txt"], anyway=True)


def test_a_file_in_the_way_is_named(project, tmp_path):
    (tmp_path / "txt").write_text("x")
    with pytest.raises(UserError, match="is a file"):
        exported(project, "txt")


def test_whoever_stops_leaves_whole_files_and_can_go_on(project):
    place, out = read_project(project), project.parent / "txt"
    writing = Export(place, out, FORMATS["txt"]).write(records(place))
    next(writing)
    writing.close()
    assert not list(out.rglob("*.part")) and (out / LIST).is_file()
    assert names(exported(project, "txt")) == sorted(names(out)) and len(names(out)) == 9


def test_jfif_is_given_the_ending_that_everybody_reads(project):
    with open_project(project) as place:
        (project.parent / "in/x.jfif").write_bytes(content(11, "JPEG"))
        Shelf(place).keep(read_picture(project.parent / "in/x.jfif"), "x.jfif", "Mira", None)
    assert "Mira/x.jpg" in files(exported(project, "txt"))


def test_export_names_are_those_of_the_formats():
    assert set(FORMATS) == {"kohya", "txt", "caption", "toolkit", "studio-json"} and export.LIST.startswith(".")
