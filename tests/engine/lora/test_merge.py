"""LoRAs merged for a render, and a base that never notices."""

import pytest
import torch
from some_loras import KINDS, deltas, shapes_of, small_conditioner, small_transformer, trained_transformer
from some_loras import velocity_of as run
from torch import Tensor, nn

from studio.core.errors import UserError
from studio.core.recipe import ADAPTERS, Recipe
from studio.engine.lora import merge
from studio.engine.lora.factors import Difference, Factors
from studio.engine.lora.formats import LoraFile
from studio.engine.lora.inject import adapter_modules
from studio.engine.lora.merge import merged
from studio.engine.lora.targets import linears, weighted


@pytest.fixture
def transformer() -> nn.Module:
    return small_transformer()


LAYER1_NAME, LAYER1 = "blocks.0.mlp.layer1", "transformer_blocks.0.ff.net.0.proj.weight"


def some_lora(transformer: nn.Module, seed: int, only: tuple[str, ...] = ()) -> LoraFile:
    own = torch.Generator().manual_seed(seed)
    modules = {}
    for name, linear in linears(transformer).items():
        if not only or name in only:
            outputs, inputs = linear.weight.shape
            down, up = torch.randn((4, inputs), generator=own), torch.randn((outputs, 4), generator=own)
            modules[name] = Factors(down * 0.1, up * 0.1, 2.0)
    return LoraFile(modules, name=f"lora{seed}")


def contents(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_merged_adapter_draws_as_the_live_one_does(transformer: nn.Module, adapter: str) -> None:
    trained = trained_transformer(Recipe(adapter=adapter, rank=3, alpha=5, lokr_factor=4, train_adaln=True))
    with merged(transformer, [(LoraFile(adapter_modules(trained)), 1.0)]):
        assert torch.allclose(run(transformer), run(trained), atol=1e-4)
    assert not torch.allclose(run(transformer), run(trained), atol=1e-2)


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
    before = {name: linear.weight.data_ptr() for name, linear in linears(transformer).items()}
    with merged(transformer, [(some_lora(transformer, 1, (only,)), 1.0)]):
        changed = [name for name, linear in linears(transformer).items() if linear.weight.data_ptr() != before[name]]
    assert changed == [only]


def test_a_merge_draws_no_random_numbers(transformer: nn.Module) -> None:
    lora, before = some_lora(transformer, 1), torch.get_rng_state()
    with merged(transformer, [(lora, 1.0)]):
        assert torch.equal(torch.get_rng_state(), before)


def test_adapter_modules_are_merged_where_the_adapter_is_given(transformer: nn.Module) -> None:
    conditioner = small_conditioner()
    factors = Factors(torch.ones(1, 20), torch.ones(32, 1), 1.0)
    lora = LoraFile({"llm_adapter.blocks.1.mlp.0": factors})
    weight = conditioner.blocks[1].mlp[0].weight
    before, place = weight.detach().clone(), weight.data_ptr()
    with merged(transformer, [(lora, 1.0)]):
        assert weight.data_ptr() == place
    with merged(transformer, [(lora, 1.0)], conditioner):
        assert torch.allclose(weight, before + 1)
    assert weight.data_ptr() == place
    assert torch.equal(weight, before)


def test_an_adapter_module_that_the_adapter_lacks_is_refused(transformer: nn.Module) -> None:
    conditioner = small_conditioner()
    lora = LoraFile({"llm_adapter.blocks.5.mlp.0": Factors(torch.ones(1, 20), torch.ones(32, 1), 1.0)})
    with pytest.raises(UserError, match="blocks.5"), merged(transformer, [(lora, 1.0)], conditioner):
        raise AssertionError("never entered")


@pytest.mark.parametrize(("name", "shape"), [("blocks.7.mlp.layer1", (48, 24)), ("blocks.0.mlp.layer1", (64, 24))])
def test_a_lora_for_another_base_is_refused_by_name(transformer: nn.Module, name: str, shape: tuple[int, int]) -> None:
    factors = Factors(torch.ones(1, shape[1]), torch.ones(shape[0], 1), 1.0)
    with pytest.raises(UserError, match=name), merged(transformer, [(LoraFile({name: factors}, name="other"), 1.0)]):
        raise AssertionError("never entered")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_no_kind_of_lora_leaves_a_trace(transformer: nn.Module, kind: str, dtype: torch.dtype) -> None:
    transformer.to(dtype)
    before, lora = contents(transformer), LoraFile(deltas(shapes_of(linears(transformer)), kind))
    with merged(transformer, [(lora, 0.8)]):
        assert not torch.equal(linears(transformer)["blocks.0.mlp.layer1"].weight, before[LAYER1])
    assert all(torch.equal(value, before[name]) for name, value in transformer.state_dict().items())


@pytest.mark.parametrize("kind", KINDS)
def test_strength_zero_of_any_kind_is_no_lora(transformer: nn.Module, kind: str) -> None:
    base, lora = run(transformer), LoraFile(deltas(shapes_of(linears(transformer)), kind))
    with merged(transformer, [(lora, 0.0)]):
        assert torch.equal(run(transformer), base)


def test_a_character_a_style_and_a_speed_lora_add_up_in_any_order(transformer: nn.Module) -> None:
    """The speed LoRA sits on adaln and on the LLM adapter too; the style is a DoRA, which depends on its base."""
    conditioner = small_conditioner()
    places = linears(transformer, conditioner)
    speed = LoraFile(deltas(shapes_of(places), seed=1))
    character = LoraFile(deltas(shapes_of(linears(transformer)), "lokr", seed=2))
    style = LoraFile(deltas({LAYER1_NAME: (48, 24)}, "dora", seed=3))
    pristine = {name: linear.weight.double() for name, linear in places.items()}
    worn = [(speed, 1.0), (character, 0.7), (style, 0.5)]
    for order in (worn, worn[::-1]):
        with merged(transformer, order, conditioner):
            for name, base in pristine.items():
                added = sum(strength * lora.modules[name].delta(base.float()).double()
                            for lora, strength in worn if name in lora.modules)
                assert torch.allclose(places[name].weight.double(), base + added, atol=1e-5)
    assert len(speed.modules) > len(character.modules) and speed.adapter


def test_norms_are_merged_as_well(transformer: nn.Module) -> None:
    name = "blocks.0.self_attn.q_norm"
    norm = weighted(transformer)[name]
    before = norm.weight.clone()
    with merged(transformer, [(LoraFile({name: Difference(torch.ones(12))}), 0.5)]):
        assert torch.allclose(norm.weight, before + 0.5)
    assert torch.equal(norm.weight, before)


def test_factors_on_a_norm_are_refused_by_name(transformer: nn.Module) -> None:
    lora = LoraFile({"blocks.0.self_attn.q_norm": Factors(torch.ones(1, 12), torch.ones(12, 1), 1.0)})
    with pytest.raises(UserError, match="q_norm is 12 here, 12 x 12"), merged(transformer, [(lora, 1.0)]):
        raise AssertionError("never entered")


@pytest.mark.parametrize(("needed", "free", "room"), [(4, 10, None), (5, 10, None), (6, 10, torch.device("cpu"))])
def test_pristine_weights_leave_a_card_that_they_would_fill(needed: int, free: int, room: torch.device | None) -> None:
    assert merge.waiting_room(needed, free) == room


@pytest.mark.gpu
def test_pristine_weights_wait_in_main_memory_and_come_back(
    transformer: nn.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (0, 0))
    before, places = contents(transformer.cuda()), {name: each.weight for name, each in linears(transformer).items()}
    with merged(transformer, [(some_lora(transformer, 1), 1.0)]):
        assert {weight.device.type for weight in places.values()} == {"cpu"}
        with merged(transformer, [(some_lora(transformer, 2), 1.0)]):
            pass
    assert all(torch.equal(value, before[name]) for name, value in transformer.state_dict().items())
    assert all(linear.weight is places[name] for name, linear in linears(transformer).items())
