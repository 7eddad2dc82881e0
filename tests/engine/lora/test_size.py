"""The size of a LoRA, foretold."""

from studio.engine.anima.checkpoint import Anima
from studio.engine.lora.inject import adapter_parameters, add_lora, remove_lora
from studio.engine.lora.size import count_numbers


def test_the_header_tells_how_many_numbers_will_be_trained(tiny_anima: Anima) -> None:
    add_lora(tiny_anima.transformer, rank=3, alpha=3.0, seed=1)
    trained = sum(factor.numel() for factor in adapter_parameters(tiny_anima.transformer))
    remove_lora(tiny_anima.transformer)
    assert count_numbers(tiny_anima.files, rank=3) == trained
