import pytest
import torch

from studio.core.errors import UserError
from studio.engine.latents import latent_shape, sde_noise, start_noise


def test_start_noise_is_comfyuis_and_depends_on_seed_and_size_only():
    torch.manual_seed(1)
    expected = torch.randn((1, 16, 1, 4, 6), generator=torch.Generator("cpu").manual_seed(42), dtype=torch.float32)
    assert torch.equal(start_noise(42, width=48, height=32), expected)
    torch.manual_seed(2)
    assert torch.equal(start_noise(42, width=48, height=32), expected)


def test_step_noise_never_repeats_the_start_noise():
    draw = sde_noise(42, 32, 32)
    first, second = draw(), draw()
    assert torch.equal(first, start_noise(43, 32, 32))
    assert not torch.equal(first, start_noise(42, 32, 32)) and not torch.equal(first, second)


def test_noise_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    start_noise(1, 32, 32), sde_noise(1, 32, 32)()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA card")
def test_the_cuda_rule_needs_a_cuda_card():
    with pytest.raises(UserError, match="CUDA"):
        sde_noise(1, 32, 32, rule="cuda")


@pytest.mark.gpu
def test_the_cuda_rule_draws_from_a_cuda_generator_with_the_same_seed():
    expected = torch.randn((1, 16, 1, 4, 4), generator=torch.Generator("cuda").manual_seed(7), device="cuda")
    assert torch.equal(sde_noise(7, 32, 32, rule="cuda")(), expected)


@pytest.mark.parametrize("size", [(100, 96), (96, 8), (0, 16), (-16, 16)])
def test_sides_that_are_no_multiples_of_sixteen_are_refused(size):
    with pytest.raises(UserError, match="multiples of 16"):
        latent_shape(*size)
