"""What would come of a plan? Everything that stands beside the recipe follows from the same few things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.core.dataset import Dataset, dataset_of
from studio.core.draft import Draft
from studio.core.errors import UserError
from studio.core.origin import Refusal
from studio.core.planner import Comparison, Forecast, PreviewAdvice, compared, forecast, preview_advice
from studio.core.preflight import require_ready
from studio.core.priors import Prior, self_share
from studio.core.project import Project
from studio.core.record import Record
from studio.core.rules.intent import TURBO, Intent, Machine, Objection
from studio.core.rules.table import objections, require_allowed
from studio.core.run_diff import Axis, RunFacts, Split, axes, splits
from studio.core.speed import Speed, rates_of
from studio.jobs.bases import BaseChoice
from studio.jobs.plan import priors_of
from ui.i18n import tr

NOTHING = Forecast((), 0, 0, 0, 0, 0, {"steps": 0.0})  # of a run without a picture


@dataclass(frozen=True, slots=True)
class Sight:
    """What is looked at: a draft, the project with its pictures, how fast the machine is, and the run before.

    `late` says whether something comes late, as far as the ledger tells; a person's own word goes before it.
    """

    draft: Draft
    project: Project
    records: tuple[Record, ...]
    speeds: tuple[Speed, ...]
    machine: Machine = Machine()
    price_per_hour: float = 0.0
    parent: RunFacts | None = None
    parent_name: str = ""
    late: bool | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes of it. `why_not` says why the run cannot start; empty where it can."""

    dataset: Dataset
    told: Forecast
    advice: PreviewAdvice
    priors: tuple[Prior, ...] = ()
    parent_name: str = ""
    axes: tuple[Axis, ...] = ()
    splits: tuple[Split, ...] = ()
    compared: Comparison | None = None
    objections: tuple[Objection, ...] = ()
    why_not: str = ""


def look_ahead(sight: Sight) -> Outlook:
    """The outlook of what is looked at."""
    shown = tuple(_taking_part(sight))
    dataset = dataset_of(sight.project.characters, (each.image for each in shown), sight.project.groups)
    try:
        return _looked(sight, dataset, shown)
    except UserError as error:  # of settings that leave no bucket, as half a typed number may
        return Outlook(dataset, NOTHING, PreviewAdvice(0.0), why_not=str(error))


def _looked(sight: Sight, dataset: Dataset, shown: tuple[Record, ...]) -> Outlook:
    if not dataset.images:
        return Outlook(dataset, NOTHING, PreviewAdvice(0.0), why_not=_why_not(sight, dataset, ()))
    draft = sight.draft
    rates = rates_of(sight.speeds, dataset, draft.recipe)
    intent = _intent(sight, dataset, shown, forecast(dataset, draft.recipe, rates, sight.price_per_hour))
    said, is_compared = objections(intent), intent.parent is not None
    return Outlook(
        dataset, intent.forecast, preview_advice(dataset, draft.recipe, rates), intent.priors, sight.parent_name,
        axes(intent.parent, intent.planned) if is_compared else (),
        splits(intent.parent, intent.planned) if is_compared else (), _against(sight, intent), said,
        _why_not(sight, dataset, said),
    )  # fmt: skip


def reasons(draft: Draft) -> tuple[Refusal, ...]:
    """What a person overruled, as a run keeps it."""
    return tuple(Refusal(rule, reason) for rule, reason in draft.refused.items())


def _intent(sight: Sight, dataset: Dataset, shown: Iterable[Record], told: Forecast) -> Intent:
    draft, base = sight.draft, BaseChoice(sight.project.base)
    title = base.title if base.name else ""
    late = sight.late if draft.late_feature is None else draft.late_feature
    return Intent(
        draft.recipe, dataset, told, priors_of(dataset, draft.recipe, self_share(shown), late),
        RunFacts("", title, dataset, draft.recipe), sight.parent, title, TURBO if draft.recipe.transferable else None,
        sight.machine, draft.left_out,
    )  # fmt: skip


def _against(sight: Sight, intent: Intent) -> Comparison | None:
    """How many times as long it is as the run before, on this machine; None where there is nothing to compare with."""
    if intent.parent is None or not intent.parent.dataset.images:
        return None
    dataset, recipe = intent.parent.dataset, intent.parent.recipe
    return compared(intent.forecast, forecast(dataset, recipe, rates_of(sight.speeds, dataset, recipe)))


def _taking_part(sight: Sight) -> Iterable[Record]:
    """The pictures of those who are taught; one that shows several takes part if all of them do."""
    names = set(sight.draft.characters) or {each.name for each in sight.project.characters}
    return (each for each in sight.records if not each.rejected and names.issuperset(each.image.characters))


def _why_not(sight: Sight, dataset: Dataset, said: tuple[Objection, ...]) -> str:
    base = BaseChoice(sight.project.base)
    if not base.name:
        return tr("No base model was chosen yet.")
    try:
        base.files()
        require_ready(dataset, sight.draft.recipe, set(sight.draft.refused))
        require_allowed(said, reasons(sight.draft))
    except UserError as error:
        return str(error)
    return ""
