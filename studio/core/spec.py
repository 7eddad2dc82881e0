"""What decides one picture: prompt, seed, size, sampler, LoRAs and base."""

import hashlib
import json
from dataclasses import dataclass

from studio.core.knobs import knob, to_mapping

SAMPLERS = ("er_sde", "euler", "euler_ancestral", "dpmpp_2m")
SCHEDULERS = ("simple", "sgm_uniform", "beta")
NOISE_RULES = ("cpu", "cuda")
SIDE_STEP = 16  # px; the transformer sees patches of 2 x 2 latents, a latent is 8 px wide
MAX_SEED = 2**63 - 1

_SPELLINGS = {
    "er_sde": "ER SDE", "euler": "Euler", "euler_ancestral": "Euler a", "dpmpp_2m": "DPM++ 2M",
    "simple": "Simple", "sgm_uniform": "SGM Uniform", "beta": "Beta",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RenderSpec:
    """One picture to render. `loras` are (SHA-256 of the file, strength); `base` is the digest of the base model.

    `drawn_by` is the program that draws it, empty for this studio: the same settings come out almost alike elsewhere,
    and almost is another picture.
    """

    prompt: str = knob("", "Prompt", "What to draw: tags, then sentences. (tag:1.3) weighs a tag.")
    negative: str = knob("", "Negative prompt", "What to avoid. Inactive at CFG 1, where it costs nothing.")
    seed: int = knob(42, "Seed", "The start noise, the same as ComfyUI's for this number.", lo=0, hi=MAX_SEED)
    steps: int = knob(25, "Steps", "How many times the model looks at the picture.", lo=1, hi=1000)
    cfg: float = knob(4.0, "CFG", "How strongly the prompt is followed; 1 switches the negative off.", lo=0.0, hi=100.0)
    sampler: str = knob("er_sde", "Sampler", "The solver that takes the steps.", choices=SAMPLERS)
    scheduler: str = knob("simple", "Scheduler", "How the noise levels are spaced.", choices=SCHEDULERS)
    width: int = knob(1024, "Width", "Width of the picture.", lo=64, hi=4096, unit="px", multiple=SIDE_STEP)
    height: int = knob(1024, "Height", "Height of the picture.", lo=64, hi=4096, unit="px", multiple=SIDE_STEP)
    noise_rule: str = knob("cpu", "Noise rule", "Step noise of SDE samplers, as ComfyUI draws it on a CPU or on CUDA.",
                           choices=NOISE_RULES)
    loras: tuple[tuple[str, float], ...] = ()
    base: str = ""
    drawn_by: str = ""


def key_of(spec: RenderSpec) -> str:
    """The name of the picture: 32 hex digits of the SHA-256 of all that decides its pixels, and of nothing else.

    At CFG 1 the negative takes no part; a LoRA at strength 0 is as good as none.
    """
    facts = to_mapping(spec) | {"loras": _active(spec.loras), "base": spec.base}
    if spec.drawn_by:
        facts["drawn_by"] = spec.drawn_by
    if spec.cfg == 1.0:
        del facts["negative"]
    text = json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def spelled(name: str) -> str:
    """A sampler or a scheduler as people and other tools write it."""
    return _SPELLINGS.get(name, name)


def _active(loras: tuple[tuple[str, float], ...]) -> list[tuple[str, float]]:
    return [(sha256, float(strength)) for sha256, strength in loras if strength != 0]
