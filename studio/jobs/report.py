"""What the cells of a sheet say about a LoRA, and how that is told: counts, exact intervals, one verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from studio.core.axes import BASE, EPOCH, Value
from studio.core.events import Facts
from studio.core.stats import Hits, hit_text
from studio.core.sweep import Cell
from studio.jobs.samples import KINDS, AskedPrompt
from studio.jobs.score import Scores

PLATEAU = 0.05  # the earliest epoch this close to the best one is chosen
KEPT = 0.8      # the share of the base's obedience that an epoch must keep

Pair = Sequence[int]  # hits, renders


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: how often each trait is seen, and how often framing, angle and pose are as asked."""

    traits: Mapping[str, Hits]
    kinds: Mapping[str, Hits]

    @property
    def identity(self) -> float:
        """The share of all traits that were seen."""
        return total(self.traits.values()).rate

    @property
    def obedience(self) -> float:
        """The share of all that was asked of the composition."""
        return total(self.kinds.values()).rate


Rows = Mapping[Value, Row]  # by epoch, the base among them


@dataclass(slots=True)
class Findings:
    """What is counted of one character: on every epoch, and on fresh seeds for each group of her traits.

    `others` are the core traits of other characters in the pictures that her trigger calls.
    """

    epochs: Rows = field(default_factory=dict)
    reports: list[Rows] = field(default_factory=list)
    others: dict[str, Rows] = field(default_factory=dict)

    def facts(self, epoch: int) -> Facts:
        """All counts as [hits, renders], those on fresh seeds for the base and for the LoRA of the epoch."""
        return {
            "traits": {trait: pair for rows in self.reports for trait, pair in _traits(rows, epoch).items()},
            "composition": {kind: _counted(self.reports, epoch, lambda row, kind=kind: row.kinds[kind])
                            for kind in KINDS},
            "epochs": {str(each): {trait: hits.pair for trait, hits in row.traits.items()}
                       for each, row in self.epochs.items()},
            **({"others": {name: _traits(rows, epoch) for name, rows in self.others.items()}} if self.others else {}),
        }  # fmt: skip


def rows_of(cells: Iterable[Cell], scores: Scores, prompts: Sequence[AskedPrompt], traits: Sequence[str]) -> Rows:
    """The rows of a sheet whose rows are epochs and whose columns are these prompts with seeds."""
    by_epoch: dict[Value, list[Cell]] = {}
    for cell in cells:
        by_epoch.setdefault(cell.value(EPOCH), []).append(cell)
    return {epoch: _row(found, scores, prompts, traits) for epoch, found in by_epoch.items()}


def chosen_epoch(characters: Sequence[Rows]) -> int:
    """The earliest epoch on the plateau of identity, among those that still do as they are told, if any do.

    One file draws all characters of a run, so an epoch is as good as it is for the one whom it serves worst.
    """
    trained = [epoch for epoch in characters[0] if epoch != BASE]
    obedient = [epoch for epoch in trained if all(_obeys(rows, epoch) for rows in characters)] or trained
    identity = {epoch: min(rows[epoch].identity for rows in characters) for epoch in obedient}
    best = max(identity.values())
    return min(int(epoch) for epoch in obedient if identity[epoch] >= best - PLATEAU)


def total(hits: Iterable[Hits]) -> Hits:
    return sum(hits, Hits())


def report(facts: Facts) -> Iterator[str]:
    """The facts of a finished demo as lines: for each character every epoch, then the base against the chosen one."""
    for name, counts in facts.get("characters", {"": facts}).items():
        yield from _chapter(name, facts["epoch"], counts)
    yield "Hits of renders, percent, and the exact 95 % interval of the rate."
    yield f"Sheet: {facts['sheet']}"


def _chapter(name: str, epoch: int, counts: Facts) -> Iterator[str]:
    traits = list(next(iter(counts["epochs"].values())))
    yield _headed(name, "every epoch, on the seeds it is chosen by")
    yield from _table(["", *traits], ([_epoch(each), *(hit_text(*row[trait]) for trait in traits)]
                                      for each, row in counts["epochs"].items()))  # fmt: skip
    yield ""
    yield _headed(name, f"epoch {epoch} against the base, on fresh seeds and the trigger alone")
    yield from _sides(epoch, (*counts["traits"].items(), *_asked(counts["composition"])))
    yield ""
    for other, pairs in counts.get("others", {}).items():
        yield _headed(name, f"what the same pictures have of {other}")
        yield from _sides(epoch, pairs.items())
        yield ""


def _traits(rows: Rows, epoch: int) -> dict[str, dict[str, list[int]]]:
    return {trait: _counted([rows], epoch, lambda row, trait=trait: row.traits[trait]) for trait in rows[BASE].traits}


def _counted(reports: Sequence[Rows], epoch: int, hits_of: Callable[[Row], Hits]) -> dict[str, list[int]]:
    sides = {"base": BASE, "lora": epoch}
    return {side: total(hits_of(rows[each]) for rows in reports).pair for side, each in sides.items()}


def _headed(name: str, text: str) -> str:
    return f"{name}: {text}" if name else text[0].upper() + text[1:]


def _sides(epoch: int, rows: Iterable[tuple[str, Mapping[str, Pair]]]) -> Iterator[str]:
    return _table(["", "base", f"epoch {epoch}"],
                  ([name, *(hit_text(*pairs[side]) for side in ("base", "lora"))] for name, pairs in rows))


def _asked(composition: Mapping[str, Mapping[str, Pair]]) -> Iterator[tuple[str, Mapping[str, Pair]]]:
    return ((f"{kind} as asked", pairs) for kind, pairs in composition.items())


def _epoch(name: str) -> str:
    return name if name == BASE else f"epoch {name}"


def _obeys(rows: Rows, epoch: Value) -> bool:
    return rows[epoch].obedience >= KEPT * rows[BASE].obedience


def _row(cells: Sequence[Cell], scores: Scores, prompts: Sequence[AskedPrompt], traits: Sequence[str]) -> Row:
    keys = [cell.key for cell in cells]
    asked = {prompt.text: prompt.composition for prompt in prompts}
    wanted = [(kind, tag, cell.key) for cell in cells for kind, tag in asked[str(cell.value("prompt"))]]
    kinds = {name: total(scores.hits([key], tag) for kind, tag, key in wanted if kind == name) for name in KINDS}
    return Row({trait: scores.hits(keys, trait) for trait in traits}, kinds)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest text, two spaces apart."""
    every = [list(head), *map(list, rows)]
    widths = [max(len(row[place]) for row in every) for place in range(len(head))]
    for row in every:
        yield "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
