"""LoRAs for other models, by the names that their trainers write."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from some_loras import deltas, small_conditioner, small_transformer

from studio.core.errors import UserError
from studio.engine.lora.foreign import model_of
from studio.engine.lora.formats import LoraFile, read_lora, write_lora
from studio.engine.lora.layouts import LAYOUTS
from studio.engine.lora.targets import weighted

OTHERS = {
    "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_k.lora_down.weight": "SDXL",
    "lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_up.weight": "SDXL",
    "lora_unet_down_blocks_0_attentions_0_proj_in.lora_mid.weight": "Stable Diffusion",
    "unet.up_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight": "Stable Diffusion",
    "lora_te_text_model_encoder_layers_0_mlp_fc1.alpha": "Stable Diffusion",
    "diffusion_model.joint_blocks.0.x_block.attn.qkv.lora_A.weight": "Stable Diffusion 3",
    "lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight": "Flux",
    "transformer.single_transformer_blocks.3.attn.to_k.lora_B.weight": "Flux",
    "diffusion_model.double_blocks.0.img_attn.qkv.hada_w1_a": "Flux",
    "diffusion_model.distilled_guidance_layer.layers.0.in_layer.lora_A.weight": "Chroma",
    "transformer.transformer_blocks.0.img_mod.1.lora_A.weight": "Qwen-Image",
    "diffusion_model.blocks.0.self_attn.q.lora_A.weight": "Wan",
    "lora_unet_blocks_12_cross_attn_k_img.lora_down.weight": "Wan",
    "diffusion_model.blocks.0.ffn.0.lora_B.weight": "Wan",
    "transformer.blocks.0.attn1.to_q.lora_A.weight": "Wan",
    "diffusion_model.layers.0.attention.qkv.lora_A.weight": "Lumina or Z-Image",
}


@pytest.mark.parametrize(("key", "model"), OTHERS.items())
def test_a_lora_for_another_model_is_refused_by_its_name(tmp_path: Path, key: str, model: str) -> None:
    save_file({key: torch.ones(2, 2)}, tmp_path / "other.safetensors")
    with pytest.raises(UserError) as caught:
        read_lora(tmp_path / "other.safetensors")
    assert f"looks like a LoRA for {model}, not for Anima" in str(caught.value)
    assert "other.safetensors" in str(caught.value)


@pytest.mark.parametrize("form", LAYOUTS)
def test_no_name_of_anima_looks_like_another_model(form: str, tmp_path: Path) -> None:
    places = weighted(small_transformer(), small_conditioner())
    leaves = ("self_attn.q_proj", "mlp.up_proj")
    text = deltas({f"layers.{layer}.{leaf}": (4, 4) for layer in (0, 27) for leaf in leaves})
    lora = LoraFile(deltas(dict.fromkeys(places, (4, 4))), text_encoder=text)
    write_lora(lora, tmp_path / "l.safetensors", form)
    found = read_lora(tmp_path / "l.safetensors")
    assert not any(model_of(name) for name in (*places, *text))
    assert found.modules.keys() == places.keys()
    assert list(found.text_encoder) == ([] if form == "diffusers" else sorted(text))


def test_a_whole_model_is_refused_as_one(tmp_path: Path) -> None:
    save_file({"net.blocks.0.mlp.layer1.weight": torch.ones(2, 2)}, tmp_path / "base.safetensors")
    with pytest.raises(UserError, match="no LoRA: it holds whole weights"):
        read_lora(tmp_path / "base.safetensors")


def test_what_is_not_known_at_all_is_said_to_be_so(tmp_path: Path) -> None:
    save_file({"net.lora_A.weight": torch.ones(2, 2)}, tmp_path / "odd.safetensors")
    with pytest.raises(UserError, match="not a LoRA for Anima in a known format"):
        read_lora(tmp_path / "odd.safetensors")
