"""Can the cells that stand in one grid be compared at all? What the rules of evaluation need to know of them.

A sheet is looked at as it is shown: with another one beside it, cells of both count. What somebody compares them for is
told by `subjects`; of faces alone a sheet is known to be by its framing.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from studio.core.axes import BASE, CHARACTER, EPOCH, FORMAT, LORA, MODEL, SIZE, STRENGTH, is_text
from studio.core.caption import split_caption
from studio.core.evaluation_rules import CellFacts, Claim, SheetFacts, Warned, warnings
from studio.core.labels import FRAMINGS, Labels, word
from studio.core.lint.phrases import listed
from studio.core.marks import CAUSE, Mark
from studio.core.paired import arm_name
from studio.core.profiles import PROFILES
from studio.core.said import said
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell, Sheet
from studio.core.tag_table import labels_of
from studio.core.verdict import NOISE

SUBJECTS: tuple[Claim, ...] = ("face", "accessory", "colour")  # what a person may compare for
RANKED: tuple[Claim, ...] = ("best", "broken")                 # what an order by marks says of arms
PICKED: tuple[Claim, ...] = ("ahead",)                         # what a verdict, which picks by rules of its own, does
BUILTIN, TURBO = "builtin", "turbo"

_WAY = ("steps", "cfg", "sampler", "scheduler")  # settings that make a profile
_FACES = (FRAMINGS[0],)


@dataclass(frozen=True, slots=True)
class Watched:
    """What stands against comparing these cells. Whoever ranks them all the same has to say so."""

    warned: tuple[Warned, ...] = ()
    profiles: tuple[str, ...] = ()

    @property
    def is_mixed(self) -> bool:
        """Whether pictures made in more than one way stand side by side: then there is no ranking."""
        return len(self.profiles) > 1


def profile_of(spec: RenderSpec) -> str:
    """The profile by which a picture was made, "turbo" for the square one too; empty for any other way."""
    way = {name: getattr(spec, name) for name in _WAY}
    found = (name for name, each in PROFILES.items() if way == {key: dict(each.settings)[key] for key in _WAY})
    return next(found, "").partition(" ")[0]


class Watch:
    """Watches over some cells of a sheet, and those of another one that they stand `beside`.

    What a cell is does not change with marks, so it is looked at once.
    """

    def __init__(self, sheet: Sheet, cells: Sequence[Cell], beside: Sequence[Cell] = ()) -> None:
        self._varied = _varied(sheet)
        labels = cache(lambda prompt: labels_of(split_caption(prompt)[0]))
        self._facts = tuple(_cell(each, labels) for each in cells)
        self._beside = tuple(_cell(each, labels) for each in beside)
        self._arms = {each.key: each.arm for each, cell in zip(self._facts, cells, strict=True)
                      if cell.value(EPOCH) != BASE}
        self._are_faces = is_of_faces(cells)
        self._profiles = _profiles([*cells, *beside])
        self._mixed = (_mixed(cells, self._profiles),) if len(self._profiles) > 1 else ()

    def found(self, marks: Iterable[Mark] = (), subjects: Collection[str] = (), ranked: Collection[Claim] = (),
              noise: float = NOISE) -> Watched:
        """What the rules say, given what was marked, what somebody compares for, and what he concludes from marks.

        `noise` is the judge's, as a share of the scale.
        """
        listed_marks = list(marks)
        rates = _rates(self._arms, listed_marks)
        claims = [(each, "") for each in SUBJECTS if each in subjects or each == "face" and self._are_faces]
        claims += [each for each in _ranked(rates) if each[0] in ranked]
        told = frozenset(_WAY) if self._mixed else frozenset()  # in a word of its own
        facts = SheetFacts(_blamed(self._facts, listed_marks) + self._beside, self._varied | told, tuple(claims),
                           _lead(rates), noise)
        return Watched(self._mixed + warnings(facts), self._profiles)


def watched(sheet: Sheet, cells: Sequence[Cell], marks: Iterable[Mark] = (), subjects: Collection[str] = (),
            beside: Sequence[Cell] = (), ranked: Collection[Claim] = (), noise: float = NOISE) -> Watched:
    """What the rules say of these cells, looked at once."""
    return Watch(sheet, cells, beside).found(marks, subjects, ranked, noise)


def is_of_faces(cells: Iterable[Cell]) -> bool:
    """Whether every picture is asked to be of a face."""
    prompts = {each.spec.prompt for each in cells}
    framings = {word(labels_of(split_caption(each)[0]), "framing") for each in prompts}
    return bool(framings) and framings <= set(_FACES)


def _blamed(facts: tuple[CellFacts, ...], marks: Iterable[Mark]) -> tuple[CellFacts, ...]:
    """The cells with what judges blamed for them."""
    blamed: defaultdict[str, set[str]] = defaultdict(set)
    for mark in marks:
        if mark.trait.startswith(CAUSE) and mark.value:
            blamed[mark.key].add(mark.trait.removeprefix(CAUSE))
    if not blamed:
        return facts
    return tuple(dataclasses.replace(each, causes=frozenset(blamed[each.key])) if each.key in blamed else each
                 for each in facts)


def _cell(cell: Cell, labels: Callable[[str], Labels]) -> CellFacts:
    spec = cell.spec
    settings = tuple((name, str(getattr(spec, name))) for name in _WAY)
    texts = ", ".join(str(value) for name, value in cell.values if is_text(name))
    return CellFacts(
        key=cell.key, arm=_arm(cell), seed=spec.seed, prompt=spec.prompt, width=spec.width, height=spec.height,
        settings=settings, strength=float(cell.value(STRENGTH, 1.0)), base=spec.base, format=str(cell.value(FORMAT)),
        composition=texts, framing=word(labels(spec.prompt), "framing"), drawn_by=spec.drawn_by,
    )  # fmt: skip


def _varied(sheet: Sheet) -> frozenset[str]:
    """What a sheet varies on purpose, in the words of the rules; a prompt is varied by whatever stands in it."""
    names = {name for axis in sheet.axes for value in axis.values for name, _ in axis.means(value)}
    names |= {axis.name for axis in sheet.axes if len(axis.values) > 1}
    said_so = {name for name in names if any(len({dict(axis.means(value)).get(name) for value in axis.values}) > 1
                                             for axis in sheet.axes)}
    meant = {MODEL: "base", SIZE: "size", STRENGTH: "strength"}
    worded = {"prompt"} if any(is_text(name) or name in (FORMAT, CHARACTER) for name in said_so) else set()
    return frozenset({meant.get(name, name) for name in said_so} | worded)


def _rates(arms: Mapping[str, str], marks: Iterable[Mark]) -> dict[str, float]:
    """How good each arm is by the marks on it, as a share of the scale; in the order of the sheet."""
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for mark in marks:
        if mark.is_of_trait and mark.key in arms:
            shares[arms[mark.key]].append(mark.share)
    judged = (arm for arm in dict.fromkeys(arms.values()) if arm in shares)
    return {arm: sum(shares[arm]) / len(shares[arm]) for arm in judged if arm}


def _lead(rates: Mapping[str, float]) -> float | None:
    """What the best arm is ahead of the best one before it by, which could be taken instead; None without any."""
    best = max(rates, key=lambda arm: rates[arm], default="")
    before = list(rates)[:list(rates).index(best)] if best else []
    return rates[best] - max(rates[arm] for arm in before) if before else None


def _ranked(rates: Mapping[str, float]) -> list[tuple[Claim, str]]:
    """What an order by marks says: which arm is the best, and which are broken, nothing of them being any good."""
    best = max(rates, key=lambda arm: rates[arm], default="")
    claims: list[tuple[Claim, str]] = [("best", best), ("ahead", best)] if len(rates) > 1 and rates[best] else []
    return claims + [("broken", arm) for arm, rate in rates.items() if not rate]


def _arm(cell: Cell) -> str:
    for name in (EPOCH, LORA, MODEL):
        if (value := cell.value(name)) != "":
            return arm_name(value) if name == EPOCH else str(value)
    return ""


def _profiles(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Those that are there; pictures of no profile are told apart from those of one only if both are there."""
    found: Mapping[str, None] = dict.fromkeys(profile_of(each.spec) for each in cells)
    named = tuple(each for each in found if each)
    return named if len(named) > 1 else ()


def _mixed(cells: Sequence[Cell], profiles: Sequence[str]) -> Warned:
    few = [each for each in cells if profile_of(each.spec) == BUILTIN]
    return Warned("V03", "warning",
                  said("Pictures of the profiles {profiles} stand side by side: what is drawn as a preview undersells",
                       profiles=listed(tuple(profiles))),
                  said("Rank within one profile, or say that it shall be ranked all the same"),
                  tuple(each.key for each in few))
