"""The size of a LoRA, foretold."""

import pytest

from studio.core.recipe import Recipe
from studio.engine.anima.checkpoint import Anima
from studio.engine.lora.inject import adapter_parameters, add_adapter, remove_adapter
from studio.engine.lora.size import count_numbers


@pytest.mark.parametrize("adapter", ["lora", "dora", "lokr"])
@pytest.mark.parametrize("rank", [3, 64])
@pytest.mark.parametrize("adaln", [False, True])
def test_the_header_tells_how_many_numbers_will_be_trained(
    tiny_anima: Anima, adapter: str, rank: int, adaln: bool
) -> None:
    recipe = Recipe(adapter=adapter, rank=rank, lokr_factor=4, train_adaln=adaln)
    add_adapter(tiny_anima.transformer, recipe, seed=1)
    trained = sum(value.numel() for value in adapter_parameters(tiny_anima.transformer))
    remove_adapter(tiny_anima.transformer)
    assert count_numbers(tiny_anima.files, recipe) == trained
