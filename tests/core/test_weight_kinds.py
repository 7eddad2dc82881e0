"""Which models a weight file holds, from names as the tools of this world write them."""

import pytest

from studio.core.weight_kinds import (
    ANIMA,
    QWEN3,
    T5_FREE,
    WAN_VAE,
    Model,
    is_anima_lora,
    is_lora,
    latent_channels,
    models_in,
    tensors_of,
    text_width,
)

SDXL = (
    "model.diffusion_model.label_emb.0.0.weight", "model.diffusion_model.input_blocks.0.0.weight",
    "conditioner.embedders.0.transformer.text_model.encoder.layers.0.self_attn.q_proj.weight",
    "first_stage_model.decoder.norm_out.weight",
)  # fmt: skip
MERGED = {
    "model.diffusion_model.llm_adapter.blocks.0.cross_attn.k_proj.weight": (1024, 1024),
    "model.diffusion_model.x_embedder.proj.1.weight": (2048, 68),
    "text_encoders.qwen3_06b.transformer.model.layers.0.self_attn.q_norm.weight": (128,),
    "text_encoders.qwen3_06b.transformer.model.embed_tokens.weight": (151936, 1024),
    "vae.decoder.head.0.gamma": (96, 1, 1, 1),
    "vae.conv2.weight": (16, 16, 1, 1, 1),
}


@pytest.mark.parametrize(("name", "title"), [
    ("net.llm_adapter.embed.weight", ANIMA), ("llm_adapter.embed.weight", ANIMA), ("net.f128_marker", T5_FREE),
    ("net.conditioner.c0.W", T5_FREE),
    ("net.x_embedder.proj.1.weight", "a Cosmos Predict2 without Anima's text adapter"),
    ("model.diffusion_model.input_blocks.0.0.weight", "a Stable Diffusion 1 or 2"),
    ("double_blocks.0.img_attn.qkv.weight", "a Flux"), ("blocks.0.ffn.0.weight", "a Wan video model"),
    ("model.layers.0.self_attn.q_norm.weight", QWEN3),
    ("encoder.block.0.layer.0.SelfAttention.q.weight", "a T5 text encoder"),
    ("text_model.encoder.layers.0.self_attn.q_proj.weight", "a CLIP text encoder"), ("decoder.head.0.gamma", WAN_VAE),
    ("decoder.norm_out.gamma", WAN_VAE), ("decoder.upsamples.0.upsamples.0.residual.0.gamma", "the VAE of Wan 2.2"),
])  # fmt: skip
def test_a_name_tells_the_family(name: str, title: str) -> None:
    assert title in {model.title for model in models_in([name, "some.other.weight"])}


def test_of_several_marks_the_more_special_one_decides() -> None:
    assert models_in(SDXL)[0].title == "a Stable Diffusion XL"
    assert models_in(["net.x_embedder.proj.1.weight", "net.llm_adapter.embed.weight"])[0].title == ANIMA
    gemma = ("model.layers.0.self_attn.q_norm.weight", "model.layers.0.pre_feedforward_layernorm.weight")
    assert [model.title for model in models_in(gemma)] == ["a Gemma text encoder"]


def test_a_name_that_only_ends_alike_tells_nothing() -> None:
    assert models_in(["my_llm_adapter.embed.weight", "blocks.0.ffn.0.weight_scale"]) == ()


def test_a_merged_checkpoint_is_three_models() -> None:
    assert models_in(MERGED) == (
        Model("base", ANIMA, "model.diffusion_model."),
        Model("text encoder", QWEN3, "text_encoders.qwen3_06b.transformer.model."),
        Model("VAE", WAN_VAE, "vae."),
    )
    assert [model.role for model in models_in(SDXL)] == ["base", "text encoder", "VAE"]


def test_what_must_agree_is_read_from_the_shapes() -> None:
    base, qwen, vae = models_in(MERGED)
    assert (text_width(base, MERGED), text_width(qwen, MERGED)) == (1024, 1024)
    assert (latent_channels(base, MERGED), latent_channels(vae, MERGED)) == (16, 16)


def test_a_width_that_no_tensor_tells_is_unknown() -> None:
    [base] = models_in(["net.llm_adapter.embed.weight"])
    assert text_width(base, {}) is None and latent_channels(base, {"net.x_embedder.proj.1.weight": ()}) is None


def test_each_model_of_a_merged_checkpoint_has_its_own_tensors() -> None:
    base, qwen, vae = models_in(MERGED)
    dit = {"llm_adapter.blocks.0.cross_attn.k_proj.weight", "x_embedder.proj.1.weight"}
    assert tensors_of(base, MERGED).keys() == dit
    assert tensors_of(qwen, MERGED).keys() == {"layers.0.self_attn.q_norm.weight", "embed_tokens.weight"}
    assert tensors_of(vae, MERGED).keys() == {"decoder.head.0.gamma", "conv2.weight"}


@pytest.mark.parametrize(("module", "is_animas"), [
    ("lora_unet_blocks_0_self_attn_q_proj", True), ("diffusion_model.blocks.0.mlp.layer1", True),
    ("transformer.transformer_blocks.0.attn1.to_q", True), ("lora_unet_blocks_27_adaln_modulation_mlp_1", True),
    ("lora_unet_llm_adapter_blocks_0_mlp_0", True),
    ("lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q", False),
    ("diffusion_model.blocks.0.self_attn.q", False), ("lora_unet_double_blocks_0_img_attn_qkv", False),
    ("lora_te_text_model_encoder_layers_0_self_attn_q_proj", False),
])  # fmt: skip
def test_a_lora_is_known_by_its_modules(module: str, is_animas: bool) -> None:
    names = [f"{module}.lora_down.weight", f"{module}.alpha"]
    assert is_lora(names) and is_anima_lora(names) == is_animas


@pytest.mark.parametrize(
    "part", ["lora_A.weight", "lora_B.default.weight", "lokr_w1", "lokr_w2_a", "hada_w1_a", "dora_scale"]
)
def test_every_kind_of_lora_is_one(part: str) -> None:
    assert is_lora([f"lora_unet_blocks_0_mlp_layer1.{part}"])


def test_a_model_is_no_lora() -> None:
    assert not is_lora(MERGED) and not is_lora(SDXL)
