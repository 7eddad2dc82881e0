"""The demo with two characters in one run, on a tiny base."""

from pathlib import Path

import pytest
from job_runs import run
from tiny_project import RECIPE, SAMPLE_TAGS, write_sample
from tiny_tagger import write_tiny_tagger

from studio.core.events import Event, Failed, Note, Started
from studio.jobs.bases import BaseChoice
from studio.jobs.demo import FEWEST_RENDERS, Demo
from studio.jobs.report import report
from studio.store import runs, sweeps
from studio.store.workspace import read_project


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("two")


@pytest.fixture(scope="module")
def events(folder: Path, tiny_base) -> list[Event]:
    write_sample(folder / "mira")
    write_sample(folder / "kai", "Kai", "kaix", "purple", core=["pink hair"])
    return run(demo(folder, tiny_base.transformer, "mira", "kai"))


def demo(folder: Path, base: Path, *samples: str) -> Demo:
    tagger = write_tiny_tagger(folder / "tagger", SAMPLE_TAGS)
    paths = tuple(folder / name for name in samples)
    return Demo(folder / "project", paths, BaseChoice(str(base)), tagger, RECIPE)


def test_both_are_taught_in_one_run_and_judged_in_sheets_of_their_own(events: list[Event], folder: Path) -> None:
    parts = [event.kind for event in events if isinstance(event, Started)]
    assert parts == ["demo", "new", "import", "import", "train", "sheet", *["sheet"] * 4]
    [only] = runs.runs_of(read_project(folder / "project"))
    assert runs.read_dataset(only).triggers == ("mira", "kaix")


def test_the_exposures_of_each_are_told(events: list[Event]) -> None:
    notes = [event.text for event in events if isinstance(event, Note)]
    assert "Exposures in an epoch: Mira 4 (50 %), Kai 4 (50 %)." in notes


def test_the_sheet_of_every_epoch_has_a_block_of_columns_for_each(events: list[Event], folder: Path) -> None:
    place = read_project(folder / "project")
    sheet = sweeps.read_sheet(sweeps.find_sheet(place, "1"))
    assert sheet.row_labels == ("base", "epoch 1", "epoch 2")
    names = [cell.value("character") for cell in sheet.expand() if cell.row == 0]
    assert names == ["Mira"] * 4 + ["Kai"] * 4
    assert all(("mira" in cell.spec.prompt) != ("kaix" in cell.spec.prompt) for cell in sheet.expand())


def test_traits_are_counted_under_the_own_trigger_and_under_the_others(events: list[Event]) -> None:
    facts = events[-1].facts
    assert list(facts["characters"]) == ["Mira", "Kai"]
    mira, kai = facts["characters"].values()
    assert list(mira["traits"]) == ["blue hair", "red eyes", "blue ribbon"]
    assert list(mira["others"]) == ["Kai"] and list(mira["others"]["Kai"]) == ["pink hair"]
    assert list(kai["others"]["Mira"]) == ["blue hair", "red eyes"]
    pairs = [*mira["traits"].values(), *mira["others"]["Kai"].values(), *kai["others"]["Mira"].values()]
    assert all(pair[side][1] >= FEWEST_RENDERS for pair in pairs for side in ("base", "lora"))


def test_the_counts_of_the_first_lie_open_as_for_one(events: list[Event]) -> None:
    facts = events[-1].facts
    assert facts["traits"] == facts["characters"]["Mira"]["traits"]
    assert Path(facts["sheet"]).is_file()


def test_the_report_has_a_chapter_for_each(events: list[Event]) -> None:
    lines = list(report(events[-1].facts))
    heads = [line for line in lines if line.startswith(("Mira:", "Kai:"))]
    assert [line.split(":")[0] for line in heads] == ["Mira"] * 3 + ["Kai"] * 3
    assert heads[2] == "Mira: what the same pictures have of Kai"


def refused(job: Demo) -> Failed:
    ending = run(job)[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and not job.project.exists()
    return ending


def test_one_sample_twice_is_refused_before_anything_is_made(tmp_path: Path, tiny_base) -> None:
    write_sample(tmp_path / "mira")
    assert "same character" in refused(demo(tmp_path, tiny_base.transformer, "mira", "mira")).what


def test_samples_that_ask_for_different_pictures_are_refused(tmp_path: Path, tiny_base) -> None:
    write_sample(tmp_path / "mira")
    path = write_sample(tmp_path / "kai", "Kai", "kaix", "purple") / "character.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("1girl", "solo"), encoding="utf-8")
    assert "no core prompt in common" in refused(demo(tmp_path, tiny_base.transformer, "mira", "kai")).what
