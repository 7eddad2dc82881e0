"""Captions by a tagger: what is missing, what is added, and what stays as a hand decided it."""

from pathlib import Path

import pytest
from job_runs import run
from PIL import Image
from tiny_project import write_pair_project, write_project
from tiny_tagger import write_tiny_tagger

from studio.core.events import CaptionWritten, Event, Finished, Note, Progress, Stopped
from studio.core.ledger import Ledger, Trait
from studio.core.tag_edits import remove, these
from studio.jobs.tag import Tag
from studio.store.edits import Desk
from studio.store.ledgers import write_ledger
from studio.store.records import records
from studio.store.workspace import open_project, read_project

SEEN = ("blue hair", "green eyes", "red dress")  # by their channels: all in every image


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "p", "")


@pytest.fixture
def tagger(tmp_path: Path) -> Path:
    return write_tiny_tagger(tmp_path / "tagger", SEEN, channels=[0, 0, 0])


def written(events: list[Event]) -> dict[str, str]:
    return {event.path: event.caption for event in events if isinstance(event, CaptionWritten)}


def text(project: Path, name: str) -> str:
    return (project / "images" / "Mira" / name).read_text(encoding="utf-8")


def bare(project: Path, *names: str) -> None:
    for path in (project / "images" / "Mira").glob("*.txt"):
        if not names or path.name in names:
            path.unlink()


def test_only_missing_captions_are_written(project: Path, tagger: Path) -> None:
    bare(project, "1.txt")
    kept = text(project, "2.txt")
    caption = "masterpiece, best quality, score_7, safe, mira, blue hair, green eyes, red dress"
    assert written(run(Tag(project, tagger))) == {"images/Mira/1.png": caption}
    assert text(project, "1.txt").strip() == caption and text(project, "2.txt") == kept


def test_tags_stand_in_animas_order_behind_the_trigger(project: Path, tmp_path: Path) -> None:
    bare(project, "1.txt")
    tagger = write_tiny_tagger(tmp_path / "other", ["hair ornament", "1girl"], channels=[0, 0])
    [caption] = written(run(Tag(project, tagger))).values()
    assert caption.endswith("1girl, mira, hair ornament")


def test_a_pair_is_tagged_with_both_triggers(tmp_path: Path) -> None:
    project = write_pair_project(tmp_path / "p", "")
    [caption] = (project / "images" / "Mira+Kai").glob("*.txt")
    caption.unlink()
    events = run(Tag(project, write_tiny_tagger(tmp_path / "tagger", ["smile", "2girls"], channels=[0, 0])))
    [said] = written(events).values()
    assert said.endswith("2girls, mira, kaix, smile")


@pytest.mark.parametrize("threshold", [35, -1, 0.01, float("nan")])
def test_a_threshold_that_is_no_probability_is_refused(threshold: float, project: Path, tagger: Path) -> None:
    ending = run(Tag(project, tagger, threshold))[-1]
    assert ending.kind == "person" and f"{threshold:g}" in ending.what


def test_a_mode_that_there_is_not_is_refused(project: Path, tagger: Path) -> None:
    assert "no mode called 'replace'" in run(Tag(project, tagger, mode="replace"))[-1].what


def test_tagging_stops_between_two_images_and_keeps_what_was_seen(project: Path, tagger: Path) -> None:
    bare(project)
    events = run(Tag(project, tagger), stop_at=lambda event: isinstance(event, Progress))
    assert isinstance(events[-1], Stopped) and events[-1].facts["captions"] == 1
    assert len(written(events)) == len([*(project / "images" / "Mira").glob("*.txt")]) == 1


def test_an_image_for_the_tagger_may_be_transparent(project: Path, tagger: Path) -> None:
    Image.new("RGBA", (20, 30), (0, 0, 255, 128)).save(project / "images" / "Mira" / "9.png")
    events = run(Tag(project, tagger))
    assert isinstance(events[-1], Finished) and list(written(events)) == ["images/Mira/9.png"]


def test_all_of_it_is_one_edit_that_can_be_undone(project: Path, tagger: Path) -> None:
    bare(project)
    run(Tag(project, tagger))
    with open_project(project) as place, Desk(place) as desk:
        assert desk.undo_text == "Tag 4 images" and desk.undo() is not None
    assert not [*(project / "images" / "Mira").glob("*.txt")]


def test_merging_adds_what_a_caption_lacks_and_leaves_the_rest(project: Path, tagger: Path) -> None:
    before = {name: text(project, name) for name in ("0.txt", "1.txt")}
    (project / "images" / "Mira" / "1.txt").write_text("mira, Blue_Hair. She waves at us, twice.", encoding="utf-8")
    assert len(written(run(Tag(project, tagger, mode="merge")))) == 4
    assert text(project, "0.txt").strip() == f"{before['0.txt'].strip()}, blue hair, green eyes, red dress"
    assert text(project, "1.txt") == "mira, Blue_Hair, green eyes, red dress. She waves at us, twice."
    assert written(run(Tag(project, tagger, mode="merge"))) == {}


def test_a_tag_that_a_hand_took_away_does_not_come_back(project: Path, tagger: Path) -> None:
    run(Tag(project, tagger, mode="merge"))
    with open_project(project) as place, Desk(place) as desk:
        images = [each.image for each in records(place)]
        desk.rewrite("Remove red dress", images, remove(these("red dress")))
    assert written(run(Tag(project, tagger, mode="merge"))) == {}
    assert "red dress" not in text(project, "0.txt")


def test_what_the_trigger_absorbs_or_nobody_may_say_is_not_tagged(project: Path, tagger: Path) -> None:
    with open_project(project) as place:
        write_ledger(place, Ledger("Mira", (Trait("blue hair", "absorb"), Trait("Red_Dress", "forbid"),
                                            Trait("green eyes", "vary"))))
    bare(project, "1.txt")
    run(Tag(project, tagger))
    assert text(project, "1.txt").strip().endswith("mira, green eyes")


def test_a_dry_run_tells_what_would_be_written_and_writes_nothing(project: Path, tagger: Path) -> None:
    bare(project, "1.txt")
    events = run(Tag(project, tagger, dry_run=True))
    told = [event.text for event in events if isinstance(event, Note)]
    assert told == ["images/Mira/1.png: masterpiece, best quality, score_7, safe, mira, blue hair, green eyes, red dress"]
    [(id, before, after)] = events[-1].facts["proposed"]
    assert before == "" and told[0].endswith(after)
    assert id == next(each.id for each in records(read_project(project)) if each.image.path.name == "1.png")
    assert not (project / "images" / "Mira" / "1.txt").exists() and written(events) == {}


def test_writing_after_a_dry_run_needs_no_second_look(project: Path, tagger: Path) -> None:
    bare(project, "1.txt")
    run(Tag(project, tagger, dry_run=True))
    changed = write_tiny_tagger(tagger, SEEN, channels=[0, 0, 0])
    [answers] = (project / "cache" / "tagged").glob("*.jsonl")
    seen = answers.read_bytes()
    assert len(written(run(Tag(project, changed)))) == 1 and answers.read_bytes() == seen


def test_only_the_images_that_are_meant_are_tagged(project: Path, tagger: Path) -> None:
    bare(project)
    assert list(written(run(Tag(project, tagger, images=("2.png",))))) == ["images/Mira/2.png"]
    assert "no image called 'x.png'" in run(Tag(project, tagger, images=("x.png",)))[-1].what


def test_where_nothing_is_missing_the_tagger_is_not_even_opened(project: Path, tmp_path: Path) -> None:
    events = run(Tag(project, tmp_path / "no tagger"))
    assert events[-1] == Finished({"captions": 0}, events[-1].time)
