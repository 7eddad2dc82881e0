"""Folders that other trainers and other machines fill: every file told once, in order, none opened early."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from foreign_files import left_alone, lora_bytes, picture_bytes, write_lora, write_picture

from studio.core.errors import UserError
from studio.core.foreign_run import ForeignCheckpoint, ForeignPreview
from studio.store import foreign_runs
from studio.store.digests import sha256_of
from studio.store.foreign_runs import SETTLED_S, Watch, log_of, run_in, runs_in

TESTS = Path(__file__).parents[1]


def test_epochs_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for epoch in (10, 9, 100, 1):
        write_lora(tmp_path / f"mira_epoch{epoch}.safetensors", epoch)
    run = run_in(tmp_path)
    assert run.epochs == (1, 9, 10, 100)
    assert (run.name, run.trainer, run.facts.rank) == ("mira", "AnimaLoraToolkit", 4)


def test_the_last_file_of_sd_scripts_has_no_number_but_its_header_does(tmp_path: Path) -> None:
    for epoch in (2, 4):
        write_lora(tmp_path / f"mira-{epoch:06d}.safetensors", epoch, {"ss_epoch": str(epoch), "ss_steps": "9"})
    write_lora(tmp_path / "mira.safetensors", 6, {"ss_epoch": "5", "ss_steps": "60"})
    run = run_in(tmp_path)
    assert run.epochs == (2, 4, 5) and run.checkpoints[-1].step == 60


def test_a_last_file_without_any_number_follows_the_last_epoch(tmp_path: Path) -> None:
    for epoch in (2, 4):
        write_lora(tmp_path / f"mira-{epoch:06d}.safetensors", epoch)
    write_lora(tmp_path / "mira.safetensors", 6)
    assert run_in(tmp_path).epochs == (2, 4, 6)


def test_a_last_file_that_is_the_last_epoch_again_is_listed_once(tmp_path: Path) -> None:
    for epoch in (1, 2):
        write_lora(tmp_path / f"mira_epoch{epoch}.safetensors", epoch)
    write_lora(tmp_path / "mira.safetensors", 2)
    assert [each.path.name for each in run_in(tmp_path).checkpoints] == ["mira_epoch1.safetensors",
                                                                        "mira_epoch2.safetensors"]


def test_diffusion_pipe_keeps_each_epoch_in_a_folder(tmp_path: Path) -> None:
    for epoch in (12, 2):
        write_lora(tmp_path / "out" / f"epoch{epoch}" / "adapter_model.safetensors", epoch, names="comfy")
    run = run_in(tmp_path / "out")
    assert (run.name, run.epochs, run.facts.format) == ("out", (2, 12), "comfy")


def test_files_called_by_steps_are_counted(tmp_path: Path) -> None:
    for step in (1000, 500):
        write_lora(tmp_path / f"mira_step{step}.safetensors", step)
    assert [(each.epoch, each.step) for each in run_in(tmp_path).checkpoints] == [(1, 500), (2, 1000)]


def test_a_run_of_this_studio_is_read_with_its_journal(tmp_path: Path) -> None:
    folder = tmp_path / "0007-mira-ab3f"
    for epoch in (1, 2):
        write_lora(folder / "checkpoints" / f"e{epoch:03d}.safetensors", epoch)
        write_picture(folder / "previews" / f"e{epoch:03d}" / "cell.png")
    (folder / "journal.jsonl").write_text("", encoding="utf-8")
    run = run_in(folder)
    assert (run.name, run.epochs, run.journal) == ("0007-mira-ab3f", (1, 2), folder / "journal.jsonl")
    assert [each.epoch for each in run.previews] == [1, 2]


def test_previews_lie_in_the_samples(tmp_path: Path) -> None:
    write_lora(tmp_path / "mira_epoch5.safetensors")
    for name in ("epoch_10.png", "epoch_5.png", "step_0_baseline_0.png", "vae_roundtrip.png"):
        write_picture(tmp_path / "samples" / name)
    assert [each.epoch for each in run_in(tmp_path).previews] == [0, 5, 10]


def test_several_runs_in_one_folder_are_told_apart_by_name(tmp_path: Path) -> None:
    for epoch in (1, 2):
        write_lora(tmp_path / f"mira_epoch{epoch}.safetensors", epoch)
        write_lora(tmp_path / f"kai_epoch{epoch}.safetensors", epoch)
    with pytest.raises(UserError, match="several runs: kai, mira"):
        run_in(tmp_path)
    assert run_in(tmp_path / "mira").name == "mira"


def test_one_other_lora_beside_a_run_does_not_matter(tmp_path: Path) -> None:
    for epoch in (1, 2):
        write_lora(tmp_path / f"mira_epoch{epoch}.safetensors", epoch)
    write_lora(tmp_path / "turbo.safetensors")
    assert run_in(tmp_path).name == "mira"


def test_a_folder_without_any_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no LoRA"):
        run_in(tmp_path)
    with pytest.raises(UserError, match="no folder"):
        runs_in(tmp_path / "missing")


def test_weights_that_are_no_lora_are_no_checkpoint(tmp_path: Path, tiny_base) -> None:
    """Base models lie in the same folders, and trainers keep whole models in their states."""
    write_lora(tmp_path / "mira-000001.safetensors")
    for name in ("mira-000001-state/model.safetensors", "mira-000002-state/model.safetensors", "state/a.safetensors"):
        write_lora(tmp_path / name)
    left_alone(Path(shutil.copy(tiny_base.vae, tmp_path / "vae.safetensors")))
    run = run_in(tmp_path)
    assert run.epochs == (1,) and [path.name for path in run.waiting] == ["vae.safetensors"]


def test_half_a_file_is_no_checkpoint_but_waits(tmp_path: Path) -> None:
    whole = lora_bytes()
    write_lora(tmp_path / "mira_epoch1.safetensors")
    for number, content in enumerate((whole[:-1], whole[:20], b"", b"\0" * len(whole), whole + b"x"), 2):
        path = tmp_path / f"mira_epoch{number}.safetensors"
        path.write_bytes(content)
        left_alone(path)
    run = run_in(tmp_path)
    assert run.epochs == (1,) and len(run.waiting) == 5


def test_a_young_file_is_given_a_moment(tmp_path: Path) -> None:
    (tmp_path / "mira_epoch1.safetensors").write_bytes(lora_bytes())
    waited: list[float] = []
    assert run_in(tmp_path, wait=waited.append).epochs == (1,)
    assert waited == [SETTLED_S]


def test_nothing_is_opened_before_two_looks_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    real = foreign_runs.read_lora_header
    monkeypatch.setattr(foreign_runs, "read_lora_header", lambda path: opened.append(path) or real(path))
    path, watch = tmp_path / "mira_epoch1.safetensors", Watch(tmp_path)
    for look, part in enumerate((100, 200, 300)):
        path.write_bytes(lora_bytes()[:part])
        assert watch.look(look * 10.0) == () and opened == []
    path.write_bytes(lora_bytes())
    assert watch.look(40.0) == () and opened == []
    assert watch.look(40.0 + SETTLED_S / 2) == () and opened == []
    assert [each.epoch for each in watch.look(50.0)] == [1]
    assert watch.look(60.0) == () and opened == [path]


def test_a_copy_that_stalls_is_opened_once_and_again_when_it_goes_on(tmp_path: Path) -> None:
    path, watch = tmp_path / "mira_epoch1.safetensors", Watch(tmp_path)
    path.write_bytes(lora_bytes()[:-5])
    assert [watch.look(now) for now in (0.0, 10.0, 20.0)] == [(), (), ()]
    path.write_bytes(lora_bytes())
    assert [len(watch.look(now)) for now in (30.0, 40.0, 50.0)] == [0, 1, 0]


def test_a_file_that_is_taken_away_leaves_the_run(tmp_path: Path) -> None:
    for epoch in (1, 2):
        write_lora(tmp_path / f"mira_epoch{epoch}.safetensors", epoch)
    watch = Watch(tmp_path)
    watch.look(0.0), watch.look(10.0)
    (tmp_path / "mira_epoch1.safetensors").unlink()
    watch.look(20.0)
    assert watch.runs()[0].epochs == (2,)


def test_a_log_beside_the_files_tells_the_loss(tmp_path: Path) -> None:
    write_lora(tmp_path / "mira_epoch1.safetensors")
    lines = "\r".join(f"epoch 1/2 step {step} loss=0.{step} lr=1e-4" for step in (1, 2)) + "\n"
    (tmp_path / "train.log").write_text(lines + "epoch 1/2 step 3 loss=0.3 lr=1e-4\n", encoding="utf-8")
    assert [(step.step, step.loss) for step in log_of(run_in(tmp_path))] == [(2, 0.2), (3, 0.3)]


WRITER = """
import random, sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from foreign_files import lora_bytes, picture_bytes

folder, rng = Path({folder!r}), random.Random(5)
(folder / "samples").mkdir()
todo = [(folder / f"mira_epoch{{n}}.safetensors", lora_bytes(n)) for n in range(1, 181)]
todo += [(folder / "samples" / f"epoch_{{n}}.png", picture_bytes(n)) for n in range(1, 181)]
todo.sort(key=lambda each: int("".join(c for c in each[0].stem if c.isdigit())) + rng.uniform(-3, 3))
for path, content in todo:
    part = path.with_name(path.name + rng.choice((".part", ".tmp"))) if rng.random() < 0.5 else path
    with part.open("wb") as file:
        for start in range(0, len(content), 97):
            file.write(content[start:start + 97])
            file.flush()
            if rng.random() < 0.04:
                time.sleep(0.002)
    if part != path:
        part.rename(path)
print("done", flush=True)
"""


def test_a_writer_that_drops_180_epochs_is_followed_file_by_file(tmp_path: Path,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    early: list[Path] = []
    real = foreign_runs.read_lora_header
    sizes = {epoch: len(lora_bytes(epoch)) for epoch in range(1, 181)}

    def watched(path: Path):
        if path.stat().st_size != sizes[foreign_runs.named(path).epoch]:
            early.append(path)
        return real(path)

    monkeypatch.setattr(foreign_runs, "read_lora_header", watched)
    monkeypatch.setattr(foreign_runs, "SETTLED_S", 0.5)
    script = WRITER.format(tests=str(TESTS), folder=str(tmp_path))
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    watch, told, looks = Watch(tmp_path), [], 0
    now = foreign_runs.time.monotonic
    while writer.poll() is None:
        told += watch.look(now())
        looks += 1
    for _ in range(2):
        foreign_runs.time.sleep(0.6)
        told += watch.look(now())
    assert writer.wait() == 0 and looks > 5
    weights = [each for each in told if isinstance(each, ForeignCheckpoint)]
    pictures = [each for each in told if isinstance(each, ForeignPreview)]
    assert sorted(each.epoch for each in weights) == list(range(1, 181)) == sorted(each.epoch for each in pictures)
    [run] = watch.runs()
    assert run.epochs == tuple(range(1, 181)) and [each.epoch for each in run.previews] == list(range(1, 181))
    assert early == [] and run.waiting == ()
    assert all(each.size == sizes[each.epoch] for each in run.checkpoints)
    sample = random.Random(1).sample(run.checkpoints, 5)
    assert len({sha256_of(each.path) for each in sample}) == 5


def test_an_order_of_arrival_is_kept_within_a_look(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    for epoch in (3, 1, 2):
        (tmp_path / f"mira_epoch{epoch}.safetensors").write_bytes(lora_bytes(epoch))
    (tmp_path / "epoch_2.png").write_bytes(picture_bytes()[:-1])
    watch.look(0.0)
    assert [each.epoch for each in watch.look(5.0)] == [1, 2, 3]
    os.truncate(tmp_path / "mira_epoch1.safetensors", 30)
    watch.look(10.0)
    assert watch.runs()[0].epochs == (2, 3)
