"""The demo: its mechanics on a tiny base, its verdict on counts, its report."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tiny_project import RECIPE, SAMPLE_TAGS, write_sample
from tiny_tagger import write_tiny_tagger

import resources
from studio.core.events import Event, Failed, Finished, Started, Stopped
from studio.core.stats import Hits
from studio.jobs.bases import BaseChoice
from studio.jobs.demo import FEWEST_RENDERS, Demo
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.report import Row, chosen_epoch, report
from studio.jobs.samples import read_sample


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> list[Event]:
    """What a whole demo on the tiny base tells."""
    folder = tmp_path_factory.mktemp("demo")
    heard: list[Event] = []
    execute(Ticket(demo_in(folder, tiny_base.transformer)), Gpu("cpu"), heard.append)
    return heard


def demo_in(folder: Path, base: Path) -> Demo:
    tagger = write_tiny_tagger(folder / "tagger", SAMPLE_TAGS)
    sample = write_sample(folder / "sample")
    return Demo(folder / "project", (sample,), BaseChoice(str(base)), tagger, RECIPE, also=("sitting",))


def test_a_demo_goes_from_images_to_a_report(events: list[Event]) -> None:
    parts = [event.kind for event in events if isinstance(event, Started)]
    assert parts == ["demo", "new", "import", "train", "sheet", "sheet", "sheet"]
    assert [type(event) for event in events if isinstance(event, Finished | Failed | Stopped)] == [Finished]


def test_its_facts_hold_the_sheet_and_each_trait_for_base_and_lora(events: list[Event]) -> None:
    facts = events[-1].facts
    assert Path(facts["sheet"]).is_file()
    assert list(facts["traits"]) == ["blue hair", "red eyes", "sitting", "blue ribbon"]
    for pairs in facts["traits"].values():
        assert pairs["base"][1] >= FEWEST_RENDERS and pairs["lora"][1] == pairs["base"][1]


def test_every_epoch_is_in_the_report(events: list[Event]) -> None:
    facts = events[-1].facts
    lines = list(report(facts))
    assert set(facts["epochs"]) == {"base", "1", "2"}
    assert any("epoch 2" in line for line in lines) and lines[-1] == f"Sheet: {facts['sheet']}"


def test_a_demo_that_is_stopped_ends_as_stopped(tmp_path: Path, tiny_base) -> None:
    ticket = Ticket(demo_in(tmp_path, tiny_base.transformer))
    heard: list[Event] = []

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Started) and event.kind == "train":
            ticket.stop.set()

    execute(ticket, Gpu("cpu"), listen)
    assert isinstance(heard[-1], Stopped)


def test_a_demo_where_a_project_is_already_is_refused(tmp_path: Path, tiny_base) -> None:
    demo = demo_in(tmp_path, tiny_base.transformer)
    demo.project.mkdir()
    (demo.project / "kept.txt").write_text("mine", encoding="utf-8")
    ending = execute(Ticket(demo), Gpu("cpu"), lambda event: None)
    assert isinstance(ending, Failed) and ending.kind == "person"


def rows(identity: Mapping[int, int], obedience: Mapping[int | str, int]) -> dict[int | str, Row]:
    """Rows of 100 renders each."""
    return {epoch: Row({"ahoge": Hits(identity.get(epoch, 0), 100)}, {"pose": Hits(hits, 100)})
            for epoch, hits in obedience.items()}


SAME = dict.fromkeys(("base", 1, 2, 3, 4), 90)


def test_the_earliest_epoch_on_the_plateau_is_chosen() -> None:
    assert chosen_epoch([rows({1: 20, 2: 86, 3: 90, 4: 89}, SAME)]) == 2


def test_an_epoch_is_as_good_as_for_the_character_whom_it_serves_worst() -> None:
    early, late = rows({1: 90, 2: 90, 3: 70, 4: 70}, SAME), rows({1: 10, 2: 30, 3: 60, 4: 80}, SAME)
    assert chosen_epoch([early, late]) == 4


def test_an_epoch_at_which_one_of_two_no_longer_obeys_is_not_chosen() -> None:
    good = rows({1: 50, 2: 90}, {"base": 90, 1: 90, 2: 90})
    assert chosen_epoch([good, rows({1: 50, 2: 90}, {"base": 90, 1: 90, 2: 50})]) == 1


def test_an_epoch_that_no_longer_obeys_is_not_chosen() -> None:
    assert chosen_epoch([rows({1: 60, 2: 99}, {"base": 100, 1: 90, 2: 79})]) == 1


def test_where_none_obeys_the_best_is_chosen_all_the_same() -> None:
    assert chosen_epoch([rows({1: 20, 2: 99}, {"base": 100, 1: 50, 2: 40})]) == 2


@pytest.mark.parametrize("folder", sorted(path.parent for path in resources.folder("samples").glob("*/character.toml")),
                         ids=lambda folder: folder.name)
def test_every_sample_can_be_reported_on(folder: Path) -> None:
    sample = read_sample(folder)
    assert len(sample.scored("core")) >= 4 and len(sample.scored("structure")) >= 4
    assert {kind for prompt in sample.scored("core") for kind, _ in prompt.composition} == {"framing", "angle", "pose"}
    assert all("{trigger}" in prompt.text for prompt in sample.prompts)


def test_the_sample_with_a_ponytail_on_one_side_says_that_she_is_asymmetric() -> None:
    samples = (read_sample(path.parent) for path in resources.folder("samples").glob("*/character.toml"))
    assert {sample.name for sample in samples if sample.asymmetric} == {"Suzu"}


def test_no_core_trait_is_named_in_a_prompt_that_is_scored_for_it() -> None:
    for folder in resources.folder("samples").glob("*/character.toml"):
        sample = read_sample(folder.parent)
        assert not [prompt for prompt in sample.scored("core") for trait in sample.core if trait in prompt.text]


def test_an_epoch_of_a_single_row_is_chosen_without_a_base_to_obey() -> None:
    assert chosen_epoch([rows({3: 10}, {"base": 0, 3: 0})]) == 3
