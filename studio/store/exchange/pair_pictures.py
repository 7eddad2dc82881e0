"""What does the picture look like in which two figures were put side by side?

Drawings of a figure mostly stand on one plain colour. Where they do, it is taken away around her, as far as it reaches
in from the border, so that both stand before the same background; where they do not, the cut-out stays a rectangle.
Which colour that is the upper part of the border tells: a figure rises from below, and a bust fills the lower part.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from studio.core.pairs import Layout, Standing
from studio.store.images import open_rgb

_COARSE = 192     # px of the longer side on which the background is followed; filling is slow
_TOLERANCE = 28   # of 255, by which a background may waver
_PLAIN = 0.5      # share of the upper border, and of each upper corner, that must have one colour
_CORNER = 0.04    # of a side

Colour = tuple[int, int, int]


def paired(left: Path, right: Path, layout: Layout, background: Colour) -> Image.Image:
    """The picture. Raises UserError as `open_rgb` does."""
    paper = Image.new("RGB", (layout.width, layout.height), background)
    for path, standing in ((left, layout.left), (right, layout.right)):
        cut = _cut(path, standing)
        colour = border_colour(cut)
        paper.paste(cut, standing.place[:2], figure_mask(cut, colour) if colour else None)
    return paper


def background_of(left: Path, right: Path, layout: Layout) -> Colour:
    """The plain colour before which the left figure stands, else the right one, else white."""
    cuts = (_cut(path, standing) for path, standing in ((left, layout.left), (right, layout.right)))
    return next((colour for cut in cuts if (colour := border_colour(cut))), (255, 255, 255))


def border_colour(image: Image.Image) -> Colour | None:
    """The colour of an image's upper corners, where most of its upper border has it too; None where it is not plain.

    A figure whose box fills the picture has the lower border, and may reach the upper one; she has hardly ever both
    corners. Where she has, nobody can tell her from a background.
    """
    left, right = _upper_corners(image)
    both = Image.new("RGB", (2 * left.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    colour = tuple(round(level) for level in ImageStat.Stat(both).median)
    parts = (left, right, _upper_border(image))
    return colour if min(ImageStat.Stat(_near(part, colour)).mean[0] / 255 for part in parts) >= _PLAIN else None


def figure_mask(image: Image.Image, colour: Colour) -> Image.Image:
    """White where the figure is, black where the background reaches in from the border."""
    near = _near(image, colour)
    scale = _COARSE / max(image.size)
    size = max(3, round(image.width * scale)), max(3, round(image.height * scale))
    coarse = near.resize(size, Image.Resampling.BOX)
    open_to_border = Image.new("L", (coarse.width + 2, coarse.height + 2), 255)  # a frame that joins all sides
    open_to_border.paste(coarse.point(lambda level: 255 if level > 127 else 0), (1, 1))
    ImageDraw.floodfill(open_to_border, (0, 0), 128)
    reached = open_to_border.crop((1, 1, coarse.width + 1, coarse.height + 1)).point(lambda level: 255 * (level == 128))
    wide = reached.filter(ImageFilter.MaxFilter(3)).resize(image.size, Image.Resampling.NEAREST)
    return ImageChops.invert(ImageChops.darker(near, wide)).filter(ImageFilter.GaussianBlur(0.7))


def _cut(path: Path, standing: Standing) -> Image.Image:
    left, top, right, bottom = standing.place
    return open_rgb(path).resize((right - left, bottom - top), Image.Resampling.LANCZOS, box=standing.cut)


def _upper_border(image: Image.Image) -> Image.Image:
    """The outermost pixels above and of the upper half of both sides, in one row."""
    width, half = image.width, max(1, image.height // 2)
    row = Image.new("RGB", (width + 2 * half, 1))
    row.paste(image.crop((0, 0, width, 1)), (0, 0))
    for number, x in enumerate((0, width - 1)):
        side = image.crop((x, 0, x + 1, half)).transpose(Image.Transpose.ROTATE_90)
        row.paste(side, (width + number * half, 0))
    return row


def _upper_corners(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    side = max(1, round(_CORNER * min(image.size)))
    return image.crop((0, 0, side, side)), image.crop((image.width - side, 0, image.width, side))


def _near(image: Image.Image, colour: Colour) -> Image.Image:
    """White where an image has about this colour, black elsewhere."""
    apart = ImageChops.difference(image, Image.new("RGB", image.size, colour))
    red, green, blue = apart.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(lambda level: 255 if level <= _TOLERANCE else 0)
