"""What must not be concluded from a sheet, since its cells cannot bear it?

One rule is one small function in a table. It looks at plain facts of the cells and at what somebody is about to say of
them; it never forbids, it says what would make the comparison a fair one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.core.lint.phrases import listed
from studio.core.paired import SEEDS
from studio.core.said import Said, said

Severity = Literal["error", "warning", "note"]
Claim = Literal["broken", "best", "ahead", "face", "accessory", "colour", "ability", "fusion"]

EXPRESSION = ("smile", "open mouth")  # with a mouth that shows, and the same one
SUSPECT_SEEDS = 4
FULL_STEPS = 20                       # from here on a picture is not made as Turbo makes it
MEGAPIXEL = 1_000_000


@dataclass(frozen=True, slots=True)
class CellFacts:
    """A cell as the rules see it. `arm` is what is compared, most often an epoch; `settings` are those of its render.

    `framing` and `expression` are what was asked for, empty if nothing was; `causes` what a judge blamed. `drawn_by` is
    the program that drew it, empty for this studio.
    """

    key: str
    arm: str
    seed: int
    prompt: str
    width: int = 832
    height: int = 1216
    settings: tuple[tuple[str, str], ...] = ()
    strength: float = 1.0
    base: str = ""
    format: str = ""
    composition: str = ""
    framing: str = ""
    causes: frozenset[str] = frozenset()
    drawn_by: str = ""

    @property
    def steps(self) -> int:
        return int(dict(self.settings).get("steps", 0))


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A sheet and what is about to be said of it.

    `varied` are the settings that it varies on purpose; `claims` hold the arm of each claim, empty for the whole sheet.
    `lead` is what the best arm is ahead by, None if nobody measured it; `noise` is the judge's, in the same unit.
    """

    cells: tuple[CellFacts, ...]
    varied: frozenset[str] = frozenset()
    claims: tuple[tuple[Claim, str], ...] = ()
    lead: float | None = None
    noise: float = 0.0

    def claimed(self, claim: Claim) -> tuple[str, ...]:
        """The arms of which it is said."""
        return tuple(arm for said_claim, arm in self.claims if said_claim == claim)

    def of(self, arm: str) -> tuple[CellFacts, ...]:
        """The cells of an arm; those of the sheet for an empty one."""
        return tuple(cell for cell in self.cells if arm in ("", cell.arm))


@dataclass(frozen=True, slots=True)
class Warned:
    """One sentence, one remedy, and the cells it is about."""

    rule: str
    severity: Severity
    message: Said
    remedy: Said
    keys: tuple[str, ...] = ()


Found = tuple[Said, Said, Sequence[CellFacts]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `look` says what it does not like, what to do, and of which cells."""

    id: str
    severity: Severity
    look: Callable[[SheetFacts], Iterator[Found]]


def few_seeds(sheet: SheetFacts) -> Iterator[Found]:
    """V01: "broken" on fewer seeds than can be told from a lottery."""
    for arm in sheet.claimed("broken"):
        seeds = {cell.seed for cell in sheet.of(arm)}
        if len(seeds) < SUSPECT_SEEDS:
            yield (said("{arm} is called broken on {count} of the {wanted} seeds that make it as much as suspect",
                        arm=arm, count=len(seeds), wanted=SUSPECT_SEEDS),
                   said("Render {more} more seeds", more=SEEDS - len(seeds)), sheet.of(arm))  # fmt: skip


def other_expression(sheet: SheetFacts) -> Iterator[Found]:
    """V02: faces with another expression, or with a mouth that is closed."""
    for arm in sheet.claimed("face"):
        wanting = [cell for cell in sheet.of(arm) if not all(_says(cell.prompt, word) for word in EXPRESSION)]
        if wanting:
            yield (said("{count} of the faces are not asked to smile with an open mouth", count=len(wanting)),
                   said("Ask every face for '{words}'", words=", ".join(EXPRESSION)), wanting)


def not_comparable(sheet: SheetFacts) -> Iterator[Found]:
    """V03: cells that differ in what the sheet does not vary on purpose, or arms on other seeds."""
    mixed = tuple(name for name, values in _unplanned(sheet).items() if len(values) > 1)
    if mixed:
        yield said("The cells differ in {what} too", what=listed(mixed)), said("Render them all alike"), sheet.cells
    seeds = {arm: {(cell.prompt, cell.seed) for cell in found} for arm, found in _by_arm(sheet.cells).items()}
    if "prompt" not in sheet.varied and len({frozenset(each) for each in seeds.values()}) > 1:
        shared = set.intersection(*seeds.values())
        odd = [cell for cell in sheet.cells if (cell.prompt, cell.seed) not in shared]
        yield (said("{count} cells have no counterpart of their prompt and seed", count=len(odd)),
               said("Render the missing cells"), odd)


def one_matrix(sheet: SheetFacts) -> Iterator[Found]:
    """V04: the best epoch of one format or one composition."""
    for arm in sheet.claimed("best"):
        cells = sheet.of(arm)
        narrow = tuple(name for name, values in (("format", {cell.format for cell in cells}),
                                                 ("composition", {cell.composition for cell in cells}))
                       if len(values) == 1)  # fmt: skip
        if narrow:
            yield (said("{arm} is best in one {what} only", arm=arm or "It", what=listed(narrow)),
                   said("Run the sheet 'pose-angle-weak' on it"), cells)


def other_framing(sheet: SheetFacts) -> Iterator[Found]:
    """V05: an accessory's size or colour across framings."""
    for arm in sheet.claimed("accessory"):
        framings = tuple(dict.fromkeys(cell.framing for cell in sheet.of(arm)))
        if len(framings) > 1:
            yield (said("The accessory is compared across {framings}, and its size follows the framing",
                        framings=listed(tuple(each or "no framing" for each in framings))),
                   said("Compare cells of one framing"), sheet.of(arm))  # fmt: skip


def read_otherwise(sheet: SheetFacts) -> Iterator[Found]:
    """V06: a failure that may be the prompt's."""
    blamed = [cell for cell in sheet.cells if "prompt reading" in cell.causes]
    if blamed:
        yield (said("{count} failures may be the prompt's, which can be read in two ways", count=len(blamed)),
               said("Reword it and render again"), blamed)


def too_small(sheet: SheetFacts) -> Iterator[Found]:
    """V07: fused faces below a megapixel."""
    fused = [cell for cell in sheet.cells if "face fusion" in cell.causes and cell.width * cell.height < MEGAPIXEL]
    if fused:
        yield (said("{count} of the fused faces are below a megapixel and may be blur", count=len(fused)),
               said("Render them larger"), fused)


def over_rendered(sheet: SheetFacts) -> Iterator[Found]:
    """V08: a colour judged on a full-step picture."""
    for arm in sheet.claimed("colour"):
        full = [cell for cell in sheet.of(arm) if cell.steps >= FULL_STEPS]
        if full:
            yield (said("{count} cells of {steps} steps and more are judged for colour", count=len(full),
                        steps=FULL_STEPS), said("Render them with Turbo"), full)  # fmt: skip


def within_noise(sheet: SheetFacts) -> Iterator[Found]:
    """V09: a winner by less than the judge's noise, or one that is only ahead of another that is taken."""
    for arm in dict.fromkeys(sheet.claimed("best") + sheet.claimed("ahead")):
        if sheet.lead is not None and sheet.lead < sheet.noise:
            yield (said("{arm} leads by less than the judge's noise: there is no difference", arm=arm or "It"),
                   said("Choose the earlier epoch"), sheet.of(arm))


RULES = (
    Rule("V01", "error", few_seeds),
    Rule("V02", "warning", other_expression),
    Rule("V03", "warning", not_comparable),
    Rule("V04", "warning", one_matrix),
    Rule("V05", "warning", other_framing),
    Rule("V06", "note", read_otherwise),
    Rule("V07", "note", too_small),
    Rule("V08", "warning", over_rendered),
    Rule("V09", "note", within_noise),
)


def warnings(sheet: SheetFacts) -> tuple[Warned, ...]:
    """All that the rules find, errors first."""
    found = [Warned(rule.id, rule.severity, message, remedy, tuple(cell.key for cell in cells))
             for rule in RULES for message, remedy, cells in rule.look(sheet)]
    return tuple(sorted(found, key=lambda each: ("error", "warning", "note").index(each.severity)))


def _unplanned(sheet: SheetFacts) -> Mapping[str, set[str]]:
    """The values of what no axis of the sheet varies."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for cell in sheet.cells:
        facts = {"strength": f"{cell.strength:g}", "base": cell.base, "size": f"{cell.width}x{cell.height}",
                 "program": cell.drawn_by}
        for name, value in (dict(cell.settings) | facts).items():
            if name not in sheet.varied:
                seen[name].add(value)
    return seen


def _by_arm(cells: Iterable[CellFacts]) -> Mapping[str, list[CellFacts]]:
    found: defaultdict[str, list[CellFacts]] = defaultdict(list)
    for cell in cells:
        found[cell.arm].append(cell)
    return found


def _says(prompt: str, words: str) -> bool:
    """Whether a prompt has these words as a tag of their own, whatever its weight."""
    tags = (part.strip(" ()").partition(":")[0].strip() for part in prompt.casefold().split(","))
    return words in tags
