import os
import subprocess
import sys

import pytest

from studio.core.errors import UserError
from studio.store.lock import NAME, Lock, is_owned
from tests.store.crash import ROOT, killed

HOLD = """
import os, sys
from pathlib import Path
from studio.store.lock import Lock
lock = Lock(Path(sys.argv[1]))
print(os.getpid(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_owner(tmp_path):
    """A living process that owns `tmp_path`."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, cwd=ROOT) as process:
        process.stdout.readline()
        yield process
        process.stdin.close()


def test_a_second_process_is_refused_in_one_clear_sentence(tmp_path, other_owner):
    assert is_owned(tmp_path)
    with pytest.raises(UserError) as caught:
        Lock(tmp_path)
    assert str(caught.value) == (f"The project {tmp_path.name} is already open in process {other_owner.pid}. "
                                 "Close it there first.")


def test_an_owner_that_ended_leaves_the_project_free(tmp_path, other_owner):
    other_owner.communicate("")
    assert not is_owned(tmp_path)
    Lock(tmp_path).release()


def test_a_killed_owner_leaves_the_project_free(tmp_path):
    [owner] = killed(HOLD + "while True: pass", tmp_path, after_lines=1)
    assert (tmp_path / NAME).read_text() == owner
    assert not is_owned(tmp_path)
    Lock(tmp_path).release()


def test_the_lock_names_its_owner_and_forgets_it_on_release(tmp_path):
    lock = Lock(tmp_path)
    assert is_owned(tmp_path)
    assert (tmp_path / NAME).read_text() == str(os.getpid())
    lock.release()
    lock.release()
    assert not is_owned(tmp_path)
    assert (tmp_path / NAME).read_text() == ""


def test_one_process_may_own_a_project_twice_and_owns_it_until_the_last_release(tmp_path):
    window, job = Lock(tmp_path), Lock(tmp_path / ".")
    assert (window.is_first, job.is_first) == (True, False)
    window.release()
    assert is_owned(tmp_path)
    job.release()
    assert not is_owned(tmp_path)


def test_a_folder_without_a_lock_is_owned_by_nobody(tmp_path):
    assert not is_owned(tmp_path)
    assert list(tmp_path.iterdir()) == []
