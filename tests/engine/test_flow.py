"""Rectified flow: the formulas, and draws that follow from the sample alone."""

from dataclasses import replace

import pytest
import torch

from studio.core.recipe import LOSS_WEIGHTINGS, Recipe
from studio.core.schedule import Sample
from studio.engine.flow import draw_noise, draw_time, is_flipped, loss_weights, losses, noised

SAMPLES = [Sample("p", repeat, epoch) for epoch in range(1, 101) for repeat in range(20)]


def times(recipe: Recipe) -> torch.Tensor:
    return torch.stack([draw_time(recipe, sample) for sample in SAMPLES])


def test_times_are_unshifted_logit_normal_by_default() -> None:
    t = times(Recipe())
    assert t.dtype == torch.float32 and 0 < t.min() and t.max() < 1
    assert t.logit().mean().item() == pytest.approx(0, abs=0.07)
    assert t.logit().std().item() == pytest.approx(1, abs=0.05)


def test_times_may_be_uniform() -> None:
    t = times(Recipe(timestep_sampling="uniform"))
    assert t.mean().item() == pytest.approx(0.5, abs=0.02) and t.var().item() == pytest.approx(1 / 12, abs=0.005)


def test_a_shift_moves_the_same_times_towards_noise() -> None:
    plain, shifted = times(Recipe()), times(Recipe(timestep_sampling="shifted", timestep_shift=3.0))
    assert torch.allclose(shifted, 3 * plain / (1 + 2 * plain))
    assert torch.allclose(times(Recipe(timestep_sampling="shifted")), plain)


@pytest.mark.parametrize("sampling", ["logit_normal", "shifted"])
def test_mean_and_spread_move_the_times_before_the_shift(sampling: str) -> None:
    plain = times(Recipe()).logit()
    moved = times(Recipe(timestep_sampling=sampling, timestep_shift=2.0, logit_mean=-0.5, logit_std=0.7))
    t = (0.7 * plain - 0.5).sigmoid()
    assert torch.allclose(moved, t if sampling == "logit_normal" else 2 * t / (1 + t), atol=1e-6)


def test_mean_and_spread_leave_uniform_times_alone() -> None:
    uniform = Recipe(timestep_sampling="uniform")
    assert torch.equal(times(uniform), times(replace(uniform, logit_mean=2.0, logit_std=0.1)))


def test_losses_are_weighted_as_in_diffusers() -> None:
    from diffusers.training_utils import compute_loss_weighting_for_sd3

    t = times(Recipe())
    for scheme in ("sigma_sqrt", "cosmap"):
        assert torch.allclose(loss_weights(scheme, t), compute_loss_weighting_for_sd3(scheme, t))
    assert loss_weights("none", t) == 1.0


def test_no_noise_at_all_has_a_weight_too() -> None:
    for scheme in LOSS_WEIGHTINGS:
        weights = torch.as_tensor(loss_weights(scheme, torch.tensor([0.0, 1.0])))
        assert torch.isfinite(weights).all() and (weights > 0).all()


def test_draws_follow_from_seed_epoch_image_and_repeat_alone() -> None:
    base, recipe = Sample("p", 0, 1), Recipe()
    torch.manual_seed(3)
    noise = draw_noise(recipe, base, torch.Size((16, 1, 4, 4)))
    torch.manual_seed(4)
    assert torch.equal(draw_noise(recipe, base, torch.Size((16, 1, 4, 4))), noise)
    other_samples = (Sample("q", 0, 1), Sample("p", 1, 1), Sample("p", 0, 2))
    for other_recipe, sample in ((Recipe(seed=43), base), *((recipe, other) for other in other_samples)):
        assert not torch.equal(draw_noise(other_recipe, sample, torch.Size((16, 1, 4, 4))), noise)
        assert draw_time(other_recipe, sample) != draw_time(recipe, base)


def test_half_of_the_exposures_are_mirrored_and_none_without_flip() -> None:
    mirrored = [is_flipped(Recipe(flip=True), sample) for sample in SAMPLES]
    assert sum(mirrored) / len(mirrored) == pytest.approx(0.5, abs=0.05)
    assert not any(is_flipped(Recipe(), sample) for sample in SAMPLES)


def test_the_path_is_straight_and_its_direction_is_the_target() -> None:
    latents, noise = torch.randn(2, 16, 1, 4, 4), torch.randn(2, 16, 1, 4, 4)
    assert torch.equal(noised(latents, noise, torch.tensor([0.0, 1.0]))[0], latents[0])
    assert torch.equal(noised(latents, noise, torch.tensor([0.0, 1.0]))[1], noise[1])
    low, high = noised(latents, noise, torch.tensor([0.2, 0.2])), noised(latents, noise, torch.tensor([0.7, 0.7]))
    assert losses((high - low) / 0.5, latents, noise).max() < 1e-10
    assert losses(torch.zeros_like(latents), latents, noise)[0].item() == pytest.approx(
        (noise[0] - latents[0]).square().mean().item()
    )
