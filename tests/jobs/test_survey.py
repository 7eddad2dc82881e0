from pathlib import Path

import pytest
from exchange_drawings import drawing, write
from job_runs import run
from PIL import Image

from studio.core.events import Failed, Finished, Note, Progress, Started, Stopped
from studio.jobs.import_images import ImportImages
from studio.jobs.survey import SurveyImages
from studio.store.workspace import create


@pytest.fixture
def folder(tmp_path):
    """Sound, twice, scaled, damaged and tiny pictures of a character."""
    top = tmp_path / "10_mira girl"
    top.mkdir()
    drawing(1).resize((384, 512), Image.Resampling.BICUBIC).save(top / "a.png")
    (top / "b.png").write_bytes((top / "a.png").read_bytes())
    Image.open(top / "a.png").resize((300, 400)).save(top / "c.jpg", quality=90)
    (top / "d.png").write_bytes(b"rubbish")
    write(top / "e.png", 5, "1girl, mira")
    return top


def test_a_survey_sums_up_what_was_found(folder):
    events = run(SurveyImages((folder,)))
    facts = events[-1].facts
    assert isinstance(events[0], Started) and (events[0].kind, events[0].total) == ("survey", 5)
    assert [event.done for event in events if isinstance(event, Progress)] == [1, 2, 3, 4, 5]
    assert (facts["found"], facts["new"], facts["captions"]) == (5, 3, {"text": 1})
    assert {Path(name).name for name in facts["duplicates"]} == {"b.png"}
    assert {Path(name).name for name in facts["damaged"]} == {"d.png"}
    assert [Path(name).name for name in facts["tiny"]] == ["e.png"]
    assert [[Path(name).name for name in group] for group in facts["alike"]] == [["a.png", "c.jpg"]]
    assert facts["folders"] == [{"folder": "10_mira girl", "characters": ("mira",), "trigger": "mira", "repeats": 10}]
    assert facts["provenance"] == {"unknown": 3}


def test_a_survey_speaks_in_sentences(folder):
    told = [event.text for event in run(SurveyImages((folder,))) if isinstance(event, Note)]
    assert told[0] == "3 of 5 images are new; captions: 1 text"
    assert told[1] == "10_mira girl shows mira, 10x an epoch"
    assert any("cannot be read" in text for text in told) and any("is the same file as" in text for text in told)
    assert any("look like" in text for text in told) and any("is tiny: 96 x 128 px" in text for text in told)


def test_the_project_is_looked_at_and_not_touched(folder, tmp_path):
    create(tmp_path / "p", "Book").close()
    run(ImportImages(tmp_path / "p", (folder / "a.png",), "Mira", "mira"))
    before = sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "p").rglob("*"))
    facts = run(SurveyImages((folder,), tmp_path / "p"))[-1].facts
    assert sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "p").rglob("*")) == before
    assert set(facts["duplicates"].values()) == {"images/Mira/a.png"}
    assert [group[0] for group in facts["alike"]] == ["images/Mira/a.png"]
    assert facts["folders"][0]["characters"] == ("Mira",)


def test_each_picture_is_heard_of_as_soon_as_it_was_looked_at(folder):
    heard = []
    run(SurveyImages((folder,), hear=heard.append), lambda event: isinstance(event, Progress) and event.done == 2)
    assert len(heard) == 2


def test_a_survey_can_be_stopped(folder):
    ending = run(SurveyImages((folder,)), lambda event: isinstance(event, Progress))[-1]
    assert isinstance(ending, Stopped) and ending.facts == {"found": 1}


def test_nothing_to_look_at_is_said(tmp_path):
    ending = run(SurveyImages((tmp_path,)))[-1]
    assert isinstance(ending, Failed) and "There is no image" in ending.what


def test_many_of_a_kind_are_told_shortly_and_are_all_in_the_facts(tmp_path):
    for number in range(20):
        (tmp_path / f"{number}.png").write_bytes(b"rubbish")
    write(tmp_path / "x.png", 1)
    events = run(SurveyImages((tmp_path,)))
    assert isinstance(events[-1], Finished) and len(events[-1].facts["damaged"]) == 20
    assert sum("cannot be read" in event.text for event in events if isinstance(event, Note)) == 12
    assert "... and 8 more of this kind" in [event.text for event in events if isinstance(event, Note)]
