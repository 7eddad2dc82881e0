"""The adapter on the model: what trains, what draws, what stays."""

import math

import pytest
import torch
from torch import nn

from studio.engine.anima.shapes import TransformerConfig, build_transformer
from studio.engine.lora.inject import (
    adapter_factors,
    adapter_layers,
    adapter_parameters,
    add_lora,
    disabled,
    remove_lora,
)


@pytest.fixture
def transformer() -> nn.Module:
    torch.manual_seed(0)
    return build_transformer(TransformerConfig(2, 12, 2, 48, 20, 8))


def run(transformer: nn.Module) -> torch.Tensor:
    own = torch.Generator().manual_seed(5)
    dtype = next(transformer.parameters()).dtype
    latents = torch.randn((2, 17, 1, 8, 8), generator=own).to(dtype)
    text = torch.randn((2, 6, 20), generator=own).to(dtype)
    return transformer(latents, torch.tensor([0.3, 0.8]), text, return_dict=False)[0]


def test_only_the_factors_train(transformer: nn.Module) -> None:
    add_lora(transformer, rank=3, alpha=3, seed=1)
    trainable = [name for name, value in transformer.named_parameters() if value.requires_grad]
    assert len(trainable) == 2 * 20 and all("lora_" in name for name in trainable)
    assert len(adapter_parameters(transformer)) == len(trainable)


def test_an_untrained_adapter_changes_no_bit_of_the_output(transformer: nn.Module) -> None:
    before = run(transformer)
    add_lora(transformer, rank=3, alpha=6, seed=1)
    assert torch.equal(run(transformer), before)


def test_adding_leaves_the_global_random_state_alone(transformer: nn.Module) -> None:
    before = torch.get_rng_state()
    add_lora(transformer, rank=3, alpha=3, seed=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_start_depends_on_the_seed_alone(transformer: nn.Module) -> None:
    add_lora(transformer, rank=3, alpha=3, seed=1)
    first = {name: each.down.clone() for name, each in adapter_factors(transformer).items()}
    remove_lora(transformer)
    torch.manual_seed(99)
    add_lora(transformer, rank=3, alpha=3, seed=1)
    assert all(torch.equal(each.down, first[name]) for name, each in adapter_factors(transformer).items())
    remove_lora(transformer)
    add_lora(transformer, rank=3, alpha=3, seed=2)
    assert not any(torch.equal(each.down, first[name]) for name, each in adapter_factors(transformer).items())


def test_down_is_kaiming_uniform_and_up_is_zero(transformer: nn.Module) -> None:
    add_lora(transformer, rank=16, alpha=16, seed=1)
    for factors in adapter_factors(transformer).values():
        bound = 1 / math.sqrt(factors.shape[1])
        assert factors.up.count_nonzero() == 0
        assert 0.9 * bound < factors.down.abs().max() <= bound


def test_factors_are_float32_on_a_bfloat16_base(transformer: nn.Module) -> None:
    transformer.to(torch.bfloat16)
    add_lora(transformer, rank=3, alpha=3, seed=1)
    assert {value.dtype for value in adapter_parameters(transformer)} == {torch.float32}
    run(transformer).float().sum().backward()
    assert all(value.grad.dtype == torch.float32 for value in adapter_parameters(transformer))


def test_a_second_adapter_is_refused(transformer: nn.Module) -> None:
    add_lora(transformer, rank=3, alpha=3, seed=1)
    with pytest.raises(ValueError):
        add_lora(transformer, rank=3, alpha=3, seed=1)


def test_disabled_is_the_base_and_rewrites_no_gradient_flag(transformer: nn.Module) -> None:
    base = run(transformer)
    add_lora(transformer, rank=3, alpha=3, seed=1)
    stir(transformer)
    trained, flags = run(transformer), [value.requires_grad for value in transformer.parameters()]
    with disabled(transformer):
        assert torch.equal(run(transformer), base)
        assert [value.requires_grad for value in transformer.parameters()] == flags
    assert torch.equal(run(transformer), trained) and not torch.equal(trained, base)
    assert [value.requires_grad for value in transformer.parameters()] == flags


def test_removing_gives_the_base_back(transformer: nn.Module) -> None:
    names, base = list(transformer.state_dict()), run(transformer)
    add_lora(transformer, rank=3, alpha=3, seed=1)
    stir(transformer)
    remove_lora(transformer)
    assert list(transformer.state_dict()) == names
    assert torch.equal(run(transformer), base)
    assert adapter_layers(transformer) == {}


@torch.no_grad()
def stir(transformer: nn.Module) -> None:
    own = torch.Generator().manual_seed(3)
    for value in adapter_parameters(transformer):
        value.copy_(torch.randn(value.shape, generator=own) * 0.3)
