"""Do the settings of a recipe agree? Each may lie in its range, and two of them still contradict each other."""

from studio.core.errors import UserError
from studio.core.recipe import Recipe

_LEAST_PRODIGY_RATE = 0.01


def require_sound(recipe: Recipe) -> None:
    """Raises UserError naming the settings that do not go together."""
    if recipe.optimizer == "prodigy":
        _require_a_free_hand(recipe)
    if recipe.optimizer == "adamw_schedulefree":
        _require_one_average(recipe)
    if recipe.blocks_to_swap and not recipe.gradient_checkpointing:  # autograd would hold on to what leaves the device
        raise UserError("Swapping blocks needs gradient checkpointing, which is off",
                        "Turn gradient_checkpointing on, or set blocks_to_swap to 0.")


def _require_a_free_hand(recipe: Recipe) -> None:
    if recipe.learning_rate < _LEAST_PRODIGY_RATE:
        raise UserError(
            f"Prodigy finds the rate itself, and a learning rate of {recipe.learning_rate:g} would hold it back",
            "Set the learning rate to 1, or choose another optimizer.")


def _require_one_average(recipe: Recipe) -> None:
    """Schedule-free AdamW averages its steps in place of a schedule, by means of the gradient's mean."""
    for setting, allowed in (("lr_schedule", "constant"), ("ema", 0.0)):
        if getattr(recipe, setting) != allowed:
            raise UserError(
                f"The optimizer adamw_schedulefree averages by itself, but {setting} is {getattr(recipe, setting)}",
                f"Set {setting} to {allowed}, or choose another optimizer.")
    if not recipe.beta1:
        raise UserError("The optimizer adamw_schedulefree needs a beta1 above 0",
                        "Set beta1 to 0.9, or choose another optimizer.")
