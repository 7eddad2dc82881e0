import os

import pytest

from studio.core.errors import UserError
from studio.store.sidecars import Sidecars

OLD, NEW = "1girl, mira, smile\n", "1girl\n"


@pytest.fixture
def sidecars(tmp_path):
    return Sidecars(tmp_path)


def test_the_caption_of_an_image_is_in_the_first_file_that_says_something(tmp_path, sidecars):
    assert (sidecars.file_of("a.png"), sidecars.caption("a.png")) == ("a.txt", None)
    (tmp_path / "a.caption").write_text("1girl\n")
    assert (sidecars.file_of("a.png"), sidecars.caption("a.png")) == ("a.caption", "1girl")
    (tmp_path / "a.txt").write_text(" ,\n")
    assert sidecars.file_of("a.png") == "a.caption"
    (tmp_path / "a.txt").write_text("mira\n")
    assert (sidecars.file_of("a.png"), sidecars.caption("a.png")) == ("a.txt", "mira")


def test_a_change_of_the_same_length_within_one_tick_is_seen(tmp_path, sidecars):
    path = tmp_path / "a.txt"
    for word in ("smile", "frown", "laugh"):
        path.write_text(word)
        os.utime(path, ns=(os.stat(path).st_mtime_ns,) * 2)
        assert sidecars.caption("a.png") == word


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    ("before", "after"), [(OLD, NEW), (NEW, OLD), (None, NEW), (OLD, None), (OLD, OLD), (None, None)]
)
def test_a_file_is_changed_from_what_it_was_taken_for(tmp_path, sidecars, before, after, in_place):
    path = tmp_path / "a.txt"
    if before is not None:
        path.write_text(before)
    assert sidecars.replace("a.txt", before, after, in_place)
    assert sidecars.content("a.txt") == after
    assert sorted(os.listdir(tmp_path)) == (["a.txt"] if after is not None else [])


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("theirs", ["2girls\n", None])
def test_what_another_program_wrote_is_left_alone(tmp_path, sidecars, theirs, in_place):
    if theirs is not None:
        (tmp_path / "a.txt").write_text(theirs)
    assert not sidecars.replace("a.txt", OLD, NEW, in_place)
    assert sidecars.content("a.txt") == theirs
    assert os.listdir(tmp_path) == (["a.txt"] if theirs is not None else [])


def test_writing_over_a_linked_caption_leaves_the_original_alone(tmp_path, sidecars):
    original = tmp_path / "original.txt"
    original.write_text(OLD)
    os.link(original, tmp_path / "a.txt")
    assert sidecars.replace("a.txt", OLD, NEW, in_place=True)
    assert (sidecars.content("a.txt"), original.read_text()) == (NEW, OLD)


def test_a_file_too_long_for_a_caption_is_refused_by_name(tmp_path, sidecars):
    (tmp_path / "a.txt").write_text("x" * 300_000)
    with pytest.raises(UserError, match=r"a\.txt is too long"):
        sidecars.content("a.txt")
