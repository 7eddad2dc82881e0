"""What `check` finds, in which order it tells it, and what it says should be put right."""

import hashlib
import shutil
from pathlib import Path

import pytest
import torch
from job_runs import run
from safetensors.torch import load_file, save_file
from tiny import write_tiny_base
from tiny_project import write_project

from studio.core.events import Event, Failed, Finished, Note, Progress, Stopped
from studio.jobs import machine
from studio.jobs.bases import BaseChoice
from studio.jobs.check import Check
from studio.jobs.gpu import Gpu
from studio.jobs.nvidia import SeenCard


@pytest.fixture
def comfy(tmp_path: Path, tiny_base) -> Path:
    root = tmp_path / "ComfyUI"
    for source, place in ((tiny_base.transformer, "diffusion_models"), (tiny_base.text_encoder, "text_encoders"),
                          (tiny_base.vae, "vae")):  # fmt: skip
        (root / "models" / place).mkdir(parents=True)
        shutil.copy(source, root / "models" / place)
    shutil.copytree(tiny_base.qwen_tokenizer, root / "comfy/text_encoders/qwen25_tokenizer")
    shutil.copytree(tiny_base.t5_tokenizer, root / "comfy/text_encoders/t5_tokenizer")
    return root


def told(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Note)]


def place(events: list[Event], start: str) -> int:
    return next(number for number, text in enumerate(told(events)) if text.startswith(start))


def base_of(files) -> BaseChoice:
    return BaseChoice(str(files.transformer))


def test_the_quick_things_are_told_first(tiny_base) -> None:
    events = run(Check(base_of(tiny_base)))
    order = [place(events, start) for start in ("pillow", "ram_gib", "device", "base", "blocks", "weights", "sha256")]
    assert order == sorted(order)


def test_checksums_are_those_of_the_files_and_come_with_progress(tiny_base) -> None:
    events = run(Check(base_of(tiny_base)))
    weights = (tiny_base.transformer, tiny_base.text_encoder, tiny_base.vae)
    assert events[-1].facts["sha256"] == {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in weights}
    assert all(f"sha256 of {path}: {hashlib.sha256(path.read_bytes()).hexdigest()}" in told(events) for path in weights)
    assert sum(isinstance(event, Progress) for event in events) == len(weights)


def test_headers_are_judged_before_weights(tmp_path: Path) -> None:
    files = write_tiny_base(tmp_path)
    tensors = load_file(files.vae)
    save_file({name: value for name, value in tensors.items() if name != "conv1.weight"}, files.vae)
    events = run(Check(base_of(files)))
    assert isinstance(events[-1], Failed) and "conv1.weight" in events[-1].what
    assert not [text for text in told(events) if text.startswith("weights")]


def test_weights_that_are_no_numbers_are_a_problem(tmp_path: Path) -> None:
    files = write_tiny_base(tmp_path)
    tensors = load_file(files.transformer)
    tensors["net.blocks.1.mlp.layer1.weight"][0, 0] = torch.nan
    save_file(tensors, files.transformer)
    [problem] = run(Check(base_of(files)))[-1].facts["problems"]
    assert "transformer_blocks.1.ff.net.0.proj.weight" in problem


def test_a_base_that_does_not_fit_into_memory_is_refused_before_it_is_read(tiny_base) -> None:
    class Small(Gpu):
        def memory(self) -> tuple[int, int]:
            return 1000, 2000

    heard: list[Event] = []
    from studio.jobs.execute import Ticket, execute

    ending = execute(Ticket(Check(base_of(tiny_base))), Small("cpu"), heard.append)
    assert isinstance(ending, Failed) and "GiB are free" in ending.what
    assert "weights: read whole" not in told(heard)


def test_what_is_left_out_of_a_merged_checkpoint_is_a_problem(tmp_path: Path) -> None:
    files = write_tiny_base(tmp_path)
    save_file(load_file(files.transformer) | {"model_ema.x": torch.ones(1)}, files.transformer)
    assert run(Check(base_of(files)))[-1].facts["problems"] == (
        f"{files.transformer.name} also holds model_ema (1 tensors), which is not used.",
    )


def test_it_stops_between_two_pieces(tiny_base) -> None:
    events = run(Check(base_of(tiny_base)), stop_at=lambda event: isinstance(event, Progress))
    assert isinstance(events[-1], Stopped) and "sha256" not in events[-1].facts


def test_without_a_base_it_lists_what_there_is(comfy: Path, tmp_path: Path) -> None:
    project = write_project(tmp_path / "p", "/models/mine.safetensors")
    events = run(Check(here=project, home=tmp_path))
    facts, said = events[-1].facts, told(events)
    assert facts["project_base"] == "/models/mine.safetensors" and "practice_base: practice" in said
    assert f"ComfyUI: {comfy}" in said
    assert f"base: {comfy / 'models/diffusion_models/anima-tiny.safetensors'}" in said
    assert f"tokenizer: {comfy / 'comfy/text_encoders/t5_tokenizer'}" in said
    assert [found["folder"] for found in facts["comfyui"]] == [comfy]


def test_a_comfyui_that_is_named_is_looked_at_and_no_other(comfy: Path, tmp_path: Path) -> None:
    shutil.copytree(comfy, tmp_path / "other")
    facts = run(Check(comfyui=tmp_path / "other", home=tmp_path))[-1].facts
    assert [found["folder"] for found in facts["comfyui"]] == [tmp_path / "other"]


def test_a_base_found_in_comfyui_is_ready_with_its_path_alone(comfy: Path) -> None:
    events = run(Check(BaseChoice(str(comfy / "models/diffusion_models/anima-tiny.safetensors"))))
    assert isinstance(events[-1], Finished) and events[-1].facts["blocks"] == 2
    assert isinstance(run(Check(BaseChoice(str(comfy))))[-1], Finished)


def test_a_folder_that_is_no_comfyui_is_named(tmp_path: Path) -> None:
    ending = run(Check(comfyui=tmp_path))[-1]
    assert ending.kind == "person" and str(tmp_path) in ending.what


def test_no_package_here_is_of_the_wrong_version() -> None:
    assert list(machine.unfit_versions()) == []


def test_a_package_of_another_version_is_named_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "requires", lambda name: ["peft==0.1.0", "torch==2.13.0", 'onnx==1; extra == "build"'])
    [said] = machine.unfit_versions()
    assert said.startswith("peft is ") and "made for 0.1.0" in said


def test_memory_is_told_in_bytes() -> None:
    free, total = Gpu("cpu").memory()
    assert 2**20 < free < total


def test_a_card_is_told_with_its_generation_the_build_that_fits_and_what_is_wrong_by_its_id(monkeypatch) -> None:
    monkeypatch.setattr("studio.jobs.check.seen_card", lambda: SeenCard("NVIDIA GeForce RTX 5090", (12, 0), 570))
    facts = run(Check())[-1].facts
    assert (facts["card"], facts["generation"]) == ("NVIDIA GeForce RTX 5090, compute 12.0, driver 570", "Blackwell")
    assert "wheel_index" not in facts
    assert [each for each in facts["problems"] if each.startswith("E02: The driver is 570")]


def test_a_machine_whose_torch_does_not_see_its_card_is_told_where_to_get_another_one(monkeypatch) -> None:
    monkeypatch.setattr("studio.jobs.check.seen_card", lambda: SeenCard("NVIDIA H200", (9, 0), 550))
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    facts = run(Check())[-1].facts
    assert facts["wheel_index"] == "https://download.pytorch.org/whl/cu126"
    assert any(each.startswith("E03: torch does not see the NVIDIA H200") for each in facts["problems"])
