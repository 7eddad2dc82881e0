import csv
import io

import pytest

from studio.core.axes import Axis
from studio.core.hit_table import HitRow, hit_table
from studio.core.marks import Mark, keeper
from studio.core.rubric import AS_ASKED, PASSED
from studio.core.spec import RenderSpec
from studio.core.stats import Hits, clopper_pearson
from studio.core.sweep import Sheet


@pytest.mark.parametrize(
    ("hits", "texts"),
    [((2, 9), ("2/9", "22 %", "[2.8, 60.0]")), ((3, 3), ("3/3", "100 %", "[29.2, 100]")),
     ((0, 0), ("0/0", "", "[0, 100]"))],
)  # fmt: skip
def test_a_rate_comes_with_its_interval(hits, texts):
    assert HitRow((), "face", Hits(*hits)).texts[1:] == texts


def sheet():
    spec = RenderSpec(prompt="{trigger}, {format}")
    return Sheet("t", (Axis("epoch", (10, 20)),), (Axis("format", ("K", "N")), Axis("seed", (1, 2, 3))), spec,
                 epochs=((10, "a"), (20, "b")), characters=(("Kei", "kei"),)).expand()  # fmt: skip


def test_cells_are_counted_by_trait_epoch_and_format():
    cells = sheet()
    marks = [Mark(cell.key, AS_ASKED, PASSED, int(cell.value("format") == "N" and cell.spec.seed < 3), "me")
             for cell in cells if cell.value("epoch") == 20]  # fmt: skip
    table = hit_table(cells, [*marks, keeper(cells[0].key, True, "me")], ("epoch", "format"))
    assert [(row.group, row.trait, row.hits) for row in table.rows] == [
        ((20, "K"), AS_ASKED, Hits(0, 3)), ((20, "N"), AS_ASKED, Hits(2, 3))]  # fmt: skip
    assert len(table.rows[0].keys) == 3


def test_the_file_says_what_the_screen_says():
    cells = sheet()
    marks = [Mark(cell.key, AS_ASKED, PASSED, cell.spec.seed % 2, "me") for cell in cells]
    table = hit_table(cells, marks, ("epoch", "format"))
    assert tuple(map(tuple, csv.reader(io.StringIO(table.csv)))) == table.texts
    assert table.heads == ("epoch", "format", "trait", "hits", "rate", "95 % Clopper-Pearson")


RATES = tuple(at / 50 for at in range(1, 50))


def coverage(n: int, rate: float) -> float:
    """The chance that the interval of n tries holds the rate, by going through every outcome."""
    from scipy.stats import binom

    inside = [k for k in range(n + 1) if clopper_pearson(k, n)[0] <= rate <= clopper_pearson(k, n)[1]]
    return float(binom.pmf(inside, n, rate).sum())


@pytest.mark.parametrize("n", [1, 3, 4, 8, 16, 24])
def test_the_interval_holds_the_rate_in_nineteen_of_twenty_cases(n):
    assert min(coverage(n, rate) for rate in RATES) >= 0.95


@pytest.mark.long
def test_the_interval_holds_every_rate_for_every_number_of_tries_up_to_a_hundred():
    assert min(coverage(n, rate) for n in range(1, 101) for rate in RATES) >= 0.95
