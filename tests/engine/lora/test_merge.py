"""LoRAs merged for a render, and a base that never notices."""

import pytest
import torch
from torch import Tensor, nn

from studio.core.errors import UserError
from studio.engine.anima.shapes import AdapterConfig, TransformerConfig, build_conditioner, build_transformer
from studio.engine.lora.factors import Factors
from studio.engine.lora.formats import LoraFile
from studio.engine.lora.inject import adapter_factors, adapter_parameters, add_lora
from studio.engine.lora.merge import merged
from studio.engine.lora.targets import linears


@pytest.fixture
def transformer() -> nn.Module:
    torch.manual_seed(0)
    return build_transformer(TransformerConfig(2, 12, 2, 48, 20, 8)).requires_grad_(False).eval()


def some_lora(transformer: nn.Module, seed: int, only: tuple[str, ...] = ()) -> LoraFile:
    own = torch.Generator().manual_seed(seed)
    modules = {}
    for name, linear in linears(transformer).items():
        if not only or name in only:
            outputs, inputs = linear.weight.shape
            down, up = torch.randn((4, inputs), generator=own), torch.randn((outputs, 4), generator=own)
            modules[name] = Factors(down * 0.1, up * 0.1, 2.0)
    return LoraFile(modules, name=f"lora{seed}")


@torch.no_grad()
def run(transformer: nn.Module) -> Tensor:
    own = torch.Generator().manual_seed(5)
    latents, text = torch.randn((2, 17, 1, 8, 8), generator=own), torch.randn((2, 6, 20), generator=own)
    return transformer(latents, torch.tensor([0.3, 0.8]), text, return_dict=False)[0]


def contents(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def test_a_merged_lora_draws_as_the_live_adapter_does(transformer: nn.Module) -> None:
    base = {name: value.clone() for name, value in transformer.state_dict().items()}
    add_lora(transformer, rank=3, alpha=5, seed=1)
    own = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for value in adapter_parameters(transformer):
            value.copy_(torch.randn(value.shape, generator=own) * 0.2)
    lora, live = LoraFile(adapter_factors(transformer)), run(transformer)
    fresh = build_transformer(TransformerConfig(2, 12, 2, 48, 20, 8)).eval()
    fresh.load_state_dict(base)
    with merged(fresh, [(lora, 1.0)]):
        assert torch.allclose(run(fresh), live, atol=1e-5)


def test_strengths_add_up_as_the_formula_says(transformer: nn.Module) -> None:
    first, second = some_lora(transformer, 1), some_lora(transformer, 2)
    base = {name: linear.weight.double() for name, linear in linears(transformer).items()}
    with merged(transformer, [(first, 0.7), (second, -0.3)]):
        for name, linear in linears(transformer).items():
            expected = base[name]
            for lora, strength in ((first, 0.7), (second, -0.3)):
                factors = lora.modules[name]
                expected = expected + strength * factors.alpha / 4 * (factors.up.double() @ factors.down.double())
            assert torch.allclose(linear.weight.double(), expected, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_base_comes_back_bit_for_bit_in_the_same_storage(transformer: nn.Module, dtype: torch.dtype) -> None:
    transformer.to(dtype)
    before, places = contents(transformer), {name: linear.weight for name, linear in linears(transformer).items()}
    with merged(transformer, [(some_lora(transformer, 1), 0.37), (some_lora(transformer, 2), 1.2)]):
        changed = contents(transformer)
    after = contents(transformer)
    assert any(not torch.equal(changed[name], value) for name, value in before.items())
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert all(linear.weight is places[name] for name, linear in linears(transformer).items())


def test_the_base_comes_back_after_an_error(transformer: nn.Module) -> None:
    before = contents(transformer)
    with pytest.raises(RuntimeError), merged(transformer, [(some_lora(transformer, 1), 1.0)]):
        raise RuntimeError("out of memory")
    assert all(torch.equal(value, before[name]) for name, value in transformer.state_dict().items())


def test_strength_zero_is_no_lora_bit_for_bit(transformer: nn.Module) -> None:
    base = run(transformer)
    with merged(transformer, [(some_lora(transformer, 1), 0.0)]):
        assert torch.equal(run(transformer), base)
    with merged(transformer, [(some_lora(transformer, 1), 0.0), (some_lora(transformer, 2), 0.5)]):
        with_zero = run(transformer)
    with merged(transformer, [(some_lora(transformer, 2), 0.5)]):
        assert torch.equal(run(transformer), with_zero)


def test_merges_nest(transformer: nn.Module) -> None:
    base = run(transformer)
    with merged(transformer, [(some_lora(transformer, 1), 1.0)]):
        one = run(transformer)
        with merged(transformer, [(some_lora(transformer, 2), 1.0)]):
            assert not torch.equal(run(transformer), one)
        assert torch.equal(run(transformer), one)
    assert torch.equal(run(transformer), base)


def test_only_touched_weights_are_copied(transformer: nn.Module) -> None:
    only = "blocks.1.mlp.layer2"
    before = {name: linear.weight for name, linear in linears(transformer).items()}
    with merged(transformer, [(some_lora(transformer, 1, (only,)), 1.0)]):
        changed = [name for name, linear in linears(transformer).items() if linear.weight is not before[name]]
    assert changed == [only]


def test_a_merge_draws_no_random_numbers(transformer: nn.Module) -> None:
    lora, before = some_lora(transformer, 1), torch.get_rng_state()
    with merged(transformer, [(lora, 1.0)]):
        assert torch.equal(torch.get_rng_state(), before)


def test_adapter_modules_are_merged_where_the_adapter_is_given(transformer: nn.Module) -> None:
    conditioner = build_conditioner(AdapterConfig(8, 16, 20, 2, 2, 32, 64)).requires_grad_(False)
    factors = Factors(torch.ones(1, 20), torch.ones(32, 1), 1.0)
    lora = LoraFile({"llm_adapter.blocks.1.mlp.0": factors})
    before = conditioner.blocks[1].mlp[0].weight
    with merged(transformer, [(lora, 1.0)]):
        assert conditioner.blocks[1].mlp[0].weight is before
    with merged(transformer, [(lora, 1.0)], conditioner):
        assert torch.allclose(conditioner.blocks[1].mlp[0].weight, before + 1)
    assert conditioner.blocks[1].mlp[0].weight is before


def test_an_adapter_module_that_the_adapter_lacks_is_refused(transformer: nn.Module) -> None:
    conditioner = build_conditioner(AdapterConfig(8, 16, 20, 2, 2, 32, 64))
    lora = LoraFile({"llm_adapter.blocks.5.mlp.0": Factors(torch.ones(1, 20), torch.ones(32, 1), 1.0)})
    with pytest.raises(UserError, match="blocks.5"), merged(transformer, [(lora, 1.0)], conditioner):
        raise AssertionError("never entered")


@pytest.mark.parametrize(("name", "shape"), [("blocks.7.mlp.layer1", (48, 24)), ("blocks.0.mlp.layer1", (64, 24))])
def test_a_lora_for_another_base_is_refused_by_name(transformer: nn.Module, name: str, shape: tuple[int, int]) -> None:
    factors = Factors(torch.ones(1, shape[1]), torch.ones(shape[0], 1), 1.0)
    with pytest.raises(UserError, match=name), merged(transformer, [(LoraFile({name: factors}, name="other"), 1.0)]):
        raise AssertionError("never entered")
