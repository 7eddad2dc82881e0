"""A disk that is full or may not be written: one sentence, nothing half-written, and afterwards it goes on.

The disks are real ones in memory, which takes the right to mount; elsewhere these tests are skipped.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from PIL import Image
from tiny_project import RECIPE, write_images, write_project, write_recipe
from tiny_tagger import write_tiny_tagger

from studio.cli.main import main
from studio.core.events import CheckpointSaved, Event, Failed, Finished, StepDone, from_json
from studio.jobs.train import resume_training, start_training
from studio.store.workspace import open_project, read_project

ROOT = Path(__file__).parents[2]


class Disk:
    """A disk in memory that can be filled to its last block, emptied, and locked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        if _mount("-t", "tmpfs", "-o", "size=600m", "tmpfs", folder):
            pytest.skip("this test mounts a disk of its own, which it may not do here")

    def fill(self, spare_kib: int = 0) -> None:
        facts = os.statvfs(self.folder)
        used = (facts.f_blocks - facts.f_bfree) * facts.f_frsize // 1024
        assert not _mount("-o", f"remount,rw,size={used + spare_kib}k", self.folder)

    def relieve(self) -> None:
        assert not _mount("-o", "remount,rw,size=600m", self.folder)

    def lock(self) -> None:
        assert not _mount("-o", "remount,ro", self.folder)


def _mount(*arguments: object) -> int:
    try:
        return subprocess.run(["mount", *map(str, arguments)], capture_output=True).returncode
    except FileNotFoundError:
        return 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "disk")
    yield made
    subprocess.run(["umount", "-l", made.folder], check=True)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture) -> Callable[..., list[Event]]:
    """Types a command, and answers with what it told; standard error stays empty."""
    def typed(*words: object) -> list[Event]:
        capsys.readouterr()
        code = main([*map(str, words), "--json"])
        said = capsys.readouterr()
        events = [from_json(line) for line in said.out.splitlines()]
        assert said.err == "" and code == (2 if isinstance(events[-1], Failed) else 0)
        return events

    return typed


def refused(events: list[Event]) -> str:
    """The sentence of the one failure, which is the person's to put right."""
    assert isinstance(events[-1], Failed) and events[-1].kind == "person", events[-1]
    assert sum(isinstance(event, Failed) for event in events) == 1 and "\n" not in events[-1].what
    return f"{events[-1].what}. {events[-1].remedy}"


def fingerprint(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


def halves(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.part")]


def noise(folder: Path, count: int = 6) -> Path:
    """Pictures of some 190 kB with a caption each."""
    folder.mkdir()
    for number in range(count):
        Image.effect_noise((256, 256), 60 + number).convert("RGB").save(folder / f"{number}.png")
        (folder / f"{number}.txt").write_text(f"1girl, mira, {number}")
    return folder


def test_an_import_that_fills_the_disk_keeps_whole_images_and_goes_on_later(disk: Disk, tmp_path: Path, ask) -> None:
    project, originals = disk.folder / "p", noise(tmp_path / "in")
    ask("new", project, "--name", "Full")
    disk.fill(spare_kib=500)
    line = ("import", project, originals, "--character", "Mira", "--trigger", "mira")
    assert refused(ask(*line)) == "The disk is full. Make room, then resume or start again."
    kept = fingerprint(project / "images")
    assert 0 < sum(name.endswith(".png") for name in kept) < 6 and halves(project) == []
    assert set(kept.values()) <= set(fingerprint(originals).values()) | {
        hashlib.sha256((path.read_text() + "\n").encode()).hexdigest() for path in originals.glob("*.txt")}
    disk.relieve()
    assert isinstance(ask(*line)[-1], Finished)
    assert sorted(path.read_bytes() for path in (project / "images").rglob("*.png")) == (
        sorted(path.read_bytes() for path in originals.glob("*.png")))


@pytest.mark.parametrize("verb", ["new", "tag", "import", "train", "render", "sheet", "convert"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(verb: str, disk: Disk, tmp_path: Path, tiny_base,
                                                               ask) -> None:
    line = prepared(verb, disk, tmp_path, tiny_base, ask)
    before = fingerprint(disk.folder)
    disk.fill()
    said = refused(ask(*line))
    assert "disk is full" in said or "GiB are free" in said
    assert {name: digest for name, digest in fingerprint(disk.folder).items() if before.get(name) != digest} == {}
    disk.relieve()
    assert isinstance(ask(*line)[-1], Finished)


@pytest.mark.parametrize("verb", ["new", "tag", "import", "train", "render", "sheet", "convert"])
def test_a_disk_that_may_not_be_written_is_one_sentence(verb: str, disk: Disk, tmp_path: Path, tiny_base, ask) -> None:
    line = prepared(verb, disk, tmp_path, tiny_base, ask)
    before = fingerprint(disk.folder)
    disk.lock()
    assert "Read-only file system" in refused(ask(*line))
    assert fingerprint(disk.folder) == before


def test_what_lies_on_a_disk_that_may_not_be_written_can_be_shown(disk: Disk, tmp_path: Path, tiny_base, ask,
                                                                  capsys: pytest.CaptureFixture) -> None:
    prepared("new", disk, tmp_path, tiny_base, ask)
    disk.lock()
    assert main(["show", str(disk.folder / "p")]) == 0
    assert "run 0001-mira" in capsys.readouterr().out


def prepared(verb: str, disk: Disk, tmp_path: Path, tiny_base, ask) -> tuple[object, ...]:
    """The words that ask for something new in a trained project on the disk."""
    project = write_project(disk.folder / "p", tiny_base.transformer)
    recipe = write_recipe(tmp_path / "r.toml", replace(RECIPE, epochs=1, preview_every=0))
    tagger = write_tiny_tagger(tmp_path / "tagger", ("blue hair", "red eyes", "hat"))
    assert isinstance(ask("train", project, "--recipe", recipe)[-1], Finished)
    [made] = project.glob("runs/*/checkpoints/*.safetensors")
    if verb == "tag":
        Image.new("RGB", (64, 64), "red").save(project / "images" / "Mira" / "bare.png")
    lines = {
        "new": ("new", disk.folder / "q", "--name", "Q"), "tag": ("tag", project, "--tagger", tagger, "--threshold", 0.05),
        "import": ("import", project, noise(tmp_path / "in", 1), "--character", "Mira"),
        "train": ("train", project, "--recipe", recipe),
        "render": ("render", "--prompt", "mira", "--size", "64x64", "--steps", 1, "--base", tiny_base.transformer,
                   "--out", disk.folder / "x.png"),
        "sheet": ("render", project, "--sheet", "epoch-by-prompt", "--run", 1, "--axis", "seed=1"),
        "convert": ("convert", made, disk.folder / "k.safetensors", "--format", "kohya"),
    }  # fmt: skip
    return lines[verb]


@pytest.mark.parametrize("at", [StepDone, CheckpointSaved])
def test_training_that_fills_the_disk_stops_and_resumes_to_the_same_end(at: type, disk: Disk, tmp_path: Path,
                                                                        tiny_base) -> None:
    recipe = replace(RECIPE, epochs=3, preview_every=0)
    wanted = write_project(tmp_path / "alone", tiny_base.transformer)
    project = write_project(disk.folder / "p", tiny_base.transformer)
    with open_project(wanted) as place:
        assert isinstance(run(start_training(place, recipe))[-1], Finished)
    with open_project(project) as place:
        events = run(start_training(place, recipe), stop_at=filling(disk, at))
    assert "disk is full" in refused(events) and halves(project) == []
    with open_project(project) as place:
        assert place.repairs == ()
        disk.relieve()
        assert isinstance(run(resume_training(place, "1"))[-1], Finished)
    assert checkpoints(project) == checkpoints(wanted)


def filling(disk: Disk, at: type) -> Callable[[Event], bool]:
    """Fills the disk at the first event of that kind, and asks nobody to stop."""
    seen: list[Event] = []

    def listen(event: Event) -> bool:
        if isinstance(event, at) and not seen:
            seen.append(event)
            disk.fill()
        return False

    return listen


def checkpoints(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in project.glob("runs/*/checkpoints/*")}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
@pytest.mark.parametrize("more", [("--json",), ()])
def test_an_output_that_cannot_be_written_ends_no_work_and_shows_no_traceback(more: tuple[str, ...],
                                                                              tmp_path: Path) -> None:
    command = [sys.executable, "-m", "studio", "new", str(tmp_path / "p"), "--name", "P", *more]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=full)
    assert done.returncode == 0 and read_project(tmp_path / "p").project.name == "P"
    with open("/dev/full", "w") as full:
        shown = subprocess.run([sys.executable, "-m", "studio", "show", str(tmp_path / "p")], cwd=ROOT, stdout=full,
                               stderr=subprocess.PIPE, text=True)
    assert shown.returncode == 2 and shown.stderr.startswith("error: ") and shown.stderr.count("\n") == 1
