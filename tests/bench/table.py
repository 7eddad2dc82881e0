"""What a bench has to say: ratios with their spread, beside what their median has to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

HEAD = ("part", "what", "median", "quartiles", "n", "target", "")
MISSING = "-"


@dataclass(frozen=True, slots=True)
class Target:
    """A bound that the median of the ratios must keep."""

    bound: float
    upper: bool

    def is_met(self, value: float) -> bool:
        return value <= self.bound if self.upper else value >= self.bound


def at_most(bound: float) -> Target:
    return Target(bound, upper=True)


def at_least(bound: float) -> Target:
    return Target(bound, upper=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: a ratio for each pair of turns, all taken in one run. `note` says what stands behind them."""

    part: str
    what: str
    ratios: tuple[float, ...]
    target: Target | None = None
    percent: bool = False
    note: str = ""

    @property
    def median(self) -> float:
        return median(self.ratios)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The ends of the middle half; of a single ratio, itself twice."""
        if len(self.ratios) < 2:
            return self.ratios[0], self.ratios[0]
        low, _, high = quantiles(self.ratios, n=4, method="inclusive")
        return low, high

    @property
    def is_met(self) -> bool | None:
        """None where there is nothing to meet."""
        return self.target and self.target.is_met(self.median)


def text_of(rows: Sequence[Row]) -> str:
    """The rows as a table for a terminal, each note below its row."""
    table = [HEAD, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    head, *body = (_joined(cells, widths) for cells in table)
    told = [line for row, text in zip(rows, body, strict=True) for line in (text, *_notes(row, widths[0]))]
    return "\n".join((head, *told))


def facts_of(row: Row) -> dict[str, object]:
    """The row for a machine."""
    target = row.target and {"bound": row.target.bound, "upper": row.target.upper}
    return {"part": row.part, "what": row.what, "median": row.median, "quartiles": row.quartiles,
            "n": len(row.ratios), "ratios": row.ratios, "target": target, "met": row.is_met, "note": row.note}


def _cells(row: Row) -> tuple[str, ...]:
    spread = " to ".join(_shown(end, row.percent) for end in row.quartiles)
    return (row.part, row.what, _shown(row.median, row.percent), spread, str(len(row.ratios)), *_verdict(row))


def _verdict(row: Row) -> tuple[str, str]:
    if row.target is None:
        return MISSING, ""
    sign = "<=" if row.target.upper else ">="
    return f"{sign} {_shown(row.target.bound, row.percent)}", "met" if row.is_met else "not met"


def _shown(ratio: float, percent: bool) -> str:
    return f"{100 * ratio:.3g} %" if percent else f"{ratio:.2f}x"


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _notes(row: Row, indent: int) -> tuple[str, ...]:
    return (f"{'':{indent}}    {row.note}",) if row.note else ()
