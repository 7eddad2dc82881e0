"""The script for a bare machine: a shell can read it, it looks before it installs, and each landmine has its check."""

import os
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from studio.core.generations import GENERATIONS, LANDMINES, build_for, find_generation
from studio.core.rules.machine import NEEDED
from studio.core.setting_up import PYTHONS, script
from studio.jobs.machine import locked_versions

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="needs bash")


def written(path: Path, name: str = "Ada", driver: int | None = None) -> Path:
    generation = find_generation(name)
    path.write_text(script(generation, build_for(generation.since, driver), locked_versions(), NEEDED, path.name))
    return path


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@needs_bash
@pytest.mark.parametrize("driver", [550, 580])
@pytest.mark.parametrize("name", [each.name for each in GENERATIONS])
def test_a_shell_can_read_the_script_of_every_generation(tmp_path: Path, name: str, driver: int) -> None:
    if build_for(find_generation(name).since, driver):
        subprocess.run([BASH, "-n", str(written(tmp_path / "s.sh", name, driver))], check=True)


@pytest.mark.parametrize("name", ["Ada", "Blackwell"])
def test_each_row_of_the_table_has_its_check(tmp_path: Path, name: str) -> None:
    text = written(tmp_path / "s.sh", name).read_text()
    checked = re.findall(r"^check (\S+) ", text, re.MULTILINE)
    assert {row.id for row in LANDMINES} <= set(checked) and len(set(checked)) == len(checked)
    assert all(f"# {row.id}  {row.what}" in text for row in LANDMINES)


def test_a_card_gets_its_own_build_and_the_locked_versions_and_nothing_that_replaces_torch(tmp_path: Path) -> None:
    locked = locked_versions()
    for name, driver, build in (("Ada", 550, "cu126"), ("Ada", 580, "cu130"), ("Blackwell", None, "cu130")):
        installs = [line for line in written(tmp_path / "s.sh", name, driver).read_text().splitlines()
                    if "pip install" in line]
        assert f"torch=={locked['torch']}+{build} --index-url https://download.pytorch.org/whl/{build}" in installs[1]
        assert "constraints.txt" in installs[2] and len(installs) == 3
        assert not any(word in line for line in installs for word in ("xformers", "flash", "torchvision"))
    assert locked["transformers"] in written(tmp_path / "s.sh").read_text()


@needs_bash
@pytest.mark.parametrize(("card", "id"), [
    ("", "CARD"), ("6.1|580.1", "E01"), ("8.9|470.1", "E02"), ("8.9|580.1", None),
])  # fmt: skip
def test_it_looks_before_it_installs(tmp_path: Path, card: str, id: str | None) -> None:
    capability, _, driver = card.partition("|")
    tools = tmp_path / "bin"
    tools.mkdir()
    program(tools / "nvidia-smi", f'case "$1" in *compute_cap) echo "{capability}";; *) echo "{driver}";; esac'
            if card else "exit 9")
    program(tools / "python3.12", 'case "$1" in -c) echo 3.12;; *) echo "asked for $2" >&2; exit 7;; esac')
    environment = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "PYTHON": "python3.12"}
    done = subprocess.run([BASH, str(written(tmp_path / "s.sh")), str(tmp_path)], env=environment, capture_output=True,
                          text=True)
    if id is None:
        assert done.returncode == 7 and "asked for venv" in done.stderr
    else:
        assert done.returncode == 2 and done.stderr.startswith(f"{id}: ") and "asked for" not in done.stderr


@needs_bash
def test_another_python_is_refused_at_once(tmp_path: Path) -> None:
    program(tmp_path / "python", 'echo 3.10')
    environment = os.environ | {"PYTHON": str(tmp_path / "python")}
    done = subprocess.run([BASH, str(written(tmp_path / "s.sh"))], env=environment, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("PYTHON: this Python is none of 3.11 3.12 3.13")


def test_the_pythons_are_those_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    allowed = SpecifierSet(project["requires-python"])
    assert [f"3.{minor}" in allowed for minor in range(10, 15)] == [(3, minor) in PYTHONS for minor in range(10, 15)]
