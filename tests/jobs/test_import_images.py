import hashlib
from pathlib import Path

import pytest
from PIL import Image

from studio.core.events import Failed, Finished, ImageImported, Note, Progress, Started, Stopped
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.import_images import ImportImages
from studio.store.dataset import dataset
from studio.store.workspace import create, open_project, read_project
from tests.store.crash import killed

IMPORT = """
import sys
from pathlib import Path
from studio.core.events import ImageImported
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.import_images import ImportImages
job = ImportImages(Path(sys.argv[1]), (Path(sys.argv[2]),), "Mira", "mirasol")
execute(Ticket(job), Gpu(), lambda event: print(event.path) if isinstance(event, ImageImported) else None)
"""


@pytest.fixture
def project(tmp_path):
    create(tmp_path / "project", "Book").close()
    return tmp_path / "project"


@pytest.fixture
def originals(tmp_path):
    """Three captioned images in a folder, one of them a level below."""
    folder = tmp_path / "originals"
    for number, name in enumerate(["b.png", "a.jpg", "more/c.webp"]):
        drawn(folder / name, number, f"mirasol, picture {number}")
    return folder


def drawn(path, number, caption=None, ending=".txt", size=(48, 32)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (number * 7 % 256, number * 31 % 256, 99)).save(path)
    if caption:
        path.with_suffix(ending).write_text(caption, encoding="utf-8")
    return path


def imported(project, *paths, character="Mira", trigger="mirasol", repeats=None, ticket=None, listen=None, **more):
    """Runs the job and returns its events."""
    events = []
    job = ImportImages(project, paths, character, trigger, repeats, **more)
    execute(ticket or Ticket(job), Gpu(), listen or events.append)
    return events


def held(project):
    """(path, caption) of every image in the project."""
    place = read_project(project)
    return sorted((item.path.as_posix(), item.caption) for item in dataset(place).images)


def character(project, name="Mira"):
    return read_project(project).project.character(name)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def fingerprint(folder):
    return {path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
            for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_folder_is_imported_with_its_captions_in_sorted_order(project, originals):
    events = imported(project, originals)
    assert [event.path for event in of(ImageImported, events)] == ["images/Mira/a.jpg", "images/Mira/b.png",
                                                                  "images/Mira/c.webp"]
    assert held(project) == [("images/Mira/a.jpg", "mirasol, picture 1"), ("images/Mira/b.png", "mirasol, picture 0"),
                             ("images/Mira/c.webp", "mirasol, picture 2")]
    assert (character(project).trigger, character(project).repeats) == ("mirasol", 1)


def test_the_events_tell_the_whole_story(project, originals):
    first, *between, last = imported(project, originals)
    assert isinstance(first, Started) and (first.kind, first.total) == ("import", 3)
    assert [(event.done, event.total) for event in of(Progress, between)] == [(1, 3), (2, 3), (3, 3)]
    assert isinstance(last, Finished)
    assert last.facts == {"imported": 3, "captions": 3, "duplicates": [], "refused": []}


def test_the_originals_are_never_touched_and_their_bytes_arrive_unchanged(project, originals):
    before = fingerprint(originals)
    imported(project, originals)
    assert fingerprint(originals) == before
    assert (project / "images/Mira/b.png").read_bytes() == (originals / "b.png").read_bytes()


def test_a_single_image_with_a_caption_file_of_another_trainer(project, tmp_path):
    path = drawn(tmp_path / "x.png", 1, "mirasol, smile", ".caption")
    imported(project, path)
    assert held(project) == [("images/Mira/x.png", "mirasol, smile")]
    assert (project / "images/Mira/x.txt").exists()


def test_an_image_without_a_caption_is_imported_without_one(project, tmp_path):
    imported(project, drawn(tmp_path / "x.png", 1))
    assert held(project) == [("images/Mira/x.png", None)]


def test_a_second_import_skips_what_is_there_and_says_so(project, originals):
    imported(project, originals)
    before = fingerprint(project / "images")
    events = imported(project, originals)
    assert fingerprint(project / "images") == before
    assert len(of(Finished, events)[0].facts["duplicates"]) == 3
    assert of(Note, events)[1].text == f"{originals / 'a.jpg'} is here already as images/Mira/a.jpg"


@pytest.mark.parametrize("copy", ["copy of mira.png", "Copy of mira.png", "mira (2).png"])
def test_what_is_named_as_a_copy_is_not_what_is_kept_and_gives_its_caption(project, tmp_path, copy):
    folder = tmp_path / "twice"
    drawn(folder / "mira.png", 1)
    (folder / copy).write_bytes((folder / "mira.png").read_bytes())
    (folder / copy).with_suffix(".txt").write_text("1girl, mirasol")
    imported(project, folder)
    assert [(path, caption) for path, caption in held(project)] == [("images/Mira/mira.png", "1girl, mirasol")]


def test_a_copy_under_another_name_is_a_duplicate_and_a_similar_image_is_not(project, tmp_path):
    path = drawn(tmp_path / "in" / "a.png", 1)
    (tmp_path / "in" / "b.png").write_bytes(path.read_bytes())
    drawn(tmp_path / "in" / "c.png", 2)
    imported(project, tmp_path / "in")
    assert [path for path, _ in held(project)] == ["images/Mira/a.png", "images/Mira/c.png"]


def test_a_caption_that_was_written_since_is_taken_over_and_never_over_another(project, tmp_path):
    bare, told = drawn(tmp_path / "a.png", 1), drawn(tmp_path / "b.png", 2, "mirasol, first")
    imported(project, bare, told)
    for path in (bare, told):
        path.with_suffix(".txt").write_text("mirasol, later")
    events = imported(project, bare, told)
    assert held(project) == [("images/Mira/a.png", "mirasol, later"), ("images/Mira/b.png", "mirasol, first")]
    assert "its caption was new" in of(Note, events)[1].text


def test_images_of_the_same_name_from_two_folders_are_both_kept(project, tmp_path):
    for number, folder in enumerate(("x", "y"), 1):
        drawn(tmp_path / "in" / folder / "001.png", number, f"mirasol, {folder}")
    imported(project, tmp_path / "in")
    assert held(project) == [("images/Mira/001-2.png", "mirasol, y"), ("images/Mira/001.png", "mirasol, x")]


def test_damaged_images_are_left_out_by_name_while_the_rest_goes_on(project, originals):
    (originals / "aa.png").write_bytes(b"")
    (originals / "bb.png").write_bytes(b"rubbish")
    drawn(originals / "cc.png", 9)
    (originals / "cc.txt").write_bytes(b"\xff\xfe\xfa")
    events = imported(project, originals)
    assert len(held(project)) == 3
    assert [Path(path).name for path in of(Finished, events)[0].facts["refused"]] == ["aa.png", "bb.png", "cc.png"]
    assert "aa.png is empty" in of(Note, events)[1].text


def test_an_import_of_nothing_but_damaged_images_fails(project, tmp_path):
    (tmp_path / "a.png").write_bytes(b"rubbish")
    ending = imported(project, tmp_path / "a.png")[-1]
    assert isinstance(ending, Failed) and ending.kind == "person"
    assert "None of the 1 images" in ending.what


@pytest.mark.parametrize("name, content, what", [
    ("gone", None, "does not exist"),
    ("a.txt", b"text", "is not an image"),
    ("empty/.keep", b"", "There is no image in"),
])
def test_a_path_without_images_fails_before_anything_is_written(project, tmp_path, name, content, what):
    path = tmp_path / name
    if content is not None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    ending = imported(project, path.parent if path.name == ".keep" else path)[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and what in ending.what
    assert read_project(project).project.characters == ()


def test_hidden_files_and_masks_are_passed_over(project, originals):
    for name in ("._a.png", ".thumbnails/t.png", "a-masklabel.png"):
        drawn(originals / name, 50)
    imported(project, originals)
    assert len(held(project)) == 3


def test_a_circle_of_links_ends(project, originals):
    (originals / "round").symlink_to(originals, target_is_directory=True)
    imported(project, originals, originals)
    assert len(held(project)) == 3


@pytest.mark.parametrize("named", ["train", "train/10_mira sol"])
def test_a_kohya_folder_says_the_repeats(project, tmp_path, named):
    drawn(tmp_path / "train" / "10_mira sol" / "a.png", 1)
    imported(project, tmp_path / named)
    assert character(project).repeats == 10


def test_a_number_on_the_command_line_overrules_the_folders(project, tmp_path):
    for number, folder in enumerate(("10_mira", "3_mira")):
        drawn(tmp_path / "train" / folder / "a.png", number)
    ending = imported(project, tmp_path / "train")[-1]
    assert isinstance(ending, Failed) and ending.what == "The folders 10_mira, 3_mira ask for different repeats"
    imported(project, tmp_path / "train", repeats=4)
    assert character(project).repeats == 4 and len(held(project)) == 2


def test_what_is_not_asked_for_stays_as_it_is(project, tmp_path):
    imported(project, drawn(tmp_path / "a.png", 1), repeats=5)
    imported(project, drawn(tmp_path / "b.png", 2), trigger=None)
    assert (character(project).trigger, character(project).repeats) == ("mirasol", 5)


@pytest.mark.parametrize("wish, what", [
    ({"trigger": "other"}, "The trigger of Mira is 'mirasol', not 'other'"),
    ({"character": "mira", "trigger": "other"}, "too much alike"),
    ({"character": "Kana"}, "The trigger 'mirasol' already calls Mira"),
    ({"character": "Kana", "trigger": None}, "needs a name and a trigger"),
    ({"repeats": 0}, "repeats cannot be 0"),
])
def test_a_wish_that_contradicts_the_project_is_refused(project, tmp_path, wish, what):
    imported(project, drawn(tmp_path / "a.png", 1))
    before = read_project(project).project
    ending = imported(project, drawn(tmp_path / "b.png", 2), **wish)[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and what in ending.what
    assert read_project(project).project == before and len(held(project)) == 1


@pytest.fixture
def two(project, tmp_path):
    """A project of Mira and Kana with an image each."""
    imported(project, drawn(tmp_path / "m.png", 1, "mirasol"), repeats=2)
    imported(project, drawn(tmp_path / "k.png", 2, "kanakana"), character="Kana", trigger="kanakana", asymmetric=True)
    return project


def pair(project, path, *, character="Mira", beside=("Kana",), trigger=None, **more):
    return imported(project, path, character=character, beside=beside, trigger=trigger, **more)


def test_an_image_of_two_lies_with_those_of_the_pair_and_has_its_repeats(two, tmp_path):
    events = pair(two, drawn(tmp_path / "p.png", 3, "2girls, mirasol, kanakana"), repeats=6)
    assert [event.path for event in of(ImageImported, events)] == ["images/Mira+Kana/p.png"]
    assert of(Note, events)[0].text == "Each image of Mira+Kana is shown 6x an epoch"
    found = dataset(read_project(two))
    assert {image.path.stem: (found.repeats_of(image), found.triggers_of(image)) for image in found.images} == {
        "m": (2, ("mirasol",)), "k": (1, ("kanakana",)), "p": (6, ("mirasol", "kanakana")),
    }  # fmt: skip


def test_a_pair_is_the_same_in_any_order_and_keeps_what_is_not_asked_for(two, tmp_path):
    pair(two, drawn(tmp_path / "p.png", 3), repeats=6)
    pair(two, drawn(tmp_path / "q.png", 4), character="Kana", beside=("Mira",))
    [group] = read_project(two).project.groups
    assert (group.characters, group.repeats) == (("Mira", "Kana"), 6)
    assert sum(path.startswith("images/Mira+Kana/") for path, _ in held(two)) == 2


@pytest.mark.parametrize("wish, what", [
    ({"beside": ("Kara",)}, "no character called 'Kara'"),
    ({"beside": ("Mira",)}, "It takes two characters"),
    ({"trigger": "both"}, "A trigger and asymmetry belong to one character"),
    ({"asymmetric": False}, "A trigger and asymmetry belong to one character"),
])
def test_a_pair_of_nobody_known_is_refused(two, tmp_path, wish, what):
    ending = pair(two, drawn(tmp_path / "p.png", 3), **wish)[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and what in ending.what
    assert read_project(two).project.groups == () and len(held(two)) == 2


def test_asymmetry_is_remembered_until_it_is_taken_back(two, tmp_path):
    assert character(two, "Kana").asymmetric and not character(two, "Mira").asymmetric
    imported(two, drawn(tmp_path / "k2.png", 5), character="Kana", trigger=None)
    assert character(two, "Kana").asymmetric
    imported(two, drawn(tmp_path / "k3.png", 6), character="Kana", trigger=None, asymmetric=False)
    assert not character(two, "Kana").asymmetric


def test_a_stop_leaves_what_was_imported_and_the_rest_can_follow(project, originals):
    job = ImportImages(project, (originals,), "Mira", "mirasol")
    ticket, events = Ticket(job), []

    def stop_after_the_first(event):
        events.append(event)
        if isinstance(event, ImageImported):
            ticket.stop.set()

    imported(project, ticket=ticket, listen=stop_after_the_first)
    assert isinstance(events[-1], Stopped) and events[-1].facts["imported"] == 1
    assert len(held(project)) == 1
    imported(project, originals)
    assert len(held(project)) == 3


def test_an_import_works_while_its_own_window_has_the_project_open(project, originals):
    with open_project(project):
        assert isinstance(imported(project, originals)[-1], Finished)


@pytest.mark.parametrize("after", [1, 9, 25])
def test_a_killed_import_leaves_a_whole_project_and_is_completed_by_the_next(project, tmp_path, after):
    for number in range(60):
        drawn(tmp_path / "in" / f"{number:03}.png", number, f"mirasol, {number}", size=(200, 200 + number))
    killed(IMPORT, project, tmp_path / "in", after_lines=after)
    with open_project(project) as place:
        assert not list(place.folder.rglob("*.part"))
    found = held(project)
    assert after <= len(found) < 60 and all(caption for _, caption in found)
    imported(project, tmp_path / "in")
    assert sorted(caption for _, caption in held(project)) == sorted(f"mirasol, {number}" for number in range(60))
