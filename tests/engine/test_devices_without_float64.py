"""Apple's devices have no float64: making one there is an error. So none is made at all, on any device."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from studio.engine.anima.checkpoint import load
from studio.engine.anima.pipeline import Picture, render
from studio.engine.samplers import SAMPLERS, SCHEDULERS


class NoFloat64(TorchDispatchMode):
    """Refuses every float64 tensor that an operation would leave behind."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        made = operation(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor) and tensor.dtype == torch.float64:
                raise AssertionError(f"{operation} made a float64 tensor")
        return made


@pytest.mark.parametrize("made", [lambda x: x.double(), lambda x: x.to(torch.float64), lambda x: torch.zeros_like(
    x, dtype=torch.float64), lambda x: x.new_tensor([0.5], dtype=torch.float64)])  # fmt: skip
def test_the_guard_notices_a_float64(made):
    x = torch.zeros(2)
    with NoFloat64(), pytest.raises(AssertionError, match="float64"):
        made(x)


@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_pictures_are_drawn_without_float64(tiny_anima, sampler, scheduler):
    picture = Picture("1girl, (red hair:1.3)", "score", 3, 4, 4.0, sampler, scheduler, 64, 80)
    with NoFloat64():
        [image] = render(tiny_anima, [picture])
    assert image.size == (64, 80)


def test_a_base_is_loaded_without_float64(tiny_base):
    with NoFloat64():
        load(tiny_base, torch.device("cpu"), torch.float32)
