"""How well does the practice model read and draw? Hits and tries, judged by its own tagger."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from studio.core.stats import Hits
from studio.engine.anima.checkpoint import Anima, base_digest, find_base, load
from studio.engine.anima.pipeline import Picture, render
from studio.engine.anima.vae import FoldedVae
from studio.engine.gpu import choose_device, working_dtype
from studio.engine.lora.formats import read_lora
from studio.engine.lora.merge import merged
from studio.engine.taggers.wd import Tagger
from studio.miniature import world
from studio.miniature.build.vae import round_trip
from studio.miniature.world import Scene
from studio.store.digests import sha256_of

SIDE = 128  # px
STEPS, CFG, SAMPLER = 25, 4.0, "euler"
TURBO_FILE = Path("loras/turbo-practice.safetensors")
TURBO_STEPS, TURBO_CFG, TURBO_SAMPLER = 8, 1.0, "er_sde"
NEGATIVE = "worst quality, low quality"
THRESHOLD = 0.5
WEIGHTS = (0.5, 1.0, 1.5)
WEIGHTED = ("from above", "from below", "open mouth", "ahoge")
UNKNOWN = "hair intakes"
GROUPS: dict[str, tuple[str, ...]] = {  # of each group a picture shows one tag at most
    "framing": world.FRAMINGS,
    "hair colour": tuple(f"{colour} hair" for colour in world.HAIR),
    "pose": world.POSES,
    "angle": world.ANGLES,
    "eye colour": tuple(f"{colour} eyes" for colour in world.EYES),
    "hairstyle": world.HAIRSTYLES,
    "bangs": world.BANGS,
    "ribbon colour": tuple(f"{colour} ribbon" for colour in world.RIBBONS),
    "outfit": world.OUTFITS,
    "expression": world.EXPRESSIONS,
    "background": tuple(f"{colour} background" for colour in world.BACKGROUNDS),
}
SWITCHES = ("hair ribbon", "ahoge", "from above", "from below")

Tags = frozenset[str]
Chances = Mapping[str, float]  # tag -> the tagger's probability
Judge = Callable[[Sequence[Image.Image]], list[dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the tagger reads one tag from drawings, and how it reads the same drawings after the VAE."""

    tag: str
    recall: Hits
    precision: Hits
    after: Hits  # its recall after the VAE

    @property
    def kept(self) -> float:
        """The share of the recall that the VAE leaves."""
        return self.after.hits / self.recall.hits if self.recall.hits else 1.0


@dataclass(frozen=True, slots=True)
class Pull:
    """What the weight of one tag does: its rate and mean probability at each weight, on the same seeds.

    `rose` counts the seeds on which the highest weight gave a higher probability than weight 1.
    """

    tag: str
    rates: tuple[Hits, ...]
    means: tuple[float, ...]
    rose: Hits


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything the card tells about one base and one tagger."""

    base: str
    tagger: str
    readings: tuple[Reading, ...]
    psnr_db: tuple[float, float]  # mean, and the worst picture
    followed: Mapping[str, Hits]
    pulls: tuple[Pull, ...]
    unasked: Hits
    asked: Hits
    turbo: str = ""  # SHA-256 of the Turbo LoRA, if there is one
    turbo_followed: Mapping[str, Hits] = field(default_factory=dict)  # on the same prompts and seeds as `followed`


def measure(folder: Path, *, drawings: int = 1000, renders: int = 128, seeds: int = 24) -> Measurement:
    """Measures the base in `folder` with the tagger beside it; some minutes on two cores."""
    files, device = find_base(folder), choose_device()
    anima, tagger = load(files, device, working_dtype(device)), Tagger.from_folder(folder / "tagger")
    readings, psnr_db = _read(anima.vae, tagger.predict, drawings)
    scenes = list(_scenes(world.sample_base, "follow", renders))
    drawn = _rendered(anima, tagger.predict, [prompt(scene) for scene in scenes])
    faces = [chances for scene, chances in zip(scenes, drawn, strict=True) if scene.shot.angle != "from behind"]
    turbo = folder / TURBO_FILE
    return Measurement(
        base_digest(files), tagger.digest, readings, psnr_db, followed(scenes, drawn),
        tuple(_pull(anima, tagger.predict, tag, seeds) for tag in WEIGHTED),
        unasked=shown(faces, UNKNOWN), asked=_asked_by_name(anima, tagger.predict, seeds),
        turbo=sha256_of(turbo) if turbo.exists() else "",
        turbo_followed=followed(scenes, _rendered_fast(anima, tagger.predict, scenes, turbo)) if turbo.exists() else {})


def prompt(scene: Scene, weighted: str = "", weight: float = 1.0) -> str:
    """All tags of a scene, no name and no sentence, one of the tags at a weight of its own."""
    words = world.caption(scene, random.Random(0), name=None, sentences=False).split(", ")
    return ", ".join(f"({word}:{weight})" if word == weighted else word for word in words)


def shown(judged: Sequence[Chances], tag: str) -> Hits:
    """In how many pictures the tagger finds the tag."""
    return Hits(sum(chances[tag] >= THRESHOLD for chances in judged), len(judged))


def followed(scenes: Sequence[Scene], judged: Sequence[Chances]) -> dict[str, Hits]:
    """Hits by group: its most probable tag is the one asked for; by switch: there if asked for, else not there."""
    pairs = [(Tags(world.tags(scene)), chances) for scene, chances in zip(scenes, judged, strict=True)]
    found = {name: _grouped(pairs, group) for name, group in GROUPS.items()}
    for tag in SWITCHES:
        found[f"{tag}, asked for"] = shown([chances for tags, chances in pairs if tag in tags], tag)
        absent = [chances for tags, chances in pairs if tag not in tags]
        found[f"{tag}, not asked for"] = _others(shown(absent, tag))
    return found


def readings_of(truths: Sequence[Tags], first: Sequence[Chances], again: Sequence[Chances]) -> tuple[Reading, ...]:
    """Recall and precision of each tag; `again` judges the same pictures after the VAE."""
    return tuple(_reading(tag, truths, first, again) for tag in world.TAGS)


def psnr(picture: Image.Image, other: Image.Image) -> float:
    """Peak signal-to-noise ratio in dB over all RGB values; infinite for equal pictures."""
    difference = np.asarray(picture, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    error = float(np.square(difference).mean())
    return 10 * math.log10(255**2 / error) if error else math.inf


def pull_of(tag: str, by_weight: Sequence[Sequence[Chances]]) -> Pull:
    """What the weights did; `by_weight` holds the same seeds at each of WEIGHTS."""
    chances = [[one[tag] for one in judged] for judged in by_weight]
    plain = chances[WEIGHTS.index(1.0)]
    rose = sum(strong > weak for strong, weak in zip(chances[-1], plain, strict=True))
    return Pull(tag, tuple(shown(judged, tag) for judged in by_weight),
                tuple(sum(row) / len(row) for row in chances), Hits(rose, len(plain)))


def _scenes(sample: Callable[[random.Random], Scene], purpose: str, count: int) -> Iterator[Scene]:
    """Scenes that no training stage has drawn: their seeds are used here only."""
    return (sample(random.Random(f"held out {purpose} {index}")) for index in range(count))


def _read(vae: FoldedVae, judge: Judge, count: int) -> tuple[tuple[Reading, ...], tuple[float, float]]:
    scenes = list(_scenes(world.sample_world, "read", count))
    pictures = [world.draw(scene, SIDE, SIDE) for scene in scenes]
    back = [one for at in range(0, count, 16) for one in round_trip(vae, pictures[at : at + 16])]
    loudness = [psnr(one, other) for one, other in zip(pictures, back, strict=True)]
    truths = [Tags(world.tags(scene)) for scene in scenes]
    return readings_of(truths, judge(pictures), judge(back)), (sum(loudness) / count, min(loudness))


def _reading(tag: str, truths: Sequence[Tags], first: Sequence[Chances], again: Sequence[Chances]) -> Reading:
    there = [tag in tags for tags in truths]
    said = [chances[tag] >= THRESHOLD for chances in first]
    recalled = [chances for chances, is_there in zip(first, there, strict=True) if is_there]
    after = [chances for chances, is_there in zip(again, there, strict=True) if is_there]
    found = shown(recalled, tag)
    return Reading(tag, found, Hits(found.hits, sum(said)), shown(after, tag))


def _rendered(anima: Anima, judge: Judge, prompts: Sequence[str], steps: int = STEPS, cfg: float = CFG,
              sampler: str = SAMPLER) -> list[dict[str, float]]:
    """The judged renders of the prompts; the n-th prompt of any list has the n-th seed."""
    pictures = [Picture(text, NEGATIVE, seed, steps, cfg, sampler, "simple", SIDE, SIDE)
                for seed, text in enumerate(prompts, start=1)]
    return judge(render(anima, pictures))


def _rendered_fast(anima: Anima, judge: Judge, scenes: Sequence[Scene], turbo: Path) -> list[dict[str, float]]:
    with merged(anima.transformer, [(read_lora(turbo), 1.0)], anima.text.conditioner):
        return _rendered(anima, judge, [prompt(scene) for scene in scenes], TURBO_STEPS, TURBO_CFG, TURBO_SAMPLER)


def _grouped(pairs: Sequence[tuple[Tags, Chances]], group: Sequence[str]) -> Hits:
    """Only pictures that were asked for a tag of the group are tries."""
    tries = [(asked, chances) for tags, chances in pairs if (asked := tags.intersection(group))]
    return Hits(sum(max(group, key=chances.__getitem__) in asked for asked, chances in tries), len(tries))


def _others(count: Hits) -> Hits:
    return Hits(count.tries - count.hits, count.tries)


def _pull(anima: Anima, judge: Judge, tag: str, seeds: int) -> Pull:
    scenes = list(_showing(tag, _scenes(world.sample_base, f"weight {tag}", 1_000_000), seeds))
    return pull_of(tag, [_rendered(anima, judge, [prompt(scene, tag, weight) for scene in scenes])
                         for weight in WEIGHTS])


def _showing(tag: str, scenes: Iterator[Scene], count: int) -> Iterator[Scene]:
    """The first scenes that show the tag, however rare it is among them."""
    return islice((scene for scene in scenes if tag in world.tags(scene)), count)


def _asked_by_name(anima: Anima, judge: Judge, seeds: int) -> Hits:
    """How often the base draws what it has never seen when the prompt names it."""
    scenes = list(_showing(UNKNOWN, _scenes(world.sample_world, "unknown", 1_000_000), seeds))
    return shown(_rendered(anima, judge, [prompt(scene) for scene in scenes]), UNKNOWN)
