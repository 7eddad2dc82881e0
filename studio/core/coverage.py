"""Which framings, angles, poses does a set teach, and which that are wanted does it lack?

Everything is counted in exposures: an image that an epoch shows four times teaches four times. Only what is wanted and
empty is a gap; what is empty otherwise may be free, since the base draws it, but that is unknown until it was probed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.core.labels import CLOSED, SUGGESTED
from studio.core.ledger import Ledger
from studio.core.record import Record
from studio.core.showing import Showing, exposures, having, lacking, records_of

Standing = Literal["taught", "gap", "free", "unknown"]
Probed = Mapping[tuple[str, str], bool]  # whether the base draws a word of a label by itself, as far as it was asked

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One row's word and one column's: what an epoch shows of it, in which images."""

    row: str
    column: str
    exposures: int
    images: tuple[Record, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Bar:
    """One word of a label. `share` is that of the exposures whose label is known; all bars come to 1."""

    word: str
    exposures: int
    share: float
    images: tuple[Record, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Coverage:
    """A map with all its cells, row by row. `unknown` are the images that lack one of the two labels."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]
    unknown: tuple[Record, ...]

    def cell(self, row: str, column: str) -> Cell:
        """The cell at these words, which the map must have."""
        return self.cells[self.rows.index(row) * len(self.columns) + self.columns.index(column)]

    @property
    def gaps(self) -> tuple[Cell, ...]:
        """What is wanted and empty."""
        return tuple(cell for cell in self.cells if cell.standing == "gap")


def coverage(shown: Sequence[Showing], ledger: Ledger, rows: str = "framing", columns: str = "angle",
             probed: Probed | None = None) -> Coverage:
    """The map of two labels for one character's images.

    A wanted word asks for one image, wherever in its row or column; two wanted words that cross ask for that cell.
    """
    there = _by_cell(shown, rows, columns)
    names = _words(shown, ledger, rows), _words(shown, ledger, columns)
    wanted = {(each.field, each.value) for each in ledger.wanted}
    missing = wanted - {(field, word) for each in shown for field, word in each.words.items()}

    def cell(row: str, column: str) -> Cell:
        both = (rows, row), (columns, column)
        found = there.get((row, column), ())
        is_gap = wanted.issuperset(both) or not missing.isdisjoint(both)
        standing = _standing(bool(found), is_gap, both, probed or {})
        return Cell(row, column, exposures(found), records_of(found), standing)

    unknown = tuple(each for each in shown if rows not in each.words or columns not in each.words)
    return Coverage(*names, tuple(cell(row, column) for row in names[0] for column in names[1]), records_of(unknown))


def spread(shown: Sequence[Showing], ledger: Ledger, field: str,
           probed: Probed | None = None) -> tuple[tuple[Bar, ...], tuple[Record, ...]]:
    """(a bar for each word of one label, the images of which it is unknown)."""
    known = exposures(shown) - exposures(lacking(shown, field))
    wanted = {each.value for each in ledger.wanted if each.field == field}

    def bar(word: str) -> Bar:
        found = having(shown, field, word)
        count = exposures(found)
        standing = _standing(bool(found), word in wanted, ((field, word),), probed or {})
        return Bar(word, count, count / known if known else 0.0, records_of(found), standing)

    return tuple(map(bar, _words(shown, ledger, field))), records_of(lacking(shown, field))


def _by_cell(shown: Iterable[Showing], rows: str, columns: str) -> Mapping[_Pair, list[Showing]]:
    there: defaultdict[_Pair, list[Showing]] = defaultdict(list)
    for each in shown:
        if rows in each.words and columns in each.words:
            there[each.words[rows], each.words[columns]].append(each)
    return there


def _words(shown: Iterable[Showing], ledger: Ledger, field: str) -> tuple[str, ...]:
    """All words of a closed label; of a free one those that are there or wanted, the usual ones first."""
    if field in CLOSED:
        return CLOSED[field]
    there = {each.words[field] for each in shown if field in each.words}
    there |= {each.value for each in ledger.wanted if each.field == field}
    usual = [word for word in SUGGESTED[field] if word in there]
    return (*usual, *sorted(there.difference(usual)))


def _standing(is_taught: bool, is_gap: bool, asked: Iterable[_Pair], probed: Probed) -> Standing:
    """Free is what the base draws in each of its words."""
    if is_taught or is_gap:
        return "taught" if is_taught else "gap"
    return "free" if all(probed.get(each, False) for each in asked) else "unknown"
