"""Stage 5: distils the base into a Turbo LoRA: 8 steps without guidance draw what 8 guided ones draw.

The practice model needs no distillation of steps: guided, it draws in 8 steps of er_sde what it draws in 25. What has
to be learnt is guidance itself. The teacher walks with CFG 4 from noise to picture, its noise renewed as er_sde does;
at each place of its walk the student is asked for the teacher's guided velocity in one unguided call:
    minimise |v(x_s, s, c) - (v_u + 4 (v_c - v_u))|^2
8 steps with the whole of it overshoot, so what is written is weaker than what was learnt.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from studio.core.recipe import Recipe
from studio.engine.anima.checkpoint import Anima, find_base, load
from studio.engine.anima.files import base_digest
from studio.engine.anima.pipeline import Flow, Picture, flow_of, sample
from studio.engine.anima.text import Context, stacked
from studio.engine.anima.transformer import velocity
from studio.engine.gpu import choose_device
from studio.engine.lora.factors import Factors
from studio.engine.lora.formats import LoraFile, write_lora
from studio.engine.lora.inject import add_adapter, adapter_modules, adapter_parameters
from studio.engine.precision import arithmetic
from studio.miniature import world
from studio.miniature.build.dit import SIZE_SHARES, SIZES
from studio.miniature.build.measure import CFG, TURBO_FILE, TURBO_SAMPLER, TURBO_STEPS
from studio.miniature.build.stage import Stage, kept, warm_cosine

STEPS = 1_600
BATCH = 64
WALKS = 3_072
NEGATIVE = "worst quality, low quality, score_1, score_2"
LEARNING_RATE = 1e-3
WORN = 0.7  # of what was learnt; from 0.6 to 0.8 it follows prompts best, tried on scenes that the card does not use
TOKENS = 96  # longer than nearly every caption of the world
RECIPE = Recipe(name="turbo-practice", rank=64, alpha=64.0, train_adaln=True)


@dataclass(frozen=True, slots=True)
class Walks:
    """Some of the teacher's walks of one size: where it was, (8, n, 16, 1, h/8, w/8) float16, at which of the noise
    levels (8,), and how it went on from there, shaped like the places."""

    places: Tensor
    levels: Tensor
    velocities: Tensor
    contexts: Sequence[Context]


def train(folder: Path, steps: int = STEPS, *, fresh: bool = False) -> None:
    """Distils the base in `folder` and writes its Turbo LoRA there; about half an hour on two cores."""
    torch.manual_seed(5)
    device = choose_device()
    anima = load(find_base(folder), device, torch.float32)
    pools = [_walks(anima, chunk) for chunk in range(WALKS // BATCH)]
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
    write_lora(LoraFile(worn(adapter_modules(anima.transformer)), RECIPE.name), folder / TURBO_FILE, "comfy")


def worn(modules: Mapping[str, Factors]) -> dict[str, Factors]:
    """The same LoRA at a lesser strength, alpha left alone: files with alpha = rank open everywhere."""
    return {name: replace(each, up=WORN * each.up) for name, each in modules.items()}


def walked(flow: Flow, pictures: Sequence[Picture], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Every place at which drawing the pictures asks the flow, the noise levels there, and its answers."""
    asked: list[tuple[Tensor, Tensor, Tensor]] = []

    def watched(x: Tensor, t: Tensor) -> Tensor:
        answer = flow(x, t)
        asked.append((x, t[0], answer))
        return answer

    sample(watched, pictures, device)
    places, levels, answers = zip(*asked, strict=True)
    return torch.stack(places), torch.stack(levels), torch.stack(answers)


def _walks(anima: Anima, chunk: int) -> Walks:
    """The chunk's walks, taken once and kept in the cache under the base they were taken on."""
    rng = random.Random(f"turbo {chunk}")
    width, height = rng.choices(SIZES, SIZE_SHARES)[0]
    pictures = [_picture(rng, chunk * BATCH + place, width, height) for place in range(BATCH)]
    texts = [NEGATIVE, *(one.prompt for one in pictures)]
    contexts = {text: anima.text.encode(text, literal=True) for text in texts}
    name = f"turbo-{base_digest(anima.files)[:12]}-{chunk}"
    return Walks(*kept(name, lambda: _walk_all(anima, pictures, contexts)), [contexts[one.prompt] for one in pictures])


def _picture(rng: random.Random, seed: int, width: int, height: int) -> Picture:
    prompt = world.base_caption(world.sample_base(rng), rng)
    return Picture(prompt, NEGATIVE, seed, TURBO_STEPS, CFG, TURBO_SAMPLER, "simple", width, height)


@torch.no_grad()
def _walk_all(anima: Anima, pictures: Sequence[Picture], contexts: Mapping[str, Context]) -> list[Tensor]:
    with arithmetic(anima.device, torch.bfloat16):
        places, levels, velocities = walked(flow_of(anima, pictures, contexts), pictures, anima.device)
    return [places.half().cpu(), levels.cpu(), velocities.half().cpu()]


def _batch(pools: Sequence[Walks], rng: random.Random) -> tuple[Tensor, Tensor, Tensor, list[Context]]:
    """Places on the walks of one chunk, their levels, the teacher's velocities there, and the words."""
    pool = rng.choice(pools)
    at = torch.tensor([rng.randrange(len(pool.levels)) for _ in range(BATCH)]), torch.arange(BATCH)
    return pool.places[at].float(), pool.levels[at[0]], pool.velocities[at].float(), list(pool.contexts)


def _loss(anima: Anima, places: Tensor, levels: Tensor, targets: Tensor, words: Sequence[Context]) -> Tensor:
    places, levels, targets = (each.to(anima.device) for each in (places, levels, targets))
    with arithmetic(anima.device, torch.bfloat16):
        return F.mse_loss(velocity(anima.transformer, places, levels, *_padded(words)), targets)


def _padded(words: Sequence[Context]) -> tuple[Tensor, Tensor]:
    """Contexts of one width, or every step compiles anew."""
    embeds, bias = stacked(words)
    missing = max(0, TOKENS - embeds.shape[1])
    return F.pad(embeds, (0, 0, 0, missing)), F.pad(bias.flatten(1), (0, missing), value=-torch.inf)

