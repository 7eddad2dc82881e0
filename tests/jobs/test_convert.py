"""One program's LoRA for another: what is carried, what is told, what is refused."""

from pathlib import Path

import pytest
import torch
from job_runs import run
from safetensors.torch import load_file, save_file
from some_loras import deltas, shapes_of

from studio.core.events import Event, Failed, Finished, Note
from studio.engine.lora.factors import Difference
from studio.engine.lora.formats import LoraFile, read_lora, write_lora
from studio.engine.lora.targets import linears
from studio.jobs.convert import Convert

FORMATS = ("kohya", "comfy", "diffusers")
every_format = pytest.mark.parametrize("form", FORMATS)


@pytest.fixture
def lora(tmp_path: Path, tiny_anima) -> Path:
    modules = deltas(shapes_of(linears(tiny_anima.transformer)), rank=2, alpha=1.0)
    write_lora(LoraFile(modules), tmp_path / "lora.safetensors", "comfy", {"ss_tag": "kept"})
    return tmp_path / "lora.safetensors"


@pytest.fixture
def lokr(tmp_path: Path) -> Path:
    write_lora(LoraFile(deltas({"blocks.0.mlp.layer1": (48, 24)}, "lokr")), tmp_path / "lokr.safetensors", "kohya")
    return tmp_path / "lokr.safetensors"


def with_more(folder: Path) -> Path:
    """A LoRA on the DiT, the LLM adapter and the text encoder."""
    modules = deltas({"blocks.0.mlp.layer1": (4, 4), "llm_adapter.blocks.0.mlp.0": (4, 4)})
    lora = LoraFile(modules, text_encoder=deltas({"layers.0.mlp.up_proj": (4, 4)}))
    write_lora(lora, folder / "more.safetensors", "kohya")
    return folder / "more.safetensors"


def notes(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Note)]


@every_format
def test_a_lora_goes_to_any_format_and_back_without_a_change(form: str, lora: Path, tmp_path: Path) -> None:
    assert isinstance(run(Convert(lora, tmp_path / "out" / "x.safetensors", form))[-1], Finished)
    run(Convert(tmp_path / "out" / "x.safetensors", tmp_path / "back.safetensors", "comfy"))
    assert (tmp_path / "back.safetensors").read_bytes() == lora.read_bytes()


def test_what_was_read_and_what_was_written_is_told(lora: Path, tmp_path: Path) -> None:
    events = run(Convert(lora, tmp_path / "x.safetensors", "kohya"))
    assert notes(events) == [
        "lora.safetensors, comfy: LoRA on 38 modules; rank 2, alpha 1.",
        "x.safetensors, kohya: LoRA on 38 modules; rank 2, alpha 1.",
    ]
    facts = events[-1].facts
    assert (facts["from"], facts["format"], facts["modules"]) == ("comfy", "kohya", 38)
    assert facts["path"] == str(tmp_path / "x.safetensors")


@pytest.mark.parametrize("form", ["kohya", "comfy"])
def test_what_lies_beyond_the_transformer_is_carried_and_told(form: str, tmp_path: Path) -> None:
    events = run(Convert(with_more(tmp_path), tmp_path / "x.safetensors", form))
    assert notes(events)[1:-1] == [
        "Modules on the LLM adapter, carried over: 1 of 2.",
        "Modules on the text encoder, carried over, though this studio applies none: 1.",
    ]
    found = read_lora(tmp_path / "x.safetensors")
    assert list(found.adapter) == ["llm_adapter.blocks.0.mlp.0"]
    assert list(found.text_encoder) == ["layers.0.mlp.up_proj"]
    assert events[-1].facts["left_out"] == ()


def test_what_a_format_cannot_hold_is_left_out_by_name(tmp_path: Path) -> None:
    events = run(Convert(with_more(tmp_path), tmp_path / "x.safetensors", "diffusers"))
    assert notes(events)[-2:] == [
        "Modules on the text encoder, left out, as no diffusers LoRA holds any: layers.0.mlp.up_proj.",
        "x.safetensors, diffusers: LoRA on 2 modules, 1 of them on the LLM adapter; rank 4, alpha 3.",
    ]
    assert events[-1].facts["left_out"] == ("layers.0.mlp.up_proj",)


def test_a_lora_on_the_text_encoder_alone_is_not_made_an_empty_file(tmp_path: Path) -> None:
    lora = LoraFile({}, text_encoder=deltas({"layers.0.mlp.up_proj": (4, 4)}))
    write_lora(lora, tmp_path / "te.safetensors", "kohya")
    ending = run(Convert(tmp_path / "te.safetensors", tmp_path / "x.safetensors", "diffusers"))[-1]
    assert "te.safetensors" in ending.what and not (tmp_path / "x.safetensors").exists()
    assert isinstance(run(Convert(tmp_path / "te.safetensors", tmp_path / "x.safetensors", "comfy"))[-1], Finished)


def test_alpha_is_folded_where_that_is_asked_for(lora: Path, tmp_path: Path) -> None:
    run(Convert(lora, tmp_path / "x.safetensors", "comfy", fold_alpha=True))
    assert not any(key.endswith(".alpha") for key in load_file(tmp_path / "x.safetensors"))
    before, after = (read_lora(path).modules["blocks.0.mlp.layer1"] for path in (lora, tmp_path / "x.safetensors"))
    weight = torch.zeros(before.shape)
    assert (before.scale, after.scale) == (0.5, 1.0)
    assert torch.allclose(after.delta(weight), before.delta(weight), atol=1e-7)


def test_a_lokr_stays_one_unless_a_plain_lora_is_asked_for(lokr: Path, tmp_path: Path) -> None:
    assert "LoKr" in run(Convert(lokr, tmp_path / "x.safetensors", "diffusers"))[-1].what
    assert not (tmp_path / "x.safetensors").exists()
    events = run(Convert(lokr, tmp_path / "x.safetensors", "diffusers", as_lora=4))
    assert "As a plain LoRA of rank 4, " in notes(events)[1] and notes(events)[-1].endswith("rank 4, alpha 4.")
    before, after = (read_lora(path).modules["blocks.0.mlp.layer1"] for path in (lokr, tmp_path / "x.safetensors"))
    lost = (after.delta(torch.zeros(1)) - before.delta(torch.zeros(1))).norm() / before.delta(torch.zeros(1)).norm()
    assert f"{lost:.2%}" in notes(events)[1]


def test_an_alpha_that_nobody_applies_is_told(tmp_path: Path) -> None:
    lora = LoraFile(deltas({"blocks.0.mlp.layer1": (48, 24)}, "whole lokr", alpha=16.0))
    write_lora(lora, tmp_path / "lokr.safetensors", "kohya", {"ss_network_dim": "32"})
    events = run(Convert(tmp_path / "lokr.safetensors", tmp_path / "x.safetensors", "comfy"))
    assert any("alpha (16; dim 32) is not applied" in note for note in notes(events))


def test_norms_are_carried_to_the_formats_that_have_them(tmp_path: Path) -> None:
    norms = {"blocks.0.self_attn.q_norm": Difference(torch.ones(4))}
    write_lora(LoraFile(norms), tmp_path / "norms.safetensors", "kohya")
    run(Convert(tmp_path / "norms.safetensors", tmp_path / "x.safetensors", "comfy"))
    assert list(load_file(tmp_path / "x.safetensors")) == ["diffusion_model.blocks.0.self_attn.q_norm.diff"]
    ending = run(Convert(tmp_path / "norms.safetensors", tmp_path / "y.safetensors", "diffusers"))[-1]
    assert "blocks.0.self_attn.q_norm" in ending.what


def test_a_lora_is_never_written_over_itself(lora: Path) -> None:
    before = lora.read_bytes()
    assert "itself" in run(Convert(lora, lora, "kohya"))[-1].what
    assert lora.read_bytes() == before


@pytest.mark.parametrize("rank", [-1, 5000])
def test_a_rank_that_is_none_is_refused(lokr: Path, tmp_path: Path, rank: int) -> None:
    assert str(rank) in run(Convert(lokr, tmp_path / "x.safetensors", "comfy", as_lora=rank))[-1].what


def test_what_is_no_lora_is_refused_by_name(tmp_path: Path, tiny_base) -> None:
    ending = run(Convert(tiny_base.vae, tmp_path / "x.safetensors", "kohya"))[-1]
    assert ending.kind == "person" and tiny_base.vae.name in ending.what


def test_a_lora_for_another_model_is_refused_by_its_name(tmp_path: Path) -> None:
    key = "lora_unet_double_blocks_0_img_mlp_0.lora_down.weight"
    save_file({key: torch.ones(2, 2)}, tmp_path / "other.safetensors")
    ending = run(Convert(tmp_path / "other.safetensors", tmp_path / "x.safetensors", "comfy"))[-1]
    assert isinstance(ending, Failed) and "Flux" in ending.what
