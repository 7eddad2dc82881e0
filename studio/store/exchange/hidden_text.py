"""What is written into the lowest bits of a picture's transparency?

NovelAI, and tools that took the idea over, hide a copy of their metadata there, which survives where text chunks are
stripped: down the columns from the left, one bit a pixel, a signature, the length in bits, then gzip.
"""

from __future__ import annotations

import zlib

from PIL import Image

_SIGNATURE, _LENGTH_BYTES = b"stealth_pngcomp", 4
_LONGEST = 2**20  # bytes, packed as well as unpacked
_LOWEST_BITS = bytes(ord("0") + (level & 1) for level in range(256))


def hidden_text(image: Image.Image) -> str:
    """The text; empty without one."""
    if image.mode != "RGBA":
        return ""
    head = len(_SIGNATURE) + _LENGTH_BYTES
    start = _bytes(image, 0, head)
    if not start.startswith(_SIGNATURE):
        return ""
    length = int.from_bytes(start[len(_SIGNATURE):]) // 8
    return _unpacked(_bytes(image, head, length)) if 0 < length <= _LONGEST else ""


def _bytes(image: Image.Image, start: int, count: int) -> bytes:
    """So many bytes, eight pixels each, from the one at `start`; fewer where the picture ends."""
    columns = min(image.width, -(-8 * (start + count) // image.height))
    alpha = image.getchannel("A").crop((0, 0, columns, image.height)).transpose(Image.Transpose.TRANSPOSE).tobytes()
    bits = alpha[8 * start:8 * (start + count)].translate(_LOWEST_BITS)
    whole = len(bits) // 8
    return int(bits[:8 * whole] or b"0", 2).to_bytes(whole)


def _unpacked(packed: bytes) -> str:
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, _LONGEST).decode("utf-8")
    except (zlib.error, UnicodeDecodeError):
        return ""
