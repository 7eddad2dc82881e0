"""The practice model that ships, through the real loader: it draws what it is asked, and not what it never saw."""

from pathlib import Path

import pytest
import torch

from studio.engine.anima.checkpoint import Anima, find_base, load
from studio.engine.anima.pipeline import Picture, render
from studio.engine.taggers.wd import Tagger
from studio.miniature import world
from studio.miniature.build import measure
from studio.store.digests import sha256_of

FOLDER = Path(__file__).parents[2] / "resources" / "miniature"
RENDERS = 16


@pytest.fixture(scope="module")
def anima() -> Anima:
    return load(find_base(FOLDER), torch.device("cpu"), torch.float32)


@pytest.fixture(scope="module")
def scenes() -> list[world.Scene]:
    return list(measure._scenes(world.sample_base, "test", RENDERS))


@pytest.fixture(scope="module")
def judged(anima: Anima, scenes: list[world.Scene]) -> list[dict[str, float]]:
    pictures = [Picture(measure.prompt(scene), measure.NEGATIVE, seed, 12, 4.0, "euler", "simple", 128, 128)
                for seed, scene in enumerate(scenes)]
    return Tagger.from_folder(FOLDER / "tagger").predict(render(anima, pictures))


def test_framing_and_hair_colour_follow_the_prompt(
    scenes: list[world.Scene], judged: list[dict[str, float]]
) -> None:
    found = measure.followed(scenes, judged)
    assert found["framing"].rate >= 0.7
    assert found["hair colour"].rate >= 0.5


def test_hair_intakes_are_never_drawn(judged: list[dict[str, float]]) -> None:
    assert measure.shown(judged, measure.UNKNOWN).hits <= 1


def test_the_card_speaks_of_the_weights_that_ship() -> None:
    card = (FOLDER / "CARD.md").read_text("utf-8")
    assert measure.base_digest(find_base(FOLDER))[:16] in card
    assert Tagger.from_folder(FOLDER / "tagger").digest[:16] in card
    assert sha256_of(FOLDER / measure.TURBO_FILE)[:16] in card
