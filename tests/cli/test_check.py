"""The verb `check`: what goes together on the line."""

from pathlib import Path

import pytest

from studio.cli.main import main
from studio.cli.options import parser
from studio.jobs.check import Check
from studio.jobs.fetch_tokenizers import FetchTokenizers


def job(line: str) -> object:
    from studio.cli.verbs import job_of

    with job_of(parser().parse_args(line.split())) as made:
        return made


def test_tokenizers_are_fetched_only_when_the_flag_says_so() -> None:
    assert isinstance(job("check --fetch-tokenizers"), FetchTokenizers)
    assert isinstance(job("check"), Check) and isinstance(job("check --comfyui x --base practice"), Check)


@pytest.mark.parametrize("flag", ["--base practice", "--comfyui x", "--vae x"])
def test_looking_and_fetching_are_not_mixed(flag: str, capsys: pytest.CaptureFixture) -> None:
    assert main(["check", "--fetch-tokenizers", *flag.split()]) == 2
    assert f"error: {flag.split()[0]} is for looking" in capsys.readouterr().err


def test_a_comfyui_that_is_none_is_the_persons_to_put_right(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["check", "--comfyui", str(tmp_path)]) == 2
    assert "is no ComfyUI installation" in capsys.readouterr().err
