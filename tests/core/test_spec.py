import dataclasses

import pytest

from studio.core.spec import SAMPLERS, SCHEDULERS, RenderSpec, key_of, spelled

SPEC = RenderSpec(prompt="1girl", negative="bad", cfg=4.0, loras=(("ab", 1.0), ("cd", 0.5)), base="ff")


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "1girl "}, {"negative": "worse"}, {"seed": 43}, {"steps": 24}, {"cfg": 4.5}, {"sampler": "euler"},
        {"width": 832}, {"height": 832}, {"noise_rule": "cuda"}, {"loras": (("ab", 1.0),)},
        {"loras": (("ab", 1.0), ("cd", 0.6))}, {"loras": (("ab", -1.0), ("cd", 0.5))}, {"base": "fe"},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_decides_the_pixels_changes_the_key(changes):
    assert key_of(dataclasses.replace(SPEC, **changes)) != key_of(SPEC)


def test_at_cfg_1_the_negative_takes_no_part_in_the_key():
    silent = dataclasses.replace(SPEC, cfg=1.0)
    assert key_of(dataclasses.replace(silent, negative="worse")) == key_of(silent)


def test_a_lora_at_strength_0_takes_no_part_in_the_key():
    assert key_of(dataclasses.replace(SPEC, loras=(*SPEC.loras, ("ee", 0.0)))) == key_of(SPEC)


def test_whole_and_broken_numbers_of_one_value_have_one_key():
    assert key_of(dataclasses.replace(SPEC, loras=(("ab", 1), ("cd", 0.5)))) == key_of(SPEC)


def test_a_key_is_the_same_for_ever():
    # Written down: were it to change, every sheet would be rendered again.
    assert key_of(SPEC) == "1d0b14ff79901aa20769950f46d4d539"


def test_samplers_and_schedulers_are_spelled_as_people_write_them():
    assert [spelled(name) for name in SAMPLERS] == ["ER SDE", "Euler", "Euler a", "DPM++ 2M"]
    assert [spelled(name) for name in SCHEDULERS] == ["Simple", "SGM Uniform", "Beta"]
    assert spelled("heun") == "heun"
