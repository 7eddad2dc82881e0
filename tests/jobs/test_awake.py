"""A machine in which something trains does not fall asleep, whichever door it was started by."""

import os
import stat
import sys
from pathlib import Path

import pytest
from tiny_project import write_project, write_recipe

from studio.cli.main import main
from studio.jobs.awake import Awake

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="each system has its own way")


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system's own program, for which another one stands, was called with."""
    program, words = tmp_path / "systemd-inhibit", tmp_path / "words"
    program.write_text(f'#!/bin/sh\necho "$@" >> {words}\nexec cat\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return words


@LINUX
def test_the_machine_is_kept_awake_by_a_process_that_ends_with_the_run(words: Path) -> None:
    said: list[str] = []
    awake = Awake(said.append)
    awake.hold("Training Mira")
    awake.hold("Training Suzu")
    assert awake.is_held and said == []
    awake.release()
    awake.release()
    assert not awake.is_held


def test_where_nothing_keeps_a_machine_awake_a_line_is_logged_and_nothing_else(monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    said: list[str] = []
    awake = Awake(said.append)
    awake.hold("Training Mira")
    assert not awake.is_held and len(said) == 1 and "fall asleep" in said[0]


@LINUX
def test_a_run_that_was_typed_or_goes_on_without_the_window_keeps_it_awake_and_a_short_verb_does_not(
        words: Path, tmp_path: Path, tiny_base) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    main(["provenance", str(project)])
    assert not words.exists()
    recipe = str(write_recipe(tmp_path / "tiny.toml"))
    assert main(["train", str(project), "--recipe", recipe, "--set", "max_steps=1", "--set", "preview_every=0"]) == 0
    told = words.read_text().splitlines()
    assert len(told) == 1 and "--what=sleep:idle" in told[0] and "--why=charstudio train" in told[0]
