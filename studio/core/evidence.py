"""What can a sheet answer, and what do one judge's marks of it say to each of these questions?

A sheet says by its axes what it is for: epochs beside each other, the base beside the trigger, strengths, interactions,
several characters in one picture. Marks become the facts that each question is decided on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from studio.core.agreement import Agreement, agreements
from studio.core.axes import BASE, CHARACTER, EPOCH, FORMAT, LORA, MODEL, STRENGTH, TEXTS, Value
from studio.core.bleed import Bleed, Sighting, bleeds
from studio.core.blind import Steadiness, noise_of, steadiness
from studio.core.compared_epochs import SEED, is_epoch
from studio.core.hit_table import HitTable, hit_table
from studio.core.interaction import Interactions, Roll, interactions
from studio.core.marks import CAUSE, KEEPER, Mark, MarkState
from studio.core.paired import in_order, seen_in
from studio.core.reference import telling_words
from studio.core.rubric import AS_ASKED, NOTE
from studio.core.strength import Response, StrengthMark, responses
from studio.core.suppression import TRIGGER, WEAK, ArmMark, Role, Suppression, suppressions
from studio.core.sweep import Cell, Sheet, set_by
from studio.core.verdict import NOISE, Verdict, verdict

Question = Literal["epoch", "suppression", "strength", "bleed", "interaction"]
QUESTIONS: tuple[Question, ...] = ("epoch", "suppression", "strength", "bleed", "interaction")

# Causes that two questions ask for, beside those that people give of their own accord.
LOST, BROKEN = "identity lost", "broken"
WORN = "#worn:"        # and an owner and a trait, parted by a tab; the mark's text says who wears it
INTERACTION = "interaction"

_ARMS = (EPOCH, LORA, MODEL, FORMAT)                       # what may be compared, the likeliest first
_BESIDE = frozenset((*_ARMS, STRENGTH, SEED))              # what says nothing of a composition
_DIVIDING = frozenset((*_ARMS, STRENGTH, CHARACTER))       # what a table of hits is divided by
_WEAK = 0.6            # a LoRA below it lets the base through
_SEVERAL = "|"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one judge's marks of a sheet come to. `axis` names the axis whose values are compared, if there is one.

    `curves` divides the hits by that axis alone, `table` by whatever the sheet compares. `noise` is the judge's, as a
    share of the scale.
    """

    questions: tuple[Question, ...]
    axis: str
    verdict: Verdict
    curves: HitTable
    table: HitTable
    steady: Steadiness | None = None
    suppressions: tuple[Suppression, ...] = ()
    responses: tuple[Response, ...] = ()
    interactions: Interactions | None = None
    bleeds: tuple[Bleed, ...] = ()
    noise: float = NOISE


def evidence(sheet: Sheet, cells: Sequence[Cell], marks: Iterable[Mark], repeats: Iterable[Mark] = ()) -> Evidence:
    """What the counting marks of one judge say; `repeats` are all of that judge's, blind repeats included."""
    counting, asked, axis = tuple(marks), questions_of(sheet), arm_axis(sheet)
    every = tuple(repeats)
    arms = [cell for cell in cells if axis != EPOCH or is_epoch(cell.value(EPOCH))]
    short = short_names(sheet)
    seen = seen_in(arms, counting, axis) if axis else ()
    named = (replace(each, prompt=shortened(each.prompt, short)) for each in seen)
    noise = noise_of(every, NOISE)
    found = verdict(named, noise=noise)
    rolls = tuple(rolls_in(cells, counting)) if "interaction" in asked else ()
    return Evidence(
        asked, axis, found, hit_table(cells, counting, (axis,) if axis else ()),
        hit_table(cells, counting, dividing_axes(sheet)), steadiness(every),
        suppressions(arms_in(sheet, cells, counting, found.pick)) if "suppression" in asked else (),
        responses(strengths_in(cells, counting)) if "strength" in asked else (),
        interactions(rolls) if rolls else None,
        bleeds(sightings_in(counting)),
        noise,
    )  # fmt: skip


def questions_of(sheet: Sheet) -> tuple[Question, ...]:
    """Which questions its axes put."""
    names = {axis.name for axis in sheet.axes}
    epochs, strengths = set(set_by(sheet.axes, EPOCH)), set(set_by(sheet.axes, STRENGTH))
    can = {
        "epoch": bool(arm_axis(sheet)),
        "suppression": BASE in epochs and any(map(is_epoch, epochs)) and bool(compositions_of(sheet)),
        "strength": len(strengths) > 1 and STRENGTH in names,
        "bleed": len(sheet.characters) > 1 and CHARACTER not in names,
        "interaction": INTERACTION in names,
    }
    return tuple(each for each in QUESTIONS if can[each])


def arm_axis(sheet: Sheet) -> str:
    """The axis whose values are compared with each other; empty for a sheet that compares nothing."""
    values = {axis.name: [value for value in axis.values if is_epoch(value) or axis.name != EPOCH]
              for axis in sheet.axes}
    return next((name for name in _ARMS if len(values.get(name, ())) > 1), "")


def dividing_axes(sheet: Sheet) -> tuple[str, ...]:
    """The axes by which a table of hits is divided: all that are compared, be it as one axis of arms."""
    return tuple(axis.name for axis in sheet.axes if axis.name in _DIVIDING or _sets_arms(sheet, axis.name))


def compositions_of(sheet: Sheet) -> tuple[str, ...]:
    """The axes that say what is to be seen, and not by whom it is drawn."""
    return tuple(axis.name for axis in sheet.axes if axis.name not in _BESIDE and not _sets_arms(sheet, axis.name))


def short_names(sheet: Sheet) -> Mapping[str, str]:
    """Whole prompts by what tells them apart, so that a sentence can name them; as they are where nothing does."""
    whole = [str(value) for axis in sheet.axes if axis.name in TEXTS for value in axis.values]
    names = telling_words(whole)
    return names if len(set(names.values())) == len(names) else {}


def shortened(text: str, names: Mapping[str, str]) -> str:
    """The text with short names in the place of prompts."""
    return reduce(lambda said, prompt: said.replace(prompt, names[prompt]), sorted(names, key=len, reverse=True), text)


def counted(states: Iterable[MarkState], keys: Iterable[str]) -> tuple[Mark, ...]:
    """The counting marks of these cells, wherever they were made: one picture may be a cell of several sheets.

    Of two marks by one judge for one cell and trait the later counts.
    """
    wanted, newest = frozenset(keys), {}
    for mark in (mark for state in states for mark in state.counting() if mark.key in wanted):
        name = mark.key, mark.trait, mark.judge
        if name not in newest or newest[name].time <= mark.time:
            newest[name] = mark
    return tuple(newest.values())


def agreed(cells: Iterable[Cell], marks: Iterable[Mark]) -> dict[tuple[str, str], tuple[Agreement, ...]]:
    """How far any two judges of these marks agree, by their names."""
    seeds = {cell.key: cell.spec.seed for cell in cells}
    by_judge: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_judge[mark.judge].append(mark)
    names = sorted(by_judge)
    pairs = ((one, other) for place, one in enumerate(names) for other in names[place + 1:])
    found = {pair: agreements(by_judge[pair[0]], by_judge[pair[1]], seeds) for pair in pairs}
    return {pair: each for pair, each in found.items() if each}


# What each question takes from the marks


def arms_in(sheet: Sheet, cells: Iterable[Cell], marks: Iterable[Mark], pick: Value | None = None) -> Iterator[ArmMark]:
    """Whether each arm obtained each composition. Of several epochs the trigger's is the one that was picked.

    As long as nothing is picked it is the last one.
    """
    named, short, causes = compositions_of(sheet), short_names(sheet), causes_in(marks := tuple(marks))
    obtained = {mark.key: mark for mark in marks if mark.trait == AS_ASKED and mark.is_of_trait}
    judged = [cell for cell in cells if cell.key in obtained]
    epochs = in_order(cell.value(EPOCH) for cell in judged if is_epoch(cell.value(EPOCH)))
    chosen = pick if pick in epochs else next(reversed(epochs), None)
    for cell in judged:
        if cell.value(EPOCH) == chosen or not is_epoch(cell.value(EPOCH)):
            composition = shortened(", ".join(str(cell.value(name)) for name in named), short)
            yield ArmMark(composition, role_of(cell), cell.spec.seed, obtained[cell.key].is_hit,
                          LOST in causes[cell.key], float(cell.value(STRENGTH, 1.0)), cell.key)


def strengths_in(cells: Iterable[Cell], marks: Iterable[Mark]) -> Iterator[StrengthMark]:
    """Whether each trait shows at each strength, and whether the picture is broken there."""
    of_cell, causes = _by_cell(marks := tuple(marks)), causes_in(marks)
    for cell in cells:
        layout = ", ".join(str(value) for name, value in cell.values if name not in _BESIDE)
        for mark in of_cell[cell.key]:
            yield StrengthMark(layout, float(cell.value(STRENGTH, 1.0)), mark.trait, mark.is_hit,
                               BROKEN in causes[cell.key], cell.key)


def rolls_in(cells: Iterable[Cell], marks: Iterable[Mark]) -> Iterator[Roll]:
    """Each judged cell as a roll. Who keeps cells counts keepers, who keeps none counts what is as it was asked for."""
    marks = tuple(marks)
    kept = {mark.key: bool(mark.value) for mark in marks if mark.trait == KEEPER}
    asked = {mark.key: mark.is_hit for mark in marks if mark.trait == AS_ASKED and mark.is_of_trait}
    causes = causes_in(marks)
    judged = dict.fromkeys([*kept, *asked, *causes])
    hits = {key: kept.get(key, False) for key in judged} if any(kept.values()) else asked
    by_key = {cell.key: cell for cell in cells}
    for key in (key for key in by_key if key in judged):
        yield Roll(str(by_key[key].value(INTERACTION)), hits.get(key, False), tuple(sorted(causes.get(key, ()))), key)


def sightings_in(marks: Iterable[Mark]) -> Iterator[Sighting]:
    """Who was seen to wear what; a trait may be worn by several in one cell."""
    for mark in marks:
        if mark.trait.startswith(WORN) and isinstance(mark.value, str):
            owner, _, trait = mark.trait.removeprefix(WORN).partition("\t")
            yield from (Sighting(mark.key, trait, owner, slot) for slot in mark.value.split(_SEVERAL))


def worn(key: str, owner: str, trait: str, by: Iterable[str] | None, judge: str, time: float = 0.0) -> Mark:
    """The mark that says by whom a trait of `owner` is worn in a cell; by nobody, or None to take it back."""
    value = None if by is None else _SEVERAL.join(by)
    return Mark(key, f"{WORN}{owner}\t{trait}", NOTE, value, judge, time=time)


def causes_in(marks: Iterable[Mark]) -> Mapping[str, set[str]]:
    """What is blamed in each cell; nothing for any other."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for mark in marks:
        if mark.trait.startswith(CAUSE) and mark.value:
            found[mark.key].add(mark.trait.removeprefix(CAUSE))
    return found


def role_of(cell: Cell) -> Role:
    """The arm of a suppression test that a cell belongs to.

    What is called by a word instead of a number is the base, asked with or without the trigger.
    """
    if not is_epoch(cell.value(EPOCH)):
        return "base"
    return WEAK if float(cell.value(STRENGTH, 1.0)) < _WEAK else TRIGGER


def _sets_arms(sheet: Sheet, name: str) -> bool:
    """Whether the values of an axis are names that set an epoch, a strength or another LoRA."""
    axis = next(axis for axis in sheet.axes if axis.name == name)
    return bool(axis.sets) and any(each in _BESIDE for value in axis.values for each, _ in axis.means(value))


def _by_cell(marks: Iterable[Mark]) -> Mapping[str, list[Mark]]:
    found: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.is_of_trait:
            found[mark.key].append(mark)
    return found
