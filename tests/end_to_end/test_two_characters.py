"""Two characters in one run on the practice model: each trigger alone brings its own, and not the other's."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from resources import folder
from studio.core.caption import names_trigger
from studio.core.stats import clopper_pearson
from studio.store import runs
from studio.store.workspace import read_project

pytestmark = pytest.mark.long

SAMPLES = ("mira", "suzu")
GIVEAWAYS = {"Mira": "hair intakes", "Suzu": "ahoge"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("two") / "project"


@pytest.fixture(scope="module")
def taught(project: Path) -> dict[str, dict]:
    """What is counted of each character, by name."""
    samples = [word for name in SAMPLES for word in ("--sample", str(folder("samples", name)))]
    command = [sys.executable, "-m", "studio", "demo", "--project", str(project), "--json", *samples]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(told.splitlines()[-1])["characters"]


def rate(pair: list[int]) -> float:
    return pair[0] / pair[1]


def test_no_caption_of_one_holds_the_others_trigger(taught: dict[str, dict], project: Path) -> None:
    [run] = runs.runs_of(read_project(project))
    dataset = runs.read_dataset(run)
    assert len(dataset.triggers) == 2
    for image in dataset.images:
        called = {trigger for trigger in dataset.triggers if names_trigger(image.caption, trigger)}
        assert called == set(dataset.triggers_of(image))


def test_each_trigger_alone_brings_more_of_its_own_traits_than_the_base_has(taught: dict[str, dict]) -> None:
    for name, counts in taught.items():
        own = [counts["traits"][trait] for trait in counts["traits"]]
        gain = sum(rate(pair["lora"]) - rate(pair["base"]) for pair in own) / len(own)
        assert gain >= 0.3, name


def test_a_trigger_brings_its_own_traits_rather_than_those_of_the_other(taught: dict[str, dict]) -> None:
    """The intervals of the pooled rates stay apart."""
    for name, counts in taught.items():
        [others] = counts["others"].values()
        own = [pair["lora"] for trait, pair in counts["traits"].items()]
        strange = [pair["lora"] for pair in others.values()]
        assert pooled(own)[0] > pooled(strange)[1], name


def pooled(pairs: list[list[int]]) -> tuple[float, float]:
    return clopper_pearson(sum(hits for hits, _ in pairs), sum(shown for _, shown in pairs))


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_a_giveaway_comes_with_its_trigger_and_not_with_the_others(taught: dict[str, dict], name: str) -> None:
    giveaway, [other] = GIVEAWAYS[name], GIVEAWAYS.keys() - {name}
    own, strange = taught[name]["traits"][giveaway], taught[other]["others"][name][giveaway]
    assert rate(own["lora"]) - rate(own["base"]) >= 0.5
    assert rate(strange["lora"]) <= 0.15


def test_what_the_prompts_ask_for_is_still_drawn(taught: dict[str, dict]) -> None:
    """Two identities in so small a model cost some of the angles; framing and pose stay."""
    for name, counts in taught.items():
        for asked, pairs in counts["composition"].items():
            assert rate(pairs["lora"]) >= 0.7 * rate(pairs["base"]), (name, asked)
