"""Module names: the tables against the modules themselves."""

import pytest
import torch
from tiny import QWEN
from torch import nn

from studio.core.recipe import Recipe
from studio.engine.anima.shapes import (
    AdapterConfig,
    TransformerConfig,
    build_conditioner,
    build_qwen,
    build_transformer,
)
from studio.engine.lora import targets
from studio.engine.lora.inject import add_adapter


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


def test_norms_may_be_changed_but_are_no_linears() -> None:
    transformer, conditioner = tiny_transformer(), build_conditioner(AdapterConfig(8, 16, 20, 2, 2, 32, 64))
    places = targets.weighted(transformer, conditioner)
    norms = places.keys() - targets.linears(transformer, conditioner).keys()
    assert {"blocks.0.self_attn.q_norm", "t_embedding_norm", "llm_adapter.norm"} <= norms
    unseen = [name for name, module in conditioner.named_modules()
              if isinstance(getattr(module, "weight", None), nn.Parameter) and f"llm_adapter.{name}" not in places]
    assert unseen == ["embed"]


def test_adaln_is_trained_where_it_is_asked_for() -> None:
    bare, more = (targets.trained_modules(tiny_transformer(), adaln) for adaln in (False, True))
    assert len(bare) == 20 and len(more) == 32
    assert {name.split(".")[2] for name in more.keys() - bare.keys()} == {
        "adaln_modulation_self_attn", "adaln_modulation_cross_attn", "adaln_modulation_mlp"}


def test_the_text_encoders_modules_are_known_by_qwens_own_names() -> None:
    qwen = build_qwen(QWEN)
    linears = [name for name in linear_names(qwen) if name != "lm_head"]
    assert linears and all(targets.known_to_qwen(name) for name in linears)
    assert all(targets.qwen_from_underscores(name.replace(".", "_")) == name for name in linears)
    assert not targets.known_to_qwen("layers.0.mlp.fc1")


def test_linears_below_a_live_adapter_are_the_frozen_ones() -> None:
    transformer = tiny_transformer()
    before = {name: linear.weight for name, linear in targets.linears(transformer).items()}
    add_adapter(transformer, Recipe(rank=2, alpha=2), seed=0)
    after = targets.linears(transformer)
    assert list(after) == list(before)
    assert all(after[name].weight is weight for name, weight in before.items())
    assert all(isinstance(weight, torch.nn.Parameter) for weight in before.values())
