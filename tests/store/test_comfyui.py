"""A ComfyUI installation, laid out as people have it, with real files of every kind in it."""

import os
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import UserError
from studio.store.comfyui import found_in, installation, model_folders, usual_places

ANIMA_LORA = "diffusion_model.blocks.0.mlp.layer1"
SDXL_LORA = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q"


def write_lora(path: Path, module: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({f"{module}.lora_A.weight": torch.ones(2, 4), f"{module}.lora_B.weight": torch.ones(4, 2)}, path)
    return path


def copied(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    return target


@pytest.fixture
def comfy(tmp_path: Path, tiny_base) -> Path:
    root = tmp_path / "ComfyUI"
    copied(tiny_base.transformer, root / "models/diffusion_models/anima/anima.safetensors")
    copied(tiny_base.text_encoder, root / "models/text_encoders/qwen.safetensors")
    copied(tiny_base.vae, root / "models/vae/vae.safetensors")
    copied(tiny_base.qwen_tokenizer, root / "comfy/text_encoders/qwen25_tokenizer")
    copied(tiny_base.t5_tokenizer, root / "comfy/text_encoders/t5_tokenizer")
    write_lora(root / "models/loras/mira.safetensors", ANIMA_LORA)
    write_lora(root / "models/loras/xl/mira.safetensors", SDXL_LORA)
    (root / "main.py").touch()
    return root


def names(paths: tuple[Path, ...]) -> list[str]:
    return [path.name for path in paths]


def test_what_an_anima_is_made_of_is_found(comfy: Path) -> None:
    found = installation(comfy)
    assert names(found.bases) == ["anima.safetensors"]
    assert names(found.text_encoders) == ["qwen.safetensors"] and names(found.vaes) == ["vae.safetensors"]
    assert found.loras == (comfy / "models/loras/mira.safetensors",)
    assert names(found.tokenizers) == ["qwen25_tokenizer", "t5_tokenizer"] and found.unreadable == ()


def test_its_models_folder_means_the_same_installation(comfy: Path) -> None:
    assert installation(comfy / "models") == installation(comfy)


def test_a_folder_without_models_is_none(tmp_path: Path) -> None:
    (tmp_path / "models" / "other").mkdir(parents=True)
    assert installation(tmp_path) is None and installation(tmp_path / "nowhere") is None


def test_a_merged_checkpoint_is_a_base(comfy: Path, tiny_base) -> None:
    copied(tiny_base.transformer, comfy / "models/checkpoints/merged.safetensors")
    assert names(installation(comfy).bases) == ["anima.safetensors", "merged.safetensors"]


def test_what_cannot_be_read_is_listed(comfy: Path) -> None:
    (comfy / "models/vae/half.safetensors").write_bytes(b"")
    assert names(installation(comfy).unreadable) == ["half.safetensors"]


def test_a_linked_folder_is_followed_and_its_files_come_once(comfy: Path) -> None:
    (comfy / "models/unet").symlink_to(comfy / "models/diffusion_models")
    (comfy / "models/diffusion_models/round").symlink_to(comfy / "models")
    assert names(installation(comfy).bases) == ["anima.safetensors"]


EXTRA = """
mine:
    base_path: {base}
    is_default: true
    checkpoints: models/checkpoints/
    diffusion_models: |
        big
        bigger/
    loras: {base}/loras
others:
    vae: beside
"""


def test_folders_that_the_yaml_names_are_looked_through(comfy: Path, tmp_path: Path, tiny_base) -> None:
    (comfy / "extra_model_paths.yaml").write_text(EXTRA.format(base=tmp_path / "disk"), encoding="utf-8")
    copied(tiny_base.transformer, tmp_path / "disk/bigger/second.safetensors")
    write_lora(tmp_path / "disk/loras/far.safetensors", ANIMA_LORA)
    copied(tiny_base.vae, comfy / "beside/own.safetensors")
    found = installation(comfy)
    assert names(found.bases) == ["anima.safetensors", "second.safetensors"]
    assert names(found.loras) == ["mira.safetensors", "far.safetensors"]
    assert names(found.vaes) == ["vae.safetensors", "own.safetensors"]


def test_a_home_folder_in_the_yaml_is_a_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "extra_model_paths.yaml").write_text("a:\n  base_path: ~/far\n  vae: v\n", encoding="utf-8")
    assert model_folders(tmp_path, ("vae",)) == (tmp_path / "vae", tmp_path / "far" / "v")


@pytest.mark.parametrize("text", ["a: [", "- a\n- b", "just words", "a: {b: !!python/object/apply:os.getcwd []}"])
def test_a_yaml_that_cannot_be_understood_is_named(comfy: Path, text: str) -> None:
    (comfy / "extra_model_paths.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="extra_model_paths.yaml cannot be understood"):
        installation(comfy)


def test_an_empty_yaml_adds_nothing(comfy: Path) -> None:
    before = installation(comfy)
    (comfy / "extra_model_paths.yaml").write_text("# all commented out\n", encoding="utf-8")
    assert installation(comfy) == before


def test_the_usual_places_are_looked_at_and_a_named_one_first(comfy: Path, tmp_path: Path) -> None:
    assert [found.folder for found in found_in(usual_places(tmp_path, {}))] == [comfy]
    elsewhere = tmp_path / "elsewhere"
    os.rename(comfy, elsewhere)
    assert [found.folder for found in found_in(usual_places(tmp_path, {"COMFYUI_PATH": str(elsewhere)}))] == [elsewhere]
    (tmp_path / "ComfyUI").symlink_to(elsewhere)
    assert len(list(found_in(usual_places(tmp_path, {"COMFYUI_PATH": str(elsewhere)})))) == 1
