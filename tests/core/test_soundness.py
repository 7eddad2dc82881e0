"""Settings that do not go together."""

import pytest

from studio.core.errors import UserError
from studio.core.recipe import Recipe, load_recipe, shipped_recipes
from studio.core.soundness import require_sound


@pytest.mark.parametrize(("settings", "named"), [
    ({"optimizer": "prodigy", "learning_rate": 2e-5}, "learning rate to 1"),
    ({"optimizer": "adamw_schedulefree", "lr_schedule": "cosine"}, "lr_schedule to constant"),
    ({"optimizer": "adamw_schedulefree", "ema": 0.9}, "ema to 0.0"),
    ({"optimizer": "adamw_schedulefree", "beta1": 0.0}, "beta1"),
    ({"blocks_to_swap": 1, "gradient_checkpointing": False}, "gradient_checkpointing on"),
])  # fmt: skip
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, object], named: str) -> None:
    with pytest.raises(UserError) as refused:
        require_sound(Recipe(**settings))
    assert named in refused.value.remedy
    require_sound(Recipe())


@pytest.mark.parametrize("settings", [
    {"optimizer": "prodigy", "learning_rate": 1.0, "lr_schedule": "cosine", "ema": 0.9},
    {"optimizer": "adamw_schedulefree", "warmup_steps": 10},
    {"blocks_to_swap": 1},
])  # fmt: skip
def test_settings_that_go_together_pass(settings: dict[str, object]) -> None:
    require_sound(Recipe(**settings))


@pytest.mark.parametrize("name", shipped_recipes())
def test_recipes_that_ship_are_sound(name: str) -> None:
    require_sound(load_recipe(name))
