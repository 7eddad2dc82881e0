"""The verb `prompt`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from studio.cli.main import main

ROOT = Path(__file__).parents[2]


def test_each_segment_is_a_line_and_the_sum_is_one(capsys: pytest.CaptureFixture) -> None:
    assert main(["prompt", "1girl, (blue hair:1.3)"]) == 0
    first, second, third, total = capsys.readouterr().out.splitlines()
    assert first.split() == ["weight", "Qwen3", "T5", "text"]
    assert second.startswith("     1") and third.startswith("   1.3") and third.endswith("blue hair")
    assert total.startswith("   all") and "of 512" in total


def test_json_is_one_object(capsys: pytest.CaptureFixture) -> None:
    text = r"a (blue \(hair\):1.3"
    assert main(["prompt", text, "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert [text[each["start"] : each["end"]] for each in seen["segments"]] == ["a ", text[2:]]
    assert seen["segments"][1]["weight"] == 1 and seen["notes"][0].startswith("The parenthesis at character 3")
    assert seen["t5_tokens"] == sum(each["t5_tokens"] for each in seen["segments"]) + 1 and seen["excess"] == 0


def test_a_base_that_is_not_there_is_the_persons_to_put_right(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["prompt", "1girl", "--base", str(tmp_path / "no.safetensors")]) == 2
    assert "no.safetensors" in capsys.readouterr().err


def test_reading_a_prompt_loads_no_torch() -> None:
    code = "import sys; from studio.cli.main import main; main(['prompt', '1girl']); print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert said.splitlines()[-1] == "False"
