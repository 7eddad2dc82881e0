"""Puts an epoch where ComfyUI looks for LoRAs, and shows that the file there draws what was chosen here.

The file is written in ComfyUI's names with all that its user has to know in its header, and once more in words beside
it. Then *that file* is read again from where it lies, the same cell is rendered with it, and the two pictures compared.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from studio.core.errors import UserError
from studio.core.events import CheckpointSaved, Ending, Finished, Note, Progress, Started, Stopped
from studio.core.fold import fold
from studio.core.previews import preview_specs
from studio.core.spec import RenderSpec
from studio.core.usage import Usage, header_of, sentences_of
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.put_lora import put_lora
from studio.jobs.render_picture import model_names, read_loras
from studio.jobs.speed_lora import turbo_of
from studio.jobs.strength_band import strength_band
from studio.store import journal, runs, sweeps
from studio.store.atomic import write_atomic
from studio.store.digests import sha256_of
from studio.store.images import open_rgb
from studio.store.picture_text import write_png
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

if TYPE_CHECKING:
    from studio.engine.anima.checkpoint import Anima
    from studio.engine.anima.files import BaseFiles

FOLDER = "used"      # of the project: the pictures that were compared
ALLOWED = 1          # of 255: what the largest difference of a pixel may be

_SIGNED = "Written by Character LoRA Studio."


@dataclass(frozen=True, slots=True)
class PutToUse:
    """The epoch of a run into the folder `to`; `cell` is the key of the cell that is drawn again, if one is meant.

    Its results are `path`, `sidecar`, `difference` (of 255, the largest of any pixel), `before` and `after`, the two
    pictures, and `is_same`. Where that fails for a picture that was drawn earlier, `file_difference` says what the
    project's own file draws now beside it: what is left is this machine's.
    """

    place: Workspace
    wanted_run: str
    epoch: int
    to: Path
    cell: str = ""
    base: BaseChoice | None = None
    kind = "use"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        run = runs.find_run(self.place, self.wanted_run)
        state = fold(journal.read(run.journal))
        saved = _saved(run, runs.sound_checkpoints(run, state), self.epoch)
        base = chosen_base((self.base or BaseChoice()).otherwise(base_from_facts(state.course.facts.get("base"))),
                           self.place.project)
        emit(Started(run.id, self.kind, 3, {"base": base.title}))
        shown = _shown(self.place, run, saved, base.files(), self.cell)
        usage = _usage(self.place, run, saved, base, shown.spec)
        path = self._write(run.folder / saved.path, usage, emit)
        emit(Progress(1, 3, what="file"))
        if stop.is_set():
            return Stopped({"path": str(path)})
        proof = _Proof(self.place, base, run.folder / saved.path, path, shown)
        facts = proof.facts(gpu, emit)
        emit(Note(_said(path, facts)))
        return Finished({"path": str(path), "sidecar": str(path.with_suffix(".txt"))} | facts)

    def _write(self, source: Path, usage: Usage, emit: Emit) -> Path:
        target = put_lora(source, self.to, emit, header_of(usage))
        _write_words(target.with_suffix(".txt"), usage, emit)
        return target


@dataclass(frozen=True, slots=True)
class _Shown:
    """The cell that is drawn again: its spec, its picture if there is one, and the files that it wears."""

    spec: RenderSpec
    picture: Path | None
    loras: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class _Proof:
    """What the file in the folder draws, beside what the project's own draws or drew."""

    place: Workspace
    base: BaseChoice
    source: Path
    target: Path
    shown: _Shown

    def facts(self, gpu: Gpu, emit: Emit) -> dict[str, object]:
        files, folder = self.base.files(), self.place.folder / FOLDER
        folder.mkdir(exist_ok=True)
        before = self.shown.picture or folder / f"{self.target.stem}-before.png"
        after = folder / f"{self.target.stem}.png"
        with gpu.resident(files, emit=emit) as anima:
            image = self._drawn(anima, self.target)
            if self.shown.picture is None:
                self._keep(before, self._drawn(anima, self.source), self.source, files)
            emit(Progress(2, 3, what="picture"))
            self._keep(after, image, self.target, files)
            difference = largest_difference(open_rgb(before), image)
            facts: dict[str, object] = {"difference": difference, "is_same": difference <= ALLOWED,
                                        "before": str(before), "after": str(after)}
            if difference > ALLOWED and self.shown.picture is not None:
                facts["file_difference"] = largest_difference(self._drawn(anima, self.source), image)
        return facts

    def _drawn(self, anima: Anima, lora: Path) -> Image.Image:
        from studio.engine.anima.pipeline import Picture, render
        from studio.engine.lora.merge import merged

        spec = self.shown.spec
        files = [(self._file(sha256, lora), strength) for sha256, strength in spec.loras]
        with merged(anima.transformer, read_loras(files), anima.text.conditioner):
            return render(anima, [Picture.of(spec)])[0]

    def _file(self, sha256: str, lora: Path) -> Path:
        found = self.shown.loras[sha256]
        return lora if found == self.source else found

    def _keep(self, path: Path, image: Image.Image, lora: Path, files: BaseFiles) -> None:
        worn = [(self._file(sha256, lora), strength) for sha256, strength in self.shown.spec.loras]
        spec = dataclasses.replace(self.shown.spec, loras=tuple((sha256_of(each), strength) for each, strength in worn))
        write_png(path, image, spec, base_name=self.base.title, lora_names=[each.name for each, _ in worn],
                  models=model_names(files))


def largest_difference(one: Image.Image, other: Image.Image) -> int:
    """Of any pixel in any colour, of 255; pictures of two sizes differ wholly."""
    if one.size != other.size:
        return 255
    return max(high for _, high in ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema())


def _saved(run: RunFolder, saved: Iterable[CheckpointSaved], epoch: int) -> CheckpointSaved:
    there = {each.epoch: each for each in saved}
    if epoch not in there:
        has = ", ".join(map(str, sorted(there))) or "none"
        raise UserError(f"{run.id} has no LoRA of epoch {epoch}", f"It has: {has}.")
    return there[epoch]


def _shown(place: Workspace, run: RunFolder, saved: CheckpointSaved, files: BaseFiles, key: str) -> _Shown:
    """The cell that is meant, the same look on this epoch, the newest cell that wears it, or a picture of its own."""
    from studio.engine.anima.files import base_digest

    loras, digest = dict(_turbo(files)) | {saved.sha256: run.folder / saved.path}, base_digest(files)
    fits, meant = [], None
    for sheet in reversed(sweeps.sheets_of(place)):
        for cell in sweeps.read_sheet(sheet).expand():
            spec = cell.spec
            meant = meant or (spec if cell.key == key else None)
            if spec.base == digest and saved.sha256 in dict(spec.loras) and dict(spec.loras).keys() <= loras.keys():
                fits.append((spec, sheet.cell(cell.key), cell.key == key))
    look = (meant.prompt, meant.seed) if meant else None
    ranked = sorted(fits, key=lambda each: (not each[2], (each[0].prompt, each[0].seed) != look, not each[1].is_file(),
                                            bool(each[0].drawn_by)))
    if not ranked:
        return _Shown(_example(run, saved, digest), None, loras)
    spec, path, _ = ranked[0]
    own = path if path.is_file() and not spec.drawn_by else None
    return _Shown(dataclasses.replace(spec, drawn_by=""), own, loras)


def _turbo(files: BaseFiles) -> Iterator[tuple[str, Path]]:
    try:
        turbo = turbo_of(files)
    except UserError:  # then no cell that wears it can be drawn again
        return
    yield sha256_of(turbo), turbo


def _example(run: RunFolder, saved: CheckpointSaved, digest: str) -> RenderSpec:
    triggers = runs.read_dataset(run).triggers
    spec = next(iter(preview_specs(runs.read_recipe(run), triggers[0] if triggers else "", triggers)), RenderSpec())
    return dataclasses.replace(spec, loras=((saved.sha256, 1.0),), base=digest)


def _usage(place: Workspace, run: RunFolder, saved: CheckpointSaved, base: BaseChoice, spec: RenderSpec) -> Usage:
    dataset = runs.read_dataset(run)
    return Usage(
        base=base.title, run=run.id, epoch=saved.epoch, triggers=dataset.triggers,
        characters=tuple(each.name for each in dataset.characters), spec=spec,
        band=strength_band(place, saved.sha256),
    )  # fmt: skip


def _write_words(path: Path, usage: Usage, emit: Emit) -> None:
    """A text that somebody else put there stays."""
    if path.exists() and not path.read_text("utf-8", "replace").rstrip().endswith(_SIGNED):
        emit(Note(f"{path} is there already and was left alone."))
        return
    write_atomic(path, "\n".join([path.with_suffix(".safetensors").name, "", *sentences_of(usage), "", _SIGNED, ""]))


def _said(path: Path, facts: Mapping[str, object]) -> str:
    difference = facts["difference"]
    if facts["is_same"]:
        return f"{path.name} draws the same picture: the largest difference of any pixel is {difference}/255."
    if facts.get("file_difference", difference) <= ALLOWED:
        return (f"{path.name} draws what the project's own file draws. The earlier picture differs by up to "
                f"{difference}/255: it was made by another device or version.")
    return f"{path.name} draws another picture: pixels differ by up to {difference}/255."
