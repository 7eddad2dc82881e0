import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.dataset import ImageItem, dataset_of
from studio.core.errors import UserError
from studio.core.events import CheckpointSaved, Finished, Started, StepDone
from studio.core.fold import RunState
from studio.core.project import Character
from studio.core.recipe import Recipe
from studio.store.journal import Journal
from studio.store.run_lock import owned
from studio.store.runs import (
    create_run,
    find_run,
    parent_of,
    read_dataset,
    read_recipe,
    read_run,
    runs_of,
    sound_checkpoints,
)
from studio.store.workspace import create

RECIPE = Recipe(name="practice")
DATASET = dataset_of([Character(name="Mira Sol", trigger="mirasol")],
                     [ImageItem("ab" * 8, Path("images/Mira Sol/a.png"), 64, 64, ("Mira Sol",), "mirasol, ミラ")])


@pytest.fixture
def place(tmp_path):
    with create(tmp_path / "project", "Book") as place:
        yield place


def saved(path, content):
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def checkpoint(run, epoch, content):
    path = run.checkpoint(epoch)
    return CheckpointSaved(epoch=epoch, step=epoch * 10, path=run.relative(path), sha256=saved(path, content))


def test_a_run_is_frozen_before_its_first_step(place):
    run = create_run(place, RECIPE, DATASET)
    assert run.id.startswith("0001-mira-sol-")
    assert (read_recipe(run), read_dataset(run)) == (RECIPE, DATASET)
    assert read_run(run).status == "planned"
    assert not list(place.runs.glob("*.part"))


def test_the_mark_follows_recipe_and_dataset(place):
    marks = [create_run(place, recipe, DATASET).id[-4:] for recipe in (RECIPE, RECIPE, replace(RECIPE, seed=7))]
    assert marks[0] == marks[1] != marks[2]


def test_a_run_knows_the_run_it_was_made_from(place):
    first = create_run(place, RECIPE, DATASET)
    second = create_run(place, RECIPE, DATASET, parent=first.id)
    assert (parent_of(first), parent_of(second)) == ("", first.id)
    (second.folder / "origin.json").write_text("[")
    assert parent_of(second) == ""


def test_a_run_is_found_by_number_id_and_as_the_latest(place):
    first, second = create_run(place, RECIPE, DATASET), create_run(place, RECIPE, DATASET)
    assert runs_of(place) == (first, second)
    assert find_run(place, "latest") == second
    assert find_run(place, "1") == find_run(place, "0001") == find_run(place, first.id) == first


def test_a_run_that_is_not_there_is_answered_with_those_that_are(place):
    with pytest.raises(UserError, match="no run 'latest'"):
        find_run(place, "latest")
    run = create_run(place, RECIPE, DATASET)
    with pytest.raises(UserError, match=run.id):
        find_run(place, "7")


def test_two_runs_of_one_number_are_both_named(place):
    run = create_run(place, RECIPE, DATASET)
    (place.runs / "0001-from-elsewhere").mkdir()
    with pytest.raises(UserError, match=f"0001-from-elsewhere, {run.id}"):
        find_run(place, "1")


def test_a_run_that_is_still_being_made_is_not_listed(place):
    (place.runs / "0004-mira-ab3f.part").mkdir()
    (place.runs / "notes").mkdir()
    assert runs_of(place) == ()
    assert create_run(place, RECIPE, DATASET).id.startswith("0001-")


def test_only_checkpoints_that_are_there_byte_for_byte_are_listed(place):
    run = create_run(place, RECIPE, DATASET)
    whole, changed, gone = (checkpoint(run, epoch, bytes([epoch]) * 100) for epoch in (1, 2, 3))
    run.checkpoint(2).write_bytes(b"\2" * 99 + b"\0")
    run.checkpoint(3).unlink()
    assert sound_checkpoints(run, RunState(checkpoints=(whole, changed, gone))) == (whole,)


def test_a_run_without_an_end_is_interrupted_once_its_owner_is_gone(place):
    run = create_run(place, RECIPE, DATASET)
    with Journal(run.journal) as journal:
        journal.append(Started(job=run.id, kind="train", total=10))
        journal.append(StepDone(step=1, epoch=1, loss=1.0, lr=1.0, seconds=1.0, exposures=1))
    with owned(run.folder):
        assert read_run(run).status == "running"
    assert read_run(run).status == "interrupted"
    with Journal(run.journal) as journal:
        journal.append(Finished())
    assert read_run(run).status == "finished"


def test_whoever_has_the_project_open_does_not_keep_its_runs_alive(place):
    run = create_run(place, RECIPE, DATASET)
    with Journal(run.journal) as journal:
        journal.append(Started(job=run.id, kind="train", total=10))
    assert read_run(run).status == "interrupted"
