"""Who keeps a composition from being drawn: the base that cannot, or the trigger that blocks what the base can?

Four arms are shot of each composition: the base alone in two outfits, the trigger at full strength, and at a low one,
which lets the base through and costs the identity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.core.paired import Comparison, Seen, compare
from studio.core.said import Said, said
from studio.core.stats import Hits, clopper_pearson

BASE, TRIGGER, WEAK = "base", "trigger", "weak"

Role = Literal["base", "trigger", "weak"]
State = Literal["open", "lacking", "suppressed", "kept"]

_CAN = 0.5  # the share of cells from which on an arm can
_CONCLUSIONS: dict[State, str] = {
    "open": "a control is missing", "lacking": "base lacks it", "suppressed": "trigger suppresses; add data",
    "kept": "the trigger leaves it alone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArmMark:
    """Whether one cell of one arm shows the composition, and whether she is no longer herself in it."""

    composition: str
    role: Role
    seed: int
    obtained: bool
    is_lost: bool = False
    strength: float = 1.0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What the arms of one composition come to; `conclusion` is the state in a few words.

    `is_shown` says whether chance is ruled out, in pairs of one seed, corrected over all compositions. `keys` are the
    cells it rests on.
    """

    composition: str
    state: State
    base: Hits
    trigger: Hits
    weak: Hits
    lost: Hits
    strength: float
    is_shown: bool
    keys: tuple[str, ...]

    @property
    def conclusion(self) -> str:
        return _CONCLUSIONS[self.state]

    @property
    def releases(self) -> bool:
        """Whether the low strength brings the composition back."""
        return self.weak.tries > 0 and self.weak.rate >= _CAN

    @property
    def text(self) -> Said:
        """"from below: the base can, the trigger blocks it" once that is shown, before it what was counted."""
        if not self.is_shown:
            doubt = " (not shown)" if self.state in ("lacking", "suppressed") else ""
            return said("{composition}: base {base}, trigger {trigger}: " + self.conclusion + doubt,
                        composition=self.composition, base=_counted(self.base), trigger=_counted(self.trigger))
        if self.state == "lacking":
            return said("{composition}: the base cannot", composition=self.composition)
        if not self.releases:
            return said("{composition}: the base can, the trigger blocks it", composition=self.composition)
        pattern = "{composition}: the base can, the trigger blocks it, strength {strength} releases it"
        return said(pattern + (" and loses her" if self.lost.rate >= _CAN else ""), composition=self.composition,
                    strength=f"{self.strength:g}")  # fmt: skip


def suppressions(marks: Iterable[ArmMark]) -> tuple[Suppression, ...]:
    """What is said of each composition, in the order in which they first come up."""
    by_composition: defaultdict[str, list[ArmMark]] = defaultdict(list)
    for mark in marks:
        by_composition[mark.composition].append(mark)
    compared = {each.trait: each for each in compare(_pairs(by_composition), BASE)}
    return tuple(_suppression(name, found, compared.get(name)) for name, found in by_composition.items())


def _suppression(composition: str, marks: Sequence[ArmMark], compared: Comparison | None) -> Suppression:
    of_role = {role: [mark for mark in marks if mark.role == role] for role in (BASE, TRIGGER, WEAK)}
    base, trigger, weak = (Hits(sum(mark.obtained for mark in of_role[role]), len(of_role[role]))
                           for role in (BASE, TRIGGER, WEAK))
    back = [mark for mark in of_role[WEAK] if mark.obtained]
    state = _state(base, trigger)
    return Suppression(
        composition, state, base, trigger, weak, Hits(sum(mark.is_lost for mark in back), len(back)),
        min((mark.strength for mark in of_role[WEAK]), default=1.0),
        _is_shown(state, base, compared), tuple(mark.key for mark in marks if mark.key),
    )  # fmt: skip


def _state(base: Hits, trigger: Hits) -> State:
    if not base.tries:
        return "open"
    if base.rate < _CAN:
        return "lacking"
    if not trigger.tries:
        return "open"
    return "kept" if trigger.rate >= _CAN else "suppressed"


def _is_shown(state: State, base: Hits, compared: Comparison | None) -> bool:
    if state == "lacking":
        return clopper_pearson(base.hits, base.tries)[1] < _CAN
    return state == "suppressed" and compared is not None and compared.is_clear and compared.worse > compared.better


def _pairs(by_composition: dict[str, list[ArmMark]]) -> Iterable[Seen]:
    """One value of each arm for each seed: the share of its cells that show the composition."""
    for composition, marks in by_composition.items():
        cells: defaultdict[tuple[str, int], list[bool]] = defaultdict(list)
        for mark in marks:
            if mark.role != WEAK:
                cells[mark.role, mark.seed].append(mark.obtained)
        for (role, seed), obtained in cells.items():
            yield Seen(role, composition, seed, composition, sum(obtained) / len(obtained))


def _counted(hits: Hits) -> str:
    return f"{hits.hits} of {hits.tries}"
