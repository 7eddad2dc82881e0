import pytest
from exchange_drawings import drawing
from job_runs import run
from PIL import PngImagePlugin

from studio.core.events import Finished, Note, Stopped
from studio.core.record import Provenance
from studio.jobs.import_images import ImportImages
from studio.jobs.read_provenance import ReadProvenance
from studio.store.edits import Desk
from studio.store.records import records
from studio.store.workspace import create, open_project, read_project


@pytest.fixture
def project(tmp_path):
    """Two pictures of an Anima and one of nobody knows what, taken in before a base was chosen."""
    create(tmp_path / "p", "Book").close()
    (tmp_path / "Mira").mkdir()
    for number, model in enumerate(("anima-base-v1.0", "WAI-anima-01", "")):
        info = PngImagePlugin.PngInfo()
        if model:
            info.add_text("parameters", f"1girl\nSteps: 9, Sampler: Euler, Seed: {number}, Model: {model}")
        drawing(number).save(tmp_path / f"Mira/{number}.png", pnginfo=info)
    run(ImportImages(tmp_path / "p", (tmp_path / "Mira",), "Mira", "mira"))
    return tmp_path / "p"


def kinds(project):
    return [record.provenance and record.provenance.kind for record in sorted(
        records(read_project(project)), key=lambda record: record.image.path)]


def with_base(project, name="/models/anima-base-v1.0.safetensors"):
    text = (project / "project.toml").read_text().replace('base = ""', f'base = "{name}"')
    (project / "project.toml").write_text(text)


def test_a_base_that_is_chosen_later_changes_what_is_the_same_base(project):
    assert kinds(project) == ["same family", "same family", None]
    with_base(project)
    events = run(ReadProvenance(project))
    assert kinds(project) == ["same base", "same family", None]
    assert isinstance(events[-1], Finished) and events[-1].facts == {"images": 2, "unknown": 1}
    assert [event.text for event in events if isinstance(event, Note)] == ["1 image: same base", "1 image: same family"]


def test_what_a_hand_or_a_rule_said_stays(project):
    with open_project(project) as place, Desk(place) as desk:
        first, second, _ = sorted(records(place), key=lambda record: record.image.path)
        desk.set("Say", "provenance", {first.id: Provenance("unknown"),
                                       second.id: Provenance("other generator", origin="folder")})
    with_base(project)
    run(ReadProvenance(project))
    assert kinds(project) == ["unknown", "other generator", None]


def test_stopped_early_nothing_is_changed(project):
    with_base(project)
    assert isinstance(run(ReadProvenance(project), lambda event: True)[-1], Stopped)
    assert kinds(project) == ["same family", "same family", None]


def test_reading_twice_leaves_one_edit_to_undo(project):
    with_base(project)
    run(ReadProvenance(project))
    run(ReadProvenance(project))
    with open_project(project) as place, Desk(place) as desk:
        assert desk.undo_text == "Read where images come from"
        desk.undo()
        assert desk.undo_text.startswith("Note where")
