"""How is a picture written that is larger than memory? Row by row: a PNG needs no more than the row above.

Format: Portable Network Graphics (W3C, third edition), 5 and 9. Every row is stored as its difference from the one
above it, which is what drawings of one background compress well with.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image, ImageChops

from studio.store.atomic import replace_atomic

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = b"\x02"
_LEVEL = 4  # of 9; beyond it a tenth is gained at three times the time


def write_strips(path: Path, size: tuple[int, int], strips: Iterable[Image.Image]) -> Iterator[int]:
    """Writes RGB strips of the whole width, top first, as one picture; yields the rows written so far.

    The file appears with the last strip, whole or not at all. Raises ValueError for strips that do not make up `size`.
    """
    width, height = size
    with replace_atomic(path) as part, part.open("wb") as file:
        packer, above, done = zlib.compressobj(_LEVEL), Image.new("RGB", (width, 1)), 0
        file.write(_SIGNATURE + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)))
        for strip in strips:
            file.write(_chunk(b"IDAT", packer.compress(_rows(strip, above))))
            above, done = strip.crop((0, strip.height - 1, width, strip.height)), done + strip.height
            yield done
        if done != height:
            raise ValueError(f"{done} rows of {height}")
        file.write(_chunk(b"IDAT", packer.flush()) + _chunk(b"IEND", b""))


def _rows(strip: Image.Image, above: Image.Image) -> bytes:
    """The rows as differences, each behind the byte that says so."""
    before = Image.new("RGB", strip.size)
    before.paste(above, (0, 0))
    before.paste(strip.crop((0, 0, strip.width, strip.height - 1)), (0, 1))
    pixels, row = ImageChops.subtract_modulo(strip, before).tobytes(), 3 * strip.width
    return b"".join(_UP + pixels[start:start + row] for start in range(0, len(pixels), row))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
