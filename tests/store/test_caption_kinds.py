"""Caption files as other programs leave them: read as they were meant, or refused by name."""

from pathlib import Path

import pytest

from studio.core.errors import UserError
from studio.store.captions import read_caption, write_caption


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return tmp_path / "mira.png"


@pytest.mark.parametrize(("content", "text"), [
    ("赤い髪, mira".encode("utf-8-sig"), "赤い髪, mira"), (b"\xef\xbb\xbf" * 2 + b"mira", "mira"),
    ("赤い髪".encode("utf-16"), "赤い髪"),
    (b"\xfe\xff" + "mira".encode("utf-16-be"), "mira"), (b"one\r\ntwo\r\n", "one\ntwo"),
    (b"(smile:1.3), [hat]", "(smile:1.3), [hat]"), ("👩‍🎤, é".encode(), "👩‍🎤, é"), (b"a" * 200_000, "a" * 200_000),
])  # fmt: skip
def test_text_is_read_as_it_was_meant(image: Path, content: bytes, text: str) -> None:
    image.with_suffix(".txt").write_bytes(content)
    assert read_caption(image) == text


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b",,, ,", b"\xef\xbb\xbf", b"\xff\xfe", b"\n,\n,"])
def test_what_says_nothing_is_no_caption(image: Path, content: bytes) -> None:
    image.with_suffix(".txt").write_bytes(content)
    assert read_caption(image) is None


@pytest.mark.parametrize(("content", "reason"), [
    ("赤い".encode("shift-jis"), "is not UTF-8 text"), ("café".encode("cp1252"), "is not UTF-8 text"),
    ("mira".encode("utf-16-le"), "it holds zero bytes"), ("mira".encode("utf-32"), "it holds zero bytes"),
    (b"mira\0", "it holds zero bytes"), (b"\xff\xfea", "is not UTF-8 text"), (b"a, " * 350_000, "is too long"),
    (bytes(range(128, 256)), "is not UTF-8 text"),
])  # fmt: skip
def test_what_cannot_be_told_is_refused_by_name_with_a_remedy(image: Path, content: bytes, reason: str) -> None:
    image.with_suffix(".txt").write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_caption(image)
    assert "mira.txt" in str(caught.value) and reason in str(caught.value) and caught.value.remedy


def test_commas_alone_are_never_written(image: Path) -> None:
    with pytest.raises(UserError, match="would be empty"):
        write_caption(image, " ,, ")


def test_a_caption_file_that_is_a_folder_or_a_circle_of_links_is_none(image: Path) -> None:
    image.with_suffix(".txt").mkdir()
    image.with_suffix(".caption").symlink_to(image.with_suffix(".caption"))
    assert read_caption(image) is None
