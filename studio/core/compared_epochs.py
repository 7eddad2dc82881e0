"""Which epochs are compared at first, and which of them once more on fresh seeds?

Beside them stands the base without the LoRA, asked as they are (step 0), and asked without the word that calls her:
who keeps a composition from being drawn is told from these two.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Generic, TypeVar

from studio.core.axes import BASE, EPOCH, FORMAT, Axis, Value
from studio.core.paired import in_order
from studio.core.sheet_plan import SheetPlan, with_axis
from studio.core.sweep import Sheet
from studio.core.verdict import Verdict

PLAN = "compare-epochs"
SEED = "seed"
NO_TRIGGER = "no trigger"   # in the place of an epoch: the base alone, asked without the trigger
EPOCHS, FRESH = 5, 8

_FIRST_FRESH = 1001

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Family(Generic[T]):
    """Sheets that were found to belong together so far, and the LoRAs that any of them knows."""

    of: tuple[object, ...]
    worn: frozenset[str]
    names: list[T]


def is_epoch(arm: Value) -> bool:
    """Whether an arm is an epoch, and neither the base nor a control."""
    return isinstance(arm, int)


def spread(epochs: Iterable[int], many: int = EPOCHS) -> tuple[int, ...]:
    """So many of these epochs, the first and the last among them, as evenly over the run as they allow."""
    there = sorted(set(epochs))
    if len(there) <= many:
        return tuple(there)
    chosen = {there[0], there[-1]}
    for place in range(1, many - 1):
        wanted = there[0] + (there[-1] - there[0]) * place / (many - 1)
        chosen.add(min((each for each in there if each not in chosen), key=lambda epoch: abs(epoch - wanted)))
    return tuple(sorted(chosen))


def compared(plan: SheetPlan, epochs: Iterable[int], with_control: bool = True) -> SheetPlan:
    """The plan for these epochs beside the base; the control is a row of its own."""
    control = ((NO_TRIGGER, ((EPOCH, BASE), (FORMAT, "BASE"))),) if with_control else ()
    return with_axis(plan, Axis(EPOCH, (BASE, *(name for name, _ in control), *epochs), control))


def contenders(found: Verdict) -> tuple[Value, ...]:
    """What more seeds could change: the pick, every later epoch that is not shown to be worse, and the reference.

    Of the earlier ones that are open too the one that is nearest to being clear, which is what `more` speaks of.
    """
    if found.pick is None or found.reference is None:
        return ()
    open_ones = [each for each in found.comparisons if each.word == "not shown" and each.decided]
    nearest = min(open_ones, key=lambda each: (each.p, -each.decided), default=None)
    worse = {each.arm for each in found.comparisons if each.word == "worse"}
    arms = in_order({each.arm for each in found.comparisons} | {found.reference, found.pick})
    left = [arm for arm in arms[arms.index(found.pick):] if arm not in worse]
    return tuple(in_order({*left, found.reference, *([nearest.arm] if nearest else ())}))


def fresh_seeds(used: Collection[int], many: int = FRESH) -> tuple[int, ...]:
    """So many seeds that nobody has seen a picture of."""
    return tuple(islice((seed for seed in count(_FIRST_FRESH) if seed not in used), many))


def on_seeds(sheet: Sheet, arms: Sequence[Value], seeds: Sequence[int]) -> Sheet:
    """The same pictures of some of its epochs under other seeds."""
    narrowed = _renewed(sheet, EPOCH, arms)
    if SEED in (axis.name for axis in sheet.axes):
        return _renewed(narrowed, SEED, seeds)
    return dataclasses.replace(narrowed, columns=(*narrowed.columns, Axis(SEED, tuple(seeds))))


def family(sheet: Sheet) -> tuple[object, ...]:
    """What sheets have in common that differ in epochs and seeds alone: their pictures can be compared."""
    others = tuple(axis for axis in sheet.axes if axis.name not in (EPOCH, SEED))
    names_epochs = any(axis.name == EPOCH for axis in sheet.axes)
    return sheet.title, names_epochs, others, dataclasses.replace(sheet.spec, seed=0)


def families(sheets: Mapping[T, Sheet]) -> tuple[tuple[T, ...], ...]:
    """The names of sheets of which those stand together that differ in epochs and seeds alone, and are of one run.

    A sheet knows all checkpoints that its run had, so two of one run share some, and two of other runs none. Families
    come in the order of the first of each, and so do the names in one.
    """
    found: list[_Family[T]] = []
    for name, sheet in sheets.items():
        own, worn = family(sheet), frozenset(sha256 for _, sha256 in sheet.epochs)
        joined = [each for each in found if each.of == own and (each.worn & worn or not each.worn and not worn)]
        if not joined:
            found.append(_Family(own, worn, [name]))
            continue
        first, *others = joined
        first.worn |= worn.union(*(each.worn for each in others))
        first.names += [*(each for other in others for each in other.names), name]
        found = [each for each in found if each not in others]
    places = {name: place for place, name in enumerate(sheets)}
    return tuple(tuple(sorted(each.names, key=places.__getitem__)) for each in found)


def _renewed(sheet: Sheet, name: str, values: Iterable[Value]) -> Sheet:
    kept = tuple(values)
    sides = {side: tuple(_of(axis, kept) if axis.name == name else axis for axis in getattr(sheet, side))
             for side in ("rows", "columns", "within")}
    return dataclasses.replace(sheet, **sides)


def _of(axis: Axis, values: tuple[Value, ...]) -> Axis:
    return Axis(axis.name, values, tuple(pair for pair in axis.sets if pair[0] in values))
