import random

import pytest

from studio.core.caption_file import bytes_of, content_of, is_readable, is_torn, text_of, with_text, written_over

RAW = [b"", b"\n", b"1girl, mira\r\n", "1girl, ミラ".encode(), "\ufeff1girl".encode(), "1girl, é".encode("utf-16"),
       "1girl, é".encode("cp1252"), b"\xff\xfe\x00", bytes(range(256)), "\u2028".encode()]  # fmt: skip


@pytest.mark.parametrize("raw", RAW)
def test_any_bytes_go_through_a_content_unchanged(raw):
    assert bytes_of(content_of(raw)) == raw


@pytest.mark.parametrize(
    ("raw", "text", "readable"),
    [
        (b" 1girl,\r\nmira \r\n", "1girl,\nmira", True),
        ("\ufeff1girl".encode(), "1girl", True),
        ("1girl, é".encode("utf-16"), "1girl, é", True),
        ("1girl, é".encode("cp1252"), "1girl, \ufffd", False),
        (b"1girl\0", "1girl\0", False),
        (b" ,\n", "", True),
    ],
)
def test_the_text_of_a_file_is_what_people_see_in_it(raw, text, readable):
    assert (text_of(content_of(raw)), is_readable(content_of(raw))) == (text, readable)


def test_no_file_says_nothing():
    assert text_of(None) == "" and is_readable(None)
    assert with_text("1girl\n", " ,\n") is None


def test_line_ends_and_the_end_of_a_file_stay_as_they_were():
    assert with_text("1girl\r\nmira", "2girls\nmira") == "2girls\r\nmira"
    assert with_text("1girl \n\n", "2girls") == "2girls \n\n"
    assert with_text(None, "2girls") == "2girls\n"
    assert with_text("\ufeff1girl\n", "2girls") == "2girls\n"


def test_a_text_that_is_there_already_changes_no_byte():
    for raw in (b" 1girl,\r\nmira\r\n\r\n", "\ufeff1girl".encode(), "1girl".encode("utf-16")):
        content = content_of(raw)
        assert with_text(content, text_of(content)) == content


def test_whoever_reads_a_file_while_it_is_written_over_sees_the_new_text():
    assert written_over("1girl, mira, smile\n", "1girl\n").decode().strip() == "1girl"
    assert written_over("1girl\n", "1girl, mira\n") == b"1girl, mira\n"


def test_a_file_torn_at_any_byte_is_told_from_one_that_another_program_wrote():
    random.seed(7)
    for _ in range(200):
        before, after = ("".join(random.choices("abé, ミ\n", k=random.randint(1, 30))) for _ in range(2))
        new, old = written_over(before, after), bytes_of(before)
        for place in range(len(new) + 1):
            assert is_torn(content_of(new[:place] + old[place:]), before, after)
    assert not is_torn("1girl, mira, frown", "1girl, mira, smile", "1girl, mira, grin")
    assert not is_torn("", "1girl", "2girls")
