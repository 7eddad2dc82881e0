"""`charstudio environment`: the card of this machine or another one, its table, and its script."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from studio.cli.main import main
from studio.core.generations import LANDMINES
from studio.jobs.nvidia import SeenCard, card_in

ADA = SeenCard("NVIDIA GeForce RTX 4090", (8, 9), 550)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch):
    """Puts a card into this machine, or takes it out."""
    return lambda found: monkeypatch.setattr("studio.cli.environment.seen_card", lambda: found)


def test_the_card_of_this_machine_has_its_build_and_every_landmine_its_id(card, capsys) -> None:
    card(ADA)
    assert main(["environment"]) == 0
    told = capsys.readouterr().out
    assert "Ada: RTX 40" in told and "+cu126, from https://download.pytorch.org/whl/cu126" in told
    assert all(f"  {row.id}  {row.what}" in told for row in LANDMINES)


def test_another_card_is_named_and_does_not_have_this_driver(card, capsys) -> None:
    card(ADA)
    assert main(["environment", "--card", "blackwell", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["generation"], told["cuda"], told["driver"]) == ("Blackwell", "13.0", 580)


@pytest.mark.parametrize(("words", "said"), [
    ([], "No NVIDIA card is seen"), (["--card", "adda"], "Did you mean 'Ada'"),
    (["--card", "blackwell", "--driver", "550"], "need a driver of 580"), (["--card", "ada", "--driver", "470"], "525"),
])  # fmt: skip
def test_what_fits_no_card_is_told_in_a_sentence(card, capsys, words: list[str], said: str) -> None:
    card(None)
    assert main(["environment", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="needs bash")
def test_the_script_is_one_that_a_shell_reads_and_may_be_run(card, tmp_path: Path, capsys) -> None:
    card(None)
    out = tmp_path / "deep" / "setup.sh"
    assert main(["environment", str(out), "--card", "ada"]) == 0
    assert f"written: {out}" in capsys.readouterr().out and os.access(out, os.X_OK)
    subprocess.run(["bash", "-n", str(out)], check=True)


@pytest.mark.parametrize(("line", "card"), [
    ("NVIDIA H200, 9.0, 580.65.06", SeenCard("NVIDIA H200", (9, 0), 580)),
    ("NVIDIA RTX A6000, Ada, 8.9, 550.54", SeenCard("NVIDIA RTX A6000, Ada", (8, 9), 550)),
    ("NVIDIA T4, [N/A], 470.1", None), ("", None), ("No devices were found", None),
])  # fmt: skip
def test_what_the_driver_says_is_read_or_passed_over(line: str, card: SeenCard | None) -> None:
    assert card_in(line) == card
