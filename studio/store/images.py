"""Which image files can be trusted, and how are they read?

An image comes from anywhere, so it is looked at before it is kept: size limits first, then checksums, then every pixel
is decoded. What survives this opens in training too.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image

from studio.core.errors import UserError
from studio.store.digests import sha256_of

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".avif")
LARGEST_FILE = 256 * 2**20  # bytes
LARGEST_AREA = 80_000_000   # pixels; below the point where Pillow starts to warn of decompression bombs
BROKEN = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, struct.error, Image.DecompressionBombError,
          Image.DecompressionBombWarning)  # what decoders raise on damaged files

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "AVIF")
_ID_DIGITS = 16
_ORIENTATION = 0x0112  # EXIF 2.3, section 4.6.4
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file that was decoded to its last pixel: its bytes, and the size seen after EXIF orientation."""

    id: str
    width: int
    height: int
    content: bytes = field(repr=False)


def is_image(path: Path) -> bool:
    """Whether the name is that of an image; says nothing about the content."""
    return path.suffix.lower() in SUFFIXES


def read_picture(path: Path) -> Picture:
    """Reads and checks an image file.

    Raises UserError, naming the file, when it is missing, empty, too large, of another format or damaged.
    """
    content = _content(path)
    with _blaming(path):
        with opened(content) as image:
            image.verify()
        with opened(content) as image:  # verify() leaves the image unusable
            image.load()
            width, height = _upright_size(image)
    return Picture(image_id(content), width, height, content)


def open_rgb(path: Path) -> Image.Image:
    """The image as people see it: upright, RGB with 8 bits a channel, transparency laid over white.

    Raises UserError as `read_picture` does.
    """
    content = _content(path)
    with _blaming(path), opened(content) as image:
        return _turned(_flattened(image), _orientation(image))


@contextmanager
def opened(source: bytes | Path) -> Iterator[Image.Image]:
    """The image with only its header read; refuses areas that no drawing has."""
    with Image.open(BytesIO(source) if isinstance(source, bytes) else source, formats=_FORMATS) as image:
        if image.width * image.height > LARGEST_AREA:
            raise ValueError(f"{image.width}x{image.height} is more than {LARGEST_AREA // 10**6} megapixels")
        yield image


def image_id(content: bytes) -> str:
    """The name an image keeps through every renaming: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:_ID_DIGITS]


def id_of_file(path: Path) -> str:
    """The id of an image file on disk."""
    return sha256_of(path)[:_ID_DIGITS]


def size_of_file(path: Path) -> tuple[int, int]:
    """(width, height) of an upright image, from its header alone. Raises UserError naming the file."""
    facts = path.stat()
    return _known_size(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=100_000)
def _known_size(path: Path, size: int, mtime_ns: int) -> tuple[int, int]:
    with _blaming(path), opened(path) as image:
        return _upright_size(image)


def _content(path: Path) -> bytes:
    """The file's bytes, once its size is known to be reasonable."""
    try:
        size = path.stat().st_size
        if size == 0:
            raise UserError(f"{path.name} is empty", "Export it again or leave it out.")
        if size > LARGEST_FILE:
            raise UserError(f"{path.name} is {size / 2**20:.0f} MiB; images may have {LARGEST_FILE // 2**20} MiB",
                            "Save it smaller.")
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", "Check the path and its permissions.") from error


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """Says which file it was that could not be decoded."""
    try:
        yield
    except BROKEN as error:
        raise UserError(f"{path.name} is damaged or not an image this studio reads ({_reason(error)})",
                        "Save it again as PNG, JPEG or WebP, or leave it out.") from error


def _reason(error: BaseException) -> str:
    """The decoder's own words, unless they talk about a buffer instead of the file."""
    if isinstance(error, Image.UnidentifiedImageError):
        return "unknown format"
    return str(error)[:120] or "no reason given"


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1 to 8; unreadable EXIF counts as upright."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (*BROKEN, TypeError):
        return 1


def _upright_size(image: Image.Image) -> tuple[int, int]:
    return (image.height, image.width) if _orientation(image) in _SIDEWAYS else image.size


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def _flattened(image: Image.Image) -> Image.Image:
    """RGB over white. Trap: Pillow clips 16-bit grey at 255 instead of scaling it."""
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256, "L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    colours = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours).convert("RGB")
