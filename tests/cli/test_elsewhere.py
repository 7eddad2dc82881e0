"""What is typed for other trainers' recipes, and for folders that other machines fill."""

import json
from pathlib import Path

import pytest

from studio.cli.main import main


def test_a_recipe_is_read_and_written_by_one_verb(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "kei.yaml").write_text("lora_rank: 8\nrepeats: 4\noutput_name: kei\n", encoding="utf-8")
    assert main(["recipe", str(tmp_path / "kei.yaml"), str(tmp_path / "kei.toml"), "--format", "sd-scripts"]) == 0
    told = capsys.readouterr().err
    assert "without repeats = 4: Repeats belong to the characters" in told
    assert "without timestep" not in told and 'network_dim = 8' in (tmp_path / "kei.toml").read_text("utf-8")


def test_without_a_target_it_is_only_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "kei.yaml").write_text("lora_rank: 8\nrepeats: 4\n", encoding="utf-8")
    assert main(["recipe", str(tmp_path / "kei.yaml"), "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["facts"]["left_out"][0]["key"] == "repeats"
    assert main(["recipe", str(tmp_path / "kei.yaml"), "--format", "toolkit"]) == 2


@pytest.mark.parametrize("text", ["lora_rank: wide\n", "[1]\n", ""])
def test_what_is_wrong_with_a_recipe_is_one_sentence(text: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "kei.yaml").write_text(text, encoding="utf-8")
    assert main(["recipe", str(tmp_path / "kei.yaml")]) == 2
    told = capsys.readouterr().err
    assert "error: " in told and "Traceback" not in told


def test_a_folder_without_loras_is_shown_as_no_project(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["show", str(tmp_path / "empty")]) == 2
    assert "is not a project" in capsys.readouterr().err
    assert main(["show", str(tmp_path / "nowhere")]) == 2
