"""What can be chosen without torch is what the engine has."""

from typing import get_args

from studio.core import spec
from studio.engine import samplers
from studio.engine.latents import NoiseRule


def test_the_samplers_on_offer_are_the_engines() -> None:
    assert set(spec.SAMPLERS) == set(samplers.SAMPLERS)


def test_the_schedulers_on_offer_are_the_engines() -> None:
    assert set(spec.SCHEDULERS) == set(samplers.SCHEDULERS)


def test_the_noise_rules_on_offer_are_the_engines() -> None:
    assert spec.NOISE_RULES == get_args(NoiseRule)
