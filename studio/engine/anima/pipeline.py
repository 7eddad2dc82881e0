"""Draws pictures: words and a seed in, latents and then an image out.

The last bits of a picture depend on the shapes it was computed in, so those shapes depend on the picture alone: batches
of one fixed size, short ones filled up by repetition, and contexts padded to a fixed length. A cell of a sheet is
therefore bit-equal wherever it stands and in whatever company.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from studio.core.errors import unknown
from studio.core.spec import SIDE_STEP, RenderSpec
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.text import Context, TextPath, stacked
from studio.engine.anima.transformer import velocity
from studio.engine.anima.vae import FoldedVae, image_of
from studio.engine.gpu import pictures_at_once
from studio.engine.latents import NoiseRule, latent_shape, sde_noise, start_noise
from studio.engine.samplers import SAMPLERS, SCHEDULERS, StepCallback

_CONTEXT_STEP = 64  # contexts are padded to a multiple of it

Flow = Callable[[Tensor, Tensor], Tensor]  # (latents, t (batch,)) -> velocity
OnStep = Callable[[int, int], None]  # (steps done, steps in all), over all batches
Stop = Callable[[], bool]


class StopRequested(Exception):
    """`stop` said so before all pictures were done."""


@dataclass(frozen=True, slots=True)
class Picture:
    """All that decides one picture, the weights apart. UserError if it cannot be drawn."""

    prompt: str
    negative: str = ""
    seed: int = 0
    steps: int = 25
    cfg: float = 4.0
    sampler: str = "er_sde"
    scheduler: str = "simple"
    width: int = 1024
    height: int = 1024
    noise_rule: NoiseRule = "cpu"

    def __post_init__(self) -> None:
        if self.sampler not in SAMPLERS:
            raise unknown("sampler", self.sampler, SAMPLERS)
        if self.scheduler not in SCHEDULERS:
            raise unknown("scheduler", self.scheduler, SCHEDULERS)
        latent_shape(self.width, self.height)
        self.sigmas()

    @classmethod
    def of(cls, spec: RenderSpec) -> "Picture":
        """What a spec says of it; LoRAs and base are matters of the weights."""
        return cls(**{field.name: getattr(spec, field.name) for field in fields(cls)})

    @property
    def is_guided(self) -> bool:
        """At CFG 1 the negative is inactive: never encoded, never run."""
        return self.cfg != 1

    @property
    def tokens(self) -> int:
        return (self.width // SIDE_STEP) * (self.height // SIDE_STEP)

    def sigmas(self) -> Tensor:
        """(steps + 1,) float32, falling to 0; some schedules merge the last of very many steps."""
        return SCHEDULERS[self.scheduler](self.steps)


def render(
    anima: Anima, pictures: Sequence[Picture], *, on_step: OnStep | None = None, stop: Stop | None = None
) -> list[Image.Image]:
    """All `pictures` as RGB images, in their order. Raises `StopRequested`."""
    images = dict(rendered(anima, pictures, on_step=on_step, stop=stop))
    if len(images) < len(pictures):
        raise StopRequested
    return [images[place] for place in range(len(pictures))]


def rendered(
    anima: Anima, pictures: Sequence[Picture], *, on_step: OnStep | None = None, stop: Stop | None = None
) -> Iterator[tuple[int, Image.Image]]:
    """(place in `pictures`, RGB image) as they come; ends early once `stop()` is true, which is asked at every step."""
    for place, latents in denoised(anima, pictures, on_step=on_step, stop=stop):
        yield place, decode(anima.vae, latents)


def denoised(
    anima: Anima, pictures: Sequence[Picture], *, on_step: OnStep | None = None, stop: Stop | None = None
) -> Iterator[tuple[int, Tensor]]:
    """(place in `pictures`, latents (1, 16, 1, height/8, width/8) float32, normalised) as they come."""
    contexts = encoded(anima.text, pictures)
    batches = list(_batches(pictures, contexts, anima.device))
    progress = _Progress(sum(len(pictures[batch.places[0]].sigmas()) - 1 for batch in batches), on_step, stop)
    for batch in batches:
        filled = [pictures[place] for place in batch.filled_places]
        try:
            latents = sample(flow_of(anima, filled, contexts), filled, anima.device, progress)
        except StopRequested:
            return
        yield from zip(batch.places, latents.split(1), strict=False)


@torch.no_grad()
def sample(
    flow: Flow, pictures: Sequence[Picture], device: torch.device, callback: StepCallback | None = None
) -> Tensor:
    """Latents (batch, 16, 1, height/8, width/8) float32 of pictures that share size, steps, sampler and scheduler."""
    first = pictures[0]
    noises = [sde_noise(one.seed, one.width, one.height, one.noise_rule) for one in pictures]
    start = torch.cat([start_noise(one.seed, one.width, one.height) for one in pictures]).to(device)
    return SAMPLERS[first.sampler](
        lambda x, sigma: x - sigma * flow(x, sigma.to(device).expand(len(x))),
        start,
        first.sigmas(),
        noise=lambda sigma, following: torch.cat([draw().to(device) for draw in noises]),
        callback=callback,
    )


def flow_of(anima: Anima, pictures: Sequence[Picture], contexts: Mapping[str, Context]) -> Flow:
    """The velocity under classifier-free guidance, v_u + cfg (v_c - v_u) in float32; at CFG 1 one call, v_c.

    Two calls, though one of both sides is a tenth faster: on two threads it gave a picture other bits in another slot.
    """
    words = _words([contexts[one.prompt] for one in pictures])
    if not pictures[0].is_guided:
        return lambda x, t: velocity(anima.transformer, x, t, *words)
    without = _words([contexts[one.negative] for one in pictures])
    cfg = torch.tensor([one.cfg for one in pictures], device=anima.device).view(-1, 1, 1, 1, 1)

    def guided(x: Tensor, t: Tensor) -> Tensor:
        away = velocity(anima.transformer, x, t, *without)
        return away + cfg * (velocity(anima.transformer, x, t, *words) - away)

    return guided


def encoded(text: TextPath, pictures: Sequence[Picture]) -> dict[str, Context]:
    """The context of every prompt and every active negative."""
    prompts = [one.prompt for one in pictures] + [one.negative for one in pictures if one.is_guided]
    return dict(zip(prompts, text.encode_many(prompts), strict=True))


@torch.no_grad()
def decode(vae: FoldedVae, latents: Tensor) -> Image.Image:
    """The RGB image of one picture's latents (1, 16, 1, h, w), normalised."""
    return image_of(vae.decode(latents)[0])


class _Batch(NamedTuple):
    places: tuple[int, ...]
    size: int

    @property
    def filled_places(self) -> tuple[int, ...]:
        return self.places + self.places[-1:] * (self.size - len(self.places))


class _Progress:
    """Counts steps over all batches and looks at `stop` after each."""

    def __init__(self, total: int, on_step: OnStep | None, stop: Stop | None) -> None:
        self._done, self._total, self._on_step, self._stop = 0, total, on_step, stop

    def __call__(self, step: int) -> None:
        self._done += 1
        if self._on_step:
            self._on_step(self._done, self._total)
        if self._stop and self._stop():
            raise StopRequested


def _batches(pictures: Sequence[Picture], contexts: Mapping[str, Context], device: torch.device) -> Iterator[_Batch]:
    alike: dict[tuple[object, ...], list[int]] = {}
    for place, one in enumerate(pictures):
        alike.setdefault(_kind(one, contexts), []).append(place)
    for places in alike.values():
        size = pictures_at_once(device, pictures[places[0]].tokens)
        for first in range(0, len(places), size):
            yield _Batch(tuple(places[first : first + size]), size)


def _kind(one: Picture, contexts: Mapping[str, Context]) -> tuple[object, ...]:
    """What pictures must share to be drawn in one batch."""
    negative = _padded_length(contexts[one.negative]) if one.is_guided else None
    how = (one.width, one.height, one.steps, one.sampler, one.scheduler)
    return (*how, _padded_length(contexts[one.prompt]), negative)


def _padded_length(context: Context) -> int:
    tokens = len(context.tokens) + 1  # one zero token stands for the pads
    return -(-tokens // _CONTEXT_STEP) * _CONTEXT_STEP


def _words(contexts: Sequence[Context]) -> tuple[Tensor, Tensor]:
    """Embeddings (batch, padded length, width), and a bias (batch, padded length) that is -inf beyond a row's own."""
    embeds, bias = stacked(contexts)
    missing = max(map(_padded_length, contexts)) - embeds.shape[1]
    return F.pad(embeds, (0, 0, 0, missing)), F.pad(bias.flatten(1), (0, missing), value=-torch.inf)
