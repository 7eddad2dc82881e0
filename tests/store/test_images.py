import random
import struct
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image

from studio.core.errors import UserError
from studio.store.images import LARGEST_FILE, id_of_file, open_rgb, read_picture, size_of_file

RED, BLUE = (255, 0, 0), (0, 0, 255)


def corners(width=40, height=24):
    """A white picture whose upper left corner is red and whose upper right one is blue."""
    image = Image.new("RGB", (width, height), "white")
    image.paste(RED, (0, 0, 8, 8))
    image.paste(BLUE, (width - 8, 0, width, 8))
    return image


def saved(path, image, **options):
    image.save(path, **options)
    return path


def oriented(path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(path, corners(), exif=exif)


def png_that_claims(width, height):
    """A small file whose header promises a huge picture."""
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.bmp", "a.PNG"])
def test_every_usual_format_is_read(tmp_path, name):
    path = saved(tmp_path / name, corners())
    picture = read_picture(path)
    assert (picture.width, picture.height) == (40, 24) == size_of_file(path)
    assert picture.content == path.read_bytes()
    assert picture.id == id_of_file(path) and len(picture.id) == 16


def test_an_image_with_the_wrong_ending_is_read_by_its_content(tmp_path):
    path = saved(tmp_path / "a.png", corners(), format="JPEG")
    assert read_picture(path).width == 40


def test_renaming_keeps_the_id_and_changing_does_not(tmp_path):
    path = saved(tmp_path / "a.png", corners())
    before = id_of_file(path)
    assert id_of_file(path.rename(tmp_path / "b.png")) == before
    saved(tmp_path / "b.png", corners(48))
    assert id_of_file(tmp_path / "b.png") != before


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_and_the_pixels_are_those_seen_after_exif_orientation(tmp_path, orientation):
    path = oriented(tmp_path / "a.png", orientation)
    picture, image = read_picture(path), open_rgb(path)
    assert (picture.width, picture.height) == image.size == size_of_file(path)
    assert image.size == ((40, 24) if orientation < 5 else (24, 40))
    red_corner = {1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left",
                  5: "top left", 6: "top right", 7: "bottom right", 8: "bottom left"}[orientation].split()
    x, y = (2 if red_corner[1] == "left" else image.width - 3), (2 if red_corner[0] == "top" else image.height - 3)
    assert image.getpixel((x, y)) == RED


def behind_the_pixels(path, name, content):
    """Puts a chunk between the pixels and the end."""
    raw = path.read_bytes()
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    path.write_bytes(raw[:-12] + chunk + raw[-12:])


XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


@pytest.mark.parametrize(("name", "content", "size"), [
    (b"eXIf", b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0", (24, 40)),
    (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP, (24, 40)),
    (b"tEXt", b"parameters\0 1girl, eXIf", (40, 24)),
    (b"tEXt", b"Raw profile", (40, 24)),
])
def test_an_orientation_behind_the_pixels_counts_too(tmp_path, name, content, size):
    path = saved(tmp_path / "a.png", corners())
    behind_the_pixels(path, name, content)
    assert size_of_file(path) == size == open_rgb(path).size


def test_the_size_of_a_large_png_is_known_without_its_pixels(tmp_path):
    path = saved(tmp_path / "a.png", Image.effect_noise((3000, 3000), 50), compress_level=1)
    began = time.process_time()
    open_rgb(path)
    decoded = time.process_time()
    assert size_of_file(path) == (3000, 3000) and time.process_time() - decoded < (decoded - began) / 5


def test_an_orientation_that_does_not_exist_counts_as_upright(tmp_path):
    path = oriented(tmp_path / "a.png", 77)
    assert size_of_file(path) == (40, 24) == open_rgb(path).size


def test_transparency_is_laid_over_white(tmp_path):
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 4, 8))
    opened = open_rgb(saved(tmp_path / "a.png", image))
    assert (opened.mode, opened.getpixel((1, 1)), opened.getpixel((6, 1))) == ("RGB", BLUE, (255, 255, 255))


def test_a_palette_with_a_transparent_colour_is_laid_over_white(tmp_path):
    image = Image.new("P", (8, 8), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 4, 8))
    opened = open_rgb(saved(tmp_path / "a.png", image, transparency=0))
    assert (opened.getpixel((1, 1)), opened.getpixel((6, 1))) == ((255, 255, 255), BLUE)


def test_grey_of_16_bits_is_scaled_and_not_clipped(tmp_path):
    image = Image.frombytes("I;16", (3, 1), struct.pack("<3H", 0, 32768, 65535))
    opened = open_rgb(saved(tmp_path / "a.png", image))
    assert [opened.getpixel((x, 0))[0] for x in range(3)] == [0, 128, 255]


@pytest.mark.parametrize("content, reason", [
    (b"", "is empty"),
    (b"not a picture at all", "damaged or not an image"),
    (b"GIF89a" + b"\0" * 40, "damaged or not an image"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "damaged or not an image"),
    (png_that_claims(60_000, 60_000), "has more than 80 megapixels"),
    (png_that_claims(9_000, 9_500), "has more than 80 megapixels"),
    (png_that_claims(0, 10), "damaged or not an image"),
    (png_that_claims(100, 100), "damaged or not an image"),
])
def test_what_is_no_image_is_refused_by_name(tmp_path, content, reason):
    path = tmp_path / "strange.png"
    path.write_bytes(content)
    for read in (read_picture, open_rgb):
        with pytest.raises(UserError, match=f"strange.png .*{reason}|strange.png {reason}"):
            read(path)


def test_a_truncated_image_is_refused_although_its_header_is_whole(tmp_path):
    for name in ("a.png", "a.jpg", "a.webp"):
        path = saved(tmp_path / name, Image.effect_noise((200, 200), 80))
        path.write_bytes(path.read_bytes()[:-500])
        with pytest.raises(UserError, match=name):
            read_picture(path)


def test_an_image_with_one_flipped_bit_in_its_pixels_is_refused(tmp_path):
    path = saved(tmp_path / "a.png", Image.effect_noise((64, 64), 80))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"a\.png"):
        read_picture(path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(UserError, match=r"a\.png is 256 MiB"):
        read_picture(path)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(UserError, match=r"gone\.png cannot be read"):
        read_picture(tmp_path / "gone.png")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "AVIF"])
def test_rotten_bytes_are_a_persons_error_and_never_a_bug(tmp_path, form):
    chance, buffer, path = random.Random(form), BytesIO(), tmp_path / "rotten.png"
    corners().save(buffer, form, exif=Image.Exif())
    for _ in range(150):
        content = bytearray(buffer.getvalue())
        for _ in range(chance.choice([1, 2, 8])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        for read in (read_picture, open_rgb):
            try:
                read(path)
            except UserError as error:
                assert "rotten.png" in str(error)
