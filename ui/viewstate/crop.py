"""What of a picture will training see: in which bucket, how much smaller or larger, and without which edges?"""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.buckets import Bucket, bucket_of, is_upscaled, upscale
from studio.core.record import Box
from studio.core.recipe import Recipe
from ui.i18n import tr

_HARDLY = 0.005  # share of a side that nobody misses


@dataclass(frozen=True, slots=True)
class Crop:
    """The part that is kept, in shares of the picture, and the factor by which it is scaled to the bucket."""

    bucket: Bucket
    factor: float
    kept: Box
    is_enlarged: bool

    @property
    def lost(self) -> float:
        """The share of the picture that is cut off."""
        return 1 - self.kept.area


def crop_of(width: int, height: int, recipe: Recipe) -> Crop:
    """Training covers the bucket and cuts evenly from two sides."""
    bucket = bucket_of(width, height, recipe)
    factor = upscale((width, height), bucket)
    across, down = (1 - bucket.width / (width * factor)) / 2, (1 - bucket.height / (height * factor)) / 2
    kept = Box(max(0.0, across), max(0.0, down), min(1.0, 1 - across), min(1.0, 1 - down))
    return Crop(bucket, factor, kept, is_upscaled((width, height), bucket))


def crop_text(crop: Crop) -> str:
    """One line: "832 × 1216, scaled to 81 %, 3.2 % cut off left and right"."""
    bucket = f"{crop.bucket.width} × {crop.bucket.height}"
    percent, lost = f"{100 * crop.factor:.0f}", f"{100 * crop.lost:.1f}"
    if crop.lost < _HARDLY:
        return tr("{bucket}, scaled to {percent} %, nothing cut off", bucket=bucket, percent=percent)
    if crop.kept.left > crop.kept.top:
        return tr("{bucket}, scaled to {percent} %, {lost} % cut off left and right", bucket=bucket, percent=percent,
                  lost=lost)
    return tr("{bucket}, scaled to {percent} %, {lost} % cut off above and below", bucket=bucket, percent=percent,
              lost=lost)
