"""A labelled sheet in one piece, to look at its pixels."""

from PIL import Image

from studio.jobs.sheet_image import strips
from studio.jobs.sheet_places import SheetPicture, placed


def draw_sheet(sheet: SheetPicture) -> Image.Image:
    """All of it in memory; the studio writes it in strips."""
    plan = placed(sheet)
    canvas = Image.new("RGB", plan.size)
    for top, strip in strips(plan):
        canvas.paste(strip, (0, top))
    return canvas
