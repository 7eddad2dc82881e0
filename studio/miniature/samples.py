"""Draws the sample data sets that ship with the studio: two practice characters and two variants of the first."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from PIL import Image

from studio.core import toml
from studio.miniature import world
from studio.miniature.world import MIRA, SUZU, Figure, Scene, Shot
from studio.miniature.world_captions import QUALITY

SCHEMA = 1
TITLE = "practice character"
NEGATIVE = "worst quality, low quality"
REPEATS = 8  # 32 pictures make 256 exposures an epoch
COLOURS = 256


@dataclass(frozen=True, slots=True)
class SampleSet:
    """One folder of samples: who is drawn, in which shots, and which of her traits the trigger absorbs."""

    folder: str
    about: str
    name: str
    trigger: str
    figure: Figure
    shots: tuple[str, ...]
    core: tuple[str, ...]
    structure: tuple[str, ...]
    never: tuple[str, ...]
    base_weak: tuple[str, ...] = ()
    posed: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of a set, before it is drawn. Size in pixels."""

    stem: str
    scene: Scene
    size: tuple[int, int]
    caption: str


# A shot is written as in a caption; what it does not say is: standing, level, facing the viewer's right.
_MIRA_SHOTS = (
    "portrait, front view", "portrait, front view", "portrait, front view, from above",
    "portrait, front view, from below", "portrait, three-quarter view, right", "portrait, three-quarter view, left",
    "portrait, three-quarter view, right, from above", "portrait, from side, right", "portrait, from side, left",
    "portrait, from side, left, from above", "portrait, from behind",
    "upper body, front view", "upper body, front view, arms up", "upper body, front view, from below",
    "upper body, three-quarter view, right", "upper body, three-quarter view, left, from below",
    "upper body, three-quarter view, left, from above", "upper body, from side, right",
    "upper body, from side, left, from above", "upper body, from behind",
    "full body, standing, front view", "full body, standing, from behind", "full body, standing, from side, left",
    "full body, standing, from side, right", "full body, standing, three-quarter view, right",
    "full body, walking, front view", "full body, walking, from side, left",
    "full body, running, three-quarter view, right", "full body, running, from side, right",
    "full body, sitting, front view", "full body, sitting, three-quarter view, left, from above",
    "full body, arms up, three-quarter view, left, from below",
)
_SUZU_SHOTS = (
    "portrait, front view", "portrait, front view", "portrait, front view, from above",
    "portrait, front view, from below", "portrait, three-quarter view, right", "portrait, three-quarter view, left",
    "portrait, three-quarter view, left, from above", "portrait, from side, right", "portrait, from behind",
    "upper body, front view", "upper body, front view, arms up", "upper body, three-quarter view, right",
    "upper body, three-quarter view, left, from below", "upper body, three-quarter view, right, from above",
    "upper body, from side, left", "upper body, from side, right, from above", "upper body, from behind",
    "full body, standing, front view", "full body, standing, from behind", "full body, standing, from side, left",
    "full body, standing, from side, right", "full body, standing, three-quarter view, right",
    "full body, walking, front view", "full body, walking, three-quarter view, left",
    "full body, running, from side, left", "full body, sitting, front view",
    "full body, sitting, three-quarter view, right, from above", "full body, arms up, front view, from below",
)

_MIRA = SampleSet(
    "mira", "Her giveaway, the hair intakes, is something the practice model has never seen.",
    "Mira", "miravelo", MIRA, _MIRA_SHOTS,
    core=("blonde hair", "blue eyes", "long hair", "blunt bangs", "hair intakes"),
    structure=("hair ribbon", "blue ribbon"), never=("ahoge", "short hair", "twintails", "side ponytail", "double bun"),
    base_weak=("hair intakes",))
_POSED = replace(
    _MIRA, folder="mira-posed", posed=True,
    about="Mira again, but every full body walks, runs or sits: what does that do to standing still?")
_PLAIN = replace(
    _MIRA, folder="mira-plain", figure=replace(MIRA, intakes=False), core=_MIRA.core[:-1], base_weak=(),
    about="Mira drawn without her hair intakes: the control that shows where they came from.")
_SUZU = SampleSet(
    "suzu", "All the practice model knows already, but on one side only: a ponytail on the viewer's right.",
    "Suzu", "suzuhane", SUZU, _SUZU_SHOTS,
    core=("black hair", "red eyes", "swept bangs", "ahoge"), structure=("side ponytail",),
    never=("hair intakes", "hair ribbon", "short hair", "long hair", "twintails", "double bun"))
SETS = (_MIRA, _POSED, _PLAIN, _SUZU)

# Every trait of the core is in sight here: faces to the viewer, eyes open.
_CORE_PROMPTS = (
    "smile, front view, portrait", "smile, standing, front view, full body",
    "open mouth, three-quarter view, upper body", "smile, walking, three-quarter view, full body",
    "open mouth, from side, portrait", "smile, front view, from above, upper body",
    "open mouth, sitting, front view, full body", "smile, arms up, front view, upper body",
)
_STRUCTURE_PROMPTS = (
    "smile, front view, portrait", "from behind, upper body", "smile, three-quarter view, upper body",
    "standing, from behind, full body",
)
_COMPOSITION_PROMPTS = (
    "smile, running, from side, full body", "standing, from behind, full body", "from behind, from above, upper body",
    "smile, front view, from below, upper body",
)

_SIZES = {"portrait": (640, 640), "upper body": (560, 720), "full body": (560, 720)}
_WIDE = (720, 560)
_EXPRESSIONS = ("smile", "open mouth", "frown", "smile", "open mouth", "frown", "closed eyes")
_ASTIR = ("walking", "sitting", "running")
_RETOLD = ("background", "pose", "outfit", "expression")  # nothing that a trigger absorbs


def write_samples(folder: Path) -> None:
    """Draws every set into a folder of its own: pictures, a caption beside each, and `character.toml`."""
    for each in SETS:
        write_set(each, folder / each.folder)


def write_set(sample_set: SampleSet, folder: Path) -> None:
    """Draws one set; the same call gives the same pixels and words each time."""
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples_of(sample_set):
        picture = world.draw(sample.scene, *sample.size).quantize(COLOURS, dither=Image.Dither.NONE)
        picture.save(folder / f"{sample.stem}.png", optimize=True)
        (folder / f"{sample.stem}.txt").write_text(sample.caption + "\n", encoding="utf-8")
    (folder / "character.toml").write_text(toml.dumps(character_table(sample_set)), encoding="utf-8")


def samples_of(sample_set: SampleSet) -> tuple[Sample, ...]:
    """The pictures of a set in order, each with its caption."""
    return tuple(
        Sample(_stem(number, scene.shot), scene, _size(number, scene.shot), _caption(sample_set, scene, number))
        for number, scene in enumerate(_scenes(sample_set), start=1))


def character_table(sample_set: SampleSet) -> dict[str, object]:
    """What `character.toml` says: who she is, what the trigger absorbs, and the prompts that show whether it did."""
    return {
        "schema": SCHEMA, "title": TITLE, "name": sample_set.name, "about": sample_set.about,
        "trigger": sample_set.trigger, "repeats": REPEATS, "asymmetric": sample_set.figure.hairstyle == "side ponytail",
        "practice": True, "quality": QUALITY, "negative": NEGATIVE,
        "traits": {"core": sample_set.core, "structure": sample_set.structure, "never": sample_set.never,
                   "base_weak": sample_set.base_weak},
        "prompt": [
            *_prompts(_CORE_PROMPTS, "core"), *_prompts(_STRUCTURE_PROMPTS, "structure", sample_set.structure),
            *_prompts(_COMPOSITION_PROMPTS, "composition")],
    }


def _prompts(compositions: Sequence[str], scores: str, tags: tuple[str, ...] = ()) -> Iterator[dict[str, object]]:
    """Prompts that name the trigger, `tags` and a composition, and nothing else."""
    for composition in compositions:
        words = ", ".join((QUALITY, "1girl", "{trigger}", *tags, composition))
        yield {"name": composition, "text": words, "asked": composition.split(", "), "scores": scores}


def _scenes(sample_set: SampleSet) -> list[Scene]:
    """Shots with clothes, faces and backgrounds in turn, at steps that keep any of them from going with another."""
    rng = random.Random(f"{sample_set.name} samples")
    scenes = []
    for number, words in enumerate(sample_set.shots, start=1):
        shot = replace(_shot(words), expression=_EXPRESSIONS[number % len(_EXPRESSIONS)],
                       background=world.BACKGROUNDS[(2 * number + number // 5) % len(world.BACKGROUNDS)],
                       scale=rng.uniform(0.97, 1.03), dx=rng.uniform(-0.02, 0.02))
        scenes.append(Scene(_dressed(sample_set.figure, number), shot))
    return _astir(scenes) if sample_set.posed else scenes


def _shot(words: str) -> Shot:
    said = words.split(", ")

    def pick(options: Sequence[str], otherwise: str) -> str:
        return next((word for word in said if word in options), otherwise)

    return Shot(expression="smile", pose=pick(world.POSES, "standing"), angle=pick(world.ANGLES, "front view"),
                facing=pick(world.SIDES, "right"), camera=pick(world.CAMERAS, "level"),
                framing=pick(world.FRAMINGS, "portrait"), background="white")


def _dressed(figure: Figure, number: int) -> Figure:
    """The figure in the clothes whose turn it is. Every sixth lacks the ribbon, so that its tag comes to mean it."""
    outfit = world.OUTFITS[number % len(world.OUTFITS)]
    return replace(figure, outfit=outfit, ribbon=None if number % 6 == 0 else figure.ribbon)


def _astir(scenes: Sequence[Scene]) -> list[Scene]:
    """The same scenes with no full body upright."""
    poses = cycle(_ASTIR)
    return [replace(scene, shot=replace(scene.shot, pose=next(poses))) if _is_upright(scene.shot) else scene
            for scene in scenes]


def _is_upright(shot: Shot) -> bool:
    return shot.framing == "full body" and shot.pose not in _ASTIR


def _caption(sample_set: SampleSet, scene: Scene, number: int) -> str:
    """Quality, count, trigger, all tags but those the trigger absorbs, two sentences."""
    tags = [tag for tag in world.tags(scene) if tag not in sample_set.core]
    words = ", ".join((QUALITY, "1girl", sample_set.trigger, *tags))
    return f"{words}. {' '.join(_sentences(scene, number))}"


def _sentences(scene: Scene, number: int) -> tuple[str, str]:
    """First what no tag can say, such as a side, where there is such a thing; then the rest in turn."""
    facts, retold = world.facts(scene), world.retold(scene)
    told = [*facts[1:], *(retold[trait] for trait in _RETOLD if trait in retold)]
    first = facts[0] if facts else told[(number + 1) % len(told)]
    return first, told[number % len(told)]


def _stem(number: int, shot: Shot) -> str:
    words = (shot.framing, shot.angle) if shot.framing != "full body" else (shot.framing, shot.pose, shot.angle)
    return f"{number:02}-{'-'.join(words)}".replace(" ", "-")


def _size(number: int, shot: Shot) -> tuple[int, int]:
    """Mostly what suits the framing; every fourth picture is wide."""
    return _WIDE if number % 4 == 0 else _SIZES[shot.framing]
