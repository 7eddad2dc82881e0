"""From format to format and back: the change of every weight stays what it was."""

from pathlib import Path

import pytest
import torch
from some_loras import deltas, shapes_of, small_conditioner, small_transformer
from torch import Tensor

from studio.engine.lora.factors import Delta, LoKr
from studio.engine.lora.formats import LoraFile, read_lora, write_lora
from studio.engine.lora.plain import as_plain
from studio.engine.lora.targets import linears, trained_leaves

MOST = 1e-6  # of the effective change, whose own numbers are about 1
TEXT = {"layers.0.self_attn.q_proj": (16, 8), "layers.3.mlp.down_proj": (8, 24)}


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    """Every linear of a small Anima, the LLM adapter's too."""
    places = linears(small_transformer(), small_conditioner())
    return {name: linear.weight.detach() for name, linear in places.items()}


def sent(lora: LoraFile, folder: Path, *forms: str) -> LoraFile:
    """`lora` written and read again in each of the formats."""
    for step, form in enumerate(forms):
        write_lora(lora, folder / f"{step}.safetensors", form)
        lora = read_lora(folder / f"{step}.safetensors")
    return lora


def difference(found: dict[str, Delta], expected: dict[str, Delta], weights: dict[str, Tensor]) -> float:
    """The largest difference between two changes of all weights."""
    assert found.keys() == expected.keys()
    return max((found[name].delta(weights[name]) - each.delta(weights[name])).abs().max().item()
               for name, each in expected.items())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_kohya_to_comfy_to_diffusers_to_kohya(tmp_path: Path, weights: dict[str, Tensor], dtype: torch.dtype) -> None:
    """At every alpha; on the DiT with adaln, on the LLM adapter."""
    made = deltas({name: tuple(weight.shape) for name, weight in weights.items()}, alpha=2.75)
    start = {name: delta.to("cpu", dtype) for name, delta in made.items()}
    found = sent(LoraFile(start), tmp_path, "kohya", "comfy", "diffusers", "kohya")
    assert difference(found.modules, start, weights) <= MOST
    assert max(delta.delta(weights[name]).abs().max().item() for name, delta in start.items()) > 0.3


@pytest.mark.parametrize("kind", ["lokr", "whole lokr", "dora"])
def test_lokr_and_dora_between_kohya_and_comfy(tmp_path: Path, weights: dict[str, Tensor], kind: str) -> None:
    start = deltas({name: tuple(weight.shape) for name, weight in weights.items()}, kind)
    found = sent(LoraFile(start), tmp_path, "kohya", "comfy", "kohya")
    assert difference(found.modules, start, weights) <= MOST


@pytest.mark.parametrize("kind", ["lora", "lokr", "whole lokr", "dora"])
def test_alpha_folded_on_the_way(tmp_path: Path, weights: dict[str, Tensor], kind: str) -> None:
    start = deltas({name: tuple(weight.shape) for name, weight in weights.items()}, kind, alpha=1.7)
    found = sent(LoraFile(start).folded, tmp_path, "kohya", "comfy", "kohya")
    assert difference(found.modules, start, weights) <= MOST


def test_a_lokr_in_and_all_formats_round_as_a_plain_lora(tmp_path: Path, weights: dict[str, Tensor]) -> None:
    """Rank 16 holds all of a Kronecker product of rank 2 x 4."""
    start = deltas({name: tuple(weight.shape) for name, weight in weights.items()}, "lokr")
    arrived = sent(LoraFile(start), tmp_path, "kohya")
    plain, lost = as_plain(arrived, 16)
    found = sent(plain, tmp_path, "kohya", "comfy", "diffusers", "kohya")
    assert lost < 1e-6
    assert difference(found.modules, start, weights) <= MOST


def test_the_text_encoder_goes_along_where_the_format_has_names_for_it(tmp_path: Path) -> None:
    lora = LoraFile(deltas({"blocks.0.mlp.layer1": (48, 24)}), text_encoder=deltas(TEXT, seed=4))
    found = sent(lora, tmp_path, "kohya", "comfy", "kohya")
    assert found.text_encoder.keys() == TEXT.keys()
    for name, delta in lora.text_encoder.items():
        assert torch.equal(found.text_encoder[name].delta(torch.zeros(1)), delta.delta(torch.zeros(1)))


def test_a_speed_lora_as_large_trainers_write_them_loses_no_module(tmp_path: Path) -> None:
    """On the release's 28 blocks with adaln, and on the adapter's 6: 448 + 60 modules, without an alpha."""
    leaves = trained_leaves(adaln=True)
    adapter = [f"{attention}.{part}_proj" for attention in ("self_attn", "cross_attn") for part in "qkvo"]
    names = [f"blocks.{block}.{leaf}" for block in range(28) for leaf in leaves]
    names += [f"llm_adapter.blocks.{block}.{leaf}" for block in range(6) for leaf in (*adapter, "mlp.0", "mlp.2")]
    start = LoraFile(deltas(dict.fromkeys(names, (4, 4)), rank=2, alpha=2.0))
    found = sent(start, tmp_path, "comfy", "kohya", "diffusers", "comfy")
    assert (len(found.modules), len(found.adapter)) == (508, 60)
    assert found.modules.keys() == set(names)
    assert (tmp_path / "0.safetensors").read_bytes() == (tmp_path / "3.safetensors").read_bytes()


def test_what_the_source_says_of_itself_stays(tmp_path: Path) -> None:
    said = {"ss_network_dim": "4", "ss_tag_frequency": '{"a": 1}', "modelspec.title": "Mira", "note": "by hand"}
    lora = LoraFile(deltas({"blocks.0.mlp.layer1": (48, 24)}), metadata=said)
    assert dict(sent(lora, tmp_path, "kohya", "comfy", "diffusers", "kohya").metadata) == said


def test_a_round_trip_ends_in_the_same_bytes(tmp_path: Path) -> None:
    shapes = shapes_of(linears(small_transformer()))
    sent(LoraFile(deltas(shapes, alpha=2.0)), tmp_path, "kohya", "comfy", "diffusers", "kohya")
    assert (tmp_path / "0.safetensors").read_bytes() == (tmp_path / "3.safetensors").read_bytes()


def test_a_lokr_keeps_an_alpha_that_is_not_used(tmp_path: Path) -> None:
    lora = LoraFile(deltas({"blocks.0.mlp.layer1": (48, 24)}, "whole lokr", alpha=16.0))
    found = sent(lora, tmp_path, "kohya", "comfy").modules["blocks.0.mlp.layer1"]
    assert isinstance(found, LoKr) and (found.alpha, found.scale) == (16.0, 1.0)
