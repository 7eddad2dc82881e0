"""The card counts what the tagger says, and tells it without rounding anything up."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest
from PIL import Image
from tiny import write_tiny_base
from tiny_tagger import write_tiny_tagger

from studio.core.stats import Hits
from studio.miniature import world
from studio.miniature.build import card, measure
from studio.miniature.build.measure import Measurement, Pull, Reading
from studio.miniature.world import MIRA, Scene, Shot

FRONT = Scene(MIRA, Shot("smile", "standing", "front view", "right", "level", "full body", "pink"))


def chances(*found: str) -> dict[str, float]:
    """A tagger that is sure of these tags and of no other."""
    return {tag: 0.9 if tag in found else 0.1 for tag in world.TAGS}


def measured(**changes: object) -> Measurement:
    reading = Reading("smile", Hits(9, 10), Hits(9, 9), Hits(9, 9))
    pull = Pull("ahoge", (Hits(0, 4), Hits(1, 4), Hits(3, 4)), (0.1, 0.3, 0.7), Hits(4, 4))
    facts = {"base": "b" * 64, "tagger": "t" * 16, "readings": (reading,), "psnr_db": (27.25, 21.5),
             "followed": {"framing": Hits(120, 128), "pose": Hits(3, 10)}, "pulls": (pull,),
             "unasked": Hits(0, 100), "asked": Hits(1, 24)}
    return Measurement(**facts | changes)


def test_a_prompt_holds_every_tag_and_puts_the_weight_on_one() -> None:
    assert measure.prompt(FRONT).endswith("1girl, " + ", ".join(world.tags(FRONT)))
    assert ", (smile:1.5), standing, " in measure.prompt(FRONT, "smile", 1.5)
    assert measure.prompt(FRONT, "smile", 1.5).count("(") == 1


def test_a_group_is_met_by_its_most_probable_tag() -> None:
    met = measure.followed([FRONT], [chances("full body", "blonde hair", "walking")])
    assert met["framing"] == met["hair colour"] == Hits(1, 1)
    assert met["pose"] == Hits(0, 1)


def test_a_group_nobody_asked_for_has_no_try() -> None:
    behind = Scene(MIRA, Shot("smile", "standing", "from behind", "right", "level", "portrait", "pink"))
    met = measure.followed([behind], [chances()])
    assert met["pose"] == met["eye colour"] == met["expression"] == Hits(0, 0)


def test_a_switch_is_judged_both_ways() -> None:
    met = measure.followed([FRONT, FRONT], [chances("hair ribbon", "ahoge"), chances()])
    assert met["hair ribbon, asked for"] == Hits(1, 2)
    assert met["ahoge, not asked for"] == Hits(1, 2)
    assert met["from below, asked for"] == Hits(0, 0)


def test_every_group_is_part_of_the_vocabulary_and_excludes_itself() -> None:
    rng = random.Random(0)
    shown = [set(world.tags(world.sample_world(rng))) for _ in range(300)]
    for group in measure.GROUPS.values():
        assert set(group) <= set(world.TAGS)
        assert all(len(tags.intersection(group)) <= 1 for tags in shown)


def test_recall_precision_and_recall_after_the_vae_are_counted_apart() -> None:
    truths = [frozenset({"smile"}), frozenset({"smile"}), frozenset(), frozenset({"smile"})]
    first = [chances("smile"), chances(), chances("smile"), chances("smile")]
    again = [chances(), chances("smile"), chances("smile"), chances()]
    reading = next(each for each in measure.readings_of(truths, first, again) if each.tag == "smile")
    assert (reading.recall, reading.precision, reading.after) == (Hits(2, 3), Hits(2, 3), Hits(1, 3))
    assert reading.kept == 0.5


def test_a_pull_compares_the_same_seeds() -> None:
    weak, plain, strong = ([{"ahoge": p} for p in row] for row in ((0.1, 0.2), (0.4, 0.6), (0.7, 0.5)))
    pull = measure.pull_of("ahoge", [weak, plain, strong])
    assert pull.rates == (Hits(0, 2), Hits(1, 2), Hits(2, 2))
    assert pull.means == pytest.approx((0.15, 0.5, 0.6))
    assert pull.rose == Hits(1, 2)


def test_psnr_of_a_known_error() -> None:
    grey, lighter = Image.new("RGB", (8, 8), (100, 100, 100)), Image.new("RGB", (8, 8), (110, 110, 110))
    assert measure.psnr(grey, lighter) == pytest.approx(28.13, abs=0.01)
    assert measure.psnr(grey, grey) == math.inf


def test_no_training_seed_is_measured_again() -> None:
    trained = {world.sample_base(random.Random(f"base 0 {index}")) for index in range(200)}
    assert not trained & set(measure._scenes(world.sample_base, "follow", 200))


def test_the_card_shows_counts_with_intervals_and_says_what_was_missed() -> None:
    text = card.card_text(measured())
    assert "| framing | 120/128 94 % [88, 97] | 90%, met |" in text
    assert "| pose | 3/10 30 % [7, 65] | 70%, missed |" in text
    assert "PSNR 27.2 dB on average, 21.5 dB at worst" in text
    assert "| not asked for, face in sight | 0/100 0 % [0, 4] |" in text


def test_the_card_names_the_tags_the_vae_loses() -> None:
    lost = Reading("blue eyes", Hits(9, 10), Hits(9, 9), Hits(6, 10))
    assert "`blue eyes` 66.7%" in card.card_text(measured(readings=(lost,))).split("### The tagger")[0]
    assert "Every tag reaches it." in card.card_text(measured())


def test_the_card_says_that_it_is_a_practice_model_and_no_fall_back() -> None:
    text = " ".join(card.card_text(measured()).split())
    assert "does not transfer to the real model, and it never stands in for a base that is missing" in text


def test_the_card_tells_the_build_from_its_record_and_admits_when_there_is_none(tmp_path: Path) -> None:
    assert "No record of the build" in card.card_text(measured(), card._build_record(tmp_path / card.BUILD))
    record = [{"stage": "vae", "steps": 16000, "pictures": 256000, "seconds": 3601.2}]
    (tmp_path / card.BUILD).write_text(json.dumps(record))
    assert "| vae | 16,000 | 256,000 | 3,601 |" in card.card_text(measured(), card._build_record(tmp_path / card.BUILD))


def test_any_base_with_a_tagger_can_be_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny_base(tmp_path)
    write_tiny_tagger(tmp_path / "tagger", world.TAGS)
    monkeypatch.setattr(measure, "STEPS", 1)
    found = measure.measure(tmp_path, drawings=4, renders=4, seeds=1)
    assert [reading.tag for reading in found.readings] == list(world.TAGS)
    assert found.followed["framing"].tries == 4 and found.asked.tries == 1
    assert [pull.tag for pull in found.pulls] == list(measure.WEIGHTED)
    assert card.card_text(found) == card.card_text(measure.measure(tmp_path, drawings=4, renders=4, seeds=1))


def test_the_turbo_lora_stands_beside_the_base_and_is_named_where_it_strays() -> None:
    fast = {"framing": Hits(118, 128), "pose": Hits(6, 10)}
    text = card.card_text(measured(turbo="f" * 64, turbo_followed=fast))
    assert "| pose | 3/10 30 % [7, 65] | 6/10 60 % [26, 88] | +30 |" in text
    assert "More than 15 points apart: pose." in text
    assert "Turbo LoRA `ffffffffffffffff`" in text


def test_without_a_turbo_lora_the_card_says_nothing_of_one() -> None:
    assert "Turbo" not in card.card_text(measured())
