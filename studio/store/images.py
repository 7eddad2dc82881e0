"""Which image files can be trusted, and which pixels do they mean?

An image comes from anywhere, so it is looked at before it is kept: size limits first, then checksums, then every pixel
is decoded. Importing, tagging and training see the same pixels, those of `open_rgb`: what survives the import opens in
training too.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms

from studio.core.errors import UserError
from studio.store.digests import sha256_of

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".avif")
FOREIGN_SUFFIXES = (".heic", ".heif", ".psd", ".svg", ".tif", ".tiff", ".jxl", ".jp2", ".tga", ".kra", ".clip", ".xcf")
LARGEST_FILE = 256 * 2**20  # bytes
LARGEST_AREA = 80_000_000   # pixels; below the point where Pillow starts to warn of decompression bombs
BROKEN = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, TypeError, LookupError, ArithmeticError,
          AssertionError, MemoryError, struct.error, zlib.error)  # what decoders raise on damaged files

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
_ANIMATED = ("PNG", "WEBP", "GIF", "AVIF")  # a JPEG's further frames are another eye's view, or smaller copies
_FOREIGN = (  # where in a file which bytes tell of a picture that people have, and we do not read
    (0, b"8BPS", "a Photoshop file"), (0, b"II*\0", "a TIFF picture"), (0, b"MM\0*", "a TIFF picture"),
    (4, b"ftyphei", "a HEIC picture"), (4, b"ftyphev", "a HEIC picture"), (4, b"ftypmif1", "a HEIC picture"),
    (4, b"JXL \r\n", "a JPEG XL picture"), (0, b"\xff\x0a", "a JPEG XL picture"), (0, b"%PDF", "a PDF file"),
    (4, b"jP  \r\n", "a JPEG 2000 picture"), (0, b"<svg", "an SVG drawing"), (0, b"<?xml", "an XML file"),
)  # fmt: skip
_ID_DIGITS = 16
_ORIENTATION = 0x0112  # EXIF 2.3, section 4.6.4
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)
_TELLING = (b"eXIf", b"tEXt", b"zTXt", b"iTXt")
_TURNING = (b"Raw profile type", b"XML:com.adobe.xmp")  # the keywords of texts in which an orientation may stand
_KEYWORD = 79  # bytes, at most


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file that was decoded to its last pixel: its bytes, and the size seen after EXIF orientation.

    `notes` say what of it is not seen as it is, each a sentence without its subject: "is animated; ...".
    """

    id: str
    width: int
    height: int
    content: bytes = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture with its pixels: `seen` as `open_rgb` gives them, `image` as they are in the file, with its texts."""

    picture: Picture
    seen: Image.Image
    image: Image.Image


def is_image(path: Path) -> bool:
    """Whether the name is that of an image; says nothing about the content."""
    return path.suffix.lower() in SUFFIXES


def is_foreign(path: Path) -> bool:
    """Whether the name is that of a picture in a format that has to be exported first."""
    return path.suffix.lower() in FOREIGN_SUFFIXES


def read_picture(path: Path) -> Picture:
    """Reads and checks an image file.

    Raises UserError, naming the file, when it is missing, empty, too large, of another format or damaged.
    """
    return decoded(read_content(path), path.name).picture


def decoded(content: bytes, name: str) -> Decoded:
    """An image file that was read, from wherever it lay. Raises UserError, naming it, as `read_picture` does."""
    _check_content(content, name)
    with _blaming(name):
        with opened(content) as image:
            image.verify()
        with opened(content) as image:  # verify() leaves the image unusable
            seen = _as_seen(image)
            return Decoded(Picture(image_id(content), *seen.size, content, tuple(_notes(image))), seen, image)


def open_rgb(path: Path) -> Image.Image:
    """The image as people see it: upright, sRGB with 8 bits a channel, transparency over white, the first frame.

    Raises UserError as `read_picture` does.
    """
    content = read_content(path)
    _check_content(content, path.name)
    with _blaming(path.name), opened(content) as image:
        return _as_seen(image)


@contextmanager
def opened(source: bytes | Path) -> Iterator[Image.Image]:
    """The image with only its header read. Raises one of BROKEN, a ValueError for areas that no drawing has."""
    try:
        image = Image.open(BytesIO(source) if isinstance(source, bytes) else source, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _TooLarge from error
    with image:
        if image.width * image.height > LARGEST_AREA:
            raise _TooLarge
        yield image


def image_id(content: bytes) -> str:
    """The name an image keeps through every renaming: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:_ID_DIGITS]


def id_of_file(path: Path) -> str:
    """The id of an image file on disk."""
    return sha256_of(path)[:_ID_DIGITS]


def size_of_file(path: Path) -> tuple[int, int]:
    """(width, height) of an upright image, from its header alone. Raises UserError naming the file."""
    with _blaming(path.name):
        facts = path.stat()
    return _known_size(path, facts.st_size, facts.st_mtime_ns)


class _TooLarge(ValueError):
    """A header that promises more pixels than memory should be given for."""


@lru_cache(maxsize=100_000)
def _known_size(path: Path, size: int, mtime_ns: int) -> tuple[int, int]:
    with _blaming(path.name), opened(path) as image:
        return (image.height, image.width) if _header_orientation(image, path) in _SIDEWAYS else image.size


def read_content(path: Path) -> bytes:
    """The file's bytes, once its size is known to be reasonable. Raises UserError as `read_picture` does."""
    try:
        _check_size(path.stat().st_size, path.name)
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", "Check the path and its permissions.") from error


def _check_content(content: bytes, name: str) -> None:
    _check_size(len(content), name)
    if kind := _foreign_kind(content):
        raise UserError(f"{name} is {kind}, which this studio does not read", "Save it as PNG, JPEG or WebP.")


def _check_size(size: int, name: str) -> None:
    if size == 0:
        raise UserError(f"{name} is empty", "Export it again or leave it out.")
    if size > LARGEST_FILE:
        raise UserError(f"{name} is {size / 2**20:.0f} MiB; images may have {LARGEST_FILE // 2**20} MiB",
                        "Save it smaller.")


def _foreign_kind(content: bytes) -> str:
    """What the first bytes tell of a file from another program; nothing for images and for the unknown."""
    return next((kind for place, sign, kind in _FOREIGN if content.startswith(sign, place)), "")


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Says which file it was that could not be decoded."""
    try:
        yield
    except _TooLarge as error:
        raise UserError(f"{name} has more than {LARGEST_AREA // 10**6} megapixels", "Save it smaller.") from error
    except BROKEN as error:
        raise UserError(f"{name} is damaged or not an image this studio reads ({_reason(error)})",
                        "Save it again as PNG, JPEG or WebP, or leave it out.") from error


def _reason(error: BaseException) -> str:
    """The decoder's own words, unless they talk about a buffer instead of the file."""
    if isinstance(error, Image.UnidentifiedImageError):
        return "unknown format"
    return str(error)[:120] or type(error).__name__


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1 to 8; unreadable EXIF counts as upright."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except BROKEN:
        return 1


def _header_orientation(image: Image.Image, path: Path) -> int:
    """The orientation of an image that is not to be decoded.

    Trap: Pillow decodes a PNG to look behind its pixels, which takes twenty times as long as all else; most have
    nothing there.
    """
    if image.format != "PNG" or _may_turn_behind_pixels(path):
        return _orientation(image)
    try:
        return int(Image.Image.getexif(image).get(_ORIENTATION, 1))
    except BROKEN:
        return 1


def _may_turn_behind_pixels(png: Path) -> bool:
    """Whether a chunk behind the pixels may hold EXIF or XMP (PNG, third edition, section 11.3)."""
    with png.open("rb") as file:
        file.seek(8)
        is_behind = False
        while len(head := file.read(8)) == 8:
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            is_behind = is_behind or kind == b"IDAT"
            if is_behind and kind in _TELLING:
                start = file.read(min(length, _KEYWORD))
                if kind == b"eXIf" or start.startswith(_TURNING):
                    return True
                length -= len(start)
            file.seek(length + 4, os.SEEK_CUR)
    return False


def _as_seen(image: Image.Image) -> Image.Image:
    """Upright RGB. Trap: decoding may find a second EXIF; the one in the header counts, as it does for the size."""
    orientation, seen = _orientation(image), _flattened(image)
    return seen.transpose(_TURNS[orientation]) if orientation in _TURNS else seen


def _flattened(image: Image.Image) -> Image.Image:
    """RGB over white."""
    colours = _in_srgb(_of_eight_bits(image), image.info.get("icc_profile"))
    if not colours.has_transparency_data:
        return colours.convert("RGB")
    colours = colours.convert("RGBA")
    paper = Image.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    return paper


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits scaled, where Pillow would clip it at 255; palettes and bits as the colours they stand for."""
    if image.mode.startswith("I;16"):
        grey = image.point(lambda level: level / 256, "L")
        clear = image.info.get("transparency")
        grey.info = {"transparency": clear >> 8} if isinstance(clear, int) else {}
        return grey
    if image.mode in ("L", "RGB", "CMYK"):
        image.load()
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The colours that an embedded profile means; without one, or with one that makes no sense, those in the file."""
    if not isinstance(profile, bytes) or "transparency" in image.info:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        meant = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, *BROKEN):
        return image


def _notes(image: Image.Image) -> Iterator[str]:
    if image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] < 255:
        yield "is transparent in places; these become white."
    if image.format in _ANIMATED and getattr(image, "is_animated", False):
        yield "is animated; only its first frame is used."
