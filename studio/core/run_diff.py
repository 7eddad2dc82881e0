"""In what does a run differ from the one it follows, and what does a difference in its result then prove?

A result can be put down to a change only if it was the only one. More than one axis is called confounded, and then
there are runs in between that tell them apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from studio.core.dataset import Dataset, shown_an_epoch
from studio.core.knobs import knob_of, to_mapping
from studio.core.planner import length_of
from studio.core.project import together
from studio.core.recipe import Recipe

BASE, DATA, CAPTIONS, REPEATS = "base", "data", "captions", "repeats"
NO_AXIS = ("name", "epochs", "max_steps", "save_every", "keep_last", "keep_every", "state_every", "blocks_to_swap",
           "gradient_checkpointing", "compile", "transferable")  # they change no step that both runs take

_PREVIEW = "preview_"
# The settings of a recipe by the axis they belong to; one that is in none is an axis of its own.
_AXES: Mapping[str, tuple[str, ...]] = {
    "captions": ("caption_dropout", "caption_variants", "tag_dropout"),
    "rank": ("rank", "alpha", "adapter", "lokr_factor", "train_adaln"),
    "learning rate": ("learning_rate", "lr_schedule", "lr_floor", "warmup_steps"),
    "optimizer": ("optimizer", "weight_decay", "beta1", "beta2", "clip", "ema"),
    "batch": ("batch_size", "accumulation"),
    "resolution": ("resolution", "area_band", "bucket_step", "min_aspect", "max_aspect"),
    "noise levels": ("timestep_sampling", "timestep_shift", "logit_mean", "logit_std", "loss_weighting"),
}
_ORDER = (BASE, DATA, CAPTIONS, "rank", "learning rate", REPEATS)
_FALLING = ("cosine", "linear")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What decides a run: its base as people call it, its frozen images and its recipe. `id` is empty for a plan."""

    id: str
    base: str
    dataset: Dataset
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs, in words."""

    what: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction in which a run left its parent: "base", "data", "captions", "rank", "repeats", ...

    `settings` are those of the recipe that belong to it and differ.
    """

    name: str
    changes: tuple[Change, ...]
    settings: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """`rank: 32 -> 64`."""
        return f"{self.name}: " + ", ".join(_told(self.name, each) for each in self.changes)


@dataclass(frozen=True, slots=True)
class Split:
    """A run between parent and child: the parent with the axes of `takes` as the child has them.

    `recipe` is ready to use; `proves` says what the step to it tells. What it takes of base, data, captions and repeats
    has to be put in place by hand.
    """

    takes: tuple[str, ...]
    recipe: Recipe
    proves: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A run in the tree of runs, with those that followed it, oldest first."""

    run: str
    children: tuple["Branch", ...] = field(default_factory=tuple)


def axes(parent: RunFacts, child: RunFacts) -> tuple[Axis, ...]:
    """The axes that differ, the usual six first. Names, previews, lengths and what only saves time are none."""
    found: dict[str, Axis] = {}
    for axis in (*_material(parent, child), *_settings(parent, child)):
        known = found.get(axis.name, Axis(axis.name, ()))
        found[axis.name] = Axis(axis.name, known.changes + axis.changes, known.settings + axis.settings)
    return tuple(sorted(found.values(), key=lambda axis: _ORDER.index(axis.name) if axis.name in _ORDER else 99))


def is_confounded(found: tuple[Axis, ...]) -> bool:
    """Whether a difference in the result could come from more than one of them."""
    return len(found) > 1


def splits(parent: RunFacts, child: RunFacts) -> tuple[Split, ...]:
    """The fewest runs that tell every axis apart: from the parent to the child, one axis after the other.

    None if there is only one axis. The child itself is the last of the chain and is not listed.
    """
    found = axes(parent, child)
    chain = [found[:count] for count in range(1, len(found))]
    return tuple(Split(tuple(axis.name for axis in taken), _mixed(parent.recipe, child.recipe, taken),
                       f"what {taken[-1].name} did") for taken in chain)


def lineage(parents: Iterable[tuple[str, str]]) -> tuple[Branch, ...]:
    """The trees of some runs, given oldest first as (run, its parent or ""). Who lost its parent is a root."""
    known: dict[str, str] = {}
    for run, parent in parents:
        known[run] = parent if parent in known else ""  # a parent is older than its child, so no run is its own
    return tuple(_branch(run, known) for run, parent in known.items() if not parent)


def _branch(run: str, parents: Mapping[str, str]) -> Branch:
    return Branch(run, tuple(_branch(child, parents) for child, parent in parents.items() if parent == run))


def _material(parent: RunFacts, child: RunFacts) -> Iterable[Axis]:
    """Base, images, captions and repeats."""
    if parent.base != child.base:
        yield Axis(BASE, (Change(BASE, parent.base, child.base),))
    was, now = _images(parent.dataset), _images(child.dataset)
    if was != now:
        added, gone = len(now - was), len(was - now)
        words = " and ".join(filter(None, (f"{added} new" if added else "", f"{gone} gone" if gone else "")))
        yield Axis(DATA, (Change("images", f"{len(was):,}", f"{len(now):,}: {words}"),))
    if changed := _rewritten(parent.dataset, child.dataset):
        yield Axis(CAPTIONS, (Change("rewritten", "0", f"{changed:,}"),))
    if repeats := tuple(_repeats(parent.dataset, child.dataset)):
        yield Axis(REPEATS, repeats)


def _settings(parent: RunFacts, child: RunFacts) -> Iterable[Axis]:
    """Those of the two recipes that differ, each under its axis."""
    was, now = _deciding(parent.recipe), _deciding(child.recipe)
    for name in was:
        if was[name] != now[name]:
            label = knob_of(Recipe, name).label
            yield Axis(_axis_of(name), (Change(label, _value(was[name]), _value(now[name])),), (name,))
    if child.recipe.lr_schedule in _FALLING and parent.recipe.lr_schedule == child.recipe.lr_schedule:
        steps = [length_of(each.dataset, each.recipe).steps for each in (parent, child)]
        if steps[0] != steps[1] and parent.recipe.epochs != child.recipe.epochs:
            fall = Change("fall", f"over {steps[0]:,} steps", f"over {steps[1]:,} steps")
            yield Axis("learning rate", (fall,), ("epochs",))


def _deciding(recipe: Recipe) -> dict[str, object]:
    """The settings that decide a step."""
    return {name: value for name, value in to_mapping(recipe).items()
            if name not in NO_AXIS and not name.startswith(_PREVIEW)}


def _axis_of(setting: str) -> str:
    return next((axis for axis, names in _AXES.items() if setting in names), setting)


def _mixed(parent: Recipe, child: Recipe, taken: tuple[Axis, ...]) -> Recipe:
    names = {name for axis in taken for name in axis.settings}
    return replace(parent, **{name: getattr(child, name) for name in names})


def _images(dataset: Dataset) -> set[tuple[str, tuple[str, ...]]]:
    return {(image.id, image.characters) for image in dataset.images}


def _rewritten(was: Dataset, now: Dataset) -> int:
    """How many images that both have are captioned otherwise; a trigger is part of the words."""
    known = {image.id: image.caption for image in was.images}
    return sum(image.id in known and known[image.id] != image.caption for image in now.images)


def _repeats(was: Dataset, now: Dataset) -> Iterable[Change]:
    """Of those that both show."""
    before, after = _repeats_by_name(was), _repeats_by_name(now)
    return (Change(name, str(before[name]), str(after[name]))
            for name in shown_an_epoch(now) if name in before and before[name] != after[name])


def _repeats_by_name(dataset: Dataset) -> dict[str, int]:
    return {together(image.characters): dataset.repeats_of(image) for image in dataset.images}


def _told(axis: str, change: Change) -> str:
    what = "" if change.what.casefold() == axis else f"{change.what} "
    return f"{what}{change.was} -> {change.now}"


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
