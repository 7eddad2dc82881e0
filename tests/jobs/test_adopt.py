"""Any folder of LoRA files is a run: sheets, marks and `show` work on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from foreign_files import left_alone, write_lora
from job_runs import run
from safetensors.torch import load_file, save_file
from tiny_project import RECIPE, TRIGGER, write_project

from studio.cli.main import main
from studio.core.errors import UserError
from studio.core.events import Finished
from studio.core.sheet_plan import plan_from_toml
from studio.engine.anima.checkpoint import Anima
from studio.jobs.adopt import adopt_folder, run_meant
from studio.jobs.bases import BaseChoice
from studio.jobs.render_sheet import start_sheet
from studio.jobs.train import resume_training, start_training
from studio.store import runs, workspace
from studio.store.adopted import origin_of
from studio.store.workspace import Workspace

PLAN = plan_from_toml('''
title = "small"
[rows]
epoch = "base, all"
[columns]
prompt = "1girl, {trigger}, standing"
[render]
width = 64
height = 64
steps = 2
cfg = 1.0
''')  # fmt: skip


def write_kohya(path: Path, anima: Anima, mark: int, **metadata: str) -> Path:
    """A LoRA on one module of the tiny base, as sd-scripts names it."""
    weight = anima.transformer.transformer_blocks[0].attn1.to_q.weight
    torch.manual_seed(mark)
    name = "lora_unet_blocks_0_self_attn_q_proj"
    tensors = {f"{name}.lora_down.weight": torch.randn(2, weight.shape[1]), f"{name}.alpha": torch.tensor(2.0),
               f"{name}.lora_up.weight": torch.randn(weight.shape[0], 2)}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, {"ss_network_dim": "2", "ss_network_alpha": "2.0", **metadata})
    return left_alone(path)


@pytest.fixture
def place(tmp_path: Path, tiny_base) -> Iterator[Workspace]:
    """A project without characters on the tiny base."""
    with workspace.create(tmp_path / "project", "Elsewhere", str(tiny_base.transformer)) as place:
        yield place


@pytest.fixture
def folder(tmp_path: Path, tiny_anima: Anima) -> Path:
    """Three epochs of sd-scripts, the last without a number."""
    out = tmp_path / "out"
    for epoch, name in ((9, "mira-000009"), (10, "mira-000010"), (12, "mira")):
        write_kohya(out / f"{name}.safetensors", tiny_anima, epoch, ss_epoch=str(epoch), ss_steps=str(epoch * 7))
    return out


def test_a_sheet_is_rendered_of_a_folder(place: Workspace, folder: Path) -> None:
    adopted = run_meant(place, str(folder), TRIGGER)
    events = run(start_sheet(place, PLAN, adopted.id))
    assert isinstance(events[-1], Finished) and events[-1].facts["rendered"] == 4


def test_trigger_and_base_are_asked_once(place: Workspace, folder: Path) -> None:
    with pytest.raises(UserError, match="--trigger is missing"):
        adopt_folder(place, folder)
    first = adopt_folder(place, folder, TRIGGER)
    again = adopt_folder(place, folder)
    assert again == first and len(runs.runs_of(place)) == 1
    assert runs.read_dataset(again).triggers == (TRIGGER,)
    assert origin_of(again) == (folder.resolve(), "mira")


def test_without_any_base_one_is_asked_for(tmp_path: Path, folder: Path, tiny_base) -> None:
    with workspace.create(tmp_path / "bare", "Bare") as bare:
        with pytest.raises(UserError, match="base"):
            adopt_folder(bare, folder, TRIGGER)
        assert runs.runs_of(bare) == ()
        adopted = adopt_folder(bare, folder, TRIGGER, BaseChoice(str(tiny_base.transformer)))
        assert start_sheet(bare, PLAN, adopted.id).base.path == tiny_base.transformer


def test_what_arrives_later_is_added(place: Workspace, folder: Path, tiny_anima: Anima) -> None:
    adopted = adopt_folder(place, folder, TRIGGER)
    write_kohya(folder / "mira-000011.safetensors", tiny_anima, 11, ss_epoch="11")
    adopt_folder(place, folder)
    assert [each.epoch for each in runs.read_run(adopted).checkpoints] == [9, 10, 11, 12]
    adopt_folder(place, folder)
    assert len(runs.runs_of(place)) == 1 and runs.read_run(adopted).status == "finished"


def test_a_run_that_is_still_trained_elsewhere_is_not_finished_until_its_last_file_is_there(
        place: Workspace, folder: Path, tiny_anima: Anima) -> None:
    last = (folder / "mira.safetensors").read_bytes()
    (folder / "mira.safetensors").unlink()
    adopted = adopt_folder(place, folder, TRIGGER)
    state = runs.read_run(adopted)
    assert (state.status, state.course.result["why"]) == ("stopped", "elsewhere")
    write_kohya(folder / "mira-000011.safetensors", tiny_anima, 11, ss_epoch="11", ss_num_epochs="12")
    adopt_folder(place, folder)
    assert runs.read_run(adopted).status == "stopped"
    (folder / "mira.safetensors").write_bytes(last)
    left_alone(folder / "mira.safetensors")
    adopt_folder(place, folder)
    assert runs.read_run(adopted).status == "finished"
    lines = adopted.journal.read_bytes()
    adopt_folder(place, folder)
    assert adopted.journal.read_bytes() == lines, "nothing new is nothing to write"


def test_the_last_epoch_of_a_header_is_an_end(place: Workspace, tmp_path: Path, tiny_anima: Anima) -> None:
    for epoch in (1, 2):
        write_kohya(tmp_path / "out" / f"mira_epoch{epoch}.safetensors", tiny_anima, epoch, ss_num_epochs="2")
    assert runs.read_run(adopt_folder(place, tmp_path / "out", TRIGGER)).status == "finished"


def test_a_file_that_went_missing_is_no_checkpoint(place: Workspace, folder: Path) -> None:
    adopted = adopt_folder(place, folder, TRIGGER)
    (folder / "mira-000010.safetensors").unlink()
    state = runs.read_run(adopted)
    assert [each.epoch for each in runs.sound_checkpoints(adopted, state)] == [9, 12]


def test_what_the_files_say_of_their_training_is_the_recipe(place: Workspace, folder: Path) -> None:
    recipe = runs.read_recipe(adopt_folder(place, folder, TRIGGER))
    assert (recipe.rank, recipe.alpha) == (2, 2.0) and recipe.preview_width == 832


def test_a_project_s_own_character_is_recognised_by_the_trigger(tmp_path: Path, folder: Path, tiny_base) -> None:
    with workspace.open_project(write_project(tmp_path / "full", tiny_base.transformer)) as place:
        [character] = runs.read_dataset(adopt_folder(place, folder, TRIGGER)).characters
        assert character.name == "Mira"


def test_a_run_of_this_studio_that_lies_elsewhere_needs_no_trigger(place: Workspace, tmp_path: Path,
                                                                   tiny_base, folder: Path) -> None:
    with workspace.create(tmp_path / "other", "Other", str(tiny_base.transformer)) as other:
        known = adopt_folder(other, folder, TRIGGER)
        made = runs.create_run(other, RECIPE, runs.read_dataset(known))
        save_file(load_file(folder / "mira.safetensors"), made.checkpoint(3))
        left_alone(made.checkpoint(3))
        adopted = adopt_folder(place, made.folder)
        assert runs.read_recipe(adopted) == RECIPE and runs.read_run(adopted).checkpoints[0].epoch == 3


def test_a_log_beside_the_files_becomes_the_loss(place: Workspace, folder: Path) -> None:
    log = folder / "train.log"
    log.write_text("epoch 1/12 step 7 loss=0.5 lr=1e-4\n", encoding="utf-8")
    adopted = adopt_folder(place, folder, TRIGGER)
    log.write_text("epoch 1/12 step 7 loss=0.5 lr=1e-4\nepoch 2/12 step 14 loss=0.4 lr=1e-4\n", encoding="utf-8")
    adopt_folder(place, folder)
    adopt_folder(place, folder)
    assert runs.read_run(adopted).losses == ((7, 0.5), (14, 0.4))


def test_a_run_of_this_studio_brings_its_loss_and_what_its_previews_show(place: Workspace, tmp_path: Path,
                                                                        tiny_base) -> None:
    with workspace.open_project(write_project(tmp_path / "other", tiny_base.transformer)) as other:
        job = start_training(other, replace(RECIPE, save_every=1))
        run(job)
    adopted = adopt_folder(place, job.folder)
    here, there = runs.read_run(adopted), runs.read_run(job.of)
    assert here.losses == there.losses and [each.sha256 for each in here.checkpoints] == [
        each.sha256 for each in there.checkpoints]
    assert [(each.epoch, each.prompt, each.seed) for each in here.previews] == [
        (each.epoch, each.prompt, each.seed) for each in there.previews] != []
    assert all(Path(each.path).is_file() for each in here.previews)


def test_a_trigger_is_for_folders_only(place: Workspace, folder: Path) -> None:
    adopted = adopt_folder(place, folder, TRIGGER)
    assert run_meant(place, "latest") == run_meant(place, "1") == adopted
    with pytest.raises(UserError, match="--trigger is for a folder"):
        run_meant(place, "latest", "kai")


def test_a_foreign_run_is_never_trained_on(place: Workspace, folder: Path) -> None:
    adopted = adopt_folder(place, folder, TRIGGER)
    with pytest.raises(UserError):
        resume_training(place, adopted.id)


def test_the_command_line_does_all_of_it(tmp_path: Path, folder: Path, tiny_base,
                                         capsys: pytest.CaptureFixture) -> None:
    project, plan = tmp_path / "typed", tmp_path / "plan.toml"
    plan.write_text('[rows]\nepoch = "last"\n[columns]\nprompt = "1girl, {trigger}"\n[render]\nwidth = 64\n'
                    'height = 64\nsteps = 2\n', encoding="utf-8")
    assert main(["new", str(project), "--name", "Typed", "--base", str(tiny_base.transformer)]) == 0
    sheet = ["render", str(project), "--sheet", str(plan), "--run", str(folder), "--device", "cpu"]
    assert main(sheet) == 2
    assert main([*sheet, "--trigger", "mira"]) == 0
    assert main([*sheet, "--axis", "epoch=9"]) == 0
    capsys.readouterr()
    assert main(["show", str(project)]) == 0
    assert "finished" in capsys.readouterr().out
    assert main(["show", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "rank 2" in told and "mira-000009.safetensors" in told and told.index("000009") < told.index("000010")


def test_a_folder_is_shown_as_one_object_for_scripts(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    import json

    write_lora(tmp_path / "mira_epoch2.safetensors")
    assert main(["show", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["checkpoints"][0]["epoch"] == 2


def test_a_run_from_elsewhere_is_not_trained_on_here(place: Workspace, folder: Path) -> None:
    adopted = run_meant(place, str(folder), TRIGGER)
    with pytest.raises(UserError, match="was trained elsewhere"):
        resume_training(place, adopted.id, epochs=99)
