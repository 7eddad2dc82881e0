import pytest
import torch

from studio.core.errors import UserError
from studio.engine import gpu


def test_auto_chooses_a_device_that_can_compute():
    device = gpu.choose_device("auto")
    assert float(torch.ones(2, device=device, dtype=gpu.working_dtype(device)).sum()) == 2


def test_the_cpu_works_in_full_precision_and_cuda_in_bfloat16():
    assert gpu.working_dtype(torch.device("cpu")) == torch.float32
    assert gpu.working_dtype(torch.device("cuda")) == torch.bfloat16


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA card")
def test_an_absent_device_is_refused_by_name():
    with pytest.raises(UserError, match="cuda"):
        gpu.choose_device("cuda")


@pytest.mark.parametrize("kind", ["cpu", "mps", "cuda"])
def test_the_batch_shrinks_for_large_pictures_but_never_below_one(kind):
    sizes = [gpu.pictures_at_once(torch.device(kind), tokens) for tokens in (64, 256, 4096, 100_000)]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] == 1


def test_the_cpu_draws_four_small_pictures_at_once():
    assert gpu.pictures_at_once(torch.device("cpu"), 100) == 4


def test_pictures_of_a_few_patches_are_drawn_alone():
    assert gpu.pictures_at_once(torch.device("cpu"), 3) == 1
