import pytest

from studio.store.atomic import replace_atomic, write_atomic
from tests.store.crash import killed

WRITE_FOR_EVER = """
import sys
from pathlib import Path
from studio.store.atomic import write_atomic
while True:
    for letter in b"ab":
        write_atomic(Path(sys.argv[1]), bytes([letter]) * 300_000)
        print(chr(letter))
"""


def test_a_written_file_holds_its_content_and_leaves_no_part(tmp_path):
    write_atomic(tmp_path / "a.txt", "ミラ\n")
    assert (tmp_path / "a.txt").read_bytes() == "ミラ\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_line_ends_are_written_as_given(tmp_path):
    write_atomic(tmp_path / "a.txt", "one\r\ntwo\n")
    assert (tmp_path / "a.txt").read_bytes() == b"one\r\ntwo\n"


def test_an_error_while_writing_leaves_the_old_file_and_no_part(tmp_path):
    path = tmp_path / "a.txt"
    write_atomic(path, "old")
    with pytest.raises(RuntimeError), replace_atomic(path) as part:
        part.write_text("half of the n")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("writes", [1, 2, 5, 9])
def test_a_process_killed_while_writing_leaves_the_old_file_or_the_new_one(tmp_path, writes):
    path = tmp_path / "a.bin"
    killed(WRITE_FOR_EVER, path, after_lines=writes)
    content = path.read_bytes()
    assert len(content) == 300_000 and len(set(content)) == 1
