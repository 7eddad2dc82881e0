"""Small drawn pictures for tests of what comes from elsewhere."""

import random
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, PngImagePlugin


def drawing(seed=0, size=(96, 128), background="white"):
    """A figure of blots that no other seed has."""
    rng, image = random.Random(seed), Image.new("RGB", size, background)
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y, radius = rng.randrange(size[0]), rng.randrange(size[1]), rng.randrange(6, 24)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), tuple(rng.randbytes(3)))
    return image


def content(seed=0, format="PNG", **options):
    """The bytes of a drawing."""
    file = BytesIO()
    drawing(seed).save(file, format, **options)
    return file.getvalue()


def write(path: Path, seed=0, caption=None, ending=".txt"):
    """A drawing with a caption file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    drawing(seed).save(path)
    if caption is not None:
        path.with_suffix(ending).write_text(caption, encoding="utf-8")
    return path


def with_texts(**texts):
    """A PNG with these text chunks, opened."""
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text("sd-metadata" if name == "sd_metadata" else name, text)
    file = BytesIO()
    drawing().save(file, "PNG", pnginfo=info)
    return opened(file.getvalue())


def opened(raw):
    image = Image.open(BytesIO(raw))
    image.load()
    return image
