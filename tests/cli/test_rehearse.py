"""The verb `rehearse`."""

import json
from pathlib import Path

import pytest

from studio.cli.main import main

SMALL = ["--size", "64x64", "--steps", "1", "--train-steps", "1"]


def test_the_page_is_printed_and_written(tmp_path: Path, tiny_base, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "out"
    assert main(["rehearse", "--base", str(tiny_base.transformer), "--out", str(out), *SMALL]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Load" and said[-1] == f"Page: {out / 'report.md'}"
    assert any(line.split()[:2] == ["steps", "1"] for line in said) and any("64x64, 1 steps" in line for line in said)


def test_json_ends_with_the_page_as_one_object(tmp_path: Path, tiny_base, capsys: pytest.CaptureFixture) -> None:
    line = ["rehearse", "--base", str(tiny_base.transformer), "--out", str(tmp_path / "out"), *SMALL, "--json"]
    assert main(line) == 0
    page = json.loads(capsys.readouterr().out.splitlines()[-1])["page"]
    assert [section["title"].split()[0] for section in page] == ["Load", "The", "A", "Training", "Export"]


@pytest.mark.parametrize(("line", "said"), [
    ("rehearse", "--base"), ("rehearse --base practice --lora-folder x", "--lora-folder is for"),
    ("rehearse --base practice --match no.png --out {0}", "no.png"), ("rehearse --base practice --size 65x64", "65"),
])  # fmt: skip
def test_what_cannot_be_rehearsed_is_refused(line: str, said: str, tmp_path: Path, capsys) -> None:
    assert main(line.format(tmp_path).split()) == 2
    assert said in capsys.readouterr().err
