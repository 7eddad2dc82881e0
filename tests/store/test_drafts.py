"""Plans lie in the project, kept recipes in the studio's own folder; both are whole or not there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.draft import Draft
from studio.core.errors import UserError
from studio.core.recipe import load_recipe
from studio.store import drafts, workspace
from studio.store.workspace import Workspace

OFFICIAL = load_recipe("official")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workspace]:
    with workspace.create(tmp_path / "mira", "Mira", "practice") as made:
        yield made


def test_a_project_that_nobody_planned_in_has_no_plan(place: Workspace) -> None:
    assert drafts.read_draft(place, load_recipe) is None


def test_a_plan_is_found_again(place: Workspace) -> None:
    draft = Draft(OFFICIAL, OFFICIAL).with_setting("rank", 48)
    drafts.write_draft(place, draft)
    assert drafts.read_draft(place, load_recipe) == draft


def test_a_kept_recipe_is_a_preset_everywhere(tmp_path: Path) -> None:
    kept = drafts.keep_recipe(tmp_path, "for Mira", replace(OFFICIAL, rank=48))
    assert drafts.kept_recipes(tmp_path) == ("for Mira",) and drafts.preset(tmp_path, "for Mira") == kept
    assert drafts.preset(tmp_path, "official") == OFFICIAL
    drafts.drop_recipe(tmp_path, "for Mira")
    assert drafts.kept_recipes(tmp_path) == ()


def test_a_kept_recipe_can_be_written_anew(tmp_path: Path) -> None:
    drafts.keep_recipe(tmp_path, "mine", OFFICIAL)
    drafts.keep_recipe(tmp_path, "mine", replace(OFFICIAL, epochs=3))
    assert drafts.preset(tmp_path, "mine").epochs == 3


@pytest.mark.parametrize("name", ["", "  ", "official", "practice"])
def test_the_names_of_shipped_recipes_stay_theirs(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError):
        drafts.keep_recipe(tmp_path, name, OFFICIAL)
    assert drafts.kept_recipes(tmp_path) == ()
