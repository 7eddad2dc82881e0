"""A LoKr as a plain LoRA."""

import pytest
import torch
from some_loras import deltas

from studio.core.errors import UserError
from studio.engine.lora.factors import Difference, Factors, LoKr
from studio.engine.lora.formats import LoraFile
from studio.engine.lora.plain import as_plain, nearest_factors


def lokr(alpha: float = 6.0) -> LoKr:
    """Of rank 3 x 4 = 12."""
    own = torch.Generator().manual_seed(0)
    shapes = ((3, 5), (7, 4), (4, 9))
    left, first, second = (torch.randn(shape, generator=own) for shape in shapes)
    return LoKr((left,), (first, second), alpha)


@pytest.mark.parametrize("alpha", [6.0, -6.0])
@pytest.mark.parametrize("rank", [1, 5, 12])
def test_no_factors_of_that_rank_come_nearer(rank: int, alpha: float) -> None:
    """The singular values of the whole matrix say how near one can come."""
    whole = lokr(alpha).delta(torch.zeros(1)).double()
    factors, lost = nearest_factors(lokr(alpha), rank)
    sizes = torch.linalg.svdvals(whole)
    best = float((sizes[rank:].square().sum() / sizes.square().sum()).sqrt())
    reached = float((factors.delta(torch.zeros(1)).double() - whole).norm() / whole.norm())
    assert factors.rank == rank and factors.scale == 1
    assert lost == pytest.approx(best, abs=1e-7)
    assert reached == pytest.approx(best, abs=1e-6)


def test_a_rank_beyond_what_there_is_gives_what_there_is() -> None:
    factors, lost = nearest_factors(lokr(), 10_000)
    assert torch.allclose(factors.delta(torch.zeros(1)), lokr().delta(torch.zeros(1)), atol=1e-5)
    assert lost == 0


def test_a_change_of_nothing_loses_nothing() -> None:
    nothing = LoKr((torch.zeros(2, 2),), (torch.zeros(3, 3),))
    assert nearest_factors(nothing, 2)[1] == 0.0


def test_plain_modules_stay_and_the_worst_loss_is_told() -> None:
    plain = deltas({"blocks.0.mlp.layer2": (4, 4)})
    found, lost = as_plain(LoraFile({**plain, "blocks.0.mlp.layer1": lokr()}), 2)
    assert found.modules["blocks.0.mlp.layer2"] is plain["blocks.0.mlp.layer2"]
    assert isinstance(found.modules["blocks.0.mlp.layer1"], Factors)
    assert lost == nearest_factors(lokr(), 2)[1] > 0


def test_what_no_factors_can_stand_for_is_refused_by_name() -> None:
    norms = LoraFile({"blocks.0.self_attn.q_norm": Difference(torch.ones(4))}, name="mira.safetensors")
    with pytest.raises(UserError, match=r"mira.safetensors is a Difference at blocks.0.self_attn.q_norm"):
        as_plain(norms, 4)
