"""Pictures that are wrong on purpose: the structure of their format is kept, lengths and checksums are put right."""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageCms, ImageDraw

from tests.fuzz.mutate import edge, rotten

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FORMS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
_MODES = {"PNG": ("RGB", "RGBA", "P", "L", "LA", "1", "I;16"), "JPEG": ("RGB", "L", "CMYK"), "WEBP": ("RGB", "RGBA"),
          "GIF": ("P", "L"), "BMP": ("RGB", "P", "L", "1"), "AVIF": ("RGB", "RGBA")}  # fmt: skip
_ANIMATED = ("PNG", "WEBP", "GIF")  # Pillow's AVIF encoder may die of two frames
_INSERTED = (b"tRNS", b"PLTE", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"fdAT", b"tEXt", b"zTXt", b"iTXt", b"gAMA", b"pHYs",
             b"sBIT", b"bKGD", b"hIST", b"tIME", b"cHRM", b"sRGB", b"IHDR", b"IEND", b"vpAg", b"\0\0\0\0")  # fmt: skip


def picture(chance: Random) -> tuple[bytes, bool]:
    """A picture file, and whether its structure was kept."""
    form = chance.choice(FORMS)
    whole = _whole(form, chance.choice(_MODES[form]), chance.random() < 0.3 and form in _ANIMATED)
    if chance.random() < 0.25:
        return rotten(whole, chance), False
    for _ in range(chance.choice((1, 1, 2, 3))):
        whole = _SPOILERS[form](whole, chance)
    return whole, True


def png_with(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """A tiny sound PNG with more chunks behind its header."""
    header, *rest = chunks_of(_whole("PNG", "RGB", False))
    return png_of([header, *chunks, *rest])


def chunks_of(content: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG, as far as they are whole."""
    found, at = [], len(SIGNATURE)
    while at + 12 <= len(content):
        length, name = struct.unpack(">I4s", content[at:at + 8])
        found.append((name, content[at + 8:at + 8 + length]))
        at += 12 + length
    return found


def png_of(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """The PNG of these chunks, lengths and checksums right."""
    parts = (struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
             for name, content in chunks)
    return SIGNATURE + b"".join(parts)


@cache
def _whole(form: str, mode: str, animated: bool) -> bytes:
    """A sound picture of 24 x 20."""
    image = Image.new("RGB", (24, 20), (200, 80, 40))
    ImageDraw.Draw(image).ellipse((4, 4, 18, 15), (30, 90, 220))
    image = image.convert("L").convert(mode) if mode == "I;16" else image.convert(mode)
    if mode in ("RGBA", "LA"):
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() if mode == "RGB" else b""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a picture"
    more = {"exif": exif} if form != "GIF" and form != "BMP" else {}
    more |= {"icc_profile": profile} if profile and form not in ("GIF", "BMP") else {}
    more |= {"save_all": True, "append_images": [image.transpose(Image.Transpose.ROTATE_180)]} if animated else {}
    buffer = BytesIO()
    image.save(buffer, form, **more)
    return buffer.getvalue()


def _png(content: bytes, chance: Random) -> bytes:
    chunks = chunks_of(content)
    if not chunks:
        return content
    at = chance.randrange(len(chunks))
    name, inside = chunks[at]
    match chance.randrange(7):
        case 0:
            chunks[at] = (name, rotten(inside, chance))
        case 1:
            chunks[0] = (chunks[0][0], _patched(chunks[0][1], chance, (4, 4, 1, 1, 1, 1, 1), ">"))
        case 2:
            chunks = [(each, _repacked(data, chance) if each in (b"IDAT", b"iCCP") else data) for each, data in chunks]
        case 3:
            chunks.insert(chance.randrange(len(chunks) + 1), (chance.choice(_INSERTED), _chunk_content(chance)))
        case 4:
            del chunks[at]
        case 5:
            chunks.insert(at, (name, inside))
        case 6:
            other = chance.randrange(len(chunks))
            chunks[at], chunks[other] = chunks[other], chunks[at]
    return png_of(chunks)


def _repacked(data: bytes, chance: Random) -> bytes:
    """What is packed with zlib, spoilt inside and packed again."""
    start = data.find(b"\x78")
    if start < 0:
        return data
    try:
        inside = zlib.decompress(data[start:])
    except zlib.error:
        return data
    inside = chance.choice((rotten(inside, chance), inside[:len(inside) // 2], inside * 3, b"", bytes(200_000)))
    return data[:start] + zlib.compress(inside)


def _chunk_content(chance: Random) -> bytes:
    kind = chance.randrange(6)
    if kind == 0:
        return chance.randbytes(chance.choice((0, 1, 2, 4, 8, 26, 256, 768, 5000)))
    if kind == 1:
        return exif(chance)
    if kind == 2:
        return b"icc\0\0" + zlib.compress(rotten(_srgb(), chance))
    if kind == 3:
        return b"k\0" + b"\0" + zlib.compress(bytes(chance.choice((10, 10**6, 10**8))), 1)
    if kind == 4:
        return b"k\0\1\0\0\0" + zlib.compress(b"x" * chance.choice((10, 10**6)))
    return b"".join(struct.pack(">I", edge(chance, 4)) for _ in range(chance.choice((2, 6, 7))))


@cache
def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(chance: Random) -> bytes:
    """A TIFF directory whose entries have any type, count and place; an orientation is among them."""
    order = chance.choice("<>")
    entries = [(0x0112, chance.choice((3, 3, 4, 2, 5, 12, 99)), chance.choice((1, 1, 0, 2, 2**31)), edge(chance, 4))]
    entries += [(edge(chance, 2), chance.randrange(14), edge(chance, 4), edge(chance, 4))
                for _ in range(chance.randrange(4))]
    body = b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    count = chance.choice((len(entries), len(entries), 0, 65535))
    start = chance.choice((8, 8, 8, 0, 2**31, 9))
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}I", start) + struct.pack(f"{order}H", count) + body + bytes(4)


def _jpeg(content: bytes, chance: Random) -> bytes:
    segments, scan = _segments_of(content)
    if not segments:
        return rotten(content, chance)
    at = chance.randrange(len(segments))
    marker, inside = segments[at]
    match chance.randrange(6):
        case 0:
            segments[at] = (marker, rotten(inside, chance))
        case 1:
            segments = [(each, _patched(data, chance, (1, 2, 2, *[1] * 10), ">") if 0xC0 <= each <= 0xC3 else data)
                        for each, data in segments]
        case 2:
            marker = chance.choice((0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xDB, 0xC4, 0xDD, 0xFE))
            segments.insert(at, (marker, _segment_content(marker, chance)))
        case 3:
            del segments[at]
        case 4:
            segments.insert(at, (marker, inside))
        case 5:
            scan = rotten(scan, chance)
    parts = (bytes((0xFF, each)) + struct.pack(">H", (len(data) + 2) % 65536) + data for each, data in segments)
    return b"\xff\xd8" + b"".join(parts) + scan


def _segments_of(content: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The segments before the scan, and all from its marker on."""
    segments, at = [], 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        length = struct.unpack(">H", content[at + 2:at + 4])[0]
        segments.append((content[at + 1], content[at + 4:at + 2 + length]))
        at += 2 + length
    return segments, content[at:]


def _segment_content(marker: int, chance: Random) -> bytes:
    if marker == 0xE1:
        return b"Exif\0\0" + exif(chance)
    if marker == 0xE2:
        return b"ICC_PROFILE\0" + bytes((chance.randrange(4), chance.randrange(4))) + rotten(_srgb(), chance)
    if marker == 0xEE:
        return b"Adobe" + bytes((0, 100, 0, 0, 0, 0, chance.randrange(4)))
    if marker == 0xED:
        return b"Photoshop 3.0\x008BIM" + chance.randbytes(40)
    return chance.randbytes(chance.choice((0, 1, 5, 64, 200)))


def _webp(content: bytes, chance: Random) -> bytes:
    chunks, at = [], 12
    while at + 8 <= len(content):
        name, length = content[at:at + 4], struct.unpack("<I", content[at + 4:at + 8])[0]
        chunks.append((name, content[at + 8:at + 8 + length]))
        at += 8 + length + length % 2
    if not chunks:
        return content
    place = chance.randrange(len(chunks))
    name, inside = chunks[place]
    match chance.randrange(5):
        case 0:
            chunks[place] = (name, rotten(inside, chance))
        case 1:
            chunks[0] = (chunks[0][0], _patched(chunks[0][1], chance, (4, 3, 3), "<"))
        case 2:
            kind = chance.choice((b"EXIF", b"XMP ", b"ICCP", b"ANIM", b"ALPH", b"VP8X", b"ANMF"))
            chunks.insert(place, (kind, exif(chance)))
        case 3:
            del chunks[place]
        case 4:
            chunks.append((name, inside))
    parts = (each + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for each, data in chunks)
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _patched(content: bytes, chance: Random, sizes: tuple[int, ...], order: str) -> bytes:
    """One of the numbers that a header begins with, replaced."""
    field = chance.randrange(len(sizes))
    at, size = sum(sizes[:field]), sizes[field]
    number = edge(chance, size).to_bytes(size, "big" if order == ">" else "little")
    return content[:at] + number + content[at + size:]


def _numbers(sizes: tuple[int, ...], start: int) -> Callable[[bytes, Random], bytes]:
    """Spoils the numbers of a header that begins at `start`, or the bytes behind it."""
    def spoil(content: bytes, chance: Random) -> bytes:
        head, body, rest = content[:start], content[start:start + sum(sizes)], content[start + sum(sizes):]
        if chance.random() < 0.6:
            return head + _patched(body, chance, sizes, "<") + rest
        return head + body + rotten(rest, chance)

    return spoil


def _avif(content: bytes, chance: Random) -> bytes:
    """A number behind the name of one of its boxes."""
    names = (b"ispe", b"pixi", b"av1C", b"iloc", b"infe", b"ipma", b"irot", b"imir", b"meta", b"mdat", b"Exif", b"colr")
    there = [name for name in names if name in content]
    at = content.index(chance.choice(there)) + 4 if there else 0
    at += chance.choice((0, 4, 8, 12))
    return content[:at] + edge(chance, 4).to_bytes(4, "big") + content[at + 4:]


_SPOILERS: dict[str, Callable[[bytes, Random], bytes]] = {
    "PNG": _png, "JPEG": _jpeg, "WEBP": _webp, "AVIF": _avif, "GIF": _numbers((2, 2, 1, 1, 1), 6),
    "BMP": _numbers((4, 4, 4, 4, 4, 4, 2, 2, 4, 4, 4, 4, 4, 4), 2),
}  # fmt: skip
