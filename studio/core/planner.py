"""How long is a run, how often does it show each image, what does it cost and leave on the disk?

All of it hangs on one arithmetic, `core.schedule`. The whole night is counted: loading, caching, steps, previews and
saving. How fast a machine is, nobody knows before it was measured: `Rates` say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from studio.core.buckets import bucket_of
from studio.core.dataset import Dataset, shown_an_epoch
from studio.core.keep import most_kept, saved_epochs
from studio.core.project import together
from studio.core.recipe import Recipe
from studio.core.schedule import Grouped, Plan, epoch_steps, grouped, plan

STATES = 2  # of a run lie on the disk, written in turn

_STATE_WIDTH = 4  # bytes; a state is of float32
# How many numbers a state holds for each one that is trained: itself, and what its optimizer remembers.
_COPIES = {"adamw": 3, "adamw_8bit": 3, "prodigy": 5, "adamw_schedulefree": 3}
_HOUR, _MINUTE = 3600, 60
_SCARCE = (2, 5, 10, 20, 50)  # epochs between previews that are proposed
_DEAR = 0.05                  # ours: the part of the steps' time from which on previews are called dear


@dataclass(frozen=True, slots=True)
class Rates:
    """What a machine needs for each part of a run, seconds and bytes.

    `step_s` is a full step: all batches that it adds up, each with all its images. `preview_s` and `preview_bytes` are
    one picture, `save_s` and `checkpoint_bytes` one checkpoint, `state_s` and `state_bytes` one state. `measured` says
    whether a machine was watched or the figures are assumed; `source` is the sentence on where they come from.
    """

    step_s: float
    cache_s_per_image: float
    preview_s: float
    save_s: float
    load_s: float
    checkpoint_bytes: int
    state_bytes: int
    measured: bool = False
    state_s: float = 0.0
    preview_bytes: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The images of one character alone, or of several together.

    `exposures` are those of one image in the whole run, `share` is the part of an epoch that all of them take.
    """

    name: str
    count: int
    repeats: int
    exposures: int
    share: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """A run before it is run. Steps always stand beside exposures: both change with accumulation, the night does not.

    `seconds` has the parts "load", "caching", "steps", "previews" and "saving"; `disk` has "checkpoints", "states" and
    "previews" in bytes. `price` is None where no price per hour is known.
    """

    pictures: tuple[Pictures, ...]
    epochs: int
    steps_per_epoch: int
    steps: int
    exposures_per_epoch: int
    exposures: int
    seconds: Mapping[str, float] = field(default_factory=dict)
    disk: Mapping[str, int] = field(default_factory=dict)
    price: float | None = None
    measured: bool = False
    source: str = ""

    @property
    def exposures_per_image(self) -> int:
        """How often the run shows an image, and if that differs between characters, how often at most."""
        return max((each.exposures for each in self.pictures), default=0)

    @property
    def total_s(self) -> float:
        return sum(self.seconds.values())

    @property
    def hours(self) -> float:
        """Those of the steps alone, which is what people quote."""
        return self.seconds["steps"] / _HOUR

    @property
    def disk_bytes(self) -> int:
        return sum(self.disk.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many times as much one run is as another. Epochs alone mislead where the numbers of images differ."""

    epochs: float
    exposures: float
    steps: float
    hours: float


@dataclass(frozen=True, slots=True)
class PreviewAdvice:
    """What previews cost; `every` is a number of epochs that would make them cheap, None where they are already."""

    seconds: float
    every: int | None = None
    then_s: float = 0.0

    @property
    def sentence(self) -> str:
        """`previews add 1 h 40 min; every 5th epoch: 20 min`."""
        cheaper = f"; every {_ordinal(self.every)} epoch: {about(self.then_s)}" if self.every else ""
        return f"previews add {about(self.seconds)}{cheaper}" if self.seconds else "no previews"


def groups_of(dataset: Dataset, recipe: Recipe) -> Grouped:
    """The images of a dataset by the recipe's buckets."""
    return grouped((bucket_of(image.width, image.height, recipe), image.id, dataset.repeats_of(image))
                   for image in dataset.images)


def length_of(dataset: Dataset, recipe: Recipe) -> Plan:
    """How many steps and exposures the recipe takes on a dataset."""
    return plan(groups_of(dataset, recipe), recipe)


def forecast(dataset: Dataset, recipe: Recipe, rates: Rates, price_per_hour: float = 0.0) -> Forecast:
    """The whole run. The time of its steps follows exposures: an incomplete batch takes less than a full one."""
    groups = groups_of(dataset, recipe)
    length = plan(groups, recipe)
    exposures = _exposures(groups, recipe, length)
    seconds = _seconds(dataset, recipe, length, exposures, rates)
    return Forecast(
        pictures=_pictures(dataset, length), epochs=_epochs(length), steps_per_epoch=length.steps_per_epoch,
        steps=length.steps, exposures_per_epoch=length.exposures_per_epoch, exposures=exposures, seconds=seconds,
        disk=_disk(dataset, recipe, length, rates),
        price=sum(seconds.values()) / _HOUR * price_per_hour if price_per_hour else None,
        measured=rates.measured, source=rates.source,
    )  # fmt: skip


def compared(one: Forecast, other: Forecast) -> Comparison:
    """The first as a multiple of the second, which must have something to do."""
    return Comparison(one.epochs / other.epochs, one.exposures_per_image / other.exposures_per_image,
                      one.steps / other.steps, one.hours / other.hours)


def preview_epochs(recipe: Recipe, length: Plan) -> tuple[int, ...]:
    """After which epochs previews are drawn: before the first, every so many, and at the end."""
    if not recipe.preview_every:
        return ()
    return tuple(sorted({*range(0, _epochs(length) + 1, recipe.preview_every), _epochs(length)}))


def preview_count(dataset: Dataset, recipe: Recipe, length: Plan) -> int:
    """How many pictures that are: every prompt with every seed, for each character."""
    each = len(dataset.characters) * len(recipe.preview_prompts) * len(recipe.preview_seeds)
    return each * len(preview_epochs(recipe, length))


def preview_advice(dataset: Dataset, recipe: Recipe, rates: Rates) -> PreviewAdvice:
    """What previews add to the night, and what they would if they were drawn less often."""
    length = length_of(dataset, recipe)
    step_s = _seconds(dataset, recipe, length, _exposures(groups_of(dataset, recipe), recipe, length), rates)["steps"]
    now = preview_count(dataset, recipe, length) * rates.preview_s
    if now <= _DEAR * step_s:
        return PreviewAdvice(now)
    scarcer = [every for every in _SCARCE if recipe.preview_every < every <= length.epochs]
    costs = {every: preview_count(dataset, replace(recipe, preview_every=every), length) * rates.preview_s
             for every in scarcer}
    cheap = next((every for every, cost in costs.items() if cost <= _DEAR * step_s), max(costs, default=None))
    return PreviewAdvice(now, cheap, costs.get(cheap, 0.0))


def state_bytes(numbers: int, recipe: Recipe) -> int:
    """The size of one state of an adapter of so many numbers."""
    return numbers * (_COPIES[recipe.optimizer] + bool(recipe.ema)) * _STATE_WIDTH


def about(seconds: float) -> str:
    """A length of time as forecasts tell it: `40 s`, `7 min`, from twenty minutes on in steps of five, `1 h 40 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / _MINUTE
    whole = 5 * round(minutes / 5) if minutes >= 20 else round(minutes)
    hours, rest = divmod(whole, 60)
    return " ".join(filter(None, (f"{hours:,} h" if hours else "", f"{rest} min" if rest else "")))


def _seconds(dataset: Dataset, recipe: Recipe, length: Plan, exposures: int, rates: Rates) -> dict[str, float]:
    encoded = len({image.id for image in dataset.images}) * (2 if recipe.flip else 1)
    saves = sum(1 for _ in saved_epochs(recipe, length)) if length.steps else 0
    return {
        "load": rates.load_s,
        "caching": encoded * rates.cache_s_per_image,
        "steps": exposures * rates.step_s / (recipe.batch_size * recipe.accumulation),
        "previews": preview_count(dataset, recipe, length) * rates.preview_s,
        "saving": saves * rates.save_s + _states(recipe, length) * rates.state_s,
    }


def _disk(dataset: Dataset, recipe: Recipe, length: Plan, rates: Rates) -> dict[str, int]:
    return {
        "checkpoints": most_kept(recipe, length) * rates.checkpoint_bytes if length.steps else 0,
        "states": STATES * rates.state_bytes,
        "previews": preview_count(dataset, recipe, length) * rates.preview_bytes,
    }


def _pictures(dataset: Dataset, length: Plan) -> tuple[Pictures, ...]:
    repeats = {together(image.characters): dataset.repeats_of(image) for image in dataset.images}
    return tuple(
        Pictures(name, shown // repeats[name], repeats[name], _times(repeats[name], length),
                 shown / length.exposures_per_epoch)
        for name, shown in shown_an_epoch(dataset).items()
    )  # fmt: skip


def _times(repeats: int, length: Plan) -> int:
    """How often one image is shown; where a run ends within an epoch, on average."""
    return round(repeats * length.steps / length.steps_per_epoch)


def _exposures(groups: Grouped, recipe: Recipe, length: Plan) -> int:
    """All of them; those of an epoch that is cut short are counted batch by batch."""
    if not length.steps_per_epoch:
        return 0
    whole, rest = divmod(length.steps, length.steps_per_epoch)
    cut = epoch_steps(groups, recipe, whole + 1)[:rest] if rest else ()
    return whole * length.exposures_per_epoch + sum(len(batch) for step in cut for batch in step)


def _epochs(length: Plan) -> int:
    """Those that are begun."""
    return length.epoch_of(length.steps) if length.steps else 0


def _states(recipe: Recipe, length: Plan) -> int:
    """How many are written: with every epoch or every so many steps, and at the end."""
    return ceil(length.steps / recipe.state_every) if recipe.state_every else _epochs(length)


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
