"""The jobs that take a moment: new, check."""

from pathlib import Path

from job_runs import run

from studio.core.events import Failed, Note
from studio.core.project import Project
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base
from studio.jobs.check import Check
from studio.jobs.new_project import NewProject
from studio.jobs.pace import Pace
from studio.store.workspace import read_project


def test_a_new_project_remembers_its_base_by_an_absolute_path(tmp_path: Path, tiny_base, monkeypatch) -> None:
    monkeypatch.chdir(tiny_base.transformer.parent)
    run(NewProject(tmp_path / "p", "Mira", tiny_base.transformer.name))
    assert read_project(tmp_path / "p").project.base == str(tiny_base.transformer)


def test_a_new_project_on_a_base_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert isinstance(run(NewProject(tmp_path / "p", "Mira", "nowhere"))[-1], Failed)
    assert not (tmp_path / "p").exists()


def test_check_names_versions_and_the_size_of_a_base(tiny_base) -> None:
    facts = run(Check(BaseChoice(str(tiny_base.transformer))))[-1].facts
    assert facts["torch"].startswith("2.") and facts["blocks"] == 2 and facts["title"] == "anima-tiny"


def test_check_of_a_broken_base_is_the_persons_to_put_right(tmp_path: Path) -> None:
    assert run(Check(BaseChoice(str(tmp_path))))[-1].kind == "person"


def test_a_base_survives_being_written_down() -> None:
    base = BaseChoice("/models/anima.safetensors", vae=Path("/models/vae.safetensors"))
    assert base_from_facts(base.facts()) == base
    assert base_from_facts(None) is None


def test_parts_that_are_named_alone_go_with_the_base_that_is_meant() -> None:
    begun_on, parts = BaseChoice("a", text_encoder=Path("t"), vae=Path("old")), BaseChoice(vae=Path("new"))
    assert parts.otherwise(begun_on) == BaseChoice("a", text_encoder=Path("t"), vae=Path("new"))
    assert chosen_base(parts, Project("p", base="practice")) == BaseChoice("practice", vae=Path("new"))


def test_a_base_that_is_named_takes_no_part_of_another() -> None:
    assert BaseChoice("b").otherwise(BaseChoice("a", vae=Path("old"))) == BaseChoice("b")


def test_the_practice_model_is_called_so_by_whatever_name() -> None:
    assert BaseChoice("practice").title == "practice model"
    assert BaseChoice(str(BaseChoice("practice").path / "diffusion_models")).title == "practice model"
    assert chosen_base(BaseChoice("some/anima.safetensors")).title == "anima"


def test_time_left_counts_only_what_was_done_since() -> None:
    times = iter((0.0, 10.0, 20.0))
    pace = Pace(100, lambda: next(times), done=50)
    assert pace.seconds_left(50) is None
    assert pace.seconds_left(60) == 40.0


def test_notes_of_a_check_are_one_fact_each() -> None:
    assert sum(isinstance(event, Note) for event in run(Check())) > 10
