"""Module names: the tables against the modules themselves."""

import pytest
import torch
from torch import nn

from studio.engine.anima.shapes import AdapterConfig, TransformerConfig, build_conditioner, build_transformer
from studio.engine.lora import targets
from studio.engine.lora.inject import add_lora


def tiny_transformer(layers: int = 2) -> nn.Module:
    return build_transformer(TransformerConfig(2, 12, layers, 48, 20, 8))


def linear_names(module: nn.Module) -> list[str]:
    return [name for name, part in module.named_modules() if isinstance(part, nn.Linear)]


def test_ten_linears_of_each_block_are_trained() -> None:
    assert len(targets.trained_modules(tiny_transformer(layers=3))) == 30


def test_every_linear_of_the_transformer_has_a_known_name() -> None:
    transformer = tiny_transformer()
    assert sorted(targets.linears(transformer)) == sorted(
        targets.from_diffusers_module(f"transformer.{name}") for name in linear_names(transformer)
    )


def test_every_linear_of_the_adapter_has_a_known_name() -> None:
    conditioner = build_conditioner(AdapterConfig(8, 16, 20, 2, 2, 32, 64))
    names = [targets.from_diffusers_module(f"text_conditioner.{name}") for name in linear_names(conditioner)]
    assert names and all(targets.known(name) for name in names)


def test_names_survive_the_way_through_underscores_and_diffusers() -> None:
    for name in targets.linears(tiny_transformer(layers=12)):
        assert targets.from_underscores(name.replace(".", "_")) == name
        assert targets.from_diffusers_module(targets.to_diffusers_module(name)) == name


@pytest.mark.parametrize("name", ["blocks_0_self_attn_qkv_proj", "double_blocks_0_img_attn", "blocks_x_mlp_layer1", ""])
def test_names_of_other_models_are_not_guessed(name: str) -> None:
    assert targets.from_underscores(name) is None


def test_norms_and_convolutions_are_no_targets() -> None:
    assert not targets.known("blocks.0.self_attn.q_norm")


def test_linears_below_a_live_adapter_are_the_frozen_ones() -> None:
    transformer = tiny_transformer()
    before = {name: linear.weight for name, linear in targets.linears(transformer).items()}
    add_lora(transformer, rank=2, alpha=2, seed=0)
    after = targets.linears(transformer)
    assert list(after) == list(before)
    assert all(after[name].weight is weight for name, weight in before.items())
    assert all(isinstance(weight, torch.nn.Parameter) for weight in before.values())
