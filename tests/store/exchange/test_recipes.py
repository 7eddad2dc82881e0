"""Recipes of several trainers, told apart and written."""

from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run

from studio.core.errors import UserError
from studio.core.events import Finished, Note
from studio.core.recipe import Recipe, load_recipe, to_toml
from studio.jobs.convert_recipe import ConvertRecipe
from studio.store.exchange.recipes import ENDINGS, SDSCRIPTS, STUDIO, TOOLKIT, read_recipe, write_recipe

RECIPE = Recipe(name="mira", rank=8, alpha=8.0, epochs=5, preview_prompts=("1girl, {trigger}",), preview_negative="bad")


def test_a_recipe_of_the_studio_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(to_toml(RECIPE), encoding="utf-8")
    found = read_recipe(tmp_path / "mine.toml")
    assert found.recipe == RECIPE and found.left_out == ()


@pytest.mark.parametrize("form", [STUDIO, TOOLKIT, SDSCRIPTS])
def test_each_form_is_recognised_again(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"mira{ENDINGS[form]}"
    written = write_recipe(RECIPE, form, path, "mira")
    assert all(file.is_file() for file in written.files)
    found = read_recipe(path, "mira").recipe
    told = {line.key for line in written.left_out} | {line.setting for line in written.carried if line.note}
    assert {name for name in Recipe.__dataclass_fields__ if getattr(found, name) != getattr(RECIPE, name)} <= told


def test_every_shipped_setting_is_carried_or_told(tmp_path: Path) -> None:
    """Nothing of the official recipe gets lost in silence on its way through another trainer."""
    official = load_recipe("official")
    for form in (TOOLKIT, SDSCRIPTS):
        written = write_recipe(official, form, tmp_path / f"o{ENDINGS[form]}")
        back = read_recipe(tmp_path / f"o{ENDINGS[form]}").recipe
        changed = {name for name in Recipe.__dataclass_fields__ if getattr(back, name) != getattr(official, name)}
        told = {line.key for line in written.left_out} | {line.setting for line in written.carried if line.note}
        assert changed - told == set(), form


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ending"):
        write_recipe(RECIPE, TOOLKIT, tmp_path / "a.toml")
    with pytest.raises(UserError, match="no recipe"):
        read_recipe(tmp_path / "a.txt")
    with pytest.raises(UserError, match="toolkit"):
        write_recipe(RECIPE, "toolkitt", tmp_path / "a.yaml")


def test_the_job_says_what_could_not_be_carried_over(tmp_path: Path) -> None:
    source, target = tmp_path / "mira.yaml", tmp_path / "mira.toml"
    source.write_text("lora_rank: 8\nrepeats: 4\nkeep_tokens: 1\nshuffle_caption: true\n", encoding="utf-8")
    events = run(ConvertRecipe(source, target))
    notes = [event.text for event in events if isinstance(event, Note)]
    assert any("without repeats = 4" in note for note in notes)
    assert any(note.startswith("shuffle_caption") for note in notes)
    assert isinstance(events[-1], Finished) and events[-1].facts["left_out"][0]["key"] == "repeats"
    assert replace(read_recipe(target).recipe).rank == 8
