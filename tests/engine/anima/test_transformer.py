import copy

import pytest
import torch
from peft import LoraConfig, inject_adapter_in_model

from studio.engine.anima.shapes import TransformerConfig, build_transformer
from studio.engine.anima.transformer import install_fast_attention, velocity

CONFIG = TransformerConfig(heads=2, head_dim=32, layers=2, mlp_dim=128, text_dim=48, adaln_dim=16)


@pytest.fixture
def plain():
    """A transformer as diffusers builds it, with weights large enough that every part of it matters."""
    random = torch.Generator().manual_seed(0)
    transformer = build_transformer(CONFIG).eval()
    for weight in transformer.parameters():
        weight.data = torch.randn(weight.shape, generator=random) / weight.shape[-1] ** 0.5 + (weight.ndim == 1)
    return transformer


@pytest.fixture
def fast(plain):
    transformer = copy.deepcopy(plain)
    install_fast_attention(transformer)
    return transformer


def some_call(rows=3, height=6, width=10, tokens=9):
    random = torch.Generator().manual_seed(1)
    latents = torch.randn(rows, 16, 1, height, width, generator=random)
    embeds = torch.randn(rows, tokens, CONFIG.text_dim, generator=random)
    return latents, torch.linspace(0.1, 0.9, rows), embeds


def sink_bias(rows=3, tokens=9):
    bias = torch.zeros(rows, 1, 1, tokens)
    bias[..., 5] = 6.0
    bias[..., 6:] = -torch.inf
    return bias


@torch.no_grad()
def test_fast_attention_changes_no_bit(plain, fast):
    for bias in (None, sink_bias()):
        assert torch.equal(velocity(plain, *some_call(), bias), velocity(fast, *some_call(), bias))


@torch.no_grad()
def test_tables_kept_from_one_size_do_not_leak_into_another(plain, fast):
    for height, width in ((6, 10), (10, 6), (6, 10)):
        call = some_call(height=height, width=width)
        assert torch.equal(velocity(plain, *call), velocity(fast, *call))


@torch.no_grad()
def test_masked_tokens_have_no_influence(fast):
    latents, t, embeds = some_call()
    noisy = embeds.clone()
    noisy[:, 6:] = 1e3
    assert torch.equal(velocity(fast, latents, t, embeds, sink_bias()), velocity(fast, latents, t, noisy, sink_bias()))


@torch.no_grad()
def test_time_keeps_its_precision_under_bfloat16_weights(fast):
    """Times that bfloat16 cannot tell apart still reach the sinusoid as different numbers."""
    seen = []
    fast.bfloat16().time_embed.time_proj.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    latents, _, embeds = some_call(rows=2)
    t = torch.tensor([0.9971, 0.9973])
    assert velocity(fast, latents, t, embeds).dtype == torch.float32
    assert torch.equal(seen[0], t)


@torch.no_grad()
def test_pictures_beyond_2048_pixels_have_positions(fast):
    latents, t, embeds = some_call(rows=1, height=4, width=2 * 140)
    assert velocity(fast, latents, t, embeds).isfinite().all()


def lora_gradients(transformer, checkpointing):
    if checkpointing:
        transformer.enable_gradient_checkpointing()
    velocity(transformer, *some_call(), sink_bias()).square().mean().backward()
    return {name: weight.grad for name, weight in transformer.named_parameters() if weight.grad is not None}


@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_lora_trains_through_fast_attention_with_equal_gradients(plain, checkpointing):
    lora = LoraConfig(r=2, target_modules=["to_q", "to_k", "to_v", "to_out.0"], init_lora_weights=False)
    plain.requires_grad_(False)
    plain = inject_adapter_in_model(lora, plain)
    fast = copy.deepcopy(plain)
    install_fast_attention(fast)
    with torch.inference_mode():  # a preview comes first and fills the tables
        velocity(fast, *some_call(), sink_bias())
    expected, found = lora_gradients(plain, False), lora_gradients(fast, checkpointing)
    assert len(found) == 2 * 8 * CONFIG.layers
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_it_runs_under_autocast(fast):
    latents, t, embeds = some_call()
    exact = velocity(fast, latents, t, embeds, sink_bias())
    with torch.autocast("cpu", torch.bfloat16):
        rough = velocity(fast, latents, t, embeds, sink_bias())
    assert (rough - exact).norm() < 0.05 * exact.norm()
