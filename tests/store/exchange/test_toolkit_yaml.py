"""AnimaLoraToolkit's training file, as its template documents it."""

from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.errors import UserError
from studio.core.foreign_recipe import Imported
from studio.core.recipe import Recipe
from studio.store.exchange.toolkit_yaml import from_yaml, read_toolkit, to_yaml

FILE = """\
transformer_path: "models/anima.safetensors"   # a comment
data_dir: "./dataset"
resolution: 768
repeats: 4
shuffle_caption: true
keep_tokens: 0
flip_augment: true
tag_dropout: 0.1
prefer_json: true
cache_latents: true
lora_type: "lokr"
lora_rank: 32
lora_alpha: 16
lokr_factor: 8
epochs: 180
max_steps: 0
batch_size: 1
grad_accum: 4
learning_rate: 1e-4
mixed_precision: "fp16"
grad_checkpoint: true
output_name: "kei"
save_every: 1
save_every_steps: 500
seed: 7
resume_lora: ""
sample_every: 5
sample_infer_steps: 30
sample_cfg_scale: 4
sample_sampler_name: "er_sde"
sample_scheduler: "simple"
sample_width: 0
sample_height: 512
sample_seed: 42
sample_prompt: "one"
sample_prompts:
  - "1girl, keichan, smile"
  - "1girl, keichan, standing"
something_new: 3
"""


def read(text: str = FILE, trigger: str = "") -> Imported:
    return from_yaml(text, "kei.yaml", trigger)


def reasons(found: Imported) -> dict[str, str]:
    return {line.key: line.why for line in found.left_out}


def test_what_a_file_says_becomes_settings() -> None:
    recipe = read().recipe
    assert (recipe.name, recipe.adapter, recipe.rank, recipe.alpha, recipe.lokr_factor) == ("kei", "lokr", 32, 16.0, 8)
    assert (recipe.epochs, recipe.accumulation, recipe.batch_size, recipe.seed) == (180, 4, 1, 7)
    assert (recipe.flip, recipe.tag_dropout, recipe.caption_variants) == (True, 0.1, 8)
    assert (recipe.preview_every, recipe.preview_steps, recipe.preview_seeds) == (5, 30, (42,))


def test_a_learning_rate_that_yaml_takes_for_text_is_a_number() -> None:
    assert read().recipe.learning_rate == 1e-4


def test_what_its_trainer_does_without_being_told_is_assumed() -> None:
    found = read()
    assert (found.recipe.timestep_sampling, found.recipe.timestep_shift) == ("shifted", 3.0)
    assert (found.recipe.clip, found.recipe.beta2) == (0.0, 0.999)
    assert ("timestep_shift", 3.0) in found.assumed and "rank" not in dict(found.assumed)


def test_a_side_of_0_follows_the_training_pictures() -> None:
    recipe = read().recipe
    assert (recipe.preview_width, recipe.preview_height) == (768, 512)


def test_every_key_is_either_carried_or_left_out_with_a_reason() -> None:
    found = read()
    keys = {line.split(":")[0] for line in FILE.splitlines() if ":" in line and not line.startswith(" ")}
    told = {line.key for line in found.carried} | set(reasons(found)) | {"sample_width"}
    assert told == keys
    assert all(why.endswith(".") for why in reasons(found).values())


def test_an_unknown_key_is_listed() -> None:
    assert "does not know" in reasons(read())["something_new"]


def test_one_prompt_gives_way_to_several() -> None:
    found = read()
    assert len(found.recipe.preview_prompts) == 2 and "sample_prompts" in reasons(found)["sample_prompt"]
    assert read('sample_prompt: "one"').recipe.preview_prompts == ("one",)


def test_precision_is_what_the_trainer_computes_in_and_that_is_told() -> None:
    found = read()
    [note] = [line.note for line in found.carried if line.key == "mixed_precision"]
    assert found.recipe.precision == "fp32" and "fp32" in note


def test_a_trigger_in_previews_becomes_the_placeholder() -> None:
    assert read(trigger="keichan").recipe.preview_prompts[0] == "1girl, {trigger}, smile"


@pytest.mark.parametrize("line, word", [
    ("lora_rank: many", "lora_rank"), ("lora_rank: [1]", "lora_rank"), ("flip_augment: 3", "flip_augment"),
    ("learning_rate: .nan", "learning_rate"), ("sample_prompts: 5", "sample_prompts"), ("epochs: true", "epochs"),
    ("lora_type: 4", "lora_type"), ("epochs: 2020-01-01", "epochs"),
])  # fmt: skip
def test_a_value_of_another_type_is_refused_in_one_sentence(line: str, word: str) -> None:
    with pytest.raises(UserError, match=f"kei.yaml: {word} cannot be"):
        read(line)


def test_a_value_beyond_the_limits_is_left_out() -> None:
    found = read("lora_rank: 1024\nepochs: 5")
    assert reasons(found) == {"lora_rank": "Here it must be at most 512."} and found.recipe.rank == 32


@pytest.mark.parametrize("text", [
    "- 1\n- 2", "", "just text", "a: [1", "lora_rank: 3\nlora_rank: 4", "a: &x [1]\nepochs: *x", "unknown: 1",
    "a: " + "[" * 5000, "!!python/object/apply:os.system ['true']", "epochs: 0x" + "f" * 5000, "\x00",
    "a: &a [x,x]\nb: &b [*a,*a]\nepochs: 3", "epochs: 2020-99-99",
])  # fmt: skip
def test_what_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        read(text)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("#" * 2**19, encoding="utf-8")
    with pytest.raises(UserError, match="larger"):
        read_toolkit(path)


SAYABLE = Recipe(
    name="mira", rank=16, alpha=8.0, adapter="lokr", lokr_factor=4, learning_rate=3e-5, batch_size=2, accumulation=4,
    epochs=120, max_steps=900, seed=5, resolution=832, caption_variants=8, tag_dropout=0.25, flip=True, beta2=0.999,
    clip=0.0, timestep_sampling="shifted", timestep_shift=3.0, gradient_checkpointing=False, precision="bf16",
    save_every=2, state_every=100, preview_every=3, preview_prompts=("1girl, {trigger}", "standing"),
    preview_negative="bad", preview_seeds=(9,), preview_steps=8, preview_cfg=1.0, preview_sampler="euler",
    preview_width=640, preview_height=960,
)  # fmt: skip


def test_what_can_be_said_comes_back_the_same() -> None:
    text, told = to_yaml(SAYABLE, "mira")
    assert told.left_out == ()
    assert read(text, "mira").recipe == SAYABLE
    assert read(text, "mira").left_out == ()


def test_what_cannot_be_said_is_listed_by_setting() -> None:
    changed = replace(SAYABLE, optimizer="prodigy", adapter="dora", ema=0.99, beta2=0.99, preview_seeds=(1, 2))
    _, told = to_yaml(changed)
    assert {line.key for line in told.left_out} == {"optimizer", "adapter", "ema", "beta2"}
    assert "adamw" in {line.key: line.why for line in told.left_out}["optimizer"]
    assert any(line.key == "sample_seed" and line.note for line in told.carried)
