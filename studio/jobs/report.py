"""What the cells of a sheet say about a LoRA, and how that is told: counts, exact intervals, one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from studio.core.axes import BASE, EPOCH, Value
from studio.core.events import Facts
from studio.core.stats import hit_text
from studio.core.sweep import Cell
from studio.jobs.samples import KINDS, AskedPrompt
from studio.jobs.score import Hits, Scores

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


def rows_of(cells: Iterable[Cell], scores: Scores, prompts: Sequence[AskedPrompt],
            traits: Sequence[str]) -> dict[Value, Row]:
    """The rows of a sheet whose rows are epochs and whose columns are these prompts with seeds."""
    by_epoch: dict[Value, list[Cell]] = {}
    for cell in cells:
        by_epoch.setdefault(cell.value(EPOCH), []).append(cell)
    return {epoch: _row(found, scores, prompts, traits) for epoch, found in by_epoch.items()}


def chosen_epoch(rows: Mapping[Value, Row]) -> int:
    """The earliest epoch on the plateau of identity, among those that still do as they are told, if any do."""
    trained = {epoch: row for epoch, row in rows.items() if epoch != BASE}
    needed = KEPT * rows[BASE].obedience
    obedient = {epoch: row for epoch, row in trained.items() if row.obedience >= needed} or trained
    best = max(row.identity for row in obedient.values())
    return min(int(epoch) for epoch, row in obedient.items() if row.identity >= best - PLATEAU)


def total(hits: Iterable[Hits]) -> Hits:
    return sum(hits, Hits())


def report(facts: Facts) -> Iterator[str]:
    """The facts of a finished demo as lines: every epoch, then the base against the chosen one, then the sheet."""
    traits = list(next(iter(facts["epochs"].values())))
    yield "Every epoch, on the seeds it is chosen by"
    yield from _table(["", *traits], ([_epoch(epoch), *(hit_text(*row[trait]) for trait in traits)]
                                      for epoch, row in facts["epochs"].items()))  # fmt: skip
    yield ""
    yield f"Epoch {facts['epoch']} against the base, on fresh seeds and the trigger alone"
    yield from _table(["", "base", f"epoch {facts['epoch']}"], (
        [name, *(hit_text(*pairs[side]) for side in ("base", "lora"))]
        for name, pairs in (*facts["traits"].items(), *_asked(facts["composition"]))))
    yield ""
    yield "Hits of renders, percent, and the exact 95 % interval of the rate."
    yield f"Sheet: {facts['sheet']}"


def _asked(composition: Mapping[str, Mapping[str, Pair]]) -> Iterator[tuple[str, Mapping[str, Pair]]]:
    return ((f"{kind} as asked", pairs) for kind, pairs in composition.items())


def _epoch(name: str) -> str:
    return name if name == BASE else f"epoch {name}"


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
