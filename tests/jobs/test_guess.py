"""Labels that a machine guesses, and a person's word."""

import random
from pathlib import Path

import pytest
from job_runs import run
from tiny_project import write_pair_project, write_project
from tiny_tagger import write_tiny_tagger

from studio.core.events import Note, Progress, Stopped
from studio.core.labels import Label, Labels, word
from studio.core.record import Record
from studio.jobs.bases import practice_tagger
from studio.jobs.guess import Guess
from studio.jobs.import_images import ImportImages
from studio.jobs.new_project import NewProject
from studio.miniature.world import sample_world
from studio.miniature.world_draw import draw
from studio.store.edits import Desk
from studio.store.records import records
from studio.store.workspace import open_project, read_project

SEEN = ("full body", "from behind", "sitting", "smile", "solo")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "p", "")


@pytest.fixture
def tagger(tmp_path: Path) -> Path:
    return write_tiny_tagger(tmp_path / "tagger", SEEN, channels=[0] * len(SEEN))


def known(project: Path) -> tuple[Record, ...]:
    return records(read_project(project))


def test_every_image_gets_what_the_tagger_decides_as_guesses(project: Path, tagger: Path) -> None:
    facts = run(Guess(project, tagger))[-1].facts
    for record in known(project):
        assert record.labels.angle == Label("from behind", "guess") and record.labels.pose == Label("sitting", "guess")
        assert record.labels.camera is None
    assert facts["labels"] == 20 and facts["unknown"]["camera"] == 4 and facts["unknown"]["angle"] == 0


def test_a_hands_label_stays_and_no_caption_is_touched(project: Path, tagger: Path) -> None:
    first, *_ = known(project)
    with open_project(project) as place, Desk(place) as desk:
        desk.set("label", "angle", {first.id: Label("from side")})
    run(Guess(project, tagger))
    after = known(project)
    assert after[0].labels.angle == Label("from side") and after[0].labels.pose == Label("sitting", "guess")
    assert [each.caption for each in after] == [each.caption for each in known(project)]


def test_guessing_again_says_nothing_new(project: Path, tagger: Path) -> None:
    run(Guess(project, tagger))
    assert run(Guess(project, tagger))[-1].facts["labels"] == 0


def test_all_of_it_is_undone_at_once(project: Path, tagger: Path) -> None:
    run(Guess(project, tagger))
    with open_project(project) as place, Desk(place) as desk:
        assert desk.undo_text == "Guess the labels of 4 images"
        desk.undo()
    assert {each.labels for each in known(project)} == {Labels()}


def test_a_guess_that_a_hand_cleared_stays_away(project: Path, tagger: Path) -> None:
    run(Guess(project, tagger))
    first, *_ = known(project)
    with open_project(project) as place, Desk(place) as desk:
        desk.set("not so", "angle", {first.id: None})
    run(Guess(project, tagger))
    assert known(project)[0].labels.angle is None and known(project)[1].labels.angle is not None


def test_stopping_keeps_what_was_guessed(project: Path, tagger: Path) -> None:
    ending = run(Guess(project, tagger), stop_at=lambda event: isinstance(event, Progress))[-1]
    assert isinstance(ending, Stopped) and ending.facts["labels"] == 5
    assert [each.labels.pose is None for each in known(project)].count(False) == 1


def test_captions_can_be_read_in_the_place_of_a_tagger(project: Path) -> None:
    (project / "images" / "Mira" / "1.txt").write_text("1girl, mira, From_Behind, cowboy shot", encoding="utf-8")
    run(Guess(project))
    assert word(known(project)[1].labels, "angle") == "from behind"
    assert word(known(project)[0].labels, "pose") == "standing" and known(project)[0].labels.stance is None


def test_of_a_pair_only_framing_and_camera_are_guessed(tmp_path: Path, tagger: Path) -> None:
    project = write_pair_project(tmp_path / "pair", "")
    run(Guess(project, tagger))
    [both] = [each for each in known(project) if len(each.image.characters) == 2]
    assert both.labels == Labels(framing=Label("full body", "guess"))


def test_what_stays_unknown_is_said(project: Path, tagger: Path) -> None:
    [said] = [event.text for event in run(Guess(project, tagger)) if isinstance(event, Note)]
    assert said == "20 new guesses; still unknown: camera of 4, outfit of 4."


def test_only_the_images_that_are_meant_are_looked_at(project: Path, tagger: Path) -> None:
    assert run(Guess(project, tagger, images=("2.png",)))[-1].facts["labels"] == 5
    assert [each.labels.pose is not None for each in known(project)] == [False, False, True, False]


def test_the_practice_models_tagger_reads_its_own_drawings(tmp_path: Path) -> None:
    """Most of what it says has to be true; that it is not always right is why it only guesses."""
    rng = random.Random(7)
    scenes = [sample_world(rng) for _ in range(12)]
    (tmp_path / "in").mkdir()
    for number, scene in enumerate(scenes):
        draw(scene, 128, 192).save(tmp_path / "in" / f"{number:02}.png")
    run(NewProject(tmp_path / "p", "World"))
    run(ImportImages(tmp_path / "p", (tmp_path / "in",), "Mira", "mira"))
    run(Guess(tmp_path / "p", practice_tagger()))
    by_name = {record.image.path.stem: record.labels for record in known(tmp_path / "p")}
    pairs = [(by_name[f"{number:02}"], scene.shot) for number, scene in enumerate(scenes)]
    for field in ("framing", "angle"):
        said = [(word(labels, field), getattr(shot, field)) for labels, shot in pairs if word(labels, field)]
        assert len(said) >= 6 and sum(guess == truth for guess, truth in said) >= 0.8 * len(said), (field, said)
    assert all(word(labels, "stance") in ("", "posed") for labels, _ in pairs)
