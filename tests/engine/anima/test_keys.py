import pytest
import torch
from safetensors.torch import load_file
from tiny import ADAPTER, QWEN, TRANSFORMER

from studio.engine.anima import keys, shapes

PUBLIC_BLOCK = {
    "self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight", "self_attn.output_proj.weight",
    "self_attn.q_norm.weight", "self_attn.k_norm.weight",
    "cross_attn.q_proj.weight", "cross_attn.k_proj.weight", "cross_attn.v_proj.weight", "cross_attn.output_proj.weight",
    "cross_attn.q_norm.weight", "cross_attn.k_norm.weight",
    "mlp.layer1.weight", "mlp.layer2.weight",
    "adaln_modulation_self_attn.1.weight", "adaln_modulation_self_attn.2.weight",
    "adaln_modulation_cross_attn.1.weight", "adaln_modulation_cross_attn.2.weight",
    "adaln_modulation_mlp.1.weight", "adaln_modulation_mlp.2.weight",
}  # fmt: skip
PUBLIC_REST = {
    "x_embedder.proj.1.weight", "t_embedder.1.linear_1.weight", "t_embedder.1.linear_2.weight",
    "t_embedding_norm.weight", "final_layer.adaln_modulation.1.weight", "final_layer.adaln_modulation.2.weight",
    "final_layer.linear.weight",
}  # fmt: skip
PUBLIC_TRANSFORMER = shapes.TransformerConfig(16, head_dim=128, layers=28, mlp_dim=8192, text_dim=1024, adaln_dim=256)
PUBLIC_ADAPTER = shapes.AdapterConfig(1024, 1024, 1024, layers=6, heads=16, mlp_dim=4096, vocab=32128)
PUBLIC_QWEN = shapes.QwenConfig(1024, layers=28, heads=16, kv_heads=8, head_dim=128, mlp_dim=3072, vocab=151936)


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def test_the_saved_transformer_has_the_public_releases_names(tiny_base):
    names = {name for name in load_file(tiny_base.transformer) if not name.startswith("net.llm_adapter.")}
    blocks = {f"net.blocks.{place}.{name}" for place in range(TRANSFORMER.layers) for name in PUBLIC_BLOCK}
    assert names == blocks | {f"net.{name}" for name in PUBLIC_REST}


def test_names_go_to_diffusers_and_back():
    model = shapes.empty_transformer(TRANSFORMER)
    originals = {keys.original_name(name): name for name in model.state_dict()}
    assert keys.to_diffusers(originals) == {name: name for name in model.state_dict()}
    assert all(keys.diffusers_name(original) == name for original, name in originals.items())


def test_module_names_are_renamed_like_their_tensors():
    assert keys.original_name("transformer_blocks.3.attn2.to_out.0") == "blocks.3.cross_attn.output_proj"
    assert keys.diffusers_name("blocks.3.mlp.layer1") == "transformer_blocks.3.ff.net.0.proj"


def test_saved_weights_come_back_under_their_own_names(tiny_base):
    dit, adapter = keys.split_original(load_file(tiny_base.transformer))
    again = keys.original_keys(keys.to_diffusers(dit), adapter)
    original = load_file(tiny_base.transformer)
    assert again.keys() == original.keys()
    assert all(torch.equal(again[name], original[name]) for name in original)


PREFIXES = (
    "net.", "", "model.diffusion_model.", "diffusion_model.", "model.diffusion_model.net.",
    "net.model.diffusion_model.", "module.net.", "_orig_mod.", "transformer.",
)  # fmt: skip


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_prefix_in_the_wild_is_stripped(prefix):
    dit, adapter = keys.split_original({prefix + "blocks.0.x": 1, prefix + "llm_adapter.embed.weight": 2})
    assert (dit, adapter) == ({"blocks.0.x": 1}, {"embed.weight": 2})


def test_a_name_without_the_prefix_of_the_others_is_not_overlooked():
    dit, _ = keys.split_original({"net.llm_adapter.embed.weight": 1, "net.x": 2, "x": 3})
    assert dit == {"x": 2, "(x)": 3}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("beside", ["text_encoders.qwen3_06b.transformer.", "cond_stage_model.qwen3_06b.transformer."])
@pytest.mark.parametrize("vae", ["vae.", "first_stage_model."])
def test_a_merged_checkpoint_falls_into_its_models(prefix, beside, vae):
    qwen = {"layers.0.self_attn.q_norm.weight": 1, "norm.weight": 2}
    merged = {f"{beside}model.{name}": value for name, value in qwen.items()}
    merged |= {f"{vae}decoder.head.0.gamma": 3, f"{vae}conv1.weight": 4, f"{beside}logit_scale": 5}
    merged |= {f"{prefix}llm_adapter.embed.weight": 6, f"{prefix}norm.weight": 7}
    assert keys.split_original(merged) == ({"norm.weight": 7}, {"embed.weight": 6})
    assert keys.bare_qwen(merged) == qwen
    assert keys.bare_vae(merged) == {"decoder.head.0.gamma": 3, "conv1.weight": 4}


def test_saved_constants_and_the_unused_output_layer_are_passed_over():
    constants = {"lm_head.weight": 2, "model.rotary_emb.inv_freq": 3}
    qwen = {"model.norm.weight": 1, "model.layers.0.self_attn.q_norm.weight": 4}
    assert keys.bare_qwen(qwen | constants) == {"norm.weight": 1, "layers.0.self_attn.q_norm.weight": 4}
    assert keys.to_diffusers({"pos_embedder.seq": 1, "blocks.0.mlp.layer2.weight": 2}).keys() == {
        "transformer_blocks.0.ff.net.2.weight"
    }


def test_all_dimensions_are_read_from_the_shapes(tiny_base):
    dit, adapter = keys.split_original(load_file(tiny_base.transformer))
    assert shapes.transformer_config(dit) == TRANSFORMER
    assert shapes.adapter_config(adapter) == ADAPTER
    assert shapes.qwen_config(keys.bare_qwen(load_file(tiny_base.text_encoder))) == QWEN


def test_the_public_releases_dimensions_give_its_published_sizes():
    transformer, conditioner = shapes.empty_transformer(PUBLIC_TRANSFORMER), shapes.empty_conditioner(PUBLIC_ADAPTER)
    qwen = shapes.empty_qwen(PUBLIC_QWEN)
    assert parameters(transformer) == 1_956_405_248
    assert parameters(conditioner) == 134_663_680
    assert parameters(qwen) == 596_049_920
    assert shapes.transformer_config(_originals(transformer)) == PUBLIC_TRANSFORMER
    assert shapes.adapter_config(conditioner.state_dict()) == PUBLIC_ADAPTER
    assert shapes.qwen_config(qwen.state_dict()) == PUBLIC_QWEN


def test_the_constants_no_shape_can_tell_are_the_familys():
    transformer, qwen = shapes.empty_transformer(TRANSFORMER).config, shapes.empty_qwen(QWEN).config
    assert (transformer.rope_scale, transformer.max_size) == ((1.0, 4.0, 4.0), (128, 240, 240))
    assert (transformer.in_channels, transformer.out_channels, transformer.concat_padding_mask) == (17, 16, False)
    assert (qwen.rope_parameters["rope_theta"], qwen.rms_norm_eps) == (1e6, 1e-6)
    assert shapes.empty_conditioner(ADAPTER).config.min_sequence_length == 512


def test_a_model_without_storage_still_has_its_rotary_angles():
    for model, full in (
        (shapes.empty_qwen(QWEN), shapes.build_qwen(QWEN)),
        (shapes.empty_conditioner(ADAPTER), shapes.build_conditioner(ADAPTER)),
    ):
        expected = dict(full.named_buffers())
        assert {name: buffer.tolist() for name, buffer in model.named_buffers()} == {
            name: buffer.tolist() for name, buffer in expected.items()
        }
        assert not any(buffer.is_meta for buffer in model.buffers())


def _originals(transformer):
    return {keys.original_name(name): value for name, value in transformer.state_dict().items()}
