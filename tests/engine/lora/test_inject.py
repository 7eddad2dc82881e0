"""The adapter on the model: what trains, what draws, what stays."""

import dataclasses
import math

import pytest
import torch
from some_loras import small_transformer, stir, velocity_of
from torch import nn

from studio.core.recipe import ADAPTERS, Recipe
from studio.engine.lora.factors import Dora, Factors, LoKr
from studio.engine.lora.inject import (
    adapter_layers,
    adapter_modules,
    adapter_names,
    adapter_parameters,
    add_adapter,
    disabled,
    remove_adapter,
)
from studio.engine.lora.targets import linears

PLAIN = Recipe(rank=3, alpha=6)
RECIPES = {
    "lora": PLAIN,
    "lora with adaln": dataclasses.replace(PLAIN, train_adaln=True),
    "dora": dataclasses.replace(PLAIN, adapter="dora"),
    "thin lokr": dataclasses.replace(PLAIN, adapter="lokr", rank=2, lokr_factor=4),
    "whole lokr": dataclasses.replace(PLAIN, adapter="lokr", rank=64, lokr_factor=4),
    "lokr with adaln": dataclasses.replace(PLAIN, adapter="lokr", lokr_factor=4, train_adaln=True),
}
every_recipe = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)


@pytest.fixture
def transformer() -> nn.Module:
    return small_transformer()


def test_every_adapter_is_tried_here() -> None:
    assert {recipe.adapter for recipe in RECIPES.values()} == set(ADAPTERS)


@every_recipe
def test_only_the_adapter_trains_and_every_tensor_of_it_has_a_name(transformer: nn.Module, recipe: Recipe) -> None:
    add_adapter(transformer, recipe, seed=1)
    trainable = {id(value) for value in transformer.parameters() if value.requires_grad}
    names, parameters = adapter_names(transformer), adapter_parameters(transformer)
    assert {id(value) for value in parameters} == trainable
    assert len(names) == len(set(names)) == len(parameters) == len(trainable)


def test_a_plain_lora_trains_two_factors_on_each_of_ten_linears_a_block(transformer: nn.Module) -> None:
    add_adapter(transformer, PLAIN, seed=1)
    names = adapter_names(transformer)
    assert len(names) == 2 * 10 * 2
    assert names[:2] == ["blocks.0.self_attn.q_proj.down", "blocks.0.self_attn.q_proj.up"]


def test_adaln_adds_six_linears_a_block(transformer: nn.Module) -> None:
    add_adapter(transformer, RECIPES["lora with adaln"], seed=1)
    found = set(adapter_layers(transformer))
    assert len(found) == 16 * 2
    assert {f"blocks.1.adaln_modulation_{place}.{layer}" for place in ("self_attn", "cross_attn", "mlp")
            for layer in (1, 2)} <= found


@every_recipe
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_an_untrained_adapter_changes_no_bit_of_the_output(
    transformer: nn.Module, recipe: Recipe, dtype: torch.dtype
) -> None:
    transformer.to(dtype)
    before = velocity_of(transformer)
    add_adapter(transformer, recipe, seed=1)
    assert torch.equal(velocity_of(transformer), before)


@every_recipe
def test_an_untrained_adapter_changes_no_bit_under_autocast(transformer: nn.Module, recipe: Recipe) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        before = velocity_of(transformer)
        add_adapter(transformer, recipe, seed=1)
        assert torch.equal(velocity_of(transformer), before)


@every_recipe
def test_neither_adding_nor_training_touches_the_global_random_state(transformer: nn.Module, recipe: Recipe) -> None:
    before = torch.get_rng_state()
    add_adapter(transformer, recipe, seed=1)
    stir(transformer)
    _loss(transformer).backward()
    assert torch.equal(torch.get_rng_state(), before)


@every_recipe
def test_the_start_depends_on_the_seed_alone(transformer: nn.Module, recipe: Recipe) -> None:
    first = _start(transformer, recipe, seed=1)
    torch.manual_seed(99)
    assert _start(transformer, recipe, seed=1) == first
    assert _start(transformer, recipe, seed=2) != first


def test_down_is_kaiming_uniform_and_up_is_zero(transformer: nn.Module) -> None:
    add_adapter(transformer, Recipe(rank=16, alpha=16), seed=1)
    for factors in adapter_modules(transformer).values():
        bound = 1 / math.sqrt(factors.shape[1])
        assert factors.up.count_nonzero() == 0
        assert 0.9 * bound < factors.down.abs().max() <= bound


@every_recipe
@pytest.mark.parametrize("autocast", [False, True])
def test_everything_trained_is_float32_on_a_bfloat16_base(
    transformer: nn.Module, recipe: Recipe, autocast: bool
) -> None:
    transformer.to(torch.bfloat16)
    add_adapter(transformer, recipe, seed=1)
    stir(transformer)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        _loss(transformer).backward()
    parameters = adapter_parameters(transformer)
    assert {value.dtype for value in parameters} == {value.grad.dtype for value in parameters} == {torch.float32}
    assert all(value.grad.count_nonzero() for value in parameters)


def test_a_magnitude_starts_as_the_exact_length_of_each_row(transformer: nn.Module) -> None:
    transformer.to(torch.bfloat16)
    rows = {name: linear.weight.double().norm(dim=1) for name, linear in linears(transformer).items()}
    add_adapter(transformer, RECIPES["dora"], seed=1)
    found = dict(zip(adapter_names(transformer), adapter_parameters(transformer), strict=True))
    magnitudes = {name.removesuffix(".magnitude"): value for name, value in found.items() if "magnitude" in name}
    assert len(magnitudes) == 20
    assert all(torch.allclose(value.double(), rows[name], rtol=1e-6) for name, value in magnitudes.items())


@every_recipe
def test_what_is_told_of_the_modules_is_what_they_do(transformer: nn.Module, recipe: Recipe) -> None:
    add_adapter(transformer, recipe, seed=1)
    stir(transformer)
    own = torch.Generator().manual_seed(4)
    for name, delta in adapter_modules(transformer).items():
        layer, weight = adapter_layers(transformer)[name], linears(transformer)[name].weight
        inputs = torch.randn((3, weight.shape[1]), generator=own)
        assert delta.shape == tuple(weight.shape)
        assert delta.delta(weight).abs().max() > 0.01
        assert torch.allclose(layer(inputs), inputs @ (weight + delta.delta(weight)).T, atol=1e-5)


def test_each_adapter_is_told_in_its_own_form(transformer: nn.Module) -> None:
    for recipe, kind in ((PLAIN, Factors), (RECIPES["dora"], Dora), (RECIPES["thin lokr"], LoKr)):
        add_adapter(transformer, recipe, seed=1)
        assert {type(delta) for delta in adapter_modules(transformer).values()} == {kind}
        remove_adapter(transformer)


def test_factors_that_are_told_are_the_live_ones(transformer: nn.Module) -> None:
    add_adapter(transformer, PLAIN, seed=1)
    told = adapter_modules(transformer)["blocks.0.mlp.layer1"]
    stir(transformer)
    assert told.up.count_nonzero() and not told.up.requires_grad


def test_alpha_acts_through_the_rank_and_a_whole_lokr_has_none(transformer: nn.Module) -> None:
    for name, scale in (("lora", 2.0), ("thin lokr", 3.0), ("whole lokr", 1.0)):
        add_adapter(transformer, RECIPES[name], seed=1)
        assert {delta.scale for delta in adapter_modules(transformer).values()} == {scale}
        remove_adapter(transformer)


def test_a_second_adapter_is_refused(transformer: nn.Module) -> None:
    add_adapter(transformer, PLAIN, seed=1)
    with pytest.raises(ValueError):
        add_adapter(transformer, PLAIN, seed=1)


@every_recipe
def test_disabled_is_the_base_and_rewrites_no_gradient_flag(transformer: nn.Module, recipe: Recipe) -> None:
    base = velocity_of(transformer)
    add_adapter(transformer, recipe, seed=1)
    stir(transformer)
    trained, flags = velocity_of(transformer), [value.requires_grad for value in transformer.parameters()]
    with disabled(transformer):
        assert torch.equal(velocity_of(transformer), base)
        assert [value.requires_grad for value in transformer.parameters()] == flags
    assert torch.equal(velocity_of(transformer), trained) and not torch.equal(trained, base)
    assert [value.requires_grad for value in transformer.parameters()] == flags


@every_recipe
def test_removing_gives_the_base_back(transformer: nn.Module, recipe: Recipe) -> None:
    names, base = list(transformer.state_dict()), velocity_of(transformer)
    weights = {name: linear.weight for name, linear in linears(transformer).items()}
    add_adapter(transformer, recipe, seed=1)
    stir(transformer)
    remove_adapter(transformer)
    assert list(transformer.state_dict()) == names
    assert all(linear.weight is weights[name] for name, linear in linears(transformer).items())
    assert torch.equal(velocity_of(transformer), base)
    assert adapter_layers(transformer) == {}


def _start(transformer: nn.Module, recipe: Recipe, seed: int) -> list[list[float]]:
    add_adapter(transformer, recipe, seed)
    values = [value.flatten().tolist() for value in adapter_parameters(transformer)]
    remove_adapter(transformer)
    return values


def _loss(transformer: nn.Module) -> torch.Tensor:
    return velocity_of(transformer).float().square().mean()
