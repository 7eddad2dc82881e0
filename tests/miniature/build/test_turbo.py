"""The Turbo LoRA's teacher walks exact paths, and its student is asked for their ends."""

import random

import torch

from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.text import Context
from studio.engine.samplers import euler
from studio.miniature.build import turbo


def test_the_levels_are_those_of_eight_simple_steps() -> None:
    assert turbo.levels()[[0, -1]].tolist() == [1.0, 0.0] and len(turbo.levels()) == 9


def test_a_path_is_eulers_with_steps_in_between() -> None:
    noise = torch.randn(2, 16, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    sigmas = torch.tensor([1.0, 0.6, 0.0])
    fine = torch.tensor([1.0, 0.8, 0.6, 0.3, 0.0])
    states = turbo.walk(lambda x, t: x * t.view(-1, 1, 1, 1, 1), noise, sigmas, steps_between=2)
    expected = euler(lambda x, sigma: x - sigma * (x * sigma), noise, fine, noise=lambda *_: noise)
    assert torch.equal(states[0], noise) and states.shape == (3, *noise.shape)
    assert torch.allclose(states[-1], expected, atol=1e-6)


def test_a_batch_pairs_each_state_with_its_own_level_and_end() -> None:
    ends = torch.randn(turbo.BATCH, 16, 1, 2, 2, generator=torch.Generator().manual_seed(2))
    noise = torch.randn(ends.shape, generator=torch.Generator().manual_seed(3))
    levels = turbo.levels().view(-1, 1, 1, 1, 1, 1)
    straight = turbo.Paths((1 - levels) * ends + levels * noise, [Context(torch.zeros(1, 8))] * turbo.BATCH)
    states, sigmas, shown, words = turbo._batch([straight], random.Random(0))
    direction = (states - shown) / sigmas.view(-1, 1, 1, 1, 1)
    assert torch.equal(shown, ends) and len(words) == turbo.BATCH and len(set(sigmas.tolist())) > 4
    assert torch.allclose(direction, noise - ends, atol=1e-4)


def test_the_loss_falls_to_nothing_where_the_model_already_answers_with_the_end(tiny_anima: Anima) -> None:
    from studio.engine.anima.transformer import velocity

    words = [tiny_anima.text.encode("1girl"), tiny_anima.text.encode("1girl, smile")]
    states, sigmas = torch.randn(2, 16, 1, 4, 4), torch.tensor([0.9, 0.5])
    with torch.no_grad():
        answer = velocity(tiny_anima.transformer, states, sigmas, *turbo._padded(words))
    ends = states - sigmas.view(-1, 1, 1, 1, 1) * answer
    assert turbo._loss(tiny_anima, states, sigmas, ends, words) < 1e-3
    assert turbo._loss(tiny_anima, states, sigmas, torch.zeros_like(ends), words) > 0.1
