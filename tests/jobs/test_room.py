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


def fits(run: RunFolder, free: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a LoRA of a million numbers in two bytes each finds room."""
    monkeypatch.setattr("studio.jobs.room.free_bytes", lambda folder: free)
    try:
        require_room(run, RECIPE, PLAN, MIB, 2)
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
