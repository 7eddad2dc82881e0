"""Every way to store one picture: which pixels training sees, which sentence a person reads."""

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from studio.core.errors import UserError
from studio.store.images import is_foreign, is_image, open_rgb, read_picture, size_of_file

RED, GREEN, BLUE, GREY, WHITE = (220, 40, 30), (30, 180, 60), (40, 60, 210), (128, 128, 128), (255, 255, 255)
PATCHES = {(6, 6): RED, (34, 6): GREEN, (6, 26): BLUE, (34, 26): GREY}  # places of a 40 x 32 picture
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")


def drawn(mode: str = "RGB") -> Image.Image:
    """Four patches of 20 x 16."""
    image = Image.new("RGB", (40, 32))
    for (x, y), colour in PATCHES.items():
        image.paste(colour, (x // 20 * 20, y // 16 * 16, x // 20 * 20 + 20, y // 16 * 16 + 16))
    return image.convert(mode)


def seen(path: Path) -> dict[tuple[int, int], tuple[int, int, int]]:
    """The pixels that training sees at the places of the patches, the size being told alike by all that ask for it."""
    image, picture = open_rgb(path), read_picture(path)
    assert image.mode == "RGB"
    assert image.size == (picture.width, picture.height) == size_of_file(path)
    return {place: image.getpixel(place) for place in PATCHES}


def assert_near(found: dict, wanted: dict, tolerance: int) -> None:
    far = {place: (found[place], colour) for place, colour in wanted.items()
           if max(abs(a - b) for a, b in zip(found[place], colour, strict=True)) > tolerance}
    assert far == {}


def png(header: bytes, rows: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG by hand, for kinds that Pillow does not write."""
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    chunks = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def sixteen_bit_rgb() -> bytes:
    levels = np.asarray(drawn()).astype(">u2") * 257
    return png(struct.pack(">IIBBBBB", 40, 32, 16, 2, 0, 0, 0), b"".join(b"\0" + row.tobytes() for row in levels))


def sixteen_bit_grey(*more: tuple[bytes, bytes]) -> bytes:
    levels = np.asarray(drawn("L")).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in levels)
    return png(struct.pack(">IIBBBBB", 40, 32, 16, 0, 0, 0, 0), rows, *more)


def saved(form: str, mode: str = "RGB", **options: object) -> Callable[[], bytes]:
    def content() -> bytes:
        buffer = BytesIO()
        drawn(mode).save(buffer, form, **options)
        return buffer.getvalue()

    return content


def animated(form: str) -> Callable[[], bytes]:
    """The picture first, then a black frame."""
    def content() -> bytes:
        buffer = BytesIO()
        black = Image.new("RGB", (40, 32))
        drawn().save(buffer, form, save_all=True, append_images=[black], duration=100, lossless=True)
        return buffer.getvalue()

    return content


def palette() -> bytes:
    buffer = BytesIO()
    drawn().quantize(4).save(buffer, "PNG")
    return buffer.getvalue()


KINDS = {
    "png": (saved("PNG"), 0), "jpeg": (saved("JPEG", quality=98, subsampling=0), 6),
    "progressive jpeg": (saved("JPEG", quality=98, subsampling=0, progressive=True), 6),
    "webp": (saved("WEBP", lossless=True), 0), "bmp": (saved("BMP"), 0), "gif": (saved("GIF"), 2),
    "avif": (saved("AVIF", quality=100, subsampling="4:4:4"), 6), "palette": (palette, 0),
    "opaque rgba": (saved("PNG", "RGBA"), 0), "cmyk jpeg": (saved("JPEG", "CMYK", quality=98), 8),
    "16 bit": (sixteen_bit_rgb, 1), "animated gif": (animated("GIF"), 2), "animated webp": (animated("WEBP"), 0),
    "animated png": (animated("PNG"), 0),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_the_colours_are_those_drawn_whatever_the_file_is_called(tmp_path: Path, kind: str, name: str) -> None:
    made, tolerance = KINDS[kind]
    (tmp_path / name).write_bytes(made())
    assert_near(seen(tmp_path / name), PATCHES, tolerance)


@pytest.mark.parametrize("made", [saved("PNG", "L"), saved("JPEG", "L", quality=98), saved("PNG", "LA"),
                                  sixteen_bit_grey])
def test_grey_stays_as_bright_as_it_was(tmp_path: Path, made: Callable[[], bytes]) -> None:
    (tmp_path / "a.png").write_bytes(made())
    wanted = {place: (drawn("L").getpixel(place),) * 3 for place in PATCHES}
    assert_near(seen(tmp_path / "a.png"), wanted, 3)


def test_one_bit_is_black_and_white(tmp_path: Path) -> None:
    bits = drawn("L").point(lambda level: 255 * (level > 100), "1")
    bits.save(tmp_path / "a.png")
    assert seen(tmp_path / "a.png") == {place: (bits.getpixel(place),) * 3 for place in PATCHES}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("animated")])
def test_of_an_animation_the_first_frame_is_used_and_that_is_said(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.png").write_bytes(KINDS[kind][0]())
    assert read_picture(tmp_path / "a.png").notes == ("is animated; only its first frame is used.",)


def test_what_is_seen_as_it_is_needs_no_note(tmp_path: Path) -> None:
    for kind in ("png", "jpeg", "opaque rgba", "gif"):
        (tmp_path / "a.png").write_bytes(KINDS[kind][0]())
        assert read_picture(tmp_path / "a.png").notes == ()


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_transparent_becomes_white_never_black_and_that_is_said(tmp_path: Path, form: str) -> None:
    image = drawn("RGBA")
    image.paste((0, 0, 0, 0), (20, 0, 40, 16))
    image.save(tmp_path / "a.png", form, lossless=True)
    assert_near(seen(tmp_path / "a.png"), PATCHES | {(34, 6): WHITE}, 2)
    assert read_picture(tmp_path / "a.png").notes == ("is transparent in places; these become white.",)


def test_half_transparent_is_half_white(tmp_path: Path) -> None:
    image = drawn("RGBA")
    image.putalpha(128)
    image.save(tmp_path / "a.png")
    wanted = {place: tuple((level + 255) // 2 for level in colour) for place, colour in PATCHES.items()}
    assert_near(seen(tmp_path / "a.png"), wanted, 2)


@pytest.mark.parametrize("mode", ["L", "1"])
def test_a_transparent_grey_is_white(tmp_path: Path, mode: str) -> None:
    image = Image.new(mode, (8, 8), 0)
    image.paste(255 if mode == "1" else 90, (0, 0, 4, 8))
    image.save(tmp_path / "a.png", transparency=0)
    assert open_rgb(tmp_path / "a.png").getpixel((6, 1)) == WHITE
    assert open_rgb(tmp_path / "a.png").getpixel((1, 1)) == ((255,) * 3 if mode == "1" else (90,) * 3)


def test_a_transparent_grey_of_16_bits_is_white(tmp_path: Path) -> None:
    grey = drawn("L").getpixel((6, 6))
    (tmp_path / "a.png").write_bytes(sixteen_bit_grey((b"tRNS", struct.pack(">H", grey * 257))))
    assert seen(tmp_path / "a.png")[6, 6] == WHITE
    assert seen(tmp_path / "a.png")[6, 26] != WHITE


def test_colours_of_another_profile_are_brought_into_srgb(tmp_path: Path) -> None:
    """A file whose numbers are Lab-made: what its profile calls this red is not what sRGB calls so."""
    swapped = swapped_profile()
    drawn().save(tmp_path / "a.png", icc_profile=swapped)
    red, _, blue = seen(tmp_path / "a.png")[6, 6]
    assert blue > 150 > red


def test_a_profile_that_is_srgb_or_rubbish_changes_nothing(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"rubbish", srgb[:200], b""):
        drawn().save(tmp_path / "a.png", icc_profile=profile)
        assert_near(seen(tmp_path / "a.png"), PATCHES, 1)


def swapped_profile() -> bytes:
    """sRGB with the colorants of red and blue exchanged, so that a mistake would be seen from afar."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", content[128:132])[0]
    entries = {bytes(content[at:at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    content[red:red + 4], content[blue:blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(content)


@pytest.mark.parametrize(("content", "kind"), [
    (b"8BPS\0\1" + b"\0" * 40, "a Photoshop file"), (b"II*\0" + b"\0" * 40, "a TIFF picture"),
    (b"\0\0\0\x18ftypheic" + b"\0" * 40, "a HEIC picture"), (b"\0\0\0\x18ftypmif1" + b"\0" * 40, "a HEIC picture"),
    (b'<?xml version="1.0"?><svg/>', "an XML file"), (b"<svg xmlns='x'/>", "an SVG drawing"),
    (b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 40, "a JPEG XL picture"),
])  # fmt: skip
def test_a_picture_of_another_format_is_refused_by_what_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    (tmp_path / "x.png").write_bytes(content)
    for read in (read_picture, open_rgb):
        with pytest.raises(UserError) as caught:
            read(tmp_path / "x.png")
        assert str(caught.value) == f"x.png is {kind}, which this studio does not read. Save it as PNG, JPEG or WebP."


def test_text_and_rubbish_that_are_called_pictures_are_refused(tmp_path: Path) -> None:
    for content in (b"just some text", b"\0" * 100, bytes(range(256)), "雪".encode("utf-16")):
        (tmp_path / "x.png").write_bytes(content)
        with pytest.raises(UserError, match=r"^x\.png is damaged or not an image"):
            read_picture(tmp_path / "x.png")


def test_what_no_file_is_cannot_be_read_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    (tmp_path / "nowhere.png").symlink_to(tmp_path / "gone")
    for name in ("folder", "loop", "nowhere", "x" * 300):
        with pytest.raises(UserError, match=r"\.png cannot be read: "):
            read_picture(tmp_path / f"{name}.png")


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_without_the_right_to_read_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(KINDS["png"][0]())
    (tmp_path / "a.png").chmod(0)
    with pytest.raises(UserError, match=r"a\.png cannot be read: Permission denied"):
        read_picture(tmp_path / "a.png")


def test_files_of_other_programs_are_told_from_images_by_their_names() -> None:
    assert is_foreign(Path("a.HEIC")) and is_foreign(Path("a.psd")) and not is_image(Path("a.psd"))
    assert is_image(Path("a.gif")) and is_image(Path("a.jfif")) and not is_foreign(Path("a.gif"))


def webp_that_claims(width: int, height: int) -> bytes:
    canvas = b"\x10\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_that_claims(width: int, height: int) -> bytes:
    content = bytearray(KINDS["jpeg"][0]())
    frame = content.index(b"\xff\xc0")
    content[frame + 5:frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def gif_that_claims(width: int, height: int) -> bytes:
    content = bytearray(KINDS["gif"][0]())
    content[6:10] = struct.pack("<HH", width, height)
    return bytes(content)


def bmp_that_claims(width: int, height: int) -> bytes:
    content = bytearray(KINDS["bmp"][0]())
    content[18:26] = struct.pack("<ii", width, height)
    return bytes(content)


def png_that_claims(width: int, height: int) -> bytes:
    return png(struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"\0" * 100)


@pytest.mark.parametrize("bomb", [png_that_claims, jpeg_that_claims, gif_that_claims, bmp_that_claims])
@pytest.mark.parametrize("side", [9_500, 13_000, 60_000])
def test_a_header_that_promises_a_huge_picture_is_refused(tmp_path: Path, bomb: Callable[[int, int], bytes],
                                                          side: int) -> None:
    (tmp_path / "x.png").write_bytes(bomb(side, side))
    for read in (read_picture, open_rgb, size_of_file):
        with pytest.raises(UserError) as caught:
            read(tmp_path / "x.png")
        assert str(caught.value) == "x.png has more than 80 megapixels. Save it smaller."


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process's largest memory this way")
def test_a_header_that_promises_a_huge_picture_costs_no_memory(tmp_path: Path) -> None:
    for number, bomb in enumerate((png_that_claims, jpeg_that_claims, gif_that_claims)):
        (tmp_path / f"{number}.png").write_bytes(bomb(60_000, 60_000))
    (tmp_path / "3.png").write_bytes(webp_that_claims(16_000, 16_000))
    program = """
import resource, sys
from pathlib import Path
from studio.core.errors import UserError
from studio.store.images import open_rgb, read_picture
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sorted(Path(sys.argv[1]).iterdir()):
    for read in (read_picture, open_rgb):
        try:
            read(path)
        except UserError as error:
            print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    answer = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    *refusals, grown = answer.stdout.split("\n")[:-1]
    assert len(refusals) == 8 and answer.stderr == ""
    assert int(grown) * (1 if sys.platform == "darwin" else 1024) < 64 * 2**20


def test_of_two_orientations_the_first_counts_for_the_size_and_for_the_pixels(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    drawn().save(tmp_path / "a.png", exif=turned)
    whole = (tmp_path / "a.png").read_bytes()
    empty = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
    second = struct.pack(">I", len(empty)) + b"eXIf" + empty + struct.pack(">I", zlib.crc32(b"eXIf" + empty))
    (tmp_path / "a.png").write_bytes(whole[:-12] + second + whole[-12:])
    assert open_rgb(tmp_path / "a.png").size == size_of_file(tmp_path / "a.png") == (32, 40)
