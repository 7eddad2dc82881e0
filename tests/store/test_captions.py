import pytest

from studio.core.errors import UserError
from studio.store.captions import caption_path, find_sidecar, read_caption, write_caption


@pytest.fixture
def image(tmp_path):
    return tmp_path / "mira.v2.png"


def test_a_caption_lies_beside_its_image(image, tmp_path):
    written = write_caption(image, "mirasol, 1girl")
    assert written == tmp_path / "mira.v2.txt" == caption_path(image) == find_sidecar(image)
    assert read_caption(image) == "mirasol, 1girl"


def test_an_image_without_a_caption_has_none(image):
    assert read_caption(image) is None


@pytest.mark.parametrize("text", ["hatsune miku \\(racing\\)", "(red eyes:1.3), a\nShe stands. ミラ", "a,  b"])
def test_a_caption_is_literal_text(image, text):
    write_caption(image, text)
    assert read_caption(image) == text


@pytest.mark.parametrize("content, text", [
    (b"\xef\xbb\xbfmira", "mira"),
    ("mira ミラ".encode("utf-16"), "mira ミラ"),
    (b"one\r\ntwo\rthree\n\n", "one\ntwo\nthree"),
    ("a\u2028b".encode(), "a\u2028b"),
])
def test_what_other_editors_write_is_understood(image, content, text):
    caption_path(image).write_bytes(content)
    assert read_caption(image) == text


def test_other_trainers_captions_are_read_and_ours_comes_first(image):
    image.with_suffix(".caption").write_text("theirs")
    assert read_caption(image) == "theirs"
    write_caption(image, "ours")
    assert read_caption(image) == "ours"


def test_an_empty_file_is_no_caption(image):
    caption_path(image).write_text(" \n")
    assert read_caption(image) is None
    image.with_suffix(".caption").write_text("theirs")
    assert read_caption(image) == "theirs"


def test_an_empty_caption_is_never_written(image):
    with pytest.raises(UserError, match=r"mira\.v2\.png would be empty"):
        write_caption(image, " \n")
    assert not caption_path(image).exists()


def test_a_file_that_is_not_text_is_refused_by_name(image):
    caption_path(image).write_bytes("赤い".encode("shift-jis"))
    with pytest.raises(UserError, match=r"mira\.v2\.txt is not UTF-8 text"):
        read_caption(image)


def test_a_file_that_is_far_too_long_is_refused_by_name(image):
    caption_path(image).write_text("a, " * 100_000)
    with pytest.raises(UserError, match=r"mira\.v2\.txt is too long"):
        read_caption(image)
