"""Stage 5: distils the base into a Turbo LoRA: 8 steps without guidance draw what 24 guided ones draw.

The teacher walks from noise to picture on the 8 noise levels of the `simple` schedule, three guided Euler steps between
neighbours. From each of the 8 levels the student is asked for the picture the teacher arrived at, in one unguided call:
    minimise |v(x_s, s) - (x_s - x_0) / s|^2        x_0 the end of the teacher's path through x_s
A path has one end, so the answer is sharp where the base's own prediction is an average. Samplers that renew the noise,
er_sde among them, visit the same levels with the same statistics.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from studio.core.recipe import Recipe
from studio.engine.anima.checkpoint import Anima, find_base, load
from studio.engine.anima.files import base_digest
from studio.engine.anima.pipeline import Flow, Picture, flow_of
from studio.engine.anima.text import Context, stacked
from studio.engine.anima.transformer import velocity
from studio.engine.gpu import choose_device
from studio.engine.latents import start_noise
from studio.engine.lora.formats import LoraFile, write_lora
from studio.engine.lora.inject import add_adapter, adapter_modules, adapter_parameters
from studio.engine.precision import arithmetic
from studio.engine.samplers import SCHEDULERS
from studio.miniature import world
from studio.miniature.build.dit import SIZE_SHARES, SIZES
from studio.miniature.build.measure import CFG, TURBO_FILE, TURBO_STEPS
from studio.miniature.build.stage import Stage, kept, warm_cosine

STEPS = 600
BATCH = 64
PATHS = 1_024
STEPS_BETWEEN = 3
NEGATIVE = "worst quality, low quality, score_1, score_2"
LEARNING_RATE = 1e-3
TOKENS = 96  # longer than nearly every caption of the world
RECIPE = Recipe(name="turbo-practice", rank=32, alpha=32.0, train_adaln=True)


@dataclass(frozen=True, slots=True)
class Paths:
    """Some of the teacher's paths of one size: states (8 + 1, n, 16, 1, h/8, w/8), the last one the picture."""

    states: Tensor
    contexts: Sequence[Context]


def train(folder: Path, steps: int = STEPS, *, fresh: bool = False) -> None:
    """Distils the base in `folder` and writes its Turbo LoRA there; about a quarter of an hour on two cores."""
    torch.manual_seed(5)
    device = choose_device()
    anima = load(find_base(folder), device, torch.float32)
    pools = [_paths(anima, chunk) for chunk in range(PATHS // BATCH)]
    add_adapter(anima.transformer, RECIPE, seed=5)
    for block in anima.transformer.transformer_blocks:
        block.compile(dynamic=False)
    trained = nn.ParameterList(adapter_parameters(anima.transformer))
    optimizer = torch.optim.AdamW(trained, lr=LEARNING_RATE, weight_decay=0.0, betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warm_cosine(steps, 50, 0.01))
    stage = Stage("turbo", steps, {"adapter": trained, "optimizer": optimizer, "schedule": schedule}, fresh=fresh)
    average = 1.0

    def step(index: int) -> dict[str, float]:
        nonlocal average
        loss = _loss(anima, *_batch(pools, random.Random(f"turbo {index}")))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        average += 0.02 * (loss.item() - average)
        return {"loss": average}

    stage.run(step)
    stage.record(folder, BATCH)
    write_lora(LoraFile(adapter_modules(anima.transformer), RECIPE.name), folder / TURBO_FILE, "comfy")


def levels() -> Tensor:
    """The noise levels of 8 `simple` steps and 0, (9,) float32."""
    return SCHEDULERS["simple"](TURBO_STEPS)


def walk(flow: Flow, noise: Tensor, sigmas: Tensor, steps_between: int = STEPS_BETWEEN) -> Tensor:
    """The states of Euler's path at each of `sigmas`, (levels, batch, ...), beginning with `noise`."""
    states = [noise]
    for here, there in zip(sigmas[:-1], sigmas[1:], strict=True):
        states.append(_walked(flow, states[-1], torch.linspace(here, there, steps_between + 1)))
    return torch.stack(states)


def _walked(flow: Flow, x: Tensor, sigmas: Tensor) -> Tensor:
    for here, there in zip(sigmas[:-1], sigmas[1:], strict=True):
        x = x + (there - here) * flow(x, here.to(x.device).expand(len(x)))
    return x


def _paths(anima: Anima, chunk: int) -> Paths:
    """The chunk's paths, walked once and kept in the cache under the base they were walked on."""
    rng = random.Random(f"turbo {chunk}")
    width, height = rng.choices(SIZES, SIZE_SHARES)[0]
    pictures = [_picture(rng, chunk * BATCH + place, width, height) for place in range(BATCH)]
    contexts = dict(zip(*_encoded(anima, [NEGATIVE, *(one.prompt for one in pictures)]), strict=True))
    name = f"turbo-{base_digest(anima.files)[:12]}-{chunk}"
    return Paths(kept(name, lambda: _walk_all(anima, pictures, contexts)), [contexts[one.prompt] for one in pictures])


def _picture(rng: random.Random, seed: int, width: int, height: int) -> Picture:
    prompt = world.base_caption(world.sample_base(rng), rng)
    return Picture(prompt, NEGATIVE, seed, TURBO_STEPS, CFG, "euler", "simple", width, height)


def _encoded(anima: Anima, prompts: Sequence[str]) -> tuple[Sequence[str], Sequence[Context]]:
    return prompts, [anima.text.encode(prompt, literal=True) for prompt in prompts]


@torch.no_grad()
def _walk_all(anima: Anima, pictures: Sequence[Picture], contexts: dict[str, Context]) -> Tensor:
    noise = torch.cat([start_noise(one.seed, one.width, one.height) for one in pictures]).to(anima.device)
    with arithmetic(anima.device, torch.bfloat16):
        return walk(flow_of(anima, pictures, contexts), noise, levels()).half().cpu()


def _batch(pools: Sequence[Paths], rng: random.Random) -> tuple[Tensor, Tensor, Tensor, list[Context]]:
    """States on the paths of one chunk, their levels, where the paths end, and the words."""
    pool = rng.choice(pools)
    places = torch.tensor([rng.randrange(TURBO_STEPS) for _ in range(BATCH)])
    states = pool.states[places, torch.arange(BATCH)].float()
    return states, levels()[places], pool.states[-1].float(), list(pool.contexts)


def _loss(anima: Anima, states: Tensor, sigmas: Tensor, ends: Tensor, words: Sequence[Context]) -> Tensor:
    states, sigmas, ends = states.to(anima.device), sigmas.to(anima.device), ends.to(anima.device)
    target = (states - ends) / sigmas.view(-1, 1, 1, 1, 1)
    with arithmetic(anima.device, torch.bfloat16):
        return F.mse_loss(velocity(anima.transformer, states, sigmas, *_padded(words)), target)


def _padded(words: Sequence[Context]) -> tuple[Tensor, Tensor]:
    """Contexts of one width, or every step compiles anew."""
    embeds, bias = stacked(words)
    missing = max(0, TOKENS - embeds.shape[1])
    return F.pad(embeds, (0, 0, 0, missing)), F.pad(bias.flatten(1), (0, missing), value=-torch.inf)

