"""The teacher's walk is the very drawing of the pictures, written down place by place."""

from pathlib import Path

import torch
from tiny import write_tiny_base

from studio.engine.anima.checkpoint import load
from studio.engine.anima.pipeline import Picture, denoised, encoded, flow_of
from studio.engine.lora.factors import Factors
from studio.miniature.build import turbo

PICTURES = [Picture(text, "bad", seed, 8, 4.0, "er_sde", "simple", 32, 48)
            for seed, text in enumerate(("1girl", "2girls"))]


def test_a_walk_passes_eight_falling_levels_and_ends_at_the_guided_picture(tmp_path: Path) -> None:
    anima = load(write_tiny_base(tmp_path), torch.device("cpu"), torch.float32)
    flow = flow_of(anima, PICTURES, encoded(anima.text, PICTURES))
    with torch.no_grad():
        places, levels, velocities = turbo.walked(flow, PICTURES, anima.device)
    assert places.shape == velocities.shape == (8, 2, 16, 1, 6, 4)
    assert torch.equal(levels, levels.sort(descending=True).values) and 0 < levels[-1] < levels[0] < 1.0001
    last = places[-1] - levels[-1] * velocities[-1]
    for place, latents in denoised(anima, PICTURES):
        torch.testing.assert_close(last[place : place + 1], latents, atol=1e-5, rtol=1e-5)


def test_what_is_written_is_weaker_than_what_was_learnt_and_keeps_alpha() -> None:
    learnt = Factors(torch.ones(2, 3), torch.ones(4, 2), 2.0)
    worn = turbo.worn({"q": learnt})["q"]
    assert worn.alpha == learnt.alpha and torch.equal(worn.down, learnt.down)
    torch.testing.assert_close(worn.up, turbo.WORN * learnt.up)
