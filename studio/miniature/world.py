"""The drawn world the small Anima learns: anime-style figures with exact labels, as many as one likes."""

from __future__ import annotations

import random

from studio.miniature.world_captions import base_caption, caption, cast_name, facts, invented_name, looks, retold
from studio.miniature.world_draw import draw, face_mask, figure_mask
from studio.miniature.world_scene import (
    ANGLES, BACKGROUNDS, BANGS, CAMERAS, EXPRESSIONS, EYES, FRAMINGS, HAIR, HAIRSTYLES, MIRA, OUTFITS, POSES, RIBBONS,
    SIDES, SUZU, TAGS, Figure, Scene, Shot, seen_side, tags, visible,
)

__all__ = [
    "ANGLES", "BACKGROUNDS", "BANGS", "CAMERAS", "EXPRESSIONS", "EYES", "FRAMINGS", "HAIR", "HAIRSTYLES", "MIRA",
    "OUTFITS", "POSES", "RIBBONS", "SIDES", "SUZU", "TAGS", "Figure", "Scene", "Shot", "base_caption", "caption",
    "cast_name", "draw", "face_mask", "facts", "figure_mask", "invented_name", "looks", "retold", "sample_base",
    "sample_figure", "sample_shot", "sample_world", "seen_side", "tags", "visible",
]

_WORLD_CAMERAS = (1 / 3, 1 / 3, 1 / 3)
_WORLD_ANGLES = (0.25, 0.25, 0.25, 0.25)
_BASE_CAMERAS = (0.873, 0.12, 0.007)
_BASE_ANGLES = (0.15, 0.55, 0.15, 0.15)


def sample_world(rng: random.Random) -> Scene:
    """A scene from the whole world: every trait about equally often, each independent of the others."""
    return Scene(sample_figure(rng, intakes=0.5), sample_shot(rng, _WORLD_CAMERAS, _WORLD_ANGLES))


def sample_base(rng: random.Random) -> Scene:
    """A scene as the base model knows them: never hair intakes, hardly ever from below, mostly three-quarter view."""
    return Scene(sample_figure(rng, intakes=0.0, ahoge=0.3), sample_shot(rng, _BASE_CAMERAS, _BASE_ANGLES))


def sample_figure(rng: random.Random, *, intakes: float = 0.5, ahoge: float = 0.5, ribbon: float = 0.5) -> Figure:
    """A figure with independent traits; the arguments are the chances of those she may lack."""
    return Figure(
        hair=rng.choice(HAIR), eyes=rng.choice(EYES), hairstyle=rng.choice(HAIRSTYLES), side=rng.choice(SIDES),
        bangs=rng.choice(BANGS), ribbon=rng.choice(RIBBONS) if rng.random() < ribbon else None,
        ahoge=rng.random() < ahoge, intakes=rng.random() < intakes, outfit=rng.choice(OUTFITS))


def sample_shot(rng: random.Random, cameras: tuple[float, ...] = _WORLD_CAMERAS,
                angles: tuple[float, ...] = _WORLD_ANGLES) -> Shot:
    """A shot with independent traits; cameras and angles are weighted in the order of CAMERAS and ANGLES."""
    return Shot(
        expression=rng.choice(EXPRESSIONS), pose=rng.choice(POSES), angle=rng.choices(ANGLES, angles)[0],
        facing=rng.choice(SIDES), camera=rng.choices(CAMERAS, cameras)[0], framing=rng.choice(FRAMINGS),
        background=rng.choice(BACKGROUNDS), scale=rng.uniform(0.95, 1.03), dx=rng.uniform(-0.03, 0.03))
