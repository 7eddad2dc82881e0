"""Merged checkpoints as ComfyUI saves them: one file for everything, and whatever else lay in it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny import QWEN, write_tiny_base

from studio.core.errors import UserError
from studio.engine.anima.checkpoint import Anima, load, outline
from studio.engine.anima.files import BaseFiles, find_base
from studio.engine.anima.save import save_qwen
from studio.engine.anima.shapes import build_qwen

CPU = torch.device("cpu")
NAMINGS = {
    "new": ("model.diffusion_model.", "text_encoders.qwen3_06b.transformer.", "vae."),
    "old": ("model.diffusion_model.net.", "cond_stage_model.qwen3_06b.transformer.", "first_stage_model."),
    "bare": ("", "text_encoders.qwen3_06b.transformer.", "vae."),
}


@pytest.fixture
def own_base(tmp_path: Path) -> BaseFiles:
    return write_tiny_base(tmp_path / "base")


def merge(files: BaseFiles, naming: str = "new", more: dict[str, torch.Tensor] | None = None) -> None:
    """Puts all weights into the transformer's file, as a whole checkpoint is saved."""
    dit, text, vae = NAMINGS[naming]
    tensors = {dit + name.removeprefix("net."): value for name, value in load_file(files.transformer).items()}
    tensors |= {text + name: value for name, value in load_file(files.text_encoder).items()}
    tensors |= {vae + name: value for name, value in load_file(files.vae).items()}
    save_file(tensors | (more or {}), files.transformer)


def weights(anima: Anima) -> dict[str, torch.Tensor]:
    models = {"dit": anima.transformer, "text": anima.text.qwen, "adapter": anima.text.conditioner, "vae": anima.vae}
    return {f"{part}.{name}": value for part, model in models.items() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("naming", NAMINGS)
def test_one_file_holds_the_whole_model(own_base: BaseFiles, tiny_anima: Anima, naming: str) -> None:
    merge(own_base, naming)
    own_base.text_encoder.unlink()
    own_base.vae.unlink()
    files = find_base(own_base.transformer)
    assert files.text_encoder == files.vae == files.transformer
    loaded, expected = weights(load(files, CPU, torch.float32)), weights(tiny_anima)
    assert loaded.keys() == expected.keys()
    assert all(torch.equal(value, expected[name]) for name, value in loaded.items())


def test_what_is_used_is_not_reported(own_base: BaseFiles) -> None:
    merge(own_base)
    assert outline(find_base(own_base.transformer)).left_out == ()


def test_what_belongs_to_no_anima_is_reported(own_base: BaseFiles) -> None:
    clip = "text_encoders.clip_l.transformer.text_model.encoder.layers.0.self_attn.q_proj.weight"
    merge(own_base, more={clip: torch.ones(2), "text_encoders.qwen3_06b.logit_scale": torch.ones(1)})
    files = find_base(own_base.transformer)
    name = files.transformer.name
    assert load(files, CPU, torch.float32).left_out == (
        f"{name} also holds text_encoders.clip_l (1 tensors), which is not used.",
        f"{name} also holds text_encoders.qwen3_06b (1 tensors), which is not used.",
    )


def test_a_part_that_is_named_takes_the_place_of_the_merged_one(own_base: BaseFiles) -> None:
    merge(own_base)
    found = find_base(own_base.transformer, vae=own_base.vae)
    assert (found.vae, found.text_encoder) == (own_base.vae, own_base.transformer)
    assert [said.split(" also holds ")[1].split(" ")[0] for said in outline(found).left_out] == ["vae"]


def test_a_merged_text_encoder_of_another_width_is_left_for_the_one_beside(own_base: BaseFiles) -> None:
    own = own_base.text_encoder.read_bytes()
    save_qwen(build_qwen(replace(QWEN, hidden=64)), own_base.text_encoder)
    merge(own_base)
    own_base.text_encoder.write_bytes(own)
    found = find_base(own_base.transformer)
    assert found.text_encoder == own_base.text_encoder
    assert len(outline(found).left_out) == 1


def test_the_parts_of_another_merged_checkpoint_are_its_own(own_base: BaseFiles, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "checkpoints"
    folder.mkdir(parents=True)
    alone = folder / "alone.safetensors"
    alone.write_bytes(own_base.transformer.read_bytes())
    merge(own_base)
    (folder / "merged.safetensors").write_bytes(own_base.transformer.read_bytes())
    with pytest.raises(UserError, match="No text encoder was found"):
        find_base(alone)


def test_a_merged_part_that_is_quantised_is_left_for_the_one_beside(own_base: BaseFiles) -> None:
    merge(own_base)
    tensors = load_file(own_base.transformer)
    name = "text_encoders.qwen3_06b.transformer.model.layers.0.mlp.up_proj.weight"
    save_file(tensors | {name: tensors[name].to(torch.float8_e4m3fn)}, own_base.transformer)
    assert find_base(own_base.transformer).text_encoder == own_base.text_encoder


def test_a_merged_checkpoint_lacking_a_tensor_is_refused_by_the_files_own_name(own_base: BaseFiles) -> None:
    merge(own_base)
    tensors = load_file(own_base.transformer)
    name = "text_encoders.qwen3_06b.transformer.model.norm.weight"
    del tensors[name]
    save_file(tensors, own_base.transformer)
    with pytest.raises(UserError, match="1 missing: " + name.replace(".", r"\.")):
        load(find_base(own_base.transformer), CPU, torch.float32)
