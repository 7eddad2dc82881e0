"""`render --via` and `--from`, and `use`, as they are typed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from comfy_stand_in import comfy_stand_in
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.cli.main import main
from studio.jobs.train import start_training
from studio.jobs.used_name import used_name
from studio.store import runs, sweeps
from studio.store.workspace import open_project

PLAN = '''
title = "small"
[rows]
epoch = "base, all"
[columns]
prompt = "1girl, {trigger}, standing"
'''


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    folder = write_project(tmp_path_factory.mktemp("typed") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path / "home"))


@pytest.fixture
def project(trained: Path, tmp_path: Path) -> Path:
    (tmp_path / "small.toml").write_text(PLAN, encoding="utf-8")
    return Path(shutil.copytree(trained, tmp_path / "project"))


def checkpoints(project: Path) -> list[Path]:
    return sorted(project.glob("runs/*/checkpoints/*.safetensors"))


def render(project: Path, *more: str) -> int:
    return main(["render", str(project), "--sheet", str(project.parent / "small.toml"), "--run", "latest", *more])


def test_a_comfyui_draws_a_sheet_by_one_line(project: Path, tiny_base, capsys: pytest.CaptureFixture) -> None:
    files = {"unet": [tiny_base.transformer.name], "clip": [tiny_base.text_encoder.name], "vae": [tiny_base.vae.name]}
    with comfy_stand_in(files=files, loras=[used_name(path) for path in checkpoints(project)]) as server:
        assert render(project, "--via", server.url.removeprefix("http://"), "--json") == 0
        assert len(server.graphs) == 3
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ready = [event for event in events if event["event"] == "cell_ready"] if "event" in events[0] else events
    assert any("ComfyUI 0.3.60" in json.dumps(event) for event in ready)


def test_a_comfyui_that_is_not_there_is_something_to_put_right(project: Path, capsys: pytest.CaptureFixture) -> None:
    assert render(project, "--via", "http://127.0.0.1:9") == 2
    assert "No ComfyUI can be reached" in capsys.readouterr().err
    assert render(project, "--via", "ftp://x") == 2
    assert "is not the address of a ComfyUI" in capsys.readouterr().err


def test_two_sources_are_refused(project: Path, capsys: pytest.CaptureFixture) -> None:
    assert render(project, "--via", "http://127.0.0.1:9", "--from", str(project)) == 2
    assert "Leave one of the two out" in capsys.readouterr().err


def test_pictures_that_are_there_fill_a_sheet_or_make_one(project: Path, tmp_path: Path,
                                                          capsys: pytest.CaptureFixture) -> None:
    assert render(project) == 0
    with open_project(project) as place:
        folder = sweeps.find_sheet(place, "latest").folder
        shutil.copytree(folder / "cells", tmp_path / "out")
        shutil.rmtree(folder)
    assert render(project, "--from", str(tmp_path / "out"), "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["cells"] == 3
    assert render(project, "--from", str(tmp_path / "out")) == 0
    assert main(["render", str(project), "--from", str(tmp_path / "out"), "--run", "latest"]) == 0
    with open_project(project) as place:
        assert [len(list((each.folder / "cells").iterdir())) for each in sweeps.sheets_of(place)] == [3, 3]


def test_pictures_of_something_else_are_refused_with_the_first_reason(project: Path, tmp_path: Path,
                                                                      capsys: pytest.CaptureFixture) -> None:
    assert render(project, "--from", str(project / "images")) == 2
    assert "says nothing of its settings" in capsys.readouterr().err


def test_an_epoch_is_put_to_use_by_one_line(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    loras = tmp_path / "loras"
    loras.mkdir()
    assert main(["use", str(project), "latest", "--epoch", "2", "--to", str(loras)]) == 0
    assert "draws the same picture" in "".join(capsys.readouterr())
    with open_project(project) as place:
        assert [each.name for each in loras.glob("*.safetensors")] == [
            used_name(runs.find_run(place, "latest").checkpoint(2))]
    assert main(["use", str(project), "latest", "--epoch", "7", "--to", str(loras)]) == 2


def test_a_folder_for_loras_goes_with_a_comfyui(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert render(project, "--loras-to", str(tmp_path)) == 2
    assert "Name its address with --via" in capsys.readouterr().err
