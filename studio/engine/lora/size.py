"""How large will a LoRA be? Told from the header of its base, before anything of it is loaded."""

from peft.tuners.lokr.layer import factorization

from studio.core.recipe import Recipe
from studio.engine.anima.checkpoint import transformer_header
from studio.engine.anima.files import BaseFiles
from studio.engine.lora.targets import trained_leaves


def count_numbers(files: BaseFiles, recipe: Recipe) -> int:
    """How many numbers the adapter of this recipe holds on this base."""
    endings = tuple(f".{leaf}.weight" for leaf in trained_leaves(recipe.train_adaln))
    shapes = [entry.shape for name, entry in transformer_header(files).items() if name.endswith(endings)]
    return sum(_numbers(outputs, inputs, recipe) for outputs, inputs in shapes)


def _numbers(outputs: int, inputs: int, recipe: Recipe) -> int:
    if recipe.adapter == "lokr":
        return _lokr_numbers(outputs, inputs, recipe)
    magnitude = outputs if recipe.adapter == "dora" else 0
    return recipe.rank * (outputs + inputs) + magnitude


def _lokr_numbers(outputs: int, inputs: int, recipe: Recipe) -> int:
    """peft keeps the right factor whole where two thin ones would not be smaller."""
    rows, tall = factorization(outputs, recipe.lokr_factor)
    columns, wide = factorization(inputs, recipe.lokr_factor)
    whole = recipe.rank >= max(tall, wide) / 2
    return rows * columns + (tall * wide if whole else recipe.rank * (tall + wide))
