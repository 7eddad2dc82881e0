"""How fast is a machine? What was measured once, carried over to a run that is planned.

A measurement belongs to the recipe it was made with. Another resolution, another preview or another rank is reckoned
from it, and the forecast says so. What nobody measured is assumed, and the forecast says that too.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from statistics import median

from studio.core.buckets import bucket_of
from studio.core.dataset import Dataset
from studio.core.events import CheckpointSaved, Event, PreviewReady, Started, StateSaved, StepDone
from studio.core.planner import Rates, state_bytes
from studio.core.recipe import Recipe

# The share of time by which a setting changes a step; as the help of these settings says.
_RECOMPUTED, _COMPILED = 4 / 3, 5 / 6
_PNG_BYTES = 1.2   # bytes a pixel of a drawn picture
_WIDTH = 2         # bytes of a number in a checkpoint on a card
_FEW = 3           # steps of an attempt that say nothing: it warms up


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds and bytes that were measured with `recipe` on images of `area` pixels; None is what was not.

    `image_s` is one exposure: forward, backward and its part of the step. `source` says where and when.
    """

    recipe: Recipe
    area: float
    source: str
    image_s: float | None = None
    cache_s: float | None = None
    preview_s: float | None = None
    save_s: float | None = None
    state_s: float | None = None
    load_s: float | None = None
    checkpoint_bytes: int | None = None
    state_bytes: int | None = None


# Steps: 0.34 a second at four images each, rank 32 and 1024 px, on an RTX 6000 Ada and alike on a 4090 (lilting.ch,
# anima-base-keichan-lora-v2). Size: 66 MB at rank 16 (Civitai, model 2904256). The rest is reckoned from these.
_REPORTED = Recipe(rank=32, accumulation=4, preview_width=832, preview_height=1216)
ASSUMED = Speed(_REPORTED, 1024**2, "assumed, as on an RTX 6000 Ada; a preflight measures", image_s=1 / 0.34 / 4,
                cache_s=0.5, preview_s=10.0, save_s=1.0, state_s=2.0, load_s=60.0, checkpoint_bytes=132 * 10**6,
                state_bytes=state_bytes(132 * 10**6 // _WIDTH, _REPORTED))
_PRACTISED = Recipe(rank=16, resolution=144, batch_size=8, gradient_checkpointing=False, preview_width=128,
                    preview_height=160)
ASSUMED_PRACTICE = Speed(_PRACTISED, 144**2, "assumed, as on two processor cores; a preflight measures", image_s=0.05,
                         cache_s=0.1, preview_s=3.0, save_s=0.2, state_s=0.2, load_s=5.0, checkpoint_bytes=4 * 10**6,
                         state_bytes=state_bytes(10**6, _PRACTISED))


def rates_of(speeds: Sequence[Speed], dataset: Dataset, recipe: Recipe) -> Rates:
    """What the run needs, each part from the first speed that knows it; the last must know all."""
    area = mean_area(dataset, recipe)
    images = recipe.batch_size * recipe.accumulation
    step = _first(speeds, "image_s")
    return Rates(
        step_s=images * step.image_s * area / step.area * _pace(recipe) / _pace(step.recipe),
        cache_s_per_image=_carried(speeds, "cache_s", lambda known: area / known.area),
        preview_s=_carried(speeds, "preview_s", lambda known: _looks(recipe) / _looks(known.recipe)),
        save_s=_carried(speeds, "save_s", lambda known: _size(recipe) / _size(known.recipe)),
        load_s=_carried(speeds, "load_s", lambda known: 1.0),
        checkpoint_bytes=round(_carried(speeds, "checkpoint_bytes", lambda known: _size(recipe) / _size(known.recipe))),
        state_bytes=round(_carried(speeds, "state_bytes", lambda known: _state(recipe) / _state(known.recipe))),
        measured=step is not speeds[-1],
        state_s=_carried(speeds, "state_s", lambda known: _state(recipe) / _state(known.recipe)),
        preview_bytes=round(_PNG_BYTES * recipe.preview_width * recipe.preview_height),
        source=_source(step, recipe),
    )  # fmt: skip


def speed_of(events: Iterable[Event], recipe: Recipe, area: float, source: str) -> Speed:
    """What a run's journal tells of its speed."""
    told = [event for event in events
            if isinstance(event, Started | StepDone | CheckpointSaved | StateSaved | PreviewReady)]
    return Speed(recipe, area, source, image_s=_mid(_image_seconds(told)), preview_s=_mid(_preview_seconds(told)),
                 save_s=_mid(_since(told, CheckpointSaved)), state_s=_mid(_since(told, StateSaved)))


def mean_area(dataset: Dataset, recipe: Recipe) -> float:
    """Pixels of an exposure, on average; those of the recipe's square without an image."""
    areas = [(bucket_of(image.width, image.height, recipe).area, dataset.repeats_of(image)) for image in dataset.images]
    shown = sum(repeats for _, repeats in areas)
    return sum(area * repeats for area, repeats in areas) / shown if shown else float(recipe.resolution**2)


def to_facts(speed: Speed) -> dict[str, object]:
    """What was measured, as plain values; without the recipe."""
    return {name: value for name, value in asdict(speed).items() if name != "recipe" and value is not None}


def with_facts(recipe: Recipe, facts: dict[str, object]) -> Speed:
    """The speed of such values. Raises TypeError for what is none."""
    known = {field.name for field in fields(Speed)} - {"recipe"}
    return Speed(recipe, **{name: value for name, value in facts.items() if name in known})


def _image_seconds(told: Sequence[Event]) -> Iterator[float]:
    """Seconds of an exposure in each step; the first few of every attempt are left out."""
    steps = [event for event in told if isinstance(event, StepDone)]
    first = {step.attempt: step.step for step in reversed(steps)}
    for before, step in pairwise(steps):
        shown = step.exposures - before.exposures
        if before.attempt == step.attempt and shown > 0 and step.step >= first[step.attempt] + _FEW:
            yield step.seconds / shown


def _preview_seconds(told: Sequence[Event]) -> Iterator[float]:
    """Seconds of a picture: those of an epoch are told together, once all are drawn. The first come after loading."""
    before, burst = None, []
    for event in (*told, None):
        if isinstance(event, PreviewReady):
            burst.append(event)
            continue
        if burst and before and burst[0].epoch:
            yield (burst[-1].time - before.time) / len(burst)
        before, burst = event, []


def _since(told: Sequence[Event], kind: type) -> Iterator[float]:
    """Seconds from the event before to each event of a kind."""
    return (event.time - before.time for before, event in pairwise(told)
            if type(event) is kind and not isinstance(before, Started) and before.attempt == event.attempt)


def _mid(values: Iterable[float]) -> float | None:
    known = [*values]
    return median(known) if known else None


def _first(speeds: Sequence[Speed], part: str) -> Speed:
    return next(speed for speed in speeds if getattr(speed, part) is not None)


def _carried(speeds: Sequence[Speed], part: str, factor: Callable[[Speed], float]) -> float:
    known = _first(speeds, part)
    return getattr(known, part) * factor(known)


def _pace(recipe: Recipe) -> float:
    return (_RECOMPUTED if recipe.gradient_checkpointing else 1.0) * (_COMPILED if recipe.compile else 1.0)


def _looks(recipe: Recipe) -> float:
    """What a preview costs: every step looks once, and once more for the negative prompt."""
    return recipe.preview_steps * (1 if recipe.preview_cfg == 1 else 2) * recipe.preview_width * recipe.preview_height


def _size(recipe: Recipe) -> float:
    return recipe.rank


def _state(recipe: Recipe) -> float:
    return state_bytes(recipe.rank, recipe)


def _source(step: Speed, recipe: Recipe) -> str:
    """Where the speed of steps comes from, and whether it had to be carried over."""
    deciding = ("resolution", "gradient_checkpointing", "compile", "precision", "blocks_to_swap", "adapter")
    other = [name for name in deciding if getattr(recipe, name) != getattr(step.recipe, name)]
    carried = f"; reckoned for another {' and '.join(other).replace('_', ' ')}" if other else ""
    return step.source + carried
