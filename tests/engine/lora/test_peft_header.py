"""Alpha from peft's configuration: in the header, beside the file, damaged."""

import json
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from some_loras import small_transformer, stir, velocity_of

from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.engine.lora.formats import read_lora
from studio.engine.lora.inject import add_adapter
from studio.engine.lora.merge import merged
from studio.engine.lora.targets import trained_modules

Q, V = (f"transformer.transformer_blocks.0.attn1.to_{part}" for part in "qv")
TENSORS = {f"{module}.lora_{part}.weight": torch.ones(2, 2) for module in (Q, V) for part in "AB"}


def alphas(tmp_path: Path, config: object, name: str = "l.safetensors") -> dict[str, float]:
    save_file(TENSORS, tmp_path / name, {"lora_adapter_metadata": json.dumps(config)})
    found = read_lora(tmp_path / name).modules
    return {module.rpartition(".")[2]: delta.alpha for module, delta in found.items()}


def test_without_a_configuration_alpha_is_the_rank(tmp_path: Path) -> None:
    assert alphas(tmp_path, {}) == {"q_proj": 2.0, "v_proj": 2.0}


@pytest.mark.parametrize("prefix", ["transformer.", ""])
@pytest.mark.parametrize("pattern", ["transformer_blocks.0.attn1.to_v", "to_v", "^transformer_blocks.0.attn1.to_v"])
def test_a_pattern_is_a_modules_name_or_its_end(tmp_path: Path, prefix: str, pattern: str) -> None:
    config = {f"{prefix}lora_alpha": 8, f"{prefix}alpha_pattern": {pattern: 1}}
    assert alphas(tmp_path, config) == {"q_proj": 8.0, "v_proj": 1.0}


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"transformer.use_rslora": True}, "use_rslora"),
        ({"transformer.use_dora": True}, "use_dora"),
        ({"transformer.alpha_pattern": {"(a+)+$": 1}}, "no module's name"),
        ({"transformer.alpha_pattern": [1]}, "damaged"),
        ({"transformer.lora_alpha": "many"}, "damaged"),
        ({"transformer.lora_alpha": None}, "damaged"),
        ({"transformer.lora_alpha": float("nan")}, "damaged"),
        ([1], "damaged"),
        (7, "damaged"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(tmp_path: Path, config: object, named: str) -> None:
    with pytest.raises(UserError) as caught:
        alphas(tmp_path, config)
    assert named in str(caught.value) and "l.safetensors" in str(caught.value)


def test_a_header_that_is_cut_is_refused(tmp_path: Path) -> None:
    save_file(TENSORS, tmp_path / "l.safetensors", {"lora_adapter_metadata": "{"})
    with pytest.raises(UserError, match="configuration of .*l.safetensors is damaged"):
        read_lora(tmp_path / "l.safetensors")


def test_what_peft_saves_by_itself_draws_the_same(tmp_path: Path) -> None:
    """`adapter_model.safetensors` with `adapter_config.json` beside it, alpha other than the rank."""
    transformer = small_transformer()
    modules = list(trained_modules(transformer).values())
    config = LoraConfig(r=3, lora_alpha=7, target_modules=modules, init_lora_weights=False)
    wrapped = get_peft_model(transformer, config)
    wrapped.save_pretrained(tmp_path)
    lora, fresh = read_lora(tmp_path / "adapter_model.safetensors"), small_transformer()
    assert (lora.format, len(lora.modules)) == ("peft", 20)
    with merged(fresh, [(lora, 1.0)]):
        assert torch.allclose(velocity_of(fresh), velocity_of(wrapped), atol=1e-4)
        assert not torch.allclose(velocity_of(fresh), velocity_of(small_transformer()), atol=1e-2)


def test_what_diffusers_saves_by_itself_draws_the_same(tmp_path: Path) -> None:
    transformer = small_transformer()
    add_adapter(transformer, Recipe(rank=3, alpha=7), seed=1)
    stir(transformer)
    transformer._hf_peft_config_loaded = True
    transformer.save_lora_adapter(tmp_path, adapter_name="character")
    lora, fresh = read_lora(tmp_path / "pytorch_lora_weights.safetensors"), small_transformer()
    with merged(fresh, [(lora, 1.0)]):
        assert torch.allclose(velocity_of(fresh), velocity_of(transformer), atol=1e-4)
        assert not torch.allclose(velocity_of(fresh), velocity_of(small_transformer()), atol=1e-2)


def test_a_configuration_counts_for_pefts_own_file_name_only(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text('{"lora_alpha": 8}')
    assert alphas(tmp_path, {}, "other.safetensors")["q_proj"] == 2.0
