"""An epoch goes into ComfyUI's folder, and the file there draws what was chosen here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from foreign_files import left_alone
from job_runs import run
from PIL import Image
from safetensors.torch import load_file, save_file
from some_loras import KINDS, deltas, shapes_of
from tiny_project import RECIPE, TRIGGER, write_project

from studio.core.events import Event, Failed, Finished, Note
from studio.core.sheet_plan import plan_from_toml
from studio.engine.anima.checkpoint import Anima
from studio.engine.lora.formats import LoraFile, write_lora
from studio.engine.lora.targets import weighted
from studio.jobs.adopt import adopt_folder
from studio.jobs.put_to_use import PutToUse, largest_difference
from studio.jobs.render_sheet import start_sheet
from studio.jobs.train import start_training
from studio.jobs.used_name import SOURCE_HASH, used_name
from studio.store import runs, sweeps, workspace
from studio.store.digests import sha256_of
from studio.store.lora_header import read_lora_header
from studio.store.picture_text import read_origin
from studio.store.workspace import Workspace, open_project

PLAN = plan_from_toml('''
title = "small"
[rows]
epoch = "base, all"
[columns]
prompt = "1girl, {trigger}, standing | 1girl, {trigger}, blue hair"
''')  # fmt: skip


SMALL = plan_from_toml('''
title = "one"
[rows]
epoch = "all"
[columns]
prompt = "1girl, {trigger}"
[render]
width = 64
height = 64
steps = 2
cfg = 1.0
''')  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    """A project with a finished run of two epochs, and a sheet of it."""
    folder = write_project(tmp_path_factory.mktemp("use") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
        run(start_sheet(place, PLAN, "latest"))
    return folder


@pytest.fixture
def place(trained: Path, tmp_path: Path) -> Iterator[Workspace]:
    with open_project(shutil.copytree(trained, tmp_path / "project")) as place:
        yield place


@pytest.fixture
def loras(tmp_path: Path) -> Path:
    folder = tmp_path / "ComfyUI" / "models" / "loras"
    folder.mkdir(parents=True)
    return folder


def put(place: Workspace, loras: Path, epoch: int = 2, **more: object) -> list[Event]:
    return run(PutToUse(place, "latest", epoch, loras, **more))


def facts(events: list[Event]) -> dict:
    assert isinstance(events[-1], Finished), events[-1]
    return dict(events[-1].facts)


def source(place: Workspace, epoch: int = 2) -> Path:
    return runs.find_run(place, "latest").checkpoint(epoch)


def test_the_file_in_the_folder_draws_the_same_cell(place: Workspace, loras: Path) -> None:
    found = facts(put(place, loras))
    assert found["difference"] <= 1 and found["is_same"]
    before, after = Path(found["before"]), Path(found["after"])
    assert before.parent.name == "cells" and largest_difference(Image.open(before), Image.open(after)) <= 1
    drawn = read_origin(after).spec
    assert drawn.loras == ((sha256_of(Path(found["path"])), 1.0),) and drawn.prompt == read_origin(before).spec.prompt


def test_the_file_is_read_again_from_the_folder(place: Workspace, loras: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written wrongly is seen: here a file whose numbers are others."""
    write = PutToUse._write

    def spoilt(self: PutToUse, *arguments: object) -> Path:
        path = write(self, *arguments)
        header = read_lora_header(path).metadata
        save_file({name: 3 * tensor for name, tensor in load_file(path).items()}, path, header)
        return path

    monkeypatch.setattr(PutToUse, "_write", spoilt)
    events = put(place, loras)
    found = facts(events)
    assert found["difference"] > 1 and not found["is_same"] and found["file_difference"] > 1
    assert any(isinstance(event, Note) and "draws another picture" in event.text for event in events)


def test_the_cell_that_is_meant_is_drawn_again(place: Workspace, loras: Path) -> None:
    cells = sweeps.read_sheet(sweeps.find_sheet(place, "latest")).expand()
    for cell in (cells[-1], cells[-2]):
        assert Path(facts(put(place, loras, cell=cell.key))["before"]).stem == cell.key
    other = next(cell for cell in cells if cell.value("epoch") == 1 and "blue hair" in cell.spec.prompt)
    assert "blue hair" in read_origin(Path(facts(put(place, loras, cell=other.key))["before"])).spec.prompt


def test_without_a_sheet_an_example_is_drawn_with_both_files(place: Workspace, loras: Path) -> None:
    shutil.rmtree(place.sheets)
    place.sheets.mkdir()
    found = facts(put(place, loras))
    assert found["is_same"] and Path(found["before"]).name.endswith("-before.png")
    assert read_origin(Path(found["before"])).spec.loras[0][0] == sha256_of(source(place))


def test_the_header_and_the_text_beside_it_say_how_to_use_it(place: Workspace, loras: Path) -> None:
    found = facts(put(place, loras))
    path, header = Path(found["path"]), read_lora_header(Path(found["path"])).metadata
    assert path == loras / used_name(source(place)) and header[SOURCE_HASH] == sha256_of(source(place))
    assert header["modelspec.trigger_phrase"] == TRIGGER and header["charstudio_epoch"] == "2"
    assert header["charstudio_base"] == "anima-tiny" and "1girl, mira" in header["charstudio_example"]
    assert header["ss_network_dim"] == "2"
    words = Path(found["sidecar"]).read_text("utf-8")
    for said in ("Trigger: mira", "Base: anima-tiny", "Strength: 1", "Example: 1girl, mira", "Drawn with: 2 steps",
                 "epoch 2"):
        assert said in words
    assert all(name.startswith("diffusion_model.") for name in load_file(path))


def test_the_same_epoch_again_is_no_trouble_and_another_file_is_never_overwritten(place: Workspace,
                                                                                  loras: Path) -> None:
    path = Path(facts(put(place, loras))["path"])
    content = path.read_bytes()
    facts(put(place, loras))
    assert path.read_bytes() == content
    for other in (b"somebody else's", source(place, 1).read_bytes()):
        path.write_bytes(other)
        ending = put(place, loras)[-1]
        assert isinstance(ending, Failed) and "is another file" in ending.what and path.read_bytes() == other


def test_a_text_of_somebody_else_stays(place: Workspace, loras: Path) -> None:
    beside = loras / Path(used_name(source(place))).with_suffix(".txt")
    beside.write_text("my notes", encoding="utf-8")
    events = put(place, loras)
    assert facts(events)["is_same"] and beside.read_text("utf-8") == "my notes"
    assert any(isinstance(event, Note) and "left alone" in event.text for event in events)


def test_what_is_not_there_is_named(place: Workspace, loras: Path) -> None:
    missing = put(place, loras / "nowhere")[-1]
    assert isinstance(missing, Failed) and "There is no folder" in missing.what and "models/loras" in missing.remedy
    epoch = put(place, loras, epoch=9)[-1]
    assert isinstance(epoch, Failed) and "no LoRA of epoch 9" in epoch.what and "1, 2" in epoch.remedy


def test_a_folder_of_another_trainer_is_put_to_use_in_comfyuis_names(tmp_path: Path, loras: Path, tiny_base,
                                                                    tiny_anima: Anima) -> None:
    weight = tiny_anima.transformer.transformer_blocks[0].attn1.to_q.weight
    name, out = "lora_unet_blocks_0_self_attn_q_proj", tmp_path / "out"
    out.mkdir()
    tensors = {f"{name}.lora_down.weight": torch.randn(2, weight.shape[1]), f"{name}.alpha": torch.tensor(1.0),
               f"{name}.lora_up.weight": torch.randn(weight.shape[0], 2)}
    save_file(tensors, out / "mira-000010.safetensors", {"ss_epoch": "10"})
    left_alone(out / "mira-000010.safetensors")
    with workspace.create(tmp_path / "bare", "Bare", str(tiny_base.transformer)) as place:
        adopt_folder(place, out, TRIGGER)
        found = facts(put(place, loras, epoch=10, cell=""))
    assert Path(found["path"]).name == "mira-000010.safetensors" and found["is_same"]
    assert all(key.startswith("diffusion_model.blocks.0.") for key in load_file(found["path"]))


@pytest.mark.parametrize("form, kind", [*(("kohya", kind) for kind in KINDS), ("comfy", "dora"), ("diffusers", "lora")])
def test_every_kind_and_naming_draws_the_same_in_comfyuis_names(tmp_path: Path, loras: Path, tiny_base,
                                                               tiny_anima: Anima, form: str, kind: str) -> None:
    shapes = shapes_of({name: module for name, module in weighted(tiny_anima.transformer).items() if name.endswith("q_proj") and "self_attn" in name})
    out = tmp_path / "out"
    out.mkdir()
    write_lora(LoraFile(deltas(shapes, kind), "mira"), out / "mira-000010.safetensors", form)
    left_alone(out / "mira-000010.safetensors")
    with workspace.create(tmp_path / "bare", "Bare", str(tiny_base.transformer)) as place:
        adopt_folder(place, out, TRIGGER)
        shutil.rmtree(place.sheets, ignore_errors=True)
        place.sheets.mkdir()
        run(start_sheet(place, SMALL, "latest"))
        found = facts(put(place, loras, epoch=10))
    assert found["difference"] <= 1 and Path(found["before"]).parent.name == "cells"
