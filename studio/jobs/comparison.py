"""How far apart are two pictures, in figures and to the eye?"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageStat

AMPLIFIED = 8  # a difference of 32 levels is then white
_GAP = 8       # px between pictures


@dataclass(frozen=True, slots=True)
class Difference:
    """In levels of 256, over all pixels and channels; `psnr_db` is infinite for equal pictures."""

    largest: int
    mean: float
    psnr_db: float

    def __str__(self) -> str:
        if self.largest == 0:
            return "none: every byte is equal"
        return f"largest {self.largest} of 255 levels, mean {self.mean:.3g}, PSNR {self.psnr_db:.1f} dB"


def difference(one: Image.Image, other: Image.Image) -> Difference:
    """Of two RGB images of one size."""
    apart = ImageChops.difference(one, other)
    stat = ImageStat.Stat(apart)
    square = sum(stat.sum2) / sum(stat.count)
    psnr = math.inf if square == 0 else 10 * math.log10(255**2 / square)
    return Difference(max(high for _, high in apart.getextrema()), sum(stat.mean) / len(stat.mean), psnr)


def side_by_side(one: Image.Image, other: Image.Image) -> Image.Image:
    """The two and, at their right, what differs, amplified."""
    apart = ImageChops.difference(one, other).point(lambda level: min(255, level * AMPLIFIED))
    row = Image.new("RGB", (3 * one.width + 2 * _GAP, one.height), "white")
    for place, image in enumerate((one, other, apart)):
        row.paste(image, (place * (one.width + _GAP), 0))
    return row
