"""Where in a picture does its figure stand? Told by a plain background, and nowhere else."""

from __future__ import annotations

from PIL import Image

from studio.core.record import Box
from studio.store.exchange.pair_pictures import border_colour, figure_mask

WHOLE = Box(0.0, 0.0, 1.0, 1.0, "guess")

_SMALLEST = 0.02   # of the picture's area; less is a speck
_LEVEL = 127


def guessed_box(image: Image.Image) -> Box:
    """The box of all that is not background; the whole picture where the background is not plain.

    What touches the border may go on beyond it, so that side of the box lies on the border.
    """
    colour = border_colour(image)
    mask = figure_mask(image, colour) if colour else None
    found = mask.point(lambda level: 255 if level > _LEVEL else 0).getbbox() if mask else None
    if found is None:
        return WHOLE
    left, top, right, bottom = found
    box = Box(left / image.width, top / image.height, right / image.width, bottom / image.height, "guess")
    return box if box.area >= _SMALLEST else WHOLE
