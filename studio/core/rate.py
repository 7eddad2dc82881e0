"""How large is a step? The learning rate is a function of the step's number, so no scheduler has a state to lose."""

import math
from collections.abc import Callable, Mapping

from studio.core.recipe import Recipe


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The rate of a step of `steps`, counted from 1: a linear rise to the recipe's, then the course of its schedule.

    A falling one reaches the floor with the last step, and stays there.
    """
    rise = min(1.0, step / max(1, recipe.warmup_steps))
    way = min(1.0, max(0, step - recipe.warmup_steps) / max(1, steps - recipe.warmup_steps))
    return recipe.learning_rate * rise * (1 - (1 - recipe.lr_floor) * _FALLEN[recipe.lr_schedule](way))


def is_spent(recipe: Recipe, steps: int) -> bool:
    """Whether a rate that falls over so many steps has come to nothing behind them."""
    return not learning_rate(recipe, steps, steps)


# How much of the height is lost after this share of the way. The cosine is half a period, without restarts (Loshchilov
# and Hutter 2017, arXiv 1608.03983, 3).
_FALLEN: Mapping[str, Callable[[float], float]] = {
    "constant": lambda way: 0.0,
    "linear": lambda way: way,
    "cosine": lambda way: (1 - math.cos(math.pi * way)) / 2,
}
