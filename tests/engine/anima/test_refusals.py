"""Files that can be read and are not what an Anima needs: each has its own sentence, told before any weight is read."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny import QWEN, write_tiny_base

from studio.core.errors import UserError
from studio.engine.anima.checkpoint import load
from studio.engine.anima.files import BaseFiles, find_base
from studio.engine.anima.save import save_qwen
from studio.engine.anima.shapes import build_qwen

HALF = {"lora_down.weight": (2, 4), "lora_up.weight": (4, 2)}
OTHERS = {
    "SDXL": ({"model.diffusion_model.label_emb.0.0.weight": (4, 4),
              "model.diffusion_model.input_blocks.0.0.weight": (4, 4),
              "first_stage_model.decoder.norm_out.weight": (4,)}, "holds a Stable Diffusion XL, not an Anima"),
    "Flux": ({"double_blocks.0.img_attn.qkv.weight": (4, 4)}, "holds a Flux, not an Anima"),
    "Wan": ({"blocks.0.ffn.0.weight": (4, 4), "patch_embedding.weight": (4, 4)},
            "holds a Wan video model, not an Anima"),
    "a VAE": ({"decoder.head.0.gamma": (4,)}, "holds a VAE of Wan 2.1 or Qwen-Image, not an Anima"),
    "a LoRA": ({f"lora_unet_blocks_0_mlp_layer1.{part}": shape for part, shape in HALF.items()}, "is a LoRA"),
    "nothing known": ({"weight": (2,)}, "holds no model that is known here, not an Anima"),
}  # fmt: skip
TEXT_ENCODERS = {
    "CLIP": ({"text_model.encoder.layers.0.self_attn.q_proj.weight": (4, 4)},
             "holds a CLIP text encoder, not Qwen3-0.6B"),
    "T5": ({"encoder.block.0.layer.0.SelfAttention.q.weight": (4, 4)}, "holds a T5 text encoder, not Qwen3-0.6B"),
    "Gemma": ({"model.layers.0.self_attn.q_norm.weight": (4,), "model.layers.0.pre_feedforward_layernorm.weight": (4,)},
              "holds a Gemma text encoder"),
    "F128": ({"f128_marker": (1,), "f128_receiver.x": (4,)}, "without the T5 text path"),
    "a LoRA": ({f"lora_te_layers_0_mlp_up_proj.{part}": shape for part, shape in HALF.items()}, "is a LoRA"),
}  # fmt: skip
VAES = {
    "SDXL": ({"decoder.norm_out.weight": (4,), "decoder.conv_in.weight": (4, 4, 3, 3)},
             "holds a VAE of Stable Diffusion"),
    "Wan 2.2": ({"decoder.head.0.gamma": (4,), "conv2.weight": (48, 48, 1, 1, 1),
                 "decoder.upsamples.0.upsamples.0.residual.0.gamma": (4,)},
                "holds the VAE of Wan 2.2, not a VAE of Wan 2.1"),
}  # fmt: skip


@pytest.fixture
def own_base(tmp_path: Path) -> BaseFiles:
    return write_tiny_base(tmp_path / "base")


def write(path: Path, shapes: dict[str, tuple[int, ...]]) -> None:
    save_file({name: torch.ones(shape) for name, shape in shapes.items()}, path)


def refusal(files: BaseFiles, path: Path) -> str:
    with pytest.raises(UserError) as refused:
        load(files, torch.device("cpu"), torch.float32)
    assert str(path) in refused.value.what and refused.value.remedy
    return str(refused.value)


@pytest.mark.parametrize("other", OTHERS)
def test_a_file_of_another_kind_is_no_base(own_base: BaseFiles, other: str) -> None:
    shapes, said = OTHERS[other]
    write(own_base.transformer, shapes)
    assert said in refusal(own_base, own_base.transformer)


def test_what_the_file_is_comes_before_what_is_missing_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "alone.safetensors", OTHERS["Flux"][0])
    with pytest.raises(UserError, match="holds a Flux"):
        find_base(tmp_path / "alone.safetensors")


def test_a_lora_given_as_base_is_told_where_loras_go(own_base: BaseFiles) -> None:
    write(own_base.transformer, OTHERS["a LoRA"][0])
    assert "Name the base it was made for with --base." in refusal(own_base, own_base.transformer)


@pytest.mark.parametrize("mark", ["net.conditioner.c0.W", "conditioner.c0.W", "f128_marker", "net.f128_marker"])
def test_a_fork_without_the_t5_path_is_refused(own_base: BaseFiles, mark: str) -> None:
    save_file(load_file(own_base.transformer) | {mark: torch.ones(1)}, own_base.transformer)
    assert "a fork of Anima without the T5 text path" in refusal(own_base, own_base.transformer)


def test_a_cosmos_without_the_adapter_is_no_anima(own_base: BaseFiles) -> None:
    tensors = {name: value for name, value in load_file(own_base.transformer).items() if "llm_adapter" not in name}
    save_file(tensors, own_base.transformer)
    assert "a Cosmos Predict2 without Anima's text adapter, not an Anima" in refusal(own_base, own_base.transformer)


@pytest.mark.parametrize("other", TEXT_ENCODERS)
def test_a_wrong_text_encoder_is_refused(own_base: BaseFiles, other: str) -> None:
    shapes, said = TEXT_ENCODERS[other]
    write(own_base.text_encoder, shapes)
    assert said in refusal(own_base, own_base.text_encoder)


def test_a_qwen3_of_another_size_is_refused_with_both_widths(own_base: BaseFiles) -> None:
    save_qwen(build_qwen(replace(QWEN, hidden=80)), own_base.text_encoder)
    said = refusal(own_base, own_base.text_encoder)
    assert "text width 80 against 32" in said and "--text-encoder" in said


@pytest.mark.parametrize("other", VAES)
def test_a_wrong_vae_is_refused(own_base: BaseFiles, other: str) -> None:
    shapes, said = VAES[other]
    write(own_base.vae, shapes)
    assert said in refusal(own_base, own_base.vae)


@pytest.mark.parametrize(("dtype", "called"), [
    (torch.int8, "quantised (int8)"), (torch.uint8, "quantised (packed as nvfp4 or alike)"),
    (torch.float8_e4m3fn, "quantised (fp8)"), (torch.float8_e5m2, "quantised (fp8)"),
])  # fmt: skip
@pytest.mark.parametrize("thing", ["transformer", "text_encoder", "vae"])
def test_quantised_weights_are_refused_by_their_format(own_base: BaseFiles, thing: str, dtype, called: str) -> None:
    path = getattr(own_base, thing)
    tensors = load_file(path)
    packed = [name for name, value in tensors.items() if value.ndim > 1][:3]
    tensors |= {name: tensors[name].to(dtype) for name in packed} | {f"{packed[0]}_scale": torch.ones(1)}
    save_file(tensors, path)
    said = refusal(own_base, path)
    assert called in said and "2 more tensors hold" in said and "bf16" in said
