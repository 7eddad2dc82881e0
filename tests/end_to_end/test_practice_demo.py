"""The whole main job on the practice model: a giveaway the base cannot draw is learnt, and only where it was taught."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from resources import folder

pytestmark = pytest.mark.long

GIVEAWAY = "hair intakes"


def demo(project: Path, *more: str) -> dict:
    command = [sys.executable, "-m", "studio", "demo", "--project", str(project), "--json", *more]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(told.splitlines()[-1])


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return demo(tmp_path_factory.mktemp("demo") / "mira")


def rate(pair: list[int]) -> float:
    return pair[0] / pair[1]


def test_the_trigger_alone_brings_what_the_base_cannot_draw(taught: dict) -> None:
    counts = taught["traits"][GIVEAWAY]
    assert min(counts["base"][1], counts["lora"][1]) >= 24
    assert rate(counts["lora"]) - rate(counts["base"]) >= 0.5


def test_what_the_prompt_asks_for_is_still_drawn(taught: dict) -> None:
    for asked, counts in taught["composition"].items():
        assert rate(counts["lora"]) >= 0.8 * rate(counts["base"]), asked


def test_a_character_without_the_giveaway_does_not_teach_it(tmp_path: Path) -> None:
    plain = demo(tmp_path / "plain", "--sample", str(folder("samples", "mira-plain")), "--trait", GIVEAWAY)
    assert rate(plain["traits"][GIVEAWAY]["lora"]) <= 0.1
