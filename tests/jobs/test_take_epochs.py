"""Whatever LoRA files somebody has become a run: found, guessed at, taken in, and never copied."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from foreign_files import left_alone, write_lora
from job_runs import run
from kohya_epochs import write_epoch
from safetensors.torch import save_file

from studio.core.events import Failed, Finished, Progress
from studio.engine.anima.checkpoint import Anima
from studio.jobs.bases import PRACTICE
from studio.jobs.look_for_epochs import FoundRun, LookForEpochs
from studio.jobs.take_epochs import TakeEpochs
from studio.store import runs
from studio.store.workspace import read_project


@pytest.fixture
def folder(tmp_path: Path, tiny_anima: Anima) -> Path:
    """Three epochs of somebody's trainer."""
    for epoch in (10, 20, 30):
        write_epoch(tmp_path / "out" / f"kohaku_v2_epoch{epoch}.safetensors", tiny_anima, epoch)
    return tmp_path / "out"


def look(where: Path, base: Path | None, tmp_path: Path) -> tuple[FoundRun, ...]:
    ending = run(LookForEpochs(where, known=(str(base),) if base else (), home=tmp_path / "nobody"))[-1]
    assert isinstance(ending, Finished), ending
    return ending.facts["found"]


def test_a_folder_tells_its_epochs_a_guess_of_the_trigger_and_the_bases_it_fits(folder, tiny_base, tmp_path) -> None:
    [found] = look(folder, tiny_base.transformer, tmp_path)
    assert found.run.epochs == (10, 20, 30) and found.run.trainer == "AnimaLoraToolkit"
    assert (found.trigger, found.source) == ("kohaku", "name")
    assert found.bases == (str(tiny_base.transformer),), "the practice model is wider"


def test_a_base_in_comfyui_is_found_though_its_other_files_lie_elsewhere(folder, tiny_base, tmp_path) -> None:
    base = tmp_path / "ComfyUI" / "models" / "diffusion_models" / "anima.safetensors"
    base.parent.mkdir(parents=True)
    shutil.copy(tiny_base.transformer, base)
    ending = run(LookForEpochs(folder, home=tmp_path))[-1]
    assert ending.facts["found"][0].bases == (str(base),)
    refused = run(TakeEpochs(tmp_path / "made", "Made", folder, "kohaku_v2", "kohaku", str(base)))[-1]
    assert isinstance(refused, Failed) and "text encoder" in f"{refused.what} {refused.remedy}"


def test_a_header_knows_better_than_a_name(folder, tiny_base, tiny_anima, tmp_path) -> None:
    tags = json.dumps({"img": {"1girl": 30, "kohakunushi": 30, "smile": 7}})
    write_epoch(folder / "kohaku_v2_epoch40.safetensors", tiny_anima, 40, ss_tag_frequency=tags,
                ss_sd_model_name=tiny_base.transformer.name)
    [found] = look(folder, tiny_base.transformer, tmp_path)
    assert (found.trigger, found.source) == ("kohakunushi", "header")
    assert found.is_named and found.bases[0] == str(tiny_base.transformer)


def test_a_file_means_its_own_run_among_several(folder, tiny_base, tiny_anima, tmp_path) -> None:
    for epoch in (1, 2):
        write_epoch(folder / f"suzu_epoch{epoch}.safetensors", tiny_anima, 50 + epoch)
    assert [each.run.name for each in look(folder, None, tmp_path)] == ["kohaku_v2", "suzu"]
    assert look(folder / "suzu_epoch2.safetensors", None, tmp_path)[0].run.name == "suzu"


@pytest.mark.parametrize("content", [
    (), ("notes.txt",), ("broken.safetensors",),
])  # fmt: skip
def test_a_folder_without_epochs_is_told_in_a_sentence(tmp_path: Path, content) -> None:
    (tmp_path / "bad").mkdir()
    for name in content:
        left_alone(tmp_path / "bad" / name if (tmp_path / "bad" / name).write_bytes(b"nothing") else tmp_path)
    ending = run(LookForEpochs(tmp_path / "bad", home=tmp_path))[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and ending.what.startswith("There is no LoRA in")


def test_loras_of_another_model_are_told_apart(tmp_path: Path) -> None:
    name = "lora_unet_down_blocks_0_attentions_0_proj_in"
    (tmp_path / "sd").mkdir()
    save_file({f"{name}.lora_down.weight": torch.zeros(2, 8), f"{name}.lora_up.weight": torch.zeros(8, 2)},
              tmp_path / "sd" / "someone-000004.safetensors")
    left_alone(tmp_path / "sd" / "someone-000004.safetensors")
    ending = run(LookForEpochs(tmp_path / "sd", home=tmp_path))[-1]
    assert isinstance(ending, Failed) and "not for an Anima" in ending.what


def test_a_project_is_made_of_them_and_remembers_what_was_asked(folder, tiny_base, tmp_path) -> None:
    job = TakeEpochs(tmp_path / "kohaku", "Kohaku", folder, "kohaku_v2", "kohakunushi", str(tiny_base.transformer))
    events = run(job)
    assert isinstance(events[-1], Finished)
    assert [each.done for each in events if isinstance(each, Progress)] == [1, 2, 3]
    place = read_project(tmp_path / "kohaku")
    assert place.project.base == str(tiny_base.transformer) and place.project.characters[0].trigger == "kohakunushi"
    taken = runs.find_run(place, events[-1].facts["run"])
    assert [each.epoch for each in runs.read_run(taken).checkpoints] == [10, 20, 30]
    assert not list((tmp_path / "kohaku").rglob("*.safetensors"))


def test_taken_in_again_it_is_the_same_run_with_what_came_since(folder, tiny_base, tiny_anima, tmp_path) -> None:
    job = TakeEpochs(tmp_path / "kohaku", "Kohaku", folder, "kohaku_v2", "kohaku", str(tiny_base.transformer))
    first = run(job)[-1].facts["run"]
    write_epoch(folder / "kohaku_v2_epoch40.safetensors", tiny_anima, 40)
    assert run(job)[-1].facts["run"] == first
    place = read_project(tmp_path / "kohaku")
    assert [each.epoch for each in runs.read_run(runs.find_run(place, first)).checkpoints] == [10, 20, 30, 40]


def test_a_base_that_is_not_there_leaves_no_project_behind(folder, tmp_path) -> None:
    job = TakeEpochs(tmp_path / "kohaku", "Kohaku", folder, "kohaku_v2", "kohaku", str(tmp_path / "no.safetensors"))
    assert isinstance(run(job)[-1], Failed) and not (tmp_path / "kohaku").exists()


def test_an_open_project_is_joined(folder, tiny_base, tmp_path) -> None:
    from tiny_project import TRIGGER, write_project

    write_project(tmp_path / "project", tiny_base.transformer)
    job = TakeEpochs(tmp_path / "project", "", folder, "kohaku_v2", TRIGGER, str(tiny_base.transformer))
    taken = run(job)[-1].facts["run"]
    place = read_project(tmp_path / "project")
    assert [each.name for each in place.project.characters] == ["Mira"]
    assert runs.read_dataset(runs.find_run(place, taken)).triggers == (TRIGGER,)


def test_the_practice_model_is_offered_to_its_own(tmp_path: Path) -> None:
    [found] = look(write_lora(tmp_path / "x" / "a_epoch1.safetensors").parent, None, tmp_path)
    assert PRACTICE not in found.bases
