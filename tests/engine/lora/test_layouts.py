"""Who calls a module what: the same module under every name that is in use."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import UserError
from studio.engine.lora.formats import read_lora

NAMES = {
    "lora_unet_blocks_0_self_attn_q_proj": "kohya",
    "lycoris_blocks_0_self_attn_q_proj": "kohya",
    "diffusion_model.blocks.0.self_attn.q_proj": "comfy",
    "transformer.transformer_blocks.0.attn1.to_q": "diffusers",
    "transformer_blocks.0.attn1.to_q": "diffusers",
    "base_model.model.blocks.0.self_attn.q_proj": "peft",
    "base_model.model.transformer_blocks.0.attn1.to_q": "peft",
    "base_model.model.diffusion_model.blocks.0.self_attn.q_proj": "peft",
    "base_model.model.net.blocks.0.self_attn.q_proj": "peft",
}


@pytest.mark.parametrize(("module", "form"), NAMES.items())
@pytest.mark.parametrize("parts", [("lora_A.weight", "lora_B.weight"), ("lora_down.weight", "lora_up.weight"),
                                   ("lora_A.default.weight", "lora_B.default.weight")])
def test_a_module_is_known_by_any_name_and_any_name_of_its_factors(
    tmp_path: Path, module: str, form: str, parts: tuple[str, str]
) -> None:
    tensors = {f"{module}.{part}": torch.ones(shape) for part, shape in zip(parts, ((2, 4), (6, 2)), strict=True)}
    save_file(tensors, tmp_path / "l.safetensors")
    found = read_lora(tmp_path / "l.safetensors")
    assert found.format == form
    assert found.modules["blocks.0.self_attn.q_proj"].shape == (6, 4)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("lora_unet_llm_adapter_blocks_3_cross_attn_o_proj", "llm_adapter.blocks.3.cross_attn.o_proj"),
        ("diffusion_model.llm_adapter.blocks.3.cross_attn.o_proj", "llm_adapter.blocks.3.cross_attn.o_proj"),
        ("text_conditioner.blocks.3.cross_attn.o_proj", "llm_adapter.blocks.3.cross_attn.o_proj"),
        ("lora_unet_blocks_11_adaln_modulation_cross_attn_2", "blocks.11.adaln_modulation_cross_attn.2"),
        ("transformer.transformer_blocks.11.norm2.linear_2", "blocks.11.adaln_modulation_cross_attn.2"),
        ("diffusion_model.final_layer.adaln_modulation.1", "final_layer.adaln_modulation.1"),
    ],
)
def test_the_adapter_and_adaln_have_their_names_too(tmp_path: Path, module: str, name: str) -> None:
    save_file({f"{module}.lora_A.weight": torch.ones(2, 4), f"{module}.lora_B.weight": torch.ones(6, 2)},
              tmp_path / "l.safetensors")
    assert list(read_lora(tmp_path / "l.safetensors").modules) == [name]


@pytest.mark.parametrize("module", ["text_encoders.clip_l.transformer.layers.0.mlp.up_proj", "lora_te_layers_0_mlp_fc1",
                                    "text_encoder.layers.0.mlp.fc2"])
def test_another_text_encoder_is_not_taken_for_qwen(tmp_path: Path, module: str) -> None:
    save_file({f"{module}.lora_A.weight": torch.ones(2, 4)}, tmp_path / "l.safetensors")
    with pytest.raises(UserError, match="l.safetensors is not a LoRA for Anima"):
        read_lora(tmp_path / "l.safetensors")
