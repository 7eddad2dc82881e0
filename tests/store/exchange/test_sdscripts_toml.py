"""sd-scripts' TOML for Anima, by the keys of its documentation."""

from dataclasses import replace
from pathlib import Path

import pytest

from studio.core import toml
from studio.core.errors import UserError
from studio.core.foreign_recipe import Imported
from studio.core.recipe import Recipe
from studio.store.exchange.sdscripts_toml import from_toml, read_sdscripts, to_toml

FILE = """\
[model_arguments]
pretrained_model_name_or_path = "/models/anima.safetensors"
qwen3 = "/models/qwen3"
vae = "/models/vae.safetensors"

[network]
network_module = "networks.lora_anima"
network_dim = 16
network_alpha = 8
network_args = ["train_llm_adapter=True"]
network_train_unet_only = true

[optimizer]
optimizer_type = "AdamW8bit"
optimizer_args = ["weight_decay=0.1", "betas=0.9,0.99"]
learning_rate = 1e-4
lr_scheduler = "cosine"
lr_warmup_steps = 50
max_grad_norm = 0.5

[training]
output_name = "mira"
output_dir = "/out"
max_train_epochs = 12
max_train_steps = 5000
train_batch_size = 2
gradient_accumulation_steps = 4
mixed_precision = "bf16"
gradient_checkpointing = true
seed = 9
timestep_sampling = "shift"
discrete_flow_shift = 3.0
sigmoid_scale = 1.2
weighting_scheme = "uniform"
save_every_n_epochs = 2
save_last_n_epochs = 6
sample_every_n_epochs = 1
sample_prompts = "prompts.txt"
cache_latents = true
noise_offset = 0.05

[general]
shuffle_caption = true
keep_tokens = 1
caption_extension = ".txt"

[[datasets]]
resolution = [832, 1216]
batch_size = 2

  [[datasets.subsets]]
  image_dir = "/set/mira"
  num_repeats = 5
  flip_aug = true

  [[datasets.subsets]]
  image_dir = "/set/both"
  num_repeats = 3
  flip_aug = false
"""
PROMPTS = """\
# previews
1girl, mira, smile --n bad hands --w 832 --h 1216 --d 42 --l 4.0 --s 25
1girl, mira, standing --n worse --w 832 --h 1216 --d 100 --l 4.0 --s 25 --z 3
"""


def read(text: str = FILE, trigger: str = "") -> Imported:
    return from_toml(toml.loads(text), "mira.toml", trigger, lambda name: PROMPTS if name == "prompts.txt" else None)


def reasons(found: Imported) -> dict[str, str]:
    return {line.key: line.why for line in found.left_out}


def test_sections_of_any_name_become_settings() -> None:
    recipe = read().recipe
    assert (recipe.name, recipe.adapter, recipe.rank, recipe.alpha) == ("mira", "lora", 16, 8.0)
    assert (recipe.optimizer, recipe.weight_decay, recipe.beta2, recipe.clip) == ("adamw_8bit", 0.1, 0.99, 0.5)
    assert (recipe.lr_schedule, recipe.warmup_steps, recipe.learning_rate) == ("cosine", 50, 1e-4)
    assert (recipe.timestep_sampling, recipe.timestep_shift, recipe.logit_std) == ("shifted", 3.0, 1.2)
    assert (recipe.batch_size, recipe.accumulation, recipe.precision, recipe.seed) == (2, 4, "bf16", 9)


def test_epochs_end_a_run_where_both_are_named() -> None:
    found = read()
    assert (found.recipe.epochs, found.recipe.max_steps) == (12, 0)
    assert "max_train_epochs" in reasons(found)["max_train_steps"]


def test_a_file_that_names_no_end_trains_as_long_as_sd_scripts_would() -> None:
    recipe = read("network_dim = 4").recipe
    assert (recipe.epochs, recipe.max_steps) == (10_000, 1600)


def test_checkpoints_that_stay_are_counted_instead_of_epochs() -> None:
    assert (read().recipe.save_every, read().recipe.keep_last) == (2, 3)


def test_a_resolution_of_another_shape_is_the_square_of_its_area() -> None:
    found = read()
    assert found.recipe.resolution == 1005
    assert any(line.key == "resolution" and line.note for line in found.carried)


def test_subsets_that_disagree_are_told() -> None:
    told = [line for line in read().left_out if line.key == "flip_aug"]
    assert read().recipe.flip and "True elsewhere" in told[0].why


def test_prompts_come_from_their_own_file() -> None:
    found = read(trigger="mira")
    assert found.recipe.preview_prompts == ("1girl, {trigger}, smile", "1girl, {trigger}, standing")
    assert (found.recipe.preview_seeds, found.recipe.preview_width) == ((42, 100), 832)
    assert found.recipe.preview_negative == "bad hands"
    assert "line 3" in reasons(found)["--n"] and "--z" in reasons(found)


def test_prompts_are_read_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "prompts.txt").write_text(PROMPTS, encoding="utf-8")
    path = tmp_path / "mira.toml"
    path.write_text(FILE.replace('"prompts.txt"', '"C:/elsewhere/prompts.txt"'), encoding="utf-8")
    assert len(read_sdscripts(path).recipe.preview_prompts) == 2


def test_every_key_is_either_carried_or_left_out_with_a_reason() -> None:
    found = read()
    keys = {line.split("=")[0].strip() for line in FILE.splitlines() if "=" in line}
    keys -= {"network_args", "optimizer_args"}
    told = {line.key for line in found.carried} | set(reasons(found))
    assert keys <= told
    assert {"network_args.train_llm_adapter", "optimizer_args.beta2", "noise_offset"} <= told


@pytest.mark.parametrize("text, adapter", [
    ('network_module = "lycoris.kohya"\nnetwork_args = ["algo=lokr", "factor=4"]', "lokr"),
    ('network_module = "lycoris.kohya"\nnetwork_args = ["dora_wd=True"]', "dora"),
    ('network_module = "networks.lokr"', "lokr"),
])  # fmt: skip
def test_an_adapter_is_told_by_its_module_and_arguments(text: str, adapter: str) -> None:
    assert read(text).recipe.adapter == adapter


def test_an_adapter_that_is_not_known_is_left_out() -> None:
    assert "network_module" in reasons(read('network_dim = 4\nnetwork_module = "networks.loha"'))


@pytest.mark.parametrize("text", [
    'network_dim = "many"', "network_dim = [1]", "network_args = 3", 'network_args = ["algo"]', "learning_rate = nan",
    "flip_aug = 4", "lr_scheduler = 3", "resolution = true", 'optimizer_args = ["betas=x,y"]',
])  # fmt: skip
def test_a_value_of_another_type_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(UserError, match="cannot be"):
        read(text)


def test_a_file_without_any_setting_is_refused() -> None:
    with pytest.raises(UserError, match="no setting of sd-scripts"):
        read('[people]\nname_of = "Mira"')


SAYABLE = Recipe(
    name="mira", rank=16, alpha=8.0, adapter="lokr", lokr_factor=4, learning_rate=3e-5, batch_size=2, accumulation=4,
    epochs=120, seed=5, resolution=832, bucket_step=32, caption_variants=8, caption_dropout=0.1, tag_dropout=0.25,
    flip=True, timestep_sampling="shifted", timestep_shift=3.0, logit_std=1.3, loss_weighting="cosmap",
    optimizer="prodigy", lr_schedule="cosine", lr_floor=0.1, weight_decay=0.02, beta1=0.8, beta2=0.95, warmup_steps=30,
    clip=0.5, gradient_checkpointing=False, compile=True, blocks_to_swap=4, precision="fp32", save_every=2,
    keep_last=3, preview_every=3, preview_prompts=("1girl, {trigger}", "standing"), preview_seeds=(1, 2),
    preview_negative="", preview_steps=8, preview_cfg=1.0, preview_sampler="euler", preview_width=640,
    preview_height=960,
)  # fmt: skip


@pytest.mark.parametrize("recipe", [
    SAYABLE,
    replace(SAYABLE, adapter="lora", lokr_factor=8, train_adaln=True, precision="bf16"),
    replace(SAYABLE, adapter="dora", lokr_factor=8, lr_schedule="constant", lr_floor=0.0),
    replace(SAYABLE, lr_schedule="constant", lr_floor=0.0, warmup_steps=0, keep_last=0, preview_every=0),
    replace(SAYABLE, epochs=10_000, max_steps=900),
])  # fmt: skip
def test_what_can_be_said_comes_back_the_same(recipe: Recipe, tmp_path: Path) -> None:
    written = to_toml(recipe, "mira")
    assert written.told.left_out == ()
    for name, text in written.files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = read_sdscripts(tmp_path / "config.toml", "mira")
    assert found.recipe == recipe and found.left_out == ()


def test_what_cannot_be_said_is_listed_by_setting() -> None:
    told = to_toml(replace(SAYABLE, max_steps=900, ema=0.9, preview_sampler="er_sde", lr_schedule="linear")).told
    assert {line.key for line in told.left_out} == {"max_steps", "ema", "preview_sampler", "lr_floor"}
    assert not {"max_steps", "lr_floor"} & {line.setting for line in told.carried}
