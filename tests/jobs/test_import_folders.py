"""Imports of sorted sets: by the names of folders, out of archives and out of memory, with all that other tools wrote."""

import json
import zipfile

import pytest
from exchange_drawings import content, drawing, write
from job_runs import run
from PIL import PngImagePlugin

from studio.core.events import Failed, Finished, ImageImported, Note, Progress, Stopped
from studio.core.provenance import folder_rules
from studio.core.record import Provenance
from studio.core.survey import Assignment
from studio.jobs.import_images import ImportImages
from studio.jobs.survey import SurveyImages
from studio.store.dataset import dataset
from studio.store.edits import Desk, read_edits
from studio.store.exchange.originals import original_of
from studio.store.image_index import NAME as INDEX
from studio.store.images import image_id
from studio.store.likenesses import Likenesses
from studio.store.records import records
from studio.store.workspace import create, open_project, read_project
from tests.store.crash import killed
from tests.store.exchange.test_json_captions import CAPTION, NESTED

LINK = """
import sys
from pathlib import Path
from studio.core.events import ImageImported
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.import_images import ImportImages
job = ImportImages(Path(sys.argv[1]), (Path(sys.argv[2]),), by_folder=True, link=sys.argv[3] == "link")
execute(Ticket(job), Gpu(), lambda event: print(event.path) if isinstance(event, ImageImported) else None)
"""


@pytest.fixture
def project(tmp_path):
    create(tmp_path / "project", "Book", "/models/anima-base-v1.0.safetensors").close()
    return tmp_path / "project"


@pytest.fixture
def sorted_set(tmp_path):
    """A kohya folder of one character, a plain one of another, and one of both."""
    top = tmp_path / "train"
    for number, name in enumerate(("10_mirasol girl/a", "10_mirasol girl/b", "Kana/a", "Mirasol+Kana/p")):
        write(top / f"{name}.png", number)
    (top / "10_mirasol girl/a.txt").write_text("1girl, mirasol, smile")
    (top / "Kana/a.caption").write_text("1girl, kana, frown")
    return top


def imported(project, *paths, **wish):
    return run(ImportImages(project, paths, **wish))


def held(project):
    place = read_project(project)
    return {item.path.as_posix(): item for item in dataset(place).images}


def notes(events):
    return [event.text for event in events if isinstance(event, Note)]


def with_parameters(path, text):
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", text)
    path.parent.mkdir(parents=True, exist_ok=True)
    drawing(hash(path.name) % 1000).save(path, pnginfo=info)
    return path


def a1111(model):
    return f"1girl\nSteps: 28, Sampler: Euler, Seed: 1, Model: {model}, Version: v1.10"


def test_each_folder_goes_to_whom_it_names_with_its_repeats(project, sorted_set):
    events = imported(project, sorted_set, by_folder=True)
    assert isinstance(events[-1], Finished)
    assert sorted(held(project)) == ["images/Kana/a.png", "images/mirasol+Kana/p.png", "images/mirasol/a.png",
                                     "images/mirasol/b.png"]
    place = read_project(project).project
    assert {each.name: (each.trigger, each.repeats) for each in place.characters} == {
        "mirasol": ("mirasol", 10), "Kana": ("kana", 1)}
    assert [group.characters for group in place.groups] == [("mirasol", "Kana")]
    assert "Each image of mirasol is shown 10x an epoch" in notes(events)
    assert held(project)["images/Kana/a.png"].caption == "1girl, kana, frown"


def test_a_person_may_decide_otherwise_for_a_folder(project, sorted_set):
    given = Assignment("train/Kana", ("Kanako",), "kanako", 4)
    imported(project, sorted_set / "10_mirasol girl", sorted_set, by_folder=True,
             folders=(given, Assignment("train/Mirasol+Kana", ("mirasol", "Kanako"))))
    assert "images/mirasol+Kanako/p.png" in held(project)
    assert read_project(project).project.character("Kanako").repeats == 4


def test_files_in_no_folder_need_a_character(project, tmp_path):
    path = write(tmp_path / "x.png", 1)
    ending = imported(project, path, by_folder=True)[-1]
    assert isinstance(ending, Failed) and "show nobody" in ending.what
    imported(project, path, character="Mira", trigger="mirasol", by_folder=True)
    assert list(held(project)) == ["images/Mira/x.png"]


def test_two_folders_of_one_character_must_agree_on_the_repeats(project, tmp_path):
    for number, name in enumerate(("10_mira a", "3_mira b")):
        write(tmp_path / "train" / name / "x.png", number)
    ending = imported(project, tmp_path / "train", by_folder=True)[-1]
    assert isinstance(ending, Failed) and "different repeats" in ending.what and held(project) == {}
    imported(project, tmp_path / "train", by_folder=True, repeats=4)
    assert read_project(project).project.character("mira").repeats == 4


def test_an_archive_is_imported_as_its_folders_would_be(project, tmp_path, sorted_set):
    with zipfile.ZipFile(tmp_path / "train.zip", "w") as file:
        for path in sorted(sorted_set.rglob("*.*")):
            file.write(path, path.relative_to(sorted_set).as_posix())
    imported(project, tmp_path / "train.zip", by_folder=True)
    assert len(held(project)) == 4 and held(project)["images/mirasol/a.png"].caption == "1girl, mirasol, smile"


def test_what_was_pasted_is_imported_under_a_free_name(project):
    clips = {"pasted.png": content(1), "pasted.txt": b"1girl, mirasol"}
    imported(project, character="Mira", trigger="mirasol", clips=clips)
    imported(project, character="Mira", clips={"pasted.png": content(2)})
    assert {path: item.caption for path, item in held(project).items()} == {
        "images/Mira/pasted.png": "1girl, mirasol", "images/Mira/pasted-2.png": None}


def test_what_was_unticked_is_left_out(project, sorted_set):
    survey = []
    run(SurveyImages((sorted_set,), project, hear=survey.append))
    unwanted = next(found.where for found in survey if found.where.endswith("b.png"))
    events = imported(project, sorted_set, by_folder=True, surveyed=tuple(survey), leave_out=frozenset({unwanted}))
    assert "images/mirasol/b.png" not in held(project) and len(held(project)) == 3
    assert [event.total for event in events if isinstance(event, Progress)][0] == 3


def test_links_share_the_bytes_of_the_originals(project, sorted_set):
    imported(project, sorted_set, by_folder=True, link=True)
    assert (project / "images/mirasol/a.png").samefile(sorted_set / "10_mirasol girl/a.png")
    assert not (project / "images/mirasol/a.txt").samefile(sorted_set / "10_mirasol girl/a.txt")


def test_where_links_are_impossible_images_are_copied_and_that_is_said(project, sorted_set, monkeypatch):
    monkeypatch.setattr("os.link", lambda *_: (_ for _ in ()).throw(OSError(18, "Invalid cross-device link")))
    events = imported(project, sorted_set, by_folder=True, link=True)
    assert "4 of the images could not be linked and were copied" in notes(events)
    assert (project / "images/Kana/a.png").read_bytes() == (sorted_set / "Kana/a.png").read_bytes()


def test_a_link_to_a_link_is_one_to_the_file_itself(project, tmp_path):
    path = write(tmp_path / "real/x.png", 1)
    (tmp_path / "Mira").mkdir()
    (tmp_path / "Mira/x.png").symlink_to(path)
    imported(project, tmp_path / "Mira", by_folder=True, link=True)
    assert (project / "images/Mira/x.png").samefile(path) and not (project / "images/Mira/x.png").is_symlink()


def test_json_captions_become_text_and_are_kept_whole(project, tmp_path):
    path = write(tmp_path / "Mira/x.png", 1)
    path.with_suffix(".json").write_text(NESTED)
    imported(project, tmp_path / "Mira", by_folder=True)
    assert held(project)["images/Mira/x.png"].caption == CAPTION
    assert original_of(read_project(project), image_id(path.read_bytes())) == NESTED


def test_a_metadata_file_of_kohyas_gives_captions(project, tmp_path):
    write(tmp_path / "Mira/x.png", 1)
    (tmp_path / "Mira/meta_cap.json").write_text(json.dumps({"x": {"tags": "1girl, mira", "caption": "She waves there."}}))
    imported(project, tmp_path / "Mira", by_folder=True)
    assert held(project)["images/Mira/x.png"].caption == "1girl, mira. She waves there."


def test_where_each_image_is_from_is_noted_with_the_evidence(project, tmp_path):
    with_parameters(tmp_path / "Mira/a.png", a1111("anima-base-v1.0"))
    with_parameters(tmp_path / "Mira/b.png", a1111("WAI-anima-01"))
    with_parameters(tmp_path / "Mira/c.png", a1111("sdxl"))
    write(tmp_path / "Mira/d.png", 5)
    imported(project, tmp_path / "Mira", by_folder=True)
    found = {record.image.path.stem: record.provenance for record in records(read_project(project))}
    assert {name: each and each.kind for name, each in found.items()} == {
        "a": "same base", "b": "same family", "c": "other generator", "d": None}
    assert found["a"].evidence == "AUTOMATIC1111's text names anima-base-v1.0" and found["a"].origin == "metadata"
    assert read_edits(read_project(project)).done[-1].what == "Note where 3 images come from"


def test_a_rule_for_a_folder_is_noted_and_a_hand_has_the_last_word(project, tmp_path):
    path = with_parameters(tmp_path / "gemini/a.png", a1111("sdxl"))
    wish = {"character": "Mira", "trigger": "mirasol"}
    imported(project, tmp_path / "gemini", **wish, rules=folder_rules(["gemini=same family"]))
    assert records(read_project(project))[0].provenance.origin == "folder"
    with open_project(project) as place, Desk(place) as desk:
        desk.set("Say where it is from", "provenance", {image_id(path.read_bytes()): None})
        desk.set("Say where it is from", "provenance", {image_id(path.read_bytes()): Provenance("unknown")})
    imported(project, tmp_path / "gemini", **wish)
    assert records(read_project(project))[0].provenance == Provenance("unknown")


def test_opening_after_an_import_reads_no_image_again(project, sorted_set, monkeypatch):
    imported(project, sorted_set, by_folder=True)
    assert len(json.loads((project / "cache" / INDEX).read_bytes())) == 4
    assert len(Likenesses(read_project(project)).known()) == 4
    monkeypatch.setattr("studio.store.image_index.id_of_file", lambda path: pytest.fail("hashed again"))
    assert len(records(read_project(project))) == 4


def test_what_was_surveyed_is_not_decoded_again(project, sorted_set, monkeypatch):
    survey = []
    run(SurveyImages((sorted_set,), hear=survey.append))
    monkeypatch.setattr("studio.store.exchange.looking.decoded", lambda *_: pytest.fail("decoded again"))
    assert isinstance(imported(project, sorted_set, by_folder=True, surveyed=tuple(survey))[-1], Finished)


def test_a_stop_leaves_a_project_that_knows_what_it_has(project, sorted_set):
    events = run(ImportImages(project, (sorted_set,), by_folder=True), lambda event: isinstance(event, ImageImported))
    assert isinstance(events[-1], Stopped) and events[-1].facts["imported"] == 1 == len(held(project))
    assert len(json.loads((project / "cache" / INDEX).read_bytes())) == 1
    imported(project, sorted_set, by_folder=True)
    assert len(held(project)) == 4


@pytest.mark.parametrize("how", ["copy", "link"])
def test_a_killed_import_by_folder_is_completed_by_the_next(project, tmp_path, how):
    for number in range(40):
        write(tmp_path / f"in/{number % 2 + 1}_c{number % 2} girl/{number:02}.png", number, f"1girl, c{number % 2}")
    killed(LINK, project, tmp_path / "in", how, after_lines=7)
    with open_project(project) as place:
        assert not list(place.folder.rglob("*.part"))
    assert 7 <= len(held(project)) < 40 and all(item.caption for item in held(project).values())
    imported(project, tmp_path / "in", by_folder=True, link=how == "link")
    assert len(held(project)) == 40


def test_originals_in_an_archive_that_is_broken_within_are_left_out_by_name(project, tmp_path):
    with zipfile.ZipFile(tmp_path / "Mira.zip", "w") as file:
        file.writestr("a.png", content(1))
        file.writestr("b.png", content(2))
    raw = (tmp_path / "Mira.zip").read_bytes()
    place = raw.index(content(2))
    (tmp_path / "Mira.zip").write_bytes(raw[:place + 60] + b"XXXX" + raw[place + 64:])
    events = imported(project, tmp_path / "Mira.zip", by_folder=True)
    assert [path.rpartition("/")[2] for path in events[-1].facts["refused"]] == ["b.png"]


def test_an_unknown_character_in_a_pair_is_named(project, tmp_path):
    write(tmp_path / "Mira+Kana/p.png", 1)
    ending = imported(project, tmp_path / "Mira+Kana", by_folder=True)[-1]
    assert isinstance(ending, Failed) and "There is no character called 'Mira'" in ending.what
