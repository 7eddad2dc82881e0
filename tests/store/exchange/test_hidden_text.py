import gzip
import json

import pytest
from PIL import Image

from studio.store.exchange.hidden_text import hidden_text


def hiding(raw, size=(64, 64), signature=b"stealth_pngcomp", length=None):
    """An opaque picture with these bytes in the lowest bits of its alpha, down the columns."""
    message = signature + (8 * len(raw) if length is None else length).to_bytes(4) + raw
    bits = [byte >> place & 1 for byte in message for place in range(7, -1, -1)]
    image = Image.new("RGBA", size, (90, 120, 150, 254))
    for number, bit in enumerate(bits[:size[0] * size[1]]):
        image.putpixel((number // size[1], number % size[1]), (90, 120, 150, 254 + bit))
    return image


def test_what_was_hidden_is_found():
    text = json.dumps({"Software": "NovelAI", "Description": "1girl ミラ"})
    assert hidden_text(hiding(gzip.compress(text.encode()))) == text


@pytest.mark.parametrize("image", [
    Image.new("RGB", (64, 64)), Image.new("RGBA", (64, 64), (1, 2, 3, 255)), Image.new("RGBA", (1, 1)),
    hiding(b"no gzip"), hiding(gzip.compress(b"x"), signature=b"stealth_rgbinfo"), hiding(b"", length=2**31),
    hiding(gzip.compress(b"\xff\xfe")), hiding(gzip.compress(b"x" * 50)[:20]), hiding(gzip.compress(b"x"), size=(8, 16)),
])
def test_other_pictures_hide_nothing(image):
    assert hidden_text(image) == "" or set(hidden_text(image)) == {"x"}


def test_a_bomb_is_unpacked_only_so_far():
    image = hiding(gzip.compress(bytes(50 * 2**20)), size=(700, 700))
    assert len(hidden_text(image)) == 2**20
