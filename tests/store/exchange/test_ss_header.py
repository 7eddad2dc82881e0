"""The recipe in a LoRA's header: what this studio writes, and what sd-scripts documents."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.engine.lora.metadata import TrainFacts, header_of
from studio.store.exchange.ss_header import from_metadata, read_header_recipe

KOHYA = {
    "ss_output_name": "mira", "ss_network_module": "networks.lora_anima", "ss_network_dim": "16",
    "ss_network_alpha": "8.0", "ss_network_args": '{"train_llm_adapter": "True"}', "ss_learning_rate": "0.0001",
    "ss_optimizer": "torch.optim.adamw.AdamW(weight_decay=0.1)", "ss_lr_scheduler": "cosine",
    "ss_lr_warmup_steps": "0", "ss_max_grad_norm": "1.0", "ss_num_epochs": "10", "ss_max_train_steps": "1200",
    "ss_epoch": "4", "ss_steps": "480", "ss_total_batch_size": "2", "ss_gradient_accumulation_steps": "4",
    "ss_gradient_checkpointing": "True", "ss_mixed_precision": "bf16", "ss_seed": "1234",
    "ss_resolution": "(1024, 1024)",
    "ss_timestep_sampling": "shift", "ss_discrete_flow_shift": "3.0", "ss_sigmoid_scale": "1.0",
    "ss_weighting_scheme": "uniform", "ss_clip_skip": "None", "ss_sd_model_name": "anima.safetensors",
    "ss_tag_frequency": "{}", "ss_a_new_one": "x", "modelspec.title": "mira", "sshs_model_hash": "abc",
}  # fmt: skip

OURS = Recipe(
    name="mira", rank=16, alpha=8.0, learning_rate=3e-5, batch_size=2, accumulation=4, epochs=12, seed=5,
    resolution=832, caption_dropout=0.1, timestep_sampling="shifted", timestep_shift=3.0, logit_mean=0.2,
    logit_std=1.3, loss_weighting="cosmap", optimizer="prodigy", lr_schedule="cosine", warmup_steps=30, clip=0.5,
    gradient_checkpointing=False, precision="fp32",
)  # fmt: skip


def test_a_header_of_sd_scripts_gives_its_recipe() -> None:
    found = from_metadata(KOHYA)
    recipe = found.recipe
    assert (recipe.name, recipe.rank, recipe.alpha, recipe.epochs, recipe.max_steps) == ("mira", 16, 8.0, 10, 0)
    assert (recipe.optimizer, recipe.weight_decay, recipe.beta2) == ("adamw", 0.1, 0.999)
    assert (recipe.timestep_sampling, recipe.timestep_shift, recipe.resolution) == ("shifted", 3.0, 1024)
    assert ("beta2", 0.999) in found.assumed


def test_every_key_of_a_header_is_told() -> None:
    found = from_metadata(KOHYA)
    told = {line.key for line in found.carried} | {line.key for line in found.left_out}
    missing = set(KOHYA) - told
    assert missing == {"ss_network_args"} and "ss_network_args.train_llm_adapter" in told
    reasons = {line.key: line.why for line in found.left_out}
    assert "does not know" in reasons["ss_a_new_one"] and "describes the file" in reasons["modelspec.title"]


@pytest.mark.parametrize("recipe", [
    OURS, replace(OURS, adapter="lokr", lokr_factor=4, train_adaln=True), replace(OURS, adapter="dora"),
    replace(OURS, precision="auto", optimizer="adamw_8bit", timestep_sampling="uniform",
            timestep_shift=1.0),
])  # fmt: skip
def test_what_the_studio_writes_comes_back(recipe: Recipe) -> None:
    found = from_metadata(header_of(recipe, TrainFacts(3, 30, 8, 24, 6, "anima", "0" * 64, ("mira",), {"smile": 2})))
    assert found.recipe == recipe


def test_a_file_is_read_without_its_weights(tmp_path: Path) -> None:
    path = tmp_path / "mira.safetensors"
    save_file({"lora_unet_blocks_0_mlp_layer1.lora_down.weight": torch.zeros(2, 4)}, path, KOHYA)
    assert read_header_recipe(path).recipe.rank == 16


def test_a_file_that_says_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.safetensors"
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(UserError, match="no setting"):
        read_header_recipe(path)


@pytest.mark.parametrize("key, text", [
    ("ss_network_dim", "wide"), ("ss_network_args", "[1]"), ("ss_network_args", "{"), ("ss_learning_rate", "1e"),
])  # fmt: skip
def test_a_header_with_a_value_of_another_type_is_refused(key: str, text: str) -> None:
    with pytest.raises(UserError, match=f"{key} cannot be"):
        from_metadata(KOHYA | {key: text})
