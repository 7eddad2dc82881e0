"""The command line from the outside: exit codes, channels, Ctrl-C."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_project import RECIPE, write_images, write_project, write_recipe

from studio.cli.main import has_screen, main
from studio.core.events import Event, Failed, Finished, StepDone, Stopped, from_json
from studio.store import journal

ROOT = Path(__file__).parents[2]


def events(out: str) -> list[Event]:
    return [from_json(line) for line in out.splitlines()]


@pytest.mark.parametrize("typed", [[], ["open"], ["open", "--sample"]])
def test_without_a_screen_it_prints_help_and_says_so(
        typed: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr("studio.cli.main.has_screen", lambda: False)
    assert main(typed) == 2
    said = capsys.readouterr()
    assert said.out == "" and "usage" in said.err and "no screen" in said.err


@pytest.mark.parametrize("environment, platform, has_one", [
    ({}, "linux", False), ({"DISPLAY": ":0"}, "linux", True), ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
    ({}, "win32", True), ({}, "darwin", True), ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
])
def test_a_screen_is_found_where_there_is_one(environment: dict[str, str], platform: str, has_one: bool) -> None:
    assert has_screen(environment, platform) is has_one


def test_an_unknown_verb_is_the_persons_to_put_right() -> None:
    with pytest.raises(SystemExit) as left:
        main(["trian"])
    assert left.value.code == 2


def test_a_project_is_made_filled_trained_and_shown(tmp_path: Path, tiny_base, capsys: pytest.CaptureFixture) -> None:
    project, recipe = str(tmp_path / "p"), str(write_recipe(tmp_path / "tiny.toml"))
    images = str(write_images(tmp_path / "images"))
    assert main(["new", project, "--name", "Tiny", "--base", str(tiny_base.transformer)]) == 0
    assert main(["import", project, images, "--character", "Mira", "--trigger", "mira", "--repeats", "2"]) == 0
    assert main(["train", project, "--recipe", recipe, "--set", "epochs=1"]) == 0
    capsys.readouterr()
    assert main(["show", project]) == 0
    shown = capsys.readouterr().out
    assert "Mira (mira), 4 images x 2" in shown and "finished" in shown and "8 exposures" in shown


def test_json_keeps_standard_output_to_events(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["new", str(tmp_path / "p"), "--name", "Tiny", "--json"]) == 0
    said = capsys.readouterr()
    assert isinstance(events(said.out)[-1], Finished) and said.err == ""


def test_without_json_standard_output_stays_empty(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    main(["new", str(tmp_path / "p"), "--name", "Tiny"])
    said = capsys.readouterr()
    assert said.out == "" and "done" in said.err


@pytest.mark.parametrize("line", [
    "show {0}/nowhere", "train {0}/nowhere --recipe official", "train {0} --recipe nosuch", "resume {0} latest",
    "render {0} --sheet epoch-by-prompt --run latest", "render {0} --run latest", "render --prompt x --out {0}/x.png",
    "render --base practice --out x.png", "convert {0}/no.safetensors {0}/x.safetensors --format kohya",
    "check --base {0}/no", "train {0} --recipe official", "train {0} --recipe official --set rank=0",
    "import {0} {0}/nowhere --character Mira", "tag {0} --tagger {0}/nowhere",
    "render {0} --sheet epoch-by-prompt --run latest --axis seed", "render {0} --sheet epoch-by-prompt --cfg 1",
    "render --prompt x --out x.png --run latest", "render --prompt x --out x.png --size 832",
])  # fmt: skip
def test_what_a_person_can_put_right_exits_2_with_one_failed_event(line: str, tmp_path: Path, capsys) -> None:
    project = write_project(tmp_path / "p", "")
    (project / "images" / "Mira" / "0.txt").unlink()
    capsys.readouterr()
    assert main([*(part.format(project) for part in line.split()), "--json"]) == 2
    heard = events(capsys.readouterr().out)
    assert isinstance(heard[-1], Failed) and heard[-1].kind == "person" and heard[-1].remedy
    assert sum(isinstance(event, Failed) for event in heard) == 1


def test_a_missing_base_names_its_flag(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["train", str(write_project(tmp_path / "p", "")), "--recipe", "official"]) == 2
    assert "--base" in capsys.readouterr().err


@pytest.mark.parametrize(("line", "flag"), [
    ("render {0} --sheet epoch-by-prompt --run latest --noise-rule cuda", "--noise-rule"),
    ("render --prompt x --out x.png --axis seed=1", "--axis"), ("check --text-encoder x.safetensors", "--text-encoder"),
])  # fmt: skip
def test_a_flag_that_would_do_nothing_is_refused_by_name(line: str, flag: str, tmp_path: Path, capsys) -> None:
    assert main(line.format(tmp_path).split()) == 2
    assert f"error: {flag} is for" in capsys.readouterr().err


def test_show_gives_the_journal_itself_as_json(tmp_path: Path, tiny_base, capsys: pytest.CaptureFixture) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    main(["train", str(project), "--recipe", str(write_recipe(tmp_path / "r.toml", replace(RECIPE, max_steps=1)))])
    capsys.readouterr()
    main(["show", str(project), "latest", "--json"])
    kept = journal.read(next((project / "runs").glob("*/journal.jsonl")))
    assert tuple(events(capsys.readouterr().out)) == kept


def test_show_takes_the_folder_of_a_run_or_a_sheet(tmp_path: Path, tiny_base, capsys: pytest.CaptureFixture) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    main(["train", str(project), "--recipe", str(write_recipe(tmp_path / "r.toml", replace(RECIPE, epochs=1)))])
    main(["render", str(project), "--sheet", "epoch-by-prompt", "--run", "1", "--axis", "seed=1"])
    capsys.readouterr()
    for folder, said in (("runs/*", "run 0001-mira"), ("sheets/*", "cells       8/8")):
        assert main(["show", str(next(project.glob(folder)))]) == 0
        assert said in capsys.readouterr().out


def test_a_reader_that_goes_away_does_not_end_the_work(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "studio", "new", str(tmp_path / "p"), "--name", "Tiny", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        complaint = process.stderr.read()
    assert process.returncode == 0 and complaint == "" and (tmp_path / "p" / "project.toml").is_file()


def test_names_in_any_script_are_told_as_utf_8(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "studio", "new", str(tmp_path / "p"), "--name", "鈴", "--json"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout
    assert events(said.decode("utf-8"))[-1].facts["name"] == "鈴"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_ctrl_c_finishes_the_step_and_exits_130(tmp_path: Path, tiny_base) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    recipe = write_recipe(tmp_path / "long.toml", replace(RECIPE, epochs=2000, save_every=2000, preview_every=0))
    command = [sys.executable, "-m", "studio", "train", str(project), "--recipe", str(recipe), "--json"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    channels = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, text=True, **channels) as process:
        heard = []
        for line in process.stdout:
            heard.append(from_json(line))
            if isinstance(heard[-1], StepDone) and heard[-1].step == 3:
                process.send_signal(signal.SIGINT)
    assert process.returncode == 130 and isinstance(heard[-1], Stopped)
    assert heard[-1].facts["step"] >= 3
    assert journal.read(next((project / "runs").glob("*/journal.jsonl")))[-1] == heard[-1]


def test_nothing_heavy_is_imported_before_a_job_needs_it() -> None:
    heavy = ("torch", "diffusers", "numpy", "onnxruntime")
    code = f"import sys, studio.cli.answer; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert said.strip() == "[]"


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path, tiny_base) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    command = [sys.executable, "-m", "studio", "show", str(project)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        complaint = process.stderr.read()
    assert (process.returncode, complaint) == (0, "")
