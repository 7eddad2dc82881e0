"""What would a run of this project with this recipe be? Its length, what is known of such runs, and what speaks
against it. Files and journals are read; nothing is computed and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.core.dataset import Dataset
from studio.core.errors import UserError
from studio.core.events import Facts
from studio.core.fold import fold_course
from studio.core.lint.phrases import counted
from studio.core.origin import Refusal
from studio.core.planner import Forecast, PreviewAdvice, about, forecast, preview_advice
from studio.core.priors import Prior, priors_for, self_share, told_share
from studio.core.recipe import Recipe
from studio.core.rules.intent import TURBO, Card, Intent, Machine, Objection
from studio.core.rules.table import objections, recorded, require_allowed, standing
from studio.core.run_diff import Axis, RunFacts, Split, axes, splits
from studio.core.speed import ASSUMED, ASSUMED_PRACTICE, Speed, mean_area, rates_of, speed_of
from studio.jobs import machine
from studio.jobs.bases import BaseChoice, base_from_facts, stored_name
from studio.jobs.trained_images import trained_dataset
from studio.store import journal, runs
from studio.store.ledgers import read_ledgers
from studio.store.measured import recall
from studio.store.records import records
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

_GIB = 2**30
_RUNS_ASKED = 5  # the newest ones


@dataclass(frozen=True, slots=True)
class Proposal:
    """A run that a person thinks of. `late` says whether a feature has to be learnt that comes late, None if unsaid.

    `parent` is the id of the run that this one follows. `left_out` are settings of another trainer's recipe that have
    no place here. `price` is per hour.
    """

    recipe: Recipe
    base: BaseChoice = BaseChoice()
    characters: tuple[str, ...] = ()
    parent: str = ""
    late: bool | None = None
    price: float = 0.0
    refused: tuple[Refusal, ...] = ()
    left_out: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """A run before it starts, and all there is to say of it."""

    intent: Intent
    forecast: Forecast
    advice: PreviewAdvice
    self_share: float | None
    axes: tuple[Axis, ...]
    splits: tuple[Split, ...]
    objections: tuple[Objection, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan stands on and takes time to read; it stays the same while a person changes the recipe.

    `share` and `late` are what the project tells of its images. `card` is known once torch was imported.
    """

    dataset: Dataset
    base: BaseChoice
    use_base: str
    speeds: tuple[Speed, ...]
    machine: Machine
    share: float | None = None
    late: bool | None = None
    parent: RunFacts | None = None
    foreign_latents: tuple[Path, ...] = ()


def plan_of(place: Workspace, proposal: Proposal, card: Card | None = None, home: Path | None = None) -> Planned:
    """The plan of a proposal. Raises UserError for an unknown character or run."""
    return plan_on(ground_of(place, proposal, card, home), proposal)


def ground_of(place: Workspace, proposal: Proposal, card: Card | None = None, home: Path | None = None) -> Ground:
    """All that has to be read for a proposal, whatever its recipe says. Raises UserError as `plan_of` does."""
    dataset = trained_dataset(place, proposal.characters)
    use = BaseChoice(place.project.base)
    base = proposal.base.otherwise(use)
    return Ground(
        dataset, base, use.title if use.name else "", (*speeds(place, base, home), _assumed(base)),
        machine.described(place.folder, card), _self_share(place, dataset), late_of(place, dataset),
        run_facts(runs.find_run(place, proposal.parent)) if proposal.parent else None,
        tuple(path.relative_to(place.folder) for path in sorted(place.images.rglob("*.npz"))),
    )  # fmt: skip


def plan_on(ground: Ground, proposal: Proposal) -> Planned:
    """The plan of a proposal on ground that was read before: reads nothing, so it can follow every key."""
    recipe, dataset = proposal.recipe, ground.dataset
    rates = rates_of(ground.speeds, dataset, recipe)
    foreseen = forecast(dataset, recipe, rates, proposal.price)
    known = priors_of(dataset, recipe, ground.share, ground.late if proposal.late is None else proposal.late)
    parent, planned = ground.parent, RunFacts("", ground.base.title if ground.base.name else "", dataset, recipe)
    intent = Intent(recipe, dataset, foreseen, known, planned, parent, ground.use_base,
                    TURBO if recipe.transferable else None, ground.machine, proposal.left_out, ground.foreign_latents)
    return Planned(
        intent, foreseen, preview_advice(dataset, recipe, rates), ground.share, axes(parent, planned) if parent else (),
        splits(parent, planned) if parent else (), objections(intent),
    )  # fmt: skip


def approved(planned: Planned, refused: Sequence[Refusal]) -> tuple[Refusal, ...]:
    """The refusals as a run records them, each with what its rule said. Raises UserError for an error that stands."""
    require_allowed(planned.objections, refused)
    return recorded(planned.objections, refused)


def speeds(place: Workspace, base: BaseChoice, home: Path | None = None) -> Iterator[Speed]:
    """What is known of this machine with a base: preflights first, then the project's own runs, the newest first."""
    yield from recall(stored_name(base.name), home)
    for run in tuple(reversed(runs.runs_of(place)))[:_RUNS_ASKED]:
        with suppress(UserError, OSError):
            if found := _speed_of(run, base):
                yield found


def run_facts(run: RunFolder) -> RunFacts:
    """What decided a run. Raises UserError for a damaged one."""
    begun = base_from_facts(fold_course(journal.read(run.journal), alive=False).facts.get("base"))
    return RunFacts(run.id, begun.title if begun else "", runs.read_dataset(run), runs.read_recipe(run))


def facts_of(planned: Planned, refused: Sequence[Refusal] = ()) -> Facts:
    """The plan as plain values."""
    found, intent = planned.forecast, planned.intent
    numbers = {name: getattr(found, name) for name in (
        "epochs", "steps_per_epoch", "steps", "exposures_per_epoch", "exposures", "exposures_per_image", "disk_bytes",
        "price", "measured", "source")}
    return numbers | {
        "seconds": {**found.seconds, "total": found.total_s}, "disk": dict(found.disk),
        "pictures": [{"name": each.name, "count": each.count, "repeats": each.repeats, "exposures": each.exposures,
                      "share": each.share} for each in found.pictures],
        "previews": planned.advice.sentence, "self_share": planned.self_share,
        "priors": [{"lo": each.lo, "hi": each.hi, "source": each.source, "sentence": each.sentence}
                   for each in intent.priors],
        "parent": intent.parent.id if intent.parent else "", "axes": [each.name for each in planned.axes],
        "splits": [list(each.takes) for each in planned.splits],
        "objections": [{"rule": each.rule, "severity": each.severity, "message": each.message, "remedy": each.remedy,
                        "settings": list(each.settings), "refused": each not in standing((each,), refused)}
                       for each in planned.objections],
    }  # fmt: skip


def lines_of(planned: Planned, refused: Sequence[Refusal] = ()) -> Iterator[str]:
    """The plan for people: length, night, disk, what is known of such runs, what changed, what speaks against it."""
    yield from _length_lines(planned.forecast)
    yield from _night_lines(planned.forecast, planned.advice)
    yield from _prior_lines(planned)
    yield from _changed_lines(planned)
    yield from _objection_lines(planned, refused)


def _length_lines(found: Forecast) -> Iterator[str]:
    for each in found.pictures:
        yield (f"{each.name}: {counted(each.count, 'image')} x {each.repeats} x {counted(found.epochs, 'epoch')} ="
               f" {each.exposures:,} exposures of each, {100 * each.share:.0f} % of an epoch")
    yield f"{found.exposures:,} exposures in {found.steps:,} steps, {found.steps_per_epoch:,} an epoch"


def _night_lines(found: Forecast, advice: PreviewAdvice) -> Iterator[str]:
    yield f"{found.hours:.2f} h of steps; {about(found.total_s)} in all ({found.source})"
    yield "    " + ", ".join(f"{part} {about(seconds)}" for part, seconds in found.seconds.items())
    yield f"    {advice.sentence}"
    yield f"{found.disk_bytes / _GIB:.2f} GiB on the disk"
    if found.price is not None:
        yield f"price {found.price:.2f}"


def _prior_lines(planned: Planned) -> Iterator[str]:
    share = f"own images: {told_share(planned.self_share)}"
    if not planned.intent.priors:
        yield f"Nobody reported how long such a run should be ({share})."
        return
    yield f"Reported of such runs ({share}); no law, each for its own recipe:"
    yield from (f"    {each.sentence}" for each in planned.intent.priors)


def _changed_lines(planned: Planned) -> Iterator[str]:
    parent = planned.intent.parent
    if parent is None:
        return
    changes = "; ".join(each.sentence for each in planned.axes)
    yield f"Changed against {parent.id}: {changes or 'nothing that counts'}"
    for number, each in enumerate(planned.splits, 1):
        yield f"    run {number} to tell them apart: the parent with {' and '.join(each.takes)} changed, {each.proves}"


def _objection_lines(planned: Planned, refused: Iterable[Refusal]) -> Iterator[str]:
    reasons = {each.rule: each.reason for each in refused}
    for each in planned.objections:
        said = f"refused: {reasons[each.rule]}" if each.rule in reasons else each.severity
        yield f"{each.rule}  {said}: {each.message} {each.remedy}"


def priors_of(dataset: Dataset, recipe: Recipe, share: float | None, late: bool | None) -> tuple[Prior, ...]:
    """What was reported of such runs; nothing for a recipe whose figures mean nothing for another base."""
    if not recipe.transferable or not dataset.characters:
        return ()
    return priors_for(share, len(dataset.characters), recipe.learning_rate, late)


def late_of(place: Workspace, dataset: Dataset) -> bool | None:
    """Whether a feature has to be learnt that comes late: a side to keep, or a giveaway. None where nothing tells."""
    if any(each.asymmetric for each in dataset.characters):
        return True
    ledgers = [each for each in read_ledgers(place) if each.character in {one.name for one in dataset.characters}]
    traits = [trait for ledger in ledgers for trait in ledger.traits]
    return any(trait.giveaway for trait in traits) if traits else None


def _self_share(place: Workspace, dataset: Dataset) -> float | None:
    shown = {image.id for image in dataset.images}
    return self_share(record for record in records(place) if record.id in shown)


def _speed_of(run: RunFolder, base: BaseChoice) -> Speed | None:
    """What a run's journal tells of the speed with this base; nothing of one that hardly began."""
    events = journal.read(run.journal)
    course = fold_course(events, alive=False)
    begun = base_from_facts(course.facts.get("base"))
    if begun is None or stored_name(begun.name) != stored_name(base.name):
        return None
    recipe, dataset = runs.read_recipe(run), runs.read_dataset(run)
    where = f"as run {run.id} went on {course.facts.get('device', 'this machine')}"
    found = speed_of(events, recipe, mean_area(dataset, recipe), where)
    if found.image_s is None:
        return None
    sizes = [path.stat().st_size for path in (run.folder / "checkpoints").glob("*.safetensors")]
    states = [path.stat().st_size for path in (run.folder / "state").glob("*.safetensors")]
    return replace(found, checkpoint_bytes=max(sizes, default=None), state_bytes=max(states, default=None))


def _assumed(base: BaseChoice) -> Speed:
    return ASSUMED_PRACTICE if base.name and base.is_practice else ASSUMED
