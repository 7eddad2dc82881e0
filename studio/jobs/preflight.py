"""Would this run work, here and now? Everything is tried that a run needs, the cheapest first, and nothing is changed.

A run that dies does so on something small, minutes after its large model was loaded. So the large model comes last, and
then two steps and one preview are really made: at the largest bucket, where memory is tightest. What they took is kept
for forecasts. Each look is a line of a checklist; the first that fails says what to do, and later ones are not made.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from studio.core.dataset import Dataset
from studio.core.errors import UserError
from studio.core.events import Ending, Facts, Finished, Progress, StageDone, Started, Stopped
from studio.core.lint.phrases import counted
from studio.core.lint.rules import findings
from studio.core.planner import about, length_of
from studio.core.preflight import require_ready
from studio.core.rules.intent import Card, Intent, Objection
from studio.core.rules.table import objections, require_allowed, standing
from studio.core.speed import Speed
from studio.jobs import machine
from studio.jobs.bases import BaseChoice, chosen_base, stored_name
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.lint import subject_of
from studio.jobs.plan import Proposal, facts_of, plan_of
from studio.jobs.room import free_bytes, require_room_in
from studio.jobs.trained_images import train_images, trained_dataset
from studio.store.lint_file import read_lint_settings
from studio.store.measured import remember
from studio.store.records import records
from studio.store.tokenizers import Tokenizer
from studio.store.workspace import Workspace, read_project

if TYPE_CHECKING:
    from studio.engine.anima.checkpoint import Anima
    from studio.engine.anima.files import BaseFiles
    from studio.jobs.trial import Trial

_GIB = 2**30
_BROKEN = "Fetch its file again, or name another one."


class Found(NamedTuple):
    """What a look found, in a few words, and as facts for the end."""

    text: str
    facts: Facts = {}


@dataclass(frozen=True, slots=True)
class Preflight:
    """Tries the run that `proposal` describes in the project at `project`; `home` keeps what was measured."""

    project: Path
    proposal: Proposal
    home: Path | None = None
    kind = "check"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, len(STAGES), {"stages": [*STAGES]}))
        facts: dict[str, object] = {}
        with ExitStack() as kept:
            flight = _Flight(read_project(self.project), self.proposal, gpu, self.home, kept)
            for number, (name, look) in enumerate(STAGES.items()):
                if stop.is_set():
                    return Stopped(facts)
                emit(Progress(number, len(STAGES), what=name))
                began = time.perf_counter()
                found = look(flight)
                emit(StageDone(name, round(time.perf_counter() - began, 3), found.text, found.facts))
                facts |= found.facts
        return Finished(facts)


@dataclass(slots=True)
class _Flight:
    """What earlier looks found out, for the later ones."""

    place: Workspace
    proposal: Proposal
    gpu: Gpu
    home: Path | None
    kept: ExitStack
    card: Card | None = None
    dataset: Dataset = Dataset((), ())
    base: BaseChoice = BaseChoice()
    files: BaseFiles | None = None
    anima: Anima | None = None
    trial: Trial | None = None
    measured: dict[str, float] = field(default_factory=dict)

    @property
    def device_dtype(self) -> tuple[object, object]:
        """Where and in which format the run will hold its weights."""
        return self.gpu.device, self.gpu.dtype(self.proposal.recipe.precision)


def _versions(flight: _Flight) -> Found:
    """Read from what is installed; nothing is imported."""
    here = machine.described(flight.place.folder)
    _require(objections(Intent(flight.proposal.recipe, Dataset((), ()), machine=here)), flight, "R11", "R13")
    return Found(", ".join(f"{name} {here.installed[name]}" for name in ("torch", "transformers", "diffusers")))


def _device(flight: _Flight) -> Found:
    """torch is imported here."""
    flight.card = machine.card_of(flight.gpu.device)
    here = machine.described(flight.place.folder, flight.card)
    _require(objections(Intent(flight.proposal.recipe, Dataset((), ()), machine=here)), flight, "R12")
    free, total = flight.gpu.memory()
    name = flight.card.name if flight.card else flight.gpu.device.type
    return Found(f"{name}, {free / _GIB:.1f} of {total / _GIB:.1f} GiB free",
                 flight.gpu.facts(flight.proposal.recipe.precision))


def _disk(flight: _Flight) -> Found:
    """Reckoned from the rank; the headers tell exactly."""
    planned = plan_of(flight.place, flight.proposal, flight.card, flight.home)
    _require(planned.objections, flight, "R15")
    free = free_bytes(flight.place.folder)
    return Found(f"about {planned.forecast.disk_bytes / _GIB:.1f} of {free / _GIB:.1f} GiB will be taken")


def _config(flight: _Flight) -> Found:
    """The recipe against itself and against the rules; the base is named."""
    flight.base = chosen_base(flight.proposal.base, flight.place.project)
    flight.dataset = trained_dataset(flight.place, flight.proposal.characters)
    found = plan_of(flight.place, flight.proposal, flight.card, flight.home).objections
    require_allowed(found, flight.proposal.refused)
    left = standing(found, flight.proposal.refused)
    said = [{"rule": each.rule, "severity": each.severity, "message": each.message} for each in left]
    rules = f": {', '.join(dict.fromkeys(each.rule for each in left))}" if left else ""
    return Found(f"{counted(len(left), 'remark') if left else 'no remark'}{rules}", {"objections": said})


def _captions(flight: _Flight) -> Found:
    """What training would refuse, and what the lint calls an error."""
    require_ready(flight.dataset, flight.proposal.recipe, {each.rule for each in flight.proposal.refused})
    names, recipe = {each.name for each in flight.dataset.characters}, flight.proposal.recipe
    shown = tuple(each for each in records(flight.place)
                  if names.issuperset(each.image.characters) and not each.rejected)
    found = findings(subject_of(flight.place, shown, recipe), read_lint_settings(flight.place))
    for each in found:
        if each.severity == "error" and each.rule not in {refused.rule for refused in flight.proposal.refused}:
            raise UserError(f"{each.rule}: {each.message}", f"{each.remedy.what}; or --refuse {each.rule}=REASON.")
    return Found(f"{counted(len(shown), 'image')} with captions, {counted(len(found), 'remark')} of the lint")


def _tokenizers(flight: _Flight) -> Found:
    """The five parts of the base are found, and both tokenizers read every caption."""
    flight.files = flight.base.files()
    longest = []
    for folder in (flight.files.qwen_tokenizer, flight.files.t5_tokenizer):
        tokenizer = Tokenizer.from_folder(folder)
        longest.append(max(len(tokenizer.encode(image.caption or "")) for image in flight.dataset.images))
    return Found(f"the longest caption is {longest[0]} tokens for Qwen3 and {longest[1]} for T5")


def _text_encoder(flight: _Flight) -> Found:
    """The engine is imported here, which is part of every loading."""
    began = time.perf_counter()
    from studio.engine.anima.checkpoint import load_text_encoder
    from studio.engine.anima.tried import read_words

    flight.measured["load_s"] = time.perf_counter() - began
    encoder = load_text_encoder(flight.files, *flight.device_dtype)
    ids = Tokenizer.from_folder(flight.files.qwen_tokenizer).encode(flight.dataset.images[0].caption or "")
    if not read_words(encoder, ids):
        raise UserError(f"{flight.files.text_encoder}: this text encoder makes no numbers of a caption", _BROKEN)
    return Found(f"read a caption of {len(ids)} tokens")


def _vae(flight: _Flight) -> Found:
    from studio.engine.anima.checkpoint import load_vae
    from studio.engine.anima.tried import copy_picture

    image = flight.dataset.images[0]
    if not copy_picture(load_vae(flight.files, *flight.device_dtype), flight.place.folder / image.path):
        raise UserError(f"{flight.files.vae}: this VAE makes no numbers of a picture", _BROKEN)
    return Found(f"encoded and decoded a piece of {image.path.name}")


def _headers(flight: _Flight) -> Found:
    """Whether all parts fit each other, the memory and the disk."""
    from studio.engine.anima.checkpoint import outline
    from studio.engine.lora.size import count_numbers

    found, recipe, (_, dtype) = outline(flight.files), flight.proposal.recipe, flight.device_dtype
    needed, free = found.numbers * dtype.itemsize, flight.gpu.memory()[0]
    if needed > free:
        raise UserError(f"The base takes {needed / _GIB:.1f} GiB in this device's format, of {free / _GIB:.1f} GiB",
                        "Close other programs, or choose another --device.")
    numbers = count_numbers(flight.files, recipe)
    require_room_in(flight.place.folder, recipe, length_of(flight.dataset, recipe), numbers, dtype.itemsize)
    return Found(f"{found.blocks} blocks, {needed / _GIB:.1f} GiB; the LoRA has {numbers / 1e6:.1f} million numbers")


def _model(flight: _Flight) -> Found:
    began = time.perf_counter()
    flight.anima = flight.kept.enter_context(flight.gpu.resident(flight.files, flight.proposal.recipe.precision))
    flight.measured["load_s"] += time.perf_counter() - began
    return Found("loaded")


def _steps(flight: _Flight) -> Found:
    from studio.jobs.trial import Trial

    folder = Path(flight.kept.enter_context(tempfile.TemporaryDirectory()))
    images = train_images(flight.place.folder, flight.dataset, flight.proposal.recipe)
    flight.trial = Trial(flight.anima, images, flight.proposal.recipe, folder)
    flight.kept.callback(flight.trial.close)
    flight.measured["cache_s"] = flight.trial.cache()
    seconds, peak = flight.trial.steps()
    step_s, shown = median(seconds[1:]), flight.proposal.recipe.batch_size * flight.proposal.recipe.accumulation
    flight.measured["image_s"] = step_s / shown
    held = peak.on_device if peak.on_device is not None else peak.main
    told = f", {held / _GIB:.1f} GiB at most" if held else ""
    return Found(f"{step_s:.2f} s a step at {flight.trial.bucket}{told}", {
        "seconds_per_step": step_s, "first_step_seconds": seconds[0], "bucket": str(flight.trial.bucket),
        "peak_bytes": held})


def _preview(flight: _Flight) -> Found:
    recipe = flight.proposal.recipe
    if not (recipe.preview_every and recipe.preview_prompts and recipe.preview_seeds):
        return Found("none is wanted")
    took, flight.measured["preview_s"] = flight.trial.preview(flight.dataset.triggers)
    return Found(f"{took:.1f} s at {recipe.preview_width}x{recipe.preview_height}", {"preview_seconds": took})


def _saving(flight: _Flight) -> Found:
    """Also keeps all that was measured, and tells the forecast that follows from it."""
    (save_s, checkpoint), (state_s, state) = flight.trial.save()
    flight.measured |= {"save_s": save_s, "state_s": state_s}
    source = f"measured on {time.strftime('%Y-%m-%d')} with two steps on {flight.gpu.device.type}"
    speed = Speed(flight.proposal.recipe, flight.trial.bucket.area, source, **flight.measured,
                  checkpoint_bytes=checkpoint, state_bytes=state)
    remember(speed, stored_name(flight.base.name), flight.home)
    planned = plan_of(flight.place, flight.proposal, flight.card, flight.home)
    return Found(f"a checkpoint has {checkpoint / 2**20:.1f} MiB; the run will take {about(planned.forecast.total_s)}",
                 {"plan": facts_of(planned, flight.proposal.refused)})


def _require(found: Iterable[Objection], flight: _Flight, *rules: str) -> None:
    """Raises UserError for an error of these rules that nobody overruled."""
    require_allowed((each for each in found if each.rule in rules), flight.proposal.refused)


# The lines of the checklist, the cheap ones first.
STAGES: dict[str, Callable[[_Flight], Found]] = {
    "versions": _versions, "device": _device, "disk": _disk, "recipe": _config, "captions": _captions,
    "tokenizers": _tokenizers, "text encoder": _text_encoder, "VAE": _vae, "headers": _headers, "model": _model,
    "two steps": _steps, "preview": _preview, "saving": _saving,
}  # fmt: skip
