import tomllib

import pytest

import resources
from studio.core.errors import UserError
from studio.core.knobs import build, knobs_of
from studio.core.recipe import Recipe, from_toml, load_recipe, shipped_recipes, to_toml


def test_the_shipped_recipes_are_the_official_and_the_practice_one():
    assert shipped_recipes() == ("official", "practice")


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_shipped_recipe_is_called_like_its_file(name):
    assert load_recipe(name).name == name


def test_the_official_recipe_is_the_authors():
    recipe = load_recipe("official")
    assert (recipe.rank, recipe.alpha, recipe.learning_rate, recipe.resolution) == (32, 32.0, 2e-5, 1024)
    assert (recipe.timestep_sampling, recipe.timestep_shift, recipe.precision) == ("logit_normal", 1.0, "auto")
    assert recipe.transferable


def test_the_practice_recipe_says_that_it_does_not_transfer_and_why():
    recipe = load_recipe("practice")
    assert (recipe.rank, recipe.learning_rate, recipe.batch_size, recipe.transferable) == (16, 2e-3, 8, False)
    assert "Not transferable:" in resources.folder("recipes", "practice.toml").read_text(encoding="utf-8")


def test_a_frozen_recipe_names_every_setting():
    assert set(tomllib.loads(to_toml(Recipe()))) == {each.name for each in knobs_of(Recipe)}


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_recipe_survives_its_file(name):
    recipe = load_recipe(name)
    assert from_toml(to_toml(recipe)) == recipe


@pytest.mark.parametrize("setting", knobs_of(Recipe), ids=lambda setting: setting.name)
def test_every_setting_has_words_and_a_default_within_its_limits(setting):
    assert setting.label and setting.help.endswith(".")
    assert getattr(build(Recipe, {setting.name: setting.default}), setting.name) == setting.default


def test_a_recipe_may_lie_anywhere(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\nrank = 8\n')
    assert load_recipe(path) == Recipe(name="mine", rank=8)


@pytest.mark.parametrize(
    ("asked", "said"),
    [("oficial", "Did you mean 'official'?"), ("gone.toml", "no recipe file gone.toml"), ("a/b", "no recipe file")],
)
def test_a_recipe_that_is_not_there_is_named(asked, said):
    with pytest.raises(UserError) as caught:
        load_recipe(asked)
    assert said in str(caught.value)


def test_an_unknown_setting_names_the_file_and_the_nearest_one(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("learning_rat = 1e-4\n")
    with pytest.raises(UserError, match=r"mine\.toml: .*'learning_rat'. Did you mean 'learning_rate'"):
        load_recipe(path)
