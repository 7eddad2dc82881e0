"""Which shapes pictures are trained in: sides on a grid, areas in a band around resolution x resolution."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache

from studio.core.errors import UserError
from studio.core.recipe import Recipe

# Below this nobody sees the enlargement.
UPSCALE_WARNING = 1.05


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """The size in pixels that every picture of a batch is scaled and cut to."""

    width: int
    height: int

    @property
    def aspect(self) -> float:
        return self.width / self.height

    @property
    def area(self) -> int:
        return self.width * self.height

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def buckets(recipe: Recipe) -> tuple[Bucket, ...]:
    """Every bucket of the recipe, narrowest first. Raises `UserError` if its settings leave none."""
    found = _buckets(*_shape(recipe))
    if not found:
        raise UserError(
            f"{recipe.name}: no bucket has an area near {recipe.resolution} x {recipe.resolution}",
            "Make bucket_step smaller or area_band wider.",
        )
    return found


def bucket_of(width: int, height: int, recipe: Recipe) -> Bucket:
    """The bucket nearest in shape to a picture; among those of one shape, the one nearest to the recipe's area or,
    where the picture is smaller than that, to the picture's own.
    """
    buckets(recipe)
    return _nearest(width / height, min(width * height, recipe.resolution**2), _shape(recipe))


def upscale(native: tuple[int, int], bucket: Bucket) -> float:
    """How much a picture of native (width, height) is enlarged to cover its bucket; below 1 it is reduced."""
    return max(bucket.width / native[0], bucket.height / native[1])


def is_upscaled(native: tuple[int, int], bucket: Bucket) -> bool:
    """Whether a person should be told that the picture is too small for its bucket."""
    return upscale(native, bucket) > UPSCALE_WARNING


def _shape(recipe: Recipe) -> tuple[int, float, int, float, float]:
    return recipe.resolution, recipe.area_band, recipe.bucket_step, recipe.min_aspect, recipe.max_aspect


@cache
def _buckets(resolution: int, band: float, step: int, min_aspect: float, max_aspect: float) -> tuple[Bucket, ...]:
    least, most = (1 - band) * resolution**2, (1 + band) * resolution**2
    sides = range(step, int(math.sqrt(most * max(max_aspect, 1 / min_aspect))) + 1, step)
    pairs = (Bucket(width, height) for width in sides for height in sides)
    kept = (each for each in pairs if least <= each.area <= most and min_aspect <= each.aspect <= max_aspect)
    return tuple(sorted(kept, key=lambda bucket: (bucket.aspect, bucket.area)))


@lru_cache(maxsize=65_536)  # sets have few sizes, and a plan that is typed asks for all pictures at every key
def _nearest(aspect: float, area: int, shape: tuple[int, float, int, float, float]) -> Bucket:
    return min(_buckets(*shape), key=lambda bucket: _distance(aspect, area, bucket))


def _distance(aspect: float, area: int, bucket: Bucket) -> tuple[float, float]:
    # Rounded, or a hair of float would decide between buckets of one shape.
    return round(abs(math.log(aspect / bucket.aspect)), 9), abs(math.log(area / bucket.area))
