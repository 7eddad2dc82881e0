"""How much room a run asks for."""

from pathlib import Path

import pytest

from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.core.schedule import Plan
from studio.jobs.room import require_room
from studio.store.runs import RunFolder

MIB = 2**20
RECIPE, PLAN = Recipe(save_every=2), Plan(steps_per_epoch=4, exposures_per_epoch=4, epochs=5, steps=20)
SPARE = 256 * MIB


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    (tmp_path / "checkpoints").mkdir()
    return RunFolder(tmp_path)


def fits(run: RunFolder, free: int, monkeypatch: pytest.MonkeyPatch, recipe: Recipe = RECIPE) -> bool:
    """Whether a LoRA of a million numbers in two bytes each finds room."""
    monkeypatch.setattr("studio.jobs.room.free_bytes", lambda folder: free)
    try:
        require_room(run, recipe, PLAN, MIB, 2)
    except UserError:
        return False
    return True


def test_it_asks_for_the_saved_epochs_and_the_last_one_two_states_and_some_to_spare(run, monkeypatch) -> None:
    needed = 3 * 2 * MIB + 2 * 3 * 4 * MIB + SPARE  # epochs 2, 4 and 5
    assert fits(run, needed, monkeypatch) and not fits(run, needed - 1, monkeypatch)


def test_what_lies_there_already_is_not_asked_for_again(run, monkeypatch) -> None:
    for epoch in (2, 4):
        run.checkpoint(epoch).write_bytes(b"saved")
    needed = 2 * MIB + 2 * 3 * 4 * MIB + SPARE
    assert fits(run, needed, monkeypatch) and not fits(run, needed - 1, monkeypatch)


@pytest.mark.parametrize(("recipe", "checkpoints"), [
    (Recipe(keep_last=1), 2),                 # a new one is there before an old one goes
    (Recipe(keep_last=2), 3),
    (Recipe(keep_last=5), 5),
    (Recipe(keep_last=1, keep_every=2), 3),   # 2 and 3 when 4 comes, 2 and 4 when 5 comes
    (Recipe(keep_last=1, save_every=5), 1),
])  # fmt: skip
def test_what_makes_room_again_is_asked_for_only_as_long_as_it_is_there(run, monkeypatch, recipe, checkpoints) -> None:
    needed = checkpoints * 2 * MIB + 2 * 3 * 4 * MIB + SPARE
    assert fits(run, needed, monkeypatch, recipe) and not fits(run, needed - 1, monkeypatch, recipe)


def test_a_run_that_goes_on_needs_the_difference(run, monkeypatch) -> None:
    recipe = Recipe(keep_last=2)
    for epoch in (2, 3):
        run.checkpoint(epoch).write_bytes(b"saved")
    needed = 1 * 2 * MIB + 2 * 3 * 4 * MIB + SPARE
    assert fits(run, needed, monkeypatch, recipe) and not fits(run, needed - 1, monkeypatch, recipe)


@pytest.mark.parametrize(("settings", "copies"), [
    ({"optimizer": "prodigy"}, 5), ({"ema": 0.9}, 4), ({"optimizer": "adamw_schedulefree"}, 3),
])  # fmt: skip
def test_states_are_as_large_as_what_the_optimizer_remembers(run, monkeypatch, settings, copies) -> None:
    recipe = Recipe(save_every=5, **settings)
    needed = 2 * MIB + 2 * copies * 4 * MIB + SPARE
    assert fits(run, needed, monkeypatch, recipe) and not fits(run, needed - 1, monkeypatch, recipe)
