import pytest
from exchange_drawings import write
from job_runs import run
from PIL import Image

from studio.core.events import Failed, Finished, Note, Progress, Stopped
from studio.core.lint.exports import ExportTarget
from studio.core.tag_edits import Preview
from studio.jobs.export import ExportSet, losses
from studio.jobs.import_images import ImportImages
from studio.store.edits import Desk
from studio.store.exchange.formats import FORMATS
from studio.store.records import records
from studio.store.workspace import create, open_project, read_project


@pytest.fixture
def project(tmp_path):
    create(tmp_path / "p", "Book").close()
    for number, caption in enumerate(("1girl, mira, smile", "1girl, mira. She sits there, and waves.", "1girl, mira\nShe sits.",
                                      None)):
        write(tmp_path / f"mira/{number}.png", number, caption)
    Image.new("RGB", (64, 64)).save(tmp_path / "mira/x.gif")
    run(ImportImages(tmp_path / "p", (tmp_path / "mira",), "Mira", "mira", 4))
    return tmp_path / "p"


def exported(project, format, **how):
    return run(ExportSet(project, project.parent / "out", format, **how))


def said(events):
    return [event.text for event in events if isinstance(event, Note)]


def test_an_export_tells_how_far_it_is_and_where_it_lies(project):
    events = exported(project, "kohya")
    assert [event.done for event in events if isinstance(event, Progress)] == [1, 2, 3, 4, 5]
    assert events[-1].facts == {"images": 5, "captions": 3, "path": str(project.parent / "out")}


def test_what_kohya_does_not_keep_is_said(project):
    assert said(exported(project, "kohya")) == [
        "2 images without a caption: these are called by the name of their folder.",
        "1 image in a format that few trainers read: save them as PNG.",
        "2 images with sentences, which a trainer that shuffles cuts at their commas: leave its shuffling off.",
        "1 image whose captions had several lines, of which sd-scripts reads one: they were joined.",
    ]


def test_what_the_toolkit_does_not_keep_is_said(project):
    assert said(exported(project, "toolkit")) == [
        "2 images without a caption: these are skipped in silence.",
        "1 image in a format that few trainers read: save them as PNG.",
        "5 images whose repeats (4) no folder tells: set them in the trainer.",
    ]


def test_captions_that_will_be_cut_are_counted(project):
    told = list(losses(records(read_project(project)), 5, FORMATS["studio-json"], lambda caption: 513 if "waves" in caption else 9))
    assert "1 image whose captions are longer than 512 tokens and will be cut." in told
    assert FORMATS["kohya"].target() == ExportTarget("kohya's sd-scripts", True, 0, 512, None)


def test_rejected_images_are_left_out_and_counted(project):
    with open_project(project) as place, Desk(place) as desk:
        desk.set("Reject", "rejected", {records(place)[0].id: True})
    events = exported(project, "txt")
    assert events[-1].facts["images"] == 4 and "1 image rejected and left out." in said(events)


def test_an_export_works_while_the_project_is_open_elsewhere_and_changes_nothing_in_it(project):
    with open_project(project):
        before = sorted((path, path.stat().st_mtime_ns) for path in project.rglob("*"))
        assert isinstance(exported(project, "studio-json")[-1], Finished)
        assert sorted((path, path.stat().st_mtime_ns) for path in project.rglob("*")) == before


def test_an_export_can_be_stopped_and_gone_on_with(project):
    events = run(ExportSet(project, project.parent / "out", "txt"), lambda event: isinstance(event, Progress))
    assert isinstance(events[-1], Stopped) and events[-1].facts["images"] == 1
    assert isinstance(exported(project, "txt")[-1], Finished)


@pytest.mark.parametrize("format, out, what", [
    ("txt", "p/out", "lie in each other"), ("text", "out", "There is no format called 'text'"), ("txt", "mira", "is not empty"),
])
def test_what_cannot_be_is_said_before_anything_is_written(project, format, out, what):
    ending = run(ExportSet(project, project.parent / out, format))[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and what in ending.what


def test_a_project_without_images_exports_nothing(tmp_path):
    create(tmp_path / "e", "Empty").close()
    assert "has no images" in run(ExportSet(tmp_path / "e", tmp_path / "out", "txt"))[-1].what


@pytest.mark.parametrize("format", list(FORMATS))
def test_what_was_exported_and_imported_again_is_the_same_set(project, format):
    """Lossless for captions in one line; kohya has no other."""
    with open_project(project) as place, Desk(place) as desk:
        several = next(record.image for record in records(place) if "\n" in record.caption)
        desk.write("Put it in one line", [Preview(several, several.caption, "1girl, mira. She sits.")])
    exported(project, format)
    create(project.parent / "again", "Again").close()
    run(ImportImages(project.parent / "again", (project.parent / "out",), by_folder=FORMATS[format].has_repeats,
                     character="Mira", trigger="mira", repeats=None if FORMATS[format].has_repeats else 4))
    first, second = ({(record.id, record.caption, record.repeats) for record in records(read_project(folder))}
                     for folder in (project, project.parent / "again"))
    assert first == second
