"""The running average, and how it takes the place of what is live."""

import pytest
import torch
from torch import nn

from studio.engine.ema import follow, standing_in


def test_the_average_is_that_of_the_weights_so_far_the_newer_the_heavier() -> None:
    walked = [torch.full((3,), float(place**2)) for place in range(1, 6)]
    averages = [torch.full((3,), 99.0)]  # what stood there before the first step is forgotten
    for step, weights in enumerate(walked, 1):
        follow(averages, [nn.Parameter(weights)], 0.9, step)
    shares = torch.tensor([0.9 ** (5 - place) for place in range(1, 6)])
    wanted = sum(share * weights for share, weights in zip(shares, walked, strict=True)) / shares.sum()
    assert torch.allclose(averages[0], wanted)


def test_what_is_live_comes_back_in_its_own_storage_even_after_an_error() -> None:
    live = nn.Parameter(torch.tensor([1.0, 2.0]))
    storage = live.data_ptr()
    with pytest.raises(KeyError), standing_in([torch.tensor([5.0, 6.0])], [live]):
        assert live.tolist() == [5.0, 6.0]
        raise KeyError
    assert live.tolist() == [1.0, 2.0] and live.data_ptr() == storage


def test_without_values_nothing_is_replaced() -> None:
    live = nn.Parameter(torch.tensor([1.0]))
    with standing_in(None, [live]):
        assert live.tolist() == [1.0]
