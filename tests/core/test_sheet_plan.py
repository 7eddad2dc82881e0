import pytest

from studio.core.axes import Axis, parse_axis
from studio.core.errors import UserError
from studio.core.project import Character
from studio.core.recipe import Recipe, load_recipe
from studio.core.sheet_plan import SheetPlan, load_plan, plan_from_toml, sheet_of, shipped_plans, with_axis

TEXT = """
title = "Mine"
[render]
prompt = "1girl, {trigger}, {pose}"
cfg = 1
[words]
pose = "standing"
[rows]
epoch = "base, 1, last"
[columns]
seed = [1, 2]
"""
CHECKPOINTS = {3: "cc", 1: "aa", 2: "bb"}


MIRA, KAI = Character("Mira", "mira"), Character("Kai", "kai (cat)")


def sheet(plan: SheetPlan, recipe: Recipe | None = None, characters=(MIRA,)):
    return sheet_of(plan, recipe or Recipe(), characters, CHECKPOINTS, "ff")


@pytest.mark.parametrize("name", ["epoch-by-prompt", "verdict"])
@pytest.mark.parametrize("recipe", ["official", "practice"])
def test_a_plan_without_a_size_takes_that_of_the_previews(name, recipe):
    cells = sheet(load_plan(name), load_recipe(recipe)).expand()
    assert all("mira" in cell.spec.prompt for cell in cells)
    assert {cell.spec.width for cell in cells} == {load_recipe(recipe).preview_width}


def test_epoch_by_prompt_has_the_base_and_every_epoch_over_prompts_and_seeds():
    found = sheet(load_plan("epoch-by-prompt"))
    assert found.row_labels == ("base", "epoch 1", "epoch 2", "epoch 3")
    assert [axis.name for axis in found.columns] == ["composition", "seed"]


def test_a_plan_may_lie_anywhere(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TEXT)
    assert load_plan(path) == plan_from_toml(TEXT)


def test_what_the_plan_does_not_say_comes_from_the_previews():
    recipe = Recipe(preview_width=128, preview_height=160, preview_steps=8, preview_negative="bad", preview_seeds=(7,))
    spec = sheet(plan_from_toml(TEXT), recipe).spec
    assert (spec.width, spec.height, spec.steps, spec.negative, spec.seed) == (128, 160, 8, "bad", 7)
    assert (spec.cfg, spec.prompt, spec.base) == (1.0, "1girl, {trigger}, {pose}", "ff")


@pytest.mark.parametrize(
    ("values", "epochs"),
    [("base, 1, last", ("base", 1, 3)), ("all", (1, 2, 3)), ("base, all, last", ("base", 1, 2, 3)), ("3, 1", (3, 1))],
)
def test_epochs_are_those_that_the_run_has(values, epochs):
    assert sheet(with_axis(plan_from_toml(TEXT), parse_axis(f"epoch={values}"))).rows == (Axis("epoch", epochs),)


def test_an_epoch_without_a_checkpoint_is_refused_with_those_there_are():
    with pytest.raises(UserError, match=r"no checkpoint of epoch 9. It has: 1, 2, 3."):
        sheet(with_axis(plan_from_toml(TEXT), parse_axis("epoch=9")))


def test_a_run_without_checkpoints_says_so():
    with pytest.raises(UserError, match="It has: none"):
        sheet_of(plan_from_toml(TEXT), Recipe(), (MIRA,), {}, "ff")


def test_an_axis_takes_the_place_of_its_namesake_or_joins_the_rows():
    plan = plan_from_toml(TEXT)
    assert with_axis(plan, Axis("seed", (9,))).columns == (Axis("seed", (9,)),)
    assert with_axis(plan, Axis("cfg", (1.0, 2.0))).rows == (*plan.rows, Axis("cfg", (1.0, 2.0)))


def test_an_axis_may_replace_a_word():
    cells = sheet(with_axis(plan_from_toml(TEXT), parse_axis("pose=sitting, calm | running"))).expand()
    assert {cell.spec.prompt for cell in cells} == {"1girl, mira, sitting, calm", "1girl, mira, running"}


def test_brackets_of_a_trigger_weigh_nothing():
    assert sheet(plan_from_toml(TEXT), characters=(KAI,)).expand()[0].spec.prompt == r"1girl, kai \(cat\), standing"


def prompts(found, row=0):
    return [cell.spec.prompt for cell in found.expand() if cell.row == row]


def test_a_run_of_several_shows_each_in_a_block_of_columns():
    found = sheet(plan_from_toml(TEXT), characters=(MIRA, KAI))
    assert found.column_labels == ("Mira, seed 1", "Mira, seed 2", "Kai, seed 1", "Kai, seed 2")
    assert prompts(found) == ["1girl, mira, standing"] * 2 + [r"1girl, kai \(cat\), standing"] * 2
    assert found.row_labels == sheet(plan_from_toml(TEXT)).row_labels


def test_a_plan_without_the_trigger_shows_nobody_in_particular():
    found = sheet(plan_from_toml(TEXT.replace("{trigger}", "{triggers}")), characters=(MIRA, KAI))
    assert found.column_labels == ("seed 1", "seed 2")
    assert set(prompts(found)) == {r"1girl, mira, kai \(cat\), standing"}


@pytest.mark.parametrize("called", ["Kai", "kai", "kai (cat)", "KAI, kai"])
def test_one_of_several_may_be_asked_for_by_name_or_trigger(called):
    found = sheet(with_axis(plan_from_toml(TEXT), parse_axis(f"character={called}")), characters=(MIRA, KAI))
    assert found.column_labels == ("Kai, seed 1", "Kai, seed 2")


def test_characters_may_be_rows():
    found = sheet(plan_from_toml(TEXT.replace("[rows]", '[rows]\ncharacter = "all"')), characters=(MIRA, KAI))
    assert found.row_labels[:4] == ("Mira, base", "Mira, epoch 1", "Mira, epoch 3", "Kai, base")


def test_a_character_who_is_not_in_the_run_is_refused_with_those_who_are():
    with pytest.raises(UserError, match="no character called 'suzu'. Known: Kai, Mira"):
        sheet(with_axis(plan_from_toml(TEXT), parse_axis("character=suzu")), characters=(MIRA, KAI))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('titel = "x"', "no key called 'titel'. Did you mean 'title'?"),
        ("[render]\nstep = 8", "no setting called 'step'. Did you mean 'steps'?"),
        ("[render]\nsteps = 0", "steps cannot be 0"),
        ("rows = [1]", "rows is not a table"),
        ('[rows]\nseed = "x"', "'x' is no value for the axis seed"),
    ],
)
def test_a_mistake_in_a_plan_names_its_file(text, said):
    with pytest.raises(UserError) as caught:
        plan_from_toml(text, "mine.toml")
    assert said in str(caught.value) and str(caught.value).startswith("mine.toml: ")


def test_an_axis_that_nothing_reads_is_refused():
    with pytest.raises(UserError, match="no axis called 'sede'. Did you mean 'seed'"):
        sheet(with_axis(plan_from_toml(TEXT), Axis("sede", ("1",))))


def test_a_plan_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(UserError, match="no sheet called 'epoch-by-promt'. Did you mean 'epoch-by-prompt'"):
        load_plan("epoch-by-promt")
