"""Killed at any moment of any verb: the project opens, all that was told is whole, and doing it again ends right."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image
from tiny_project import RECIPE, write_images, write_project, write_recipe
from tiny_tagger import write_tiny_tagger

from studio.core.events import CellReady, CheckpointSaved, PreviewReady, StateSaved
from studio.core.texts import read_text
from studio.engine.lora.formats import read_lora
from studio.engine.tensor_files import read_tensors
from studio.store import journal, runs, sweeps
from studio.store.captions import read_caption
from studio.store.digests import fits
from studio.store.images import read_picture
from studio.store.lines import lines_after
from studio.store.picture_text import read_origin
from studio.store.workspace import open_project, read_project
from tests.end_to_end.forks import KILLED, Forks, Fresh

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this test kills forks of one process")

SHORT = replace(RECIPE, name="short", epochs=4, preview_every=2, state_every=3)
NEW, IMPORT, TAG, TRAIN, PICTURE, SHEET, CONVERT = "new", "import", "tag", "train", "picture", "sheet", "convert"
VERBS = (NEW, IMPORT, TAG, TRAIN, PICTURE, SHEET, CONVERT)


@dataclass(frozen=True, slots=True)
class Place:
    """What the commands are given; a template of a project for each of them is copied for every chain of kills."""

    folder: Path
    base: Path
    recipe: Path
    tagger: Path
    originals: Path

    def project(self, name: str) -> Path:
        return self.folder / name / "p"

    def out(self, name: str) -> Path:
        """Where pictures and LoRAs go that belong to no project."""
        return self.folder / name / "out"

    def words(self, verb: str, name: str) -> tuple[object, ...]:
        project, out = self.project(name), self.out(name)
        base = ("--base", self.base)
        match verb:
            case "new":
                return ("new", project, "--name", "Tiny", *base)
            case "import":
                return ("import", project, self.originals, "--character", "Mira", "--trigger", "mira")
            case "tag":
                return ("tag", project, "--tagger", self.tagger, "--threshold", 0.05)
            case "train":
                begun = any((project / "runs").glob("0*"))
                return ("resume", project, 1) if begun else ("train", project, "--recipe", self.recipe)
            case "picture":
                return ("render", "--prompt", "mira", "--size", "64x64", "--steps", 3, *base, "--out", out / "x.png")
            case "sheet":
                return ("render", project, "--sheet", "epoch-by-prompt", "--run", 1, "--axis", "seed=1")
            case _:
                [made] = project.glob("runs/*/checkpoints/e004.safetensors")
                return ("convert", made, out / "k.safetensors", "--format", "kohya")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Place:
    folder = tmp_path_factory.mktemp("kills")
    made = Place(folder, tiny_base.transformer, write_recipe(folder / "r.toml", SHORT),
                 write_tiny_tagger(folder / "tagger", ("blue hair", "red eyes", "hat")), drawn(folder / "in"))
    return made


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as warm:
        yield warm


def drawn(folder: Path) -> Path:
    """Twenty pictures with a caption each, of two formats."""
    folder.mkdir()
    for number in range(20):
        picture = Image.effect_noise((120, 100 + number), 70).convert("RGB")
        picture.save(folder / (f"{number:02}.png" if number % 2 else f"{number:02}.jpg"))
        (folder / f"{number:02}.txt").write_text(f"1girl, mira, picture {number}\n")
    return folder


class Chains:
    """Kills of one verb, a few in a row on the same project, until it is left to end."""

    def __init__(self, place: Place, verb: str, forks: Forks | Fresh, chance: random.Random) -> None:
        self._place, self._verb, self._forks, self._chance = place, verb, forks, chance
        self.kills: Counter[str] = Counter()
        self.inside = self.chains = 0
        self._originals = fingerprint(place.originals)
        alone = f"{verb}-alone"
        self._prepare(alone)
        began = time.monotonic()
        assert self._run(alone) == 0
        self._seconds = time.monotonic() - began
        self._wanted = result(place, verb, alone)

    def kill(self, count: int, in_a_row: int = 4) -> None:
        """Until so many processes were killed."""
        while sum(self.kills.values()) < count:
            self.chains += 1
            name = f"{self._verb}-{self.chains}"
            self._prepare(name)
            for _ in range(min(in_a_row, count - sum(self.kills.values()))):
                if not self._kill_once(name):
                    break
            assert self._run(name) in self._ends()
            self._look(name)
            assert result(self._place, self._verb, name) == self._wanted, name
            shutil.rmtree(self._place.folder / name)

    def _kill_once(self, name: str) -> bool:
        word = self._words(name)[0]
        if self._run(name, self._moment(name)) != KILLED:
            return False
        self.kills[word] += 1
        self.inside += bool(parts(self._place.folder / name))
        self._look(name)
        return True

    def _ends(self) -> tuple[int, ...]:
        """What was killed behind its end has nothing left to do, and says so with 2."""
        return (0, 2) if self._verb in (NEW, TRAIN) else (0,)

    def _run(self, name: str, kill_when: Callable[[float], bool] | None = None) -> int:
        return self._forks.run(self._words(name), kill_when)

    def _words(self, name: str) -> tuple[object, ...]:
        return self._place.words(self._verb, name)

    def _moment(self, name: str) -> Callable[[float], bool]:
        """A moment that nobody chose; every third time it is one at which a file is being written."""
        if self._chance.random() < 1 / 3:
            skipped = self._chance.randrange(12)
            seen: set[str] = set()

            def writing(seconds: float) -> bool:
                seen.update(parts(self._place.folder / name))
                return len(seen) > skipped and bool(parts(self._place.folder / name))

            return writing
        moment = self._chance.uniform(0, self._seconds)
        return lambda seconds: seconds >= moment

    def _prepare(self, name: str) -> None:
        (self._place.folder / name).mkdir()
        self._place.out(name).mkdir()
        project = self._place.project(name)
        if self._verb in (IMPORT, TAG):
            assert self._forks.run(self._place.words(NEW, name)) == 0
        if self._verb == TAG:
            assert self._forks.run(self._place.words(IMPORT, name)) == 0
            for caption in sorted(project.rglob("*.txt"))[::2]:
                caption.unlink()
        if self._verb in (TRAIN, SHEET, CONVERT):
            template = self._place.folder / ("fresh" if self._verb == TRAIN else "trained") / "p"
            if not template.exists():
                write_project(template, self._place.base)
                if self._verb != TRAIN:
                    assert self._forks.run(("train", template, "--recipe", self._place.recipe)) == 0
            shutil.copytree(template, project)

    def _look(self, name: str) -> None:
        """Nothing lost, nothing half-written; the originals as they were."""
        assert fingerprint(self._place.originals) == self._originals
        project = self._place.project(name)
        if (project / "project.toml").exists():
            with open_project(project):
                pass
            assert parts(project) == []
            assert_whole(project)
        for path in self._place.out(name).iterdir():
            if path.suffix != ".part":
                assert_whole_file(path)
        if self._verb == IMPORT:
            assert_only_originals(project, self._place.originals)


def parts(folder: Path) -> list[str]:
    """What is being written below a folder at this moment."""
    return [str(Path(parent, name)) for parent, folders, files in os.walk(folder) for name in folders + files
            if name.endswith(".part")]


def fingerprint(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def assert_whole(project: Path) -> None:
    """Every file is what its name says, and every product that a journal tells of is there byte for byte."""
    for path in project.rglob("*"):
        if path.is_file():
            assert_whole_file(path)
    place = read_project(project)
    for run in runs.runs_of(place):
        runs.read_recipe(run), runs.read_dataset(run)
        assert_told_is_there(run.folder)
    for sheet in sweeps.sheets_of(place):
        sweeps.read_sheet(sheet)
        assert_told_is_there(sheet.folder)


def assert_told_is_there(folder: Path) -> None:
    events = journal.read(folder / "journal.jsonl")
    for event in events:
        if isinstance(event, CheckpointSaved):
            assert fits(folder / event.path, event.sha256)
        elif isinstance(event, PreviewReady | CellReady):
            assert read_origin(folder / event.path)
    states = [event for event in events if isinstance(event, StateSaved)]
    if states:  # the next one may lie in its place already, told of or not; one of the newest two is there
        assert any(fits(folder / event.path, event.sha256) for event in states[-2:])


def assert_whole_file(path: Path) -> None:
    match path.suffix:
        case ".png" | ".jpg":
            read_picture(path)
        case ".safetensors":
            read_lora(path) if path.parent.name == "checkpoints" else read_tensors(path)
        case ".jsonl" if path.name == journal.NAME:
            journal.read(path)
        case ".jsonl":
            assert all(isinstance(json.loads(line), dict) for _, line in lines_after(path)[0])
        case ".toml" | ".json" | ".txt":
            assert read_text(path)


def assert_only_originals(project: Path, originals: Path) -> None:
    """Each image is one of the originals, with its caption."""
    by_bytes = {path.read_bytes(): read_caption(path) for path in originals.iterdir() if path.suffix != ".txt"}
    for path in (project / "images").rglob("*"):
        if path.suffix in (".png", ".jpg"):
            assert read_caption(path) == by_bytes[path.read_bytes()], path


def result(place: Place, verb: str, name: str) -> object:
    """What the verb is there to leave behind."""
    project, out = place.project(name), place.out(name)
    match verb:
        case "new":
            return (project / "project.toml").read_text()
        case "import" | "tag":
            return {str(path.relative_to(project)): path.read_bytes() for path in (project / "images").rglob("*.*")}
        case "train":
            return {path.name: path.read_bytes() for path in project.glob("runs/*/checkpoints/*")}
        case "picture":
            return Image.open(out / "x.png").tobytes()
        case "sheet":
            pictures = [*project.glob("sheets/0001/cells/*"), *project.glob("sheets/0001/sheet.png")]
            return {path.name: Image.open(path).tobytes() for path in pictures}
        case _:
            return (out / "k.safetensors").read_bytes()


def told(chains: Chains) -> str:
    counts = ", ".join(f"{count} x {word}" for word, count in sorted(chains.kills.items()))
    return f"{counts}; {chains.inside} while a file was being written; {chains.chains} projects"


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_is_killed_can_be_done_again(verb: str, place: Place, forks: Forks) -> None:
    Chains(place, verb, forks, random.Random(verb)).kill(2)


@pytest.mark.long
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_is_killed_again_and_again_ends_right(verb: str, place: Place, forks: Forks) -> None:
    place = replace(place, folder=place.folder / "long")
    place.folder.mkdir(exist_ok=True)
    chains = Chains(place, verb, forks, random.Random(f"long {verb}"))
    chains.kill(50 if verb == TRAIN else 25)
    print(f"\n{verb}: {told(chains)}")


@pytest.mark.long
@pytest.mark.parametrize("verb", [NEW, IMPORT, TRAIN])
def test_a_fresh_process_that_is_killed_can_be_done_again(verb: str, place: Place) -> None:
    place = replace(place, folder=place.folder / "fresh")
    place.folder.mkdir(exist_ok=True)
    chains = Chains(place, verb, Fresh(), random.Random(f"fresh {verb}"))
    chains.kill(4)
    print(f"\n{verb}, fresh processes: {told(chains)}")
