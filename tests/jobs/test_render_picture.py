"""One picture to one file."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from job_runs import run
from PIL import Image
from safetensors.torch import save_file

from studio.core.events import Failed, Finished, Note, Stopped
from studio.core.spec import RenderSpec
from studio.jobs.bases import BaseChoice
from studio.jobs.render_picture import RenderPicture
from studio.store.comfy_graph import ModelNames, graph_of
from studio.store.picture_text import read_origin, read_parameters

SPEC = RenderSpec(prompt="1girl, (standing:1.2)", seed=7, steps=2, cfg=1.0, sampler="euler", width=64, height=80)


@pytest.fixture
def base(tiny_base) -> BaseChoice:
    return BaseChoice(str(tiny_base.transformer))


def test_a_picture_has_its_size_and_says_what_made_it(tmp_path: Path, base: BaseChoice) -> None:
    events = run(RenderPicture(SPEC, base, (), tmp_path / "new" / "a.png"))
    assert isinstance(events[-1], Finished)
    assert Image.open(tmp_path / "new" / "a.png").size == (64, 80)
    origin = read_origin(tmp_path / "new" / "a.png")
    assert replace(origin.spec, base="") == SPEC and len(origin.spec.base) == 64
    assert origin.base_name == "anima-tiny" and origin.facts["device"] == "cpu"
    assert read_parameters(tmp_path / "new" / "a.png").prompt == SPEC.prompt


def test_a_picture_carries_the_graph_that_draws_it_in_comfyui(tmp_path: Path, base: BaseChoice) -> None:
    run(RenderPicture(replace(SPEC, sampler="dpmpp_2m", scheduler="beta"), base, (), tmp_path / "a.png"))
    graph = graph_of(tmp_path / "a.png")
    assert graph.spec == replace(SPEC, sampler="dpmpp_2m", scheduler="beta") and graph.obstacles == ()
    names = ("anima-tiny.safetensors", "qwen3-tiny.safetensors", "vae-tiny.safetensors")
    assert graph.models == ModelNames(*names)


def test_at_cfg_1_the_negative_is_said_to_be_inactive_and_changes_nothing(tmp_path: Path, base: BaseChoice) -> None:
    run(RenderPicture(SPEC, base, (), tmp_path / "a.png"))
    events = run(RenderPicture(replace(SPEC, negative="red"), base, (), tmp_path / "b.png"))
    assert any(isinstance(event, Note) and "inactive" in event.text for event in events)
    assert Image.open(tmp_path / "a.png").tobytes() == Image.open(tmp_path / "b.png").tobytes()


def test_a_missing_lora_is_named(tmp_path: Path, base: BaseChoice) -> None:
    ending = run(RenderPicture(SPEC, base, ((tmp_path / "gone.safetensors", 1.0),), tmp_path / "a.png"))[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and "gone.safetensors" in ending.what


def test_what_a_lora_does_to_the_text_encoder_is_not_dropped_in_silence(tmp_path: Path, base: BaseChoice) -> None:
    half = {"lora_down.weight": torch.ones(2, 4), "lora_up.weight": torch.ones(4, 2)}
    lora = tmp_path / "te.safetensors"
    save_file({f"lora_te_layers_0_mlp_up_proj.{part}": value for part, value in half.items()}, lora)
    events = run(RenderPicture(SPEC, base, ((lora, 1.0),), tmp_path / "a.png"))
    [note] = [event.text for event in events if isinstance(event, Note)]
    assert isinstance(events[-1], Finished) and note.startswith("te.safetensors also changes the text encoder")


def test_a_size_that_no_picture_can_have_is_refused(tmp_path: Path, base: BaseChoice) -> None:
    ending = run(RenderPicture(replace(SPEC, width=72), base, (), tmp_path / "a.png"))[-1]
    assert isinstance(ending, Failed) and ending.kind == "person"
    assert not (tmp_path / "a.png").exists()


def test_only_png_files_are_written(tmp_path: Path, base: BaseChoice) -> None:
    assert "PNG" in run(RenderPicture(SPEC, base, (), tmp_path / "a.jpg"))[-1].what


def test_a_stopped_render_writes_no_file(tmp_path: Path, base: BaseChoice) -> None:
    ending = run(RenderPicture(SPEC, base, (), tmp_path / "a.png"), stop_at=lambda event: True)[-1]
    assert isinstance(ending, Stopped) and not (tmp_path / "a.png").exists()
