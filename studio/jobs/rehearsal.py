"""The measuring half of a rehearsal: one part after the other, each with its lines, none of which goes missing.

A part that fails for a reason a person can read (a LoRA that is not there, a card that is too small, a stop) leaves its
remaining lines with that reason, and the next part is tried.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import NamedTuple

import torch
from PIL import Image

from studio.core.errors import UserError
from studio.core.events import Progress
from studio.core.spec import RenderSpec
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.files import BaseFiles
from studio.engine.anima.pipeline import Picture, StopRequested, render
from studio.engine.lora.merge import merged
from studio.engine.precision import arithmetic
from studio.engine.trainer import StepFacts, Trainer
from studio.jobs.comparison import difference, side_by_side
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.machine import versions
from studio.jobs.memory import PeakMemory
from studio.jobs.rehearsal_page import Line, Section, filled
from studio.jobs.rehearse import Rehearse
from studio.jobs.rehearsed_graph import lora_paths, rehearsed_graph, require_drawable
from studio.jobs.rehearsed_run import rehearsed_images, rehearsed_recipe
from studio.jobs.render_picture import model_names, read_loras
from studio.store.atomic import replace_atomic
from studio.store.images import open_rgb
from studio.store.picture_text import write_png
from studio.store.weight_source import weight_files

LORA, PICTURE, MATCH, RELOADED = "rehearsal.safetensors", "picture.png", "match.png", "reloaded.png"

MAIN, CARD = "peak main memory", "peak device memory"
_STOPPED = "the rehearsal was stopped"
_EARLIER = "it needs what an earlier part did not come to"

Lines = Iterator[Line]


class Rehearsal:
    """Holds the weights, the LoRA in training and a folder for caches as long as the `with` lasts."""

    def __init__(self, job: Rehearse, gpu: Gpu, emit: Emit, stop: Stop) -> None:
        self._job, self._gpu, self._emit, self._stop = job, gpu, emit, stop
        self._files = job.base.files()
        self._kept = ExitStack()
        self._plain: Image.Image | None = None
        self._trainer: Trainer | None = None

    def __enter__(self) -> Rehearsal:
        self._cache = Path(self._kept.enter_context(tempfile.TemporaryDirectory()))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._kept.close()

    def sections(self) -> Iterator[Section]:
        """The page, part by part. Raises UserError if the base does not load: without it there is nothing to say."""
        for done, part in enumerate(PARTS, start=1):
            yield self._section(part)
            self._emit(Progress(done, len(PARTS), what="part"))

    def _section(self, part: _Part) -> Section:
        found: dict[str, Line] = {}
        why = _STOPPED if self._stop.is_set() else _EARLIER
        try:
            if not self._stop.is_set():
                found.update((line.what, line) for line in part.measure(self))
        except StopRequested:
            why = _STOPPED
        except torch.OutOfMemoryError:
            why = "the device ran out of memory"
        except UserError as error:
            if part is PARTS[0]:
                raise
            why = str(error)
        return filled(part.title, part.names, found, why)

    def load(self) -> Lines:
        yield Line("versions", ", ".join(f"{name} {version}" for name, version in versions()))
        facts = self._gpu.facts()
        yield Line("device", f"{facts['device']}, {facts['dtype']}, {facts['threads']} threads")
        self._gpu.evict()
        with PeakMemory(self._gpu.device) as peak, _Watch() as watch:
            self._anima = self._kept.enter_context(self._gpu.resident(self._files))
        size = sum(path.stat().st_size for path in _weights_of(self._files))
        yield Line("files", f"{_gib(size)}: {', '.join(path.name for path in _weights_of(self._files))}")
        yield Line("model", f"{_told(self._anima)}; every tensor in its place")
        yield Line("load", f"{watch.seconds:.1f} s")
        yield from self._peaks(peak, size)

    def match(self) -> Lines:
        match = self._job.match
        if match is None:
            raise UserError("No picture was named", "Name one with --match.")
        seen = rehearsed_graph(match, self._gpu.device.type)
        yield Line("settings", seen.told)
        here, there = self._files.transformer.name, seen.graph.models.transformer
        yield Line("base model", here if here == there else f"{there} in the graph, {here} here")
        yield Line("LoRAs", seen.loras_told)
        yield Line("step noise", seen.rule)
        require_drawable(match, seen.graph)
        worn = lora_paths(seen.graph, self._job.lora_folder, (match, self._files.transformer))
        with merged(self._anima.transformer, read_loras(worn), self._anima.text.conditioner), _Watch() as watch:
            ours = self._drawn(seen.spec, "matched picture")
        yield Line("seconds", f"{watch.seconds:.1f}")
        theirs = open_rgb(match)
        self._save(side_by_side(theirs, ours), MATCH)
        yield Line("difference", str(difference(theirs, ours)), picture=MATCH)

    def draw(self) -> Lines:
        spec = self._job.spec
        with PeakMemory(self._gpu.device) as peak, _Watch() as watch:
            self._plain = self._drawn(spec, "picture")
        write_png(self._job.out / PICTURE, self._plain, spec, base_name=self._job.base.title, facts=self._gpu.facts(),
                  models=model_names(self._files))
        how = f"{spec.width}x{spec.height}, {spec.steps} steps, CFG {spec.cfg:g}, {spec.sampler}, {spec.scheduler}"
        yield Line("picture", f"{watch.seconds:.2f} s for {how}", picture=PICTURE)
        yield from self._peaks(peak)
        yield Line("difference of a second one", str(difference(self._plain, self._drawn(spec, "second picture"))))

    def train(self) -> Lines:
        recipe = rehearsed_recipe(self._job.spec, self._job.train_steps)
        images = rehearsed_images(recipe)
        self._trainer = self._kept.enter_context(Trainer(self._anima, images, recipe, self._cache))
        for prepared in self._trainer.prepare():
            self._progress(prepared.done, prepared.total, "image")
        with PeakMemory(self._gpu.device) as peak:
            steps = list(self._steps())
        facts, seconds = [each for each, _ in steps], [each for _, each in steps]
        sizes = ", ".join(sorted({str(image.bucket) for image in images}))
        how = f"rank {recipe.rank}, batch {recipe.batch_size}, gradient checkpointing"
        yield Line("steps", f"{len(facts)} at {sizes}, {how}; {facts[-1].exposures} exposures of {len(images)} images")
        yield Line("loss", f"{facts[0].loss:.4f} at the first, {facts[-1].loss:.4f} at the last; all finite")
        yield Line("seconds a step", f"{median(seconds[1:] or seconds):.3f} (median), {seconds[0]:.3f} the first")
        yield from self._peaks(peak)

    def export(self) -> Lines:
        if self._plain is None or self._trainer is None or not self._trainer.step:
            return
        spec, path = self._job.spec, self._job.out / LORA
        with self._trainer.shown(), arithmetic(self._anima.device, self._anima.dtype):
            worn = self._drawn(spec, "picture with the LoRA in place")
        yield Line("what the LoRA changes", str(difference(self._plain, worn)))
        self._trainer.export(path, "comfy")
        self._trainer.close()
        yield Line("file", f"{path.stat().st_size / 2**20:.1f} MiB, ComfyUI's names: {LORA}")
        with merged(self._anima.transformer, read_loras([(path, 1.0)]), self._anima.text.conditioner):
            reloaded = self._drawn(spec, "picture with the reloaded LoRA")
        self._save(side_by_side(worn, reloaded), RELOADED)
        yield Line("reloaded and merged", str(difference(worn, reloaded)), picture=RELOADED)
        yield Line("base afterwards", str(difference(self._plain, self._drawn(spec, "picture without it"))))

    def _steps(self) -> Iterator[tuple[StepFacts, float]]:
        """Each step with its seconds."""
        began = time.perf_counter()
        for facts in self._trainer.steps():
            if isinstance(facts, StepFacts):
                yield facts, time.perf_counter() - began
                self._progress(facts.step, self._trainer.plan.steps, "training step")
            began = time.perf_counter()

    def _drawn(self, spec: RenderSpec, what: str) -> Image.Image:
        """The picture of now, whatever the transformer wears. Raises StopRequested."""
        [image] = render(self._anima, [Picture.of(spec)], stop=self._stop.is_set,
                         on_step=lambda done, total: self._emit(Progress(done, total, what=f"{what}, step")))
        return image

    def _progress(self, done: int, total: int, what: str) -> None:
        self._emit(Progress(done, total, what=what))
        if self._stop.is_set():
            raise StopRequested

    def _peaks(self, peak: PeakMemory, size: int = 0) -> Lines:
        """Main memory, as a multiple of `size` too if that is given, and the device's."""
        device = self._gpu.device.type
        if peak.main is None or peak.before is None:
            yield Line(MAIN, why="this system does not tell the peak of a part of a process")
        else:
            share = f", {(peak.main - peak.before) / size:.2f} times the files" if size else ""
            yield Line(MAIN, f"{_gib(peak.main)}, {_gib(peak.before)} of it before{share}")
        if peak.on_device is None:
            yield Line(CARD, why=f"a {device} device tells none of its own")
        else:
            yield Line(CARD, _gib(peak.on_device))

    def _save(self, image: Image.Image, name: str) -> None:
        with replace_atomic(self._job.out / name) as part:
            image.save(part, format="PNG")


class _Part(NamedTuple):
    """A section of the page with all its lines, and what measures them."""

    title: str
    names: tuple[str, ...]
    measure: Callable[[Rehearsal], Lines]


PARTS = (
    _Part("Load", ("versions", "device", "files", "model", "load", MAIN, CARD), Rehearsal.load),
    _Part("The picture from ComfyUI, drawn again: theirs, ours, the difference 8 times as strong",
          ("settings", "base model", "LoRAs", "step noise", "seconds", "difference"), Rehearsal.match),
    _Part("A picture of its own", ("picture", MAIN, CARD, "difference of a second one"), Rehearsal.draw),
    _Part("Training", ("steps", "loss", "seconds a step", MAIN, CARD), Rehearsal.train),
    _Part("Export and reload: the LoRA in place, the file merged, the difference 8 times as strong",
          ("what the LoRA changes", "file", "reloaded and merged", "base afterwards"), Rehearsal.export),
)  # fmt: skip


class _Watch:
    """Seconds of the body of a `with`."""

    def __enter__(self) -> _Watch:
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._began


def _weights_of(files: BaseFiles) -> tuple[Path, ...]:
    """Every weight file once; the conditioner and in a merged checkpoint all others lie in the transformer's."""
    sources = (files.transformer, files.conditioner, files.text_encoder, files.vae)
    return tuple(dict.fromkeys(path for source in sources if source for path in weight_files(source)))


def _told(anima: Anima) -> str:
    parts = (anima.transformer, anima.text.conditioner, anima.text.qwen, anima.vae)
    millions = sum(weight.numel() for part in parts for weight in part.parameters()) / 1e6
    return f"{len(anima.transformer.transformer_blocks)} blocks, {millions:,.1f} million parameters in all"


def _gib(count: int) -> str:
    return f"{count / 2**30:.2f} GiB"
