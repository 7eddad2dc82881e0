import subprocess
import sys

import pytest

from studio.core.errors import UserError
from studio.store.run_lock import NAME, is_running, owned
from studio.store.workspace import create, open_project, visit_project
from tests.store.crash import ROOT

HOLD = """
import os, sys
from pathlib import Path
from studio.store.run_lock import owned
with owned(Path(sys.argv[1])):
    print(os.getpid(), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path):
    with create(tmp_path / "project", "Book") as place:
        folder = place.runs / "0001-mira-ab3f"
        (folder / "checkpoints").mkdir(parents=True)
    return folder


@pytest.fixture
def trainer(run):
    """A living process that works in the folder of the run."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(run)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, cwd=ROOT) as process:
        process.stdout.readline()
        yield process
        process.stdin.close()


def test_a_run_is_running_for_as_long_as_its_owner_lives(run, trainer):
    assert is_running(run)
    trainer.kill()
    trainer.wait()
    assert not is_running(run) and (run / NAME).read_text() == str(trainer.pid)


def test_a_second_trainer_is_refused_in_one_sentence(run, trainer):
    with pytest.raises(UserError) as caught, owned(run):
        pass
    assert caught.value.what == f"{run.name} is being worked on in process {trainer.pid}"


def test_the_same_process_is_refused_too(run):
    with owned(run):
        assert is_running(run)
        with pytest.raises(UserError, match="already"), owned(run):
            pass
        assert is_running(run)
    assert not is_running(run)


def test_opening_the_project_leaves_a_run_alone_that_is_being_trained(run, trainer):
    project = run.parents[1]
    (project / "cache").mkdir()
    unfinished = [run / "checkpoints" / "e001.safetensors.part", project / "cache" / "a.part"]
    beside = project / "images" / "a.png.part"
    for path in (*unfinished, beside):
        path.write_bytes(b"being written")
    (run / "journal.jsonl").write_bytes(b'{"event":"no')
    with open_project(project) as place:
        assert place.repairs == ("removed the unfinished images/a.png.part",)
    assert all(path.exists() for path in unfinished) and (run / "journal.jsonl").stat().st_size
    trainer.kill()
    trainer.wait()
    open_project(project).close()
    assert not any(path.exists() for path in unfinished) and not (run / "journal.jsonl").stat().st_size


def test_a_project_that_nobody_has_open_is_healed_by_a_visit_and_another_one_read(run):
    project = run.parents[1]
    part = project / "images" / "a.png.part"
    part.write_bytes(b"half")
    with open_project(project):
        part.write_bytes(b"being written")
        assert not visit_project(project).is_owner and part.exists()
    place = visit_project(project)
    assert not place.is_owner and place.repairs and not part.exists()
