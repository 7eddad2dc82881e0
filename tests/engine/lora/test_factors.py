"""Each form of change, against its formula in double precision."""

import pytest
import torch
from some_loras import KINDS, delta, parts_of
from torch import Tensor

from studio.engine.lora.factors import Difference, Dora, Factors, LoKr, relative_magnitude


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


WEIGHT = drawn(6, 4)


def test_factors_add_alpha_over_rank_times_up_down() -> None:
    down, up = drawn(3, 4), drawn(6, 3)
    expected = 1.5 / 3 * (up.double() @ down.double())
    assert torch.allclose(Factors(down, up, 1.5).delta(WEIGHT).double(), expected, atol=1e-6)


def test_a_lokr_is_the_kronecker_product_of_its_sides() -> None:
    left, first, second = drawn(2, 2), drawn(3, 5), drawn(5, 2)
    whole, thin = LoKr((left,), (first @ second,)), LoKr((left,), (first, second), alpha=2.5)
    expected = torch.kron(left.double(), first.double() @ second.double())
    assert whole.shape == thin.shape == (6, 4)
    assert torch.allclose(whole.delta(WEIGHT).double(), expected, atol=1e-5)
    assert torch.allclose(thin.delta(WEIGHT).double(), expected * 2.5 / 5, atol=1e-5)


@pytest.mark.parametrize(
    ("left", "right", "rank"),
    [([(2, 2)], [(3, 2)], None), ([(2, 7), (7, 2)], [(3, 2)], 7), ([(2, 7), (7, 2)], [(3, 5), (5, 2)], 5)],
)
def test_alpha_counts_by_the_rank_of_the_last_side_that_has_one(
    left: list[tuple[int, int]], right: list[tuple[int, int]], rank: int | None
) -> None:
    lokr = LoKr(tuple(drawn(*shape) for shape in left), tuple(drawn(*shape) for shape in right), alpha=10.0)
    assert lokr.rank == rank
    assert lokr.scale == (10 / rank if rank else 1.0)


def test_a_row_of_a_dora_is_scaled_by_the_pristine_row() -> None:
    factors, magnitude = Factors(drawn(3, 4), drawn(6, 3), 3.0), drawn(6, 1)
    base = WEIGHT.double()
    changed = base + factors.up.double() @ factors.down.double()
    expected = magnitude.double() / base.norm(dim=1, keepdim=True) * changed - base
    assert torch.allclose(Dora(factors, magnitude).delta(WEIGHT).double(), expected, atol=1e-5)


def test_a_column_of_a_dora_gets_its_length() -> None:
    factors, magnitude = Factors(drawn(3, 4), drawn(6, 3), 3.0), drawn(1, 4).abs()
    result = WEIGHT + Dora(factors, magnitude).delta(WEIGHT)
    assert torch.allclose(result.norm(dim=0, keepdim=True), magnitude, atol=1e-5)


def test_the_length_of_changed_rows_becomes_relative_to_the_pristine_ones() -> None:
    factors, lengths = Factors(drawn(3, 4), drawn(6, 3), 3.0), drawn(6).abs()
    result = WEIGHT + Dora(factors, relative_magnitude(lengths, factors, WEIGHT)).delta(WEIGHT)
    assert torch.allclose(result.norm(dim=1), lengths, atol=1e-5)


def test_a_dora_on_a_row_of_zeros_is_finite() -> None:
    factors = Factors(torch.zeros(1, 4), torch.zeros(6, 1), 1.0)
    assert Dora(factors, torch.ones(6, 1)).delta(torch.zeros(6, 4)).isfinite().all()


def test_a_difference_is_itself() -> None:
    assert torch.equal(Difference(drawn(5).bfloat16()).delta(torch.ones(5)), drawn(5).bfloat16().float())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_folding_alpha_changes_nothing_but_alpha(kind: str, dtype: torch.dtype) -> None:
    found = delta((6, 4), kind, 7.0, 3, torch.Generator().manual_seed(1)).to("cpu", dtype)
    folded = found.folded()
    assert (folded.factors if isinstance(folded, Dora) else folded).scale == 1.0
    assert {part.dtype for part in parts_of(folded)} == {torch.float32}
    assert torch.allclose(folded.delta(WEIGHT), found.delta(WEIGHT), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_half_the_size_leaves_magnitudes_as_they_are(kind: str) -> None:
    half = delta((6, 4), kind, 7.0, 3, torch.Generator().manual_seed(1)).to("cpu", torch.bfloat16)
    dtypes = [part.dtype for part in parts_of(half)]
    assert dtypes.count(torch.float32) == (1 if kind == "dora" else 0)
