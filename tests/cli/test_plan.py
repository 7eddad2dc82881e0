"""`plan`, `check DIR --recipe` and what `train` records of rules that were refused."""

import json
from pathlib import Path

import pytest
from tiny_project import RECIPE, write_project, write_recipe

from studio.cli.main import main
from studio.core.recipe import Recipe
from studio.store.home import VARIABLE
from studio.store.runs import find_run, read_origin, runs_of
from studio.store.workspace import read_project


@pytest.fixture
def project(tmp_path: Path, tiny_base, monkeypatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "home"))
    return write_project(tmp_path / "project", tiny_base.transformer, repeats=4)


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    return str(write_recipe(tmp_path / "tiny.toml"))


def told(capsys, *typed: str) -> dict:
    assert main([*typed, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def events(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_plan_is_one_object(project, capsys) -> None:
    found = told(capsys, "plan", str(project), "--recipe", "official", "--set", "epochs=180", "--price", "0.99")
    assert (found["exposures_per_image"], found["steps"]) == (720, 720)
    assert found["price"] == pytest.approx(0.99 * found["seconds"]["total"] / 3600)
    assert found["priors"] and all(each["sentence"] for each in found["priors"])


def test_a_plan_for_people_shows_exposures_beside_steps(project, capsys) -> None:
    assert main(["plan", str(project), "--recipe", "official", "--set", "epochs=180"]) == 0
    lines = capsys.readouterr().out
    assert "4 images x 4 x 180 epochs = 720 exposures of each" in lines and "in 720 steps" in lines


def test_what_a_person_knows_of_late_features_narrows_the_reports(project, capsys) -> None:
    def ranges(late: str) -> set[int]:
        found = told(capsys, "plan", str(project), "--recipe", "official", "--late", late)
        return {each["hi"] for each in found["priors"]}

    assert (ranges("yes"), ranges("no")) == ({720, 600, 80}, {320, 80})


def test_a_check_of_a_run_tells_every_look_as_a_line(project, recipe, capsys) -> None:
    assert main(["check", str(project), "--recipe", recipe, "--device", "cpu", "--json"]) == 0
    told = events(capsys)
    looks = [each["stage"] for each in told if each["event"] == "stage_done"]
    assert looks == told[0]["facts"]["stages"] and told[-1]["facts"]["plan"]["measured"]
    assert main(["plan", str(project), "--recipe", recipe, "--json"]) == 0
    assert events(capsys)[0]["measured"]


def test_a_check_that_fails_says_what_to_do(project, recipe, capsys) -> None:
    assert main(["check", str(project), "--recipe", recipe, "--set", "preview_seeds=", "--json"]) == 2
    last = events(capsys)[-1]
    assert last["event"] == "failed" and last["what"].startswith("R09") and last["remedy"]


@pytest.mark.parametrize("typed, words", [
    (["check", "DIR"], "--recipe is missing"), (["check", "--recipe", "official"], "no project is named"),
    (["check", "DIR", "--recipe", "official", "--comfyui", "x"], "is for listing"),
    (["plan", "DIR", "--recipe", "official", "--refuse", "R07"], "gives no reason"),
])
def test_flags_that_do_not_go_together_are_named(project, capsys, typed, words) -> None:
    assert main([str(project) if each == "DIR" else each for each in typed]) == 2
    assert words in capsys.readouterr().err


def test_a_run_stops_at_an_error_and_remembers_what_was_refused(project, tmp_path, capsys) -> None:
    recipe = str(write_recipe(tmp_path / "one.toml", Recipe(**{
        **{name: getattr(RECIPE, name) for name in RECIPE.__dataclass_fields__}, "preview_seeds": (), "max_steps": 1})))
    typed = ["train", str(project), "--recipe", recipe, "--device", "cpu"]
    assert main(typed) == 2 and "R09" in capsys.readouterr().err
    assert runs_of(read_project(project)) == ()
    assert main([*typed, "--refuse", "R09=nobody looks today"]) == 0
    assert main([*typed, "--refuse", "R09=again", "--parent", "1"]) == 0
    first, second = runs_of(read_project(project))
    assert [each.reason for each in read_origin(first).refused] == ["nobody looks today"]
    assert read_origin(find_run(read_project(project), "2")).parent == first.id and second.id != first.id
