import json
from pathlib import Path

import pytest

from studio.cli.main import main
from studio.core.dataset import ImageItem, dataset_of
from studio.core.project import Character
from studio.core.recipe import Recipe
from studio.core.wishes import Asked, Wish
from studio.store.run_lock import owned
from studio.store.runs import RunFolder, create_run
from studio.store.wishes import Wishes
from studio.store.workspace import create


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    image = ImageItem("ab" * 8, Path("images/Mira/a.png"), 64, 64, ("Mira",), "mira")
    with create(tmp_path / "p", "Book") as place:
        return create_run(place, Recipe(), dataset_of([Character("Mira", "mira")], [image]))


def typed(run: RunFolder, *words: object) -> int:
    return main(["wish", str(run.folder.parents[1]), "latest", *map(str, words)])


def test_a_wish_is_written_down_for_whoever_trains(run: RunFolder, capsys) -> None:
    with owned(run.folder):
        assert typed(run, "stop-after-epoch") == typed(run, "epochs", 12, "--json") == 0
    assert Wishes(run.folder).new() == (Asked(1, Wish("stop after epoch")), Asked(2, Wish("epochs", 12)))
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"asked: stop-after-epoch ({run.id})"
    assert json.loads(second) == {"run": run.id, "number": 2, "kind": "epochs", "value": 12}


def test_nothing_is_asked_of_a_run_that_nobody_trains(run: RunFolder, capsys) -> None:
    assert typed(run, "save") == 2
    assert f"The run {run.id} is not being trained. Take it up with the verb resume." in capsys.readouterr().err
    assert Wishes(run.folder).new() == ()


def test_a_number_of_epochs_that_is_none_is_refused(run: RunFolder, capsys) -> None:
    with owned(run.folder):
        assert typed(run, "epochs") == 2
    assert "A run cannot have 0 epochs" in capsys.readouterr().err
