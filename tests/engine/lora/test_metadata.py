"""What a file says about itself, under the names that other programs read."""

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
from safetensors import safe_open
from some_loras import deltas

from studio.core.recipe import ADAPTERS, Recipe
from studio.engine.lora.formats import LoraFile, read_lora, write_lora
from studio.engine.lora.layouts import LAYOUTS
from studio.engine.lora.metadata import TrainFacts, header_of

RECIPE = Recipe(name="mira", rank=16, alpha=8.0, learning_rate=2e-5, seed=7, resolution=768)
LORA = LoraFile(deltas({"blocks.0.mlp.layer1": (8, 4)}))


def test_the_recipe_and_the_course_are_told_in_kohyas_words() -> None:
    facts = TrainFacts(epoch=3, steps=120, images=20, exposures_per_epoch=40, steps_per_epoch=40)
    found = header_of(RECIPE, facts)
    expected = {
        "ss_network_module": "networks.lora_anima", "ss_network_dim": "16", "ss_network_alpha": "8.0",
        "ss_learning_rate": "2e-05", "ss_seed": "7", "ss_epoch": "3", "ss_steps": "120", "ss_optimizer": "adamw",
        "ss_resolution": "(768, 768)", "ss_num_train_images": "40", "ss_timestep_sampling": "sigmoid",
        "ss_weighting_scheme": "none", "ss_output_name": "mira", "modelspec.title": "mira",
        "modelspec.architecture": "anima-preview/lora", "modelspec.resolution": "768x768",
    }  # fmt: skip
    assert {key: found[key] for key in expected} == expected
    assert json.loads(found["ss_dataset_dirs"]) == {"mira": {"n_repeats": 2, "img_count": 20}}


def test_every_value_is_text_and_none_is_empty() -> None:
    found = header_of(RECIPE, TrainFacts(1, 1))
    assert all(isinstance(value, str) and value for value in found.values())


def test_nothing_is_said_of_what_is_not_known() -> None:
    found = header_of(RECIPE, TrainFacts(1, 1))
    assert not {"modelspec.date", "modelspec.trigger_phrase", "ss_tag_frequency", "ss_dataset_dirs"} & found.keys()


def test_the_same_run_is_told_the_same_and_a_date_is_only_the_given_one() -> None:
    assert header_of(RECIPE, TrainFacts(1, 1)) == header_of(RECIPE, TrainFacts(1, 1))
    told = header_of(RECIPE, TrainFacts(1, 1, date="2026-02-01", triggers=("mira", "suzu"), tags={"smile": 3}))
    assert told["modelspec.date"] == "2026-02-01"
    assert told["modelspec.trigger_phrase"] == "mira, suzu"
    assert json.loads(told["ss_tag_frequency"]) == {"mira": {"smile": 3}}


@pytest.mark.parametrize(("adapter", "module", "arguments"), [
    ("lora", "networks.lora_anima", None),
    ("dora", "lycoris.kohya", {"algo": "lora", "dora_wd": "True"}),
    ("lokr", "lycoris.kohya", {"algo": "lokr", "factor": "8"}),
])
def test_each_adapter_names_the_module_that_knows_it(adapter: str, module: str, arguments: dict | None) -> None:
    found = header_of(dataclasses.replace(RECIPE, adapter=adapter), TrainFacts(1, 1))
    assert adapter in ADAPTERS and found["ss_network_module"] == module
    assert json.loads(found.get("ss_network_args", "null")) == arguments


def test_a_shift_is_told_where_it_acts() -> None:
    shifted = dataclasses.replace(RECIPE, timestep_sampling="shifted", timestep_shift=3.0)
    found = header_of(shifted, TrainFacts(1, 1))
    assert (found["ss_timestep_sampling"], found["ss_discrete_flow_shift"]) == ("shift", "3.0")
    unshifted = header_of(dataclasses.replace(RECIPE, timestep_shift=3.0), TrainFacts(1, 1))
    assert unshifted["ss_discrete_flow_shift"] == "1.0"


@pytest.mark.parametrize("form", LAYOUTS)
def test_the_models_hash_is_that_of_all_behind_the_header(tmp_path: Path, form: str) -> None:
    write_lora(LORA, tmp_path / "l.safetensors", form, {"ss_seed": "1"})
    content = (tmp_path / "l.safetensors").read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    with safe_open(tmp_path / "l.safetensors", "pt") as file:
        told = file.metadata()
    assert told["sshs_model_hash"] == hashlib.sha256(content[start:]).hexdigest()
    assert told["format"] == "pt" and told["ss_seed"] == "1"


def test_a_hash_of_the_source_is_not_handed_on(tmp_path: Path) -> None:
    plain = LoraFile(deltas({"blocks.0.mlp.layer1": (8, 4)}, rank=4, alpha=4.0))  # comfy writes no alpha then
    write_lora(plain, tmp_path / "a.safetensors", "kohya")
    write_lora(read_lora(tmp_path / "a.safetensors"), tmp_path / "b.safetensors", "comfy")
    hashes = []
    for name in "ab":
        with safe_open(tmp_path / f"{name}.safetensors", "pt") as file:
            hashes.append(file.metadata()["sshs_model_hash"])
    assert hashes[0] != hashes[1]
