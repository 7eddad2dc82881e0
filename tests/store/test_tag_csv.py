"""A list of tags that somebody downloaded: mostly good, sometimes anything."""

import time
from pathlib import Path

import pytest

from studio.core.completion import KnownTag, TagIndex
from studio.core.errors import UserError
from studio.store.tag_csv import LARGEST, read_tag_csv

GOOD = ('1girl,0,6008644,"1girls,sole_female"\nhighres,5,5256195,"high_res,hires"\nlooking_at_viewer,0,3315722,/lav\n'
        'touhou,3,900574,\nhatsune_miku,4,106634,/hm\nwlop,1,400,""\nsimple,0,12\n')


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "danbooru.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_rows_are_read_with_their_kind_count_and_aliases(tmp_path: Path) -> None:
    read = read_tag_csv(write(tmp_path, GOOD))
    assert read.skipped == 0 and len(read.tags) == 7
    assert read.tags[0] == KnownTag("1girl", 6008644, "general", ("1girls", "sole_female"))
    assert [tag.kind for tag in read.tags] == ["general", "meta", "general", "copyright", "character", "artist", "general"]
    assert read.tags[-1] == KnownTag("simple", 12)


@pytest.mark.parametrize("bad", [
    ",0,12,", "smile", "smile,general,12,", "smile,0,many,", "smile,-1,3,", "x" * 500 + ",0,1,",
    '"' + "y" * 200_000 + '",0,1,', "smile,0,12.5,", "smile,,12,",
])  # fmt: skip
def test_a_row_that_makes_no_sense_is_left_out_and_counted(bad: str, tmp_path: Path) -> None:
    read = read_tag_csv(write(tmp_path, f"1girl,0,5,\n{bad}\nsolo,0,4,\n"))
    assert [tag.name for tag in read.tags] == ["1girl", "solo"]
    assert read.skipped == 1


def test_a_tag_without_a_count_is_one_that_nobody_uses(tmp_path: Path) -> None:
    assert read_tag_csv(write(tmp_path, "smile,0\n\n")).tags == (KnownTag("smile", 0),)


def test_a_name_with_quotes_and_commas_is_read_as_csv_has_it(tmp_path: Path) -> None:
    [tag] = read_tag_csv(write(tmp_path, '"say_""hi"",_you",0,5,"a,b"\n')).tags
    assert tag == KnownTag('say_"hi",_you', 5, "general", ("a", "b"))


def test_a_header_is_no_bad_row_and_no_tag(tmp_path: Path) -> None:
    read = read_tag_csv(write(tmp_path, "name,category,post_count,aliases\n1girl,0,5,\n"))
    assert (len(read.tags), read.skipped) == (1, 0)


def test_a_mark_at_the_beginning_and_windows_line_ends_are_no_part_of_a_tag(tmp_path: Path) -> None:
    read = read_tag_csv(write(tmp_path, b"\xef\xbb\xbf1girl,0,5,\r\nsolo,0,4,\r\n"))
    assert [tag.name for tag in read.tags] == ["1girl", "solo"]


def test_a_quote_that_is_never_closed_takes_no_other_row_with_it(tmp_path: Path) -> None:
    read = read_tag_csv(write(tmp_path, '"1girl,0,5,\nsolo,0,4,"a,b\nsmile,0,3,\n'))
    assert [tag.name for tag in read.tags] == ["solo", "smile"] and read.skipped == 1


@pytest.mark.parametrize("content, problem", [
    (b"", "holds no tags"), (b"hello\nworld\n", "holds no tags"), (b"\xff\xfe\x00\x01", "is not UTF-8"),
    (b"\x89PNG\r\n\x1a\n", "is not UTF-8"),
])
def test_what_is_no_list_of_tags_is_refused(content: bytes, problem: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=problem):
        read_tag_csv(write(tmp_path, content))


def test_a_file_that_is_missing_or_far_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        read_tag_csv(tmp_path / "none.csv")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(UserError, match="is larger"):
        read_tag_csv(tmp_path / "huge.csv")


def test_a_count_of_a_thousand_digits_is_a_large_number_and_no_trouble(tmp_path: Path) -> None:
    assert read_tag_csv(write(tmp_path, "1girl,0," + "9" * 5000 + ",\n")).tags[0].count > 10**15


def test_a_real_size_list_is_ready_within_a_second_of_work(tmp_path: Path) -> None:
    path = write(tmp_path, "".join(f'tag_number_{n}_of_many,{n % 6},{9_000_000 // (n + 1)},"alias_{n},also_{n}"\n'
                                   for n in range(140_000)))
    began = time.process_time()
    assert len(TagIndex(read_tag_csv(path).tags)) == 140_000
    assert time.process_time() - began < 2  # 0.7 s measured; other work on the machine slows the processor down
