from dataclasses import replace

import pytest
import torch

from studio.core.errors import UserError
from studio.engine.anima.checkpoint import load
from studio.engine.anima.pipeline import Picture, StopRequested, decode, denoised, flow_of, render, rendered, sample
from studio.engine.anima.text import Context, TextPath, stacked
from studio.engine.anima.transformer import velocity
from studio.engine.latents import start_noise
from studio.engine.samplers import SAMPLERS, SCHEDULERS
from studio.engine.samplers.schedules import simple

CPU = torch.device("cpu")
PICTURE = Picture("1girl, red hair, (blue eyes:1.3)", "worst quality", 3, 3, 4.0, "er_sde", "simple", 64, 80)
LONG = "1girl, blue hair, red eyes, standing, from above, " * 4  # a longer context than PICTURE's, padded further


def latents_of(anima, pictures):
    return [latents for _, latents in sorted(denoised(anima, pictures))]


def alone(anima, picture):
    return latents_of(anima, [picture])[0]


def company(count):
    """Pictures that share a batch with PICTURE and differ from it in everything that may differ inside one."""
    return [
        replace(PICTURE, prompt=f"red hair{', standing' * number}", negative="score", seed=number, cfg=2.0 + number)
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("sampler", "width", "height"),
    [("euler", 64, 80), ("euler_ancestral", 64, 80), ("dpmpp_2m", 64, 80), ("er_sde", 64, 80), ("er_sde", 16, 48),
     ("er_sde", 128, 128), ("er_sde", 272, 304)],
)
def test_a_picture_is_bit_equal_in_every_slot_and_any_company(tiny_anima, sampler, width, height):
    mine, *others = (replace(one, sampler=sampler, width=width, height=height) for one in (PICTURE, *company(5)))
    expected = alone(tiny_anima, mine)
    for place in range(5):
        row = [*others[:place], mine, *others[place:]]
        assert torch.equal(latents_of(tiny_anima, row)[place], expected), place


@pytest.mark.gpu
def test_on_cuda_too_a_picture_is_bit_equal_in_every_slot(tiny_base):
    anima = load(tiny_base, torch.device("cuda"), torch.bfloat16)
    expected = alone(anima, PICTURE)
    for place in range(6):
        others = company(5)
        assert torch.equal(latents_of(anima, [*others[:place], PICTURE, *others[place:]])[place], expected), place


def test_longer_prompts_and_other_settings_beside_it_change_no_bit(tiny_anima):
    strangers = [
        replace(PICTURE, prompt=LONG),
        replace(PICTURE, negative=LONG),
        replace(PICTURE, cfg=1.0),
        replace(PICTURE, steps=2),
        replace(PICTURE, width=96),
        replace(PICTURE, sampler="euler"),
        replace(PICTURE, scheduler="beta"),
    ]
    expected = alone(tiny_anima, PICTURE)
    found = latents_of(tiny_anima, [*strangers[:3], PICTURE, *strangers[3:], PICTURE])
    assert torch.equal(found[3], expected) and torch.equal(found[-1], expected)


def test_the_longer_prompt_really_is_padded_further(tiny_anima):
    lengths = [len(tiny_anima.text.encode(prompt).tokens) for prompt in (PICTURE.prompt, LONG)]
    assert lengths[0] < 64 < lengths[1]


def test_images_come_in_the_order_asked_for(tiny_anima):
    pictures = [replace(PICTURE, width=width, seed=seed) for seed, width in enumerate((96, 64, 96, 64))]
    images = render(tiny_anima, pictures)
    assert [image.size for image in images] == [(96, 80), (64, 80), (96, 80), (64, 80)]
    assert all(render(tiny_anima, [one])[0].tobytes() == image.tobytes() for one, image in zip(pictures, images))


def test_drawing_leaves_the_global_generator_alone(tiny_anima):
    before = torch.get_rng_state()
    render(tiny_anima, [PICTURE])
    assert torch.equal(torch.get_rng_state(), before)


def test_every_setting_changes_the_picture(tiny_anima):
    plain = alone(tiny_anima, PICTURE)
    changed = {
        "prompt": "standing", "negative": "standing", "seed": 4, "steps": 4, "cfg": 5.0, "sampler": "euler",
        "scheduler": "sgm_uniform",
    }  # fmt: skip
    for setting, value in changed.items():
        assert not torch.equal(alone(tiny_anima, replace(PICTURE, **{setting: value})), plain), setting


def test_at_cfg_1_a_changed_negative_changes_no_byte(tiny_anima):
    bare = replace(PICTURE, cfg=1.0)
    other = replace(bare, negative=LONG)
    assert torch.equal(alone(tiny_anima, bare), alone(tiny_anima, other))
    assert render(tiny_anima, [bare])[0].tobytes() == render(tiny_anima, [other])[0].tobytes()
    mixed = latents_of(tiny_anima, [other, bare, PICTURE])
    assert torch.equal(mixed[0], mixed[1])


def test_at_cfg_1_the_negative_is_never_encoded_and_the_model_runs_once_a_step(tiny_anima, monkeypatch):
    encoded, calls = [], []
    encode = TextPath.encode

    def listening(self, prompt, *rest):
        encoded.append(prompt)
        return encode(self, prompt, *rest)

    monkeypatch.setattr(TextPath, "encode", listening)
    hook = tiny_anima.transformer.register_forward_pre_hook(lambda module, inputs: calls.append(1))
    list(denoised(tiny_anima, [replace(PICTURE, cfg=1.0)]))
    hook.remove()
    assert encoded == [PICTURE.prompt] and len(calls) == PICTURE.steps


@torch.no_grad()
def test_guidance_moves_from_the_negative_through_the_prompt(tiny_anima):
    contexts = {prompt: tiny_anima.text.encode(prompt) for prompt in (PICTURE.prompt, PICTURE.negative)}
    x, t = start_noise(1, 64, 80), torch.tensor([0.6])
    toward, away = (
        velocity(tiny_anima.transformer, x, t, *stacked([contexts[prompt]]))
        for prompt in (PICTURE.prompt, PICTURE.negative)
    )
    found = flow_of(tiny_anima, [PICTURE], contexts)(x, t)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, away + 4.0 * (toward - away), atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_the_trimmed_context_equals_zero_padding_to_512(tiny_anima):
    context = tiny_anima.text.encode(PICTURE.prompt)
    x, t = start_noise(1, 64, 80), torch.tensor([0.6])
    trimmed = flow_of(tiny_anima, [replace(PICTURE, cfg=1.0)], {PICTURE.prompt: context})(x, t)
    padded, bias = stacked([context], exact_trim=False)
    assert padded.shape[1] == 512 and bias is None
    assert (trimmed - velocity(tiny_anima.transformer, x, t, padded)).abs().max() <= 1e-5


@torch.no_grad()
def test_contexts_beyond_512_tokens_are_read_to_their_last_row(tiny_anima):
    tokens = torch.randn(600, 48, generator=torch.Generator().manual_seed(2))
    x, t = start_noise(1, 64, 80), torch.tensor([0.6])
    bare = replace(PICTURE, cfg=1.0)
    found = flow_of(tiny_anima, [bare], {bare.prompt: Context(tokens)})(x, t)
    assert (found - velocity(tiny_anima.transformer, x, t, tokens[None])).abs().max() <= 1e-5
    assert (found - velocity(tiny_anima.transformer, x, t, tokens[None, :512])).abs().max() > 1e-3


def affine_flow(x, t):
    """A velocity with a closed form: the pictures it predicts are 0.4 x everywhere."""
    return 0.6 * x / t.view(-1, 1, 1, 1, 1)


def test_sampling_draws_start_and_step_noise_from_each_pictures_own_seed():
    """With predictions of a fixed share of x, er_sde is a weighted sum of noises that can be drawn again by hand."""
    pictures = [replace(PICTURE, seed=seed, steps=2) for seed in (8, 9)]
    found = sample(affine_flow, pictures, CPU)
    for row, picture in enumerate(pictures):
        step_noise = start_noise(picture.seed + 1, 64, 80)
        expected = SAMPLERS["er_sde"](
            lambda x, sigma: 0.4 * x, start_noise(picture.seed, 64, 80), simple(2), noise=lambda *_: step_noise
        )
        torch.testing.assert_close(found[row : row + 1], expected)


def test_the_model_is_told_the_exact_time_in_float32():
    told = []
    sample(lambda x, t: told.append(t) or affine_flow(x, t), [replace(PICTURE, steps=4, sampler="euler")] * 2, CPU)
    assert torch.equal(torch.stack(told), simple(4)[:-1, None].expand(4, 2)) and told[0].dtype == torch.float32


def test_progress_counts_every_step_of_every_batch(tiny_anima):
    seen = []
    render(tiny_anima, [PICTURE, replace(PICTURE, steps=2)], on_step=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 5) for done in range(1, 6)]


def test_progress_counts_the_steps_that_a_schedule_really_takes(tiny_anima):
    seen, merged = [], len(SCHEDULERS["beta"](150)) - 1
    picture = replace(PICTURE, scheduler="beta", steps=150, cfg=1.0, width=16, height=16, sampler="euler")
    render(tiny_anima, [picture], on_step=lambda done, total: seen.append((done, total)))
    assert merged < 150 and seen[-1] == (merged, merged)


def test_stop_is_looked_at_after_every_step_and_keeps_what_is_done(tiny_anima):
    asked = []

    def stop():
        asked.append(1)
        return len(asked) == PICTURE.steps + 2  # the second step of the second batch

    pictures = [PICTURE] * 4 + [replace(PICTURE, seed=1)]
    assert [place for place, _ in rendered(tiny_anima, pictures, stop=stop)] == [0, 1, 2, 3]
    assert len(asked) == PICTURE.steps + 2


def test_a_stopped_render_says_so(tiny_anima):
    with pytest.raises(StopRequested):
        render(tiny_anima, [PICTURE], stop=lambda: True)


def test_drawing_between_two_pictures_leaves_gradients_switched_on(tiny_anima):
    for _ in rendered(tiny_anima, [PICTURE]):
        assert torch.is_grad_enabled()


@torch.no_grad()
def test_decoding_maps_pixels_to_the_nearest_level(tiny_anima):
    latents = torch.randn(1, 16, 1, 4, 6, generator=torch.Generator().manual_seed(3))
    image = decode(tiny_anima.vae, latents)
    pixels = tiny_anima.vae.decode(latents)[0].permute(1, 2, 0)
    levels = torch.tensor(list(image.tobytes())).view(32, 48, 3)
    assert image.mode == "RGB" and image.size == (48, 32)
    assert (levels - (pixels + 1) * 127.5).abs().max() <= 0.5001


def test_a_bfloat16_base_draws_nearly_the_same_picture(tiny_base, tiny_anima):
    rough = load(tiny_base, CPU, torch.bfloat16)
    picture = replace(PICTURE, cfg=1.0, sampler="euler")
    assert render(rough, [picture])[0].size == (64, 80)
    found, exact = alone(rough, picture), alone(tiny_anima, picture)
    assert found.dtype == torch.float32 and (found - exact).norm() < 0.1 * exact.norm()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"width": 100}, "100"),
        ({"height": 0}, "multiples of 16"),
        ({"steps": 0}, "steps"),
        ({"sampler": "eular"}, "Did you mean 'euler'"),
        ({"scheduler": "karras"}, "karras"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_refused_with_a_reason(change, named):
    with pytest.raises(UserError, match=named):
        replace(PICTURE, **change)
