"""What the sheets that ship expand to."""

import hashlib

import pytest

from studio.core.axes import Axis, parse_axis
from studio.core.project import Character
from studio.core.recipe import Recipe, load_recipe
from studio.core.sheet_ground import Ground
from studio.core.sheet_plan import (
    load_plan,
    plan_from_toml,
    plan_to_toml,
    sheet_of,
    sheet_on,
    shipped_plans,
    with_axis,
)
from studio.core.sweep import from_toml, to_toml

MIRA, KAI = Character("Mira", "mira"), Character("Kai", "kai")
EXPECTED = {
    "epoch-format-seed": 45, "format-check": 15, "epoch-reline": 4, "multi-seed-recheck": 8, "pose-angle-weak": 16,
    "angle-strong": 10, "suppression": 8, "strength-bleed": 15, "interaction": 108, "interaction-reworded": 108,
    "interaction-larger": 108, "side-by-side": 6, "solo-separation": 3, "framing-pair": 3, "back-check": 2,
    "convergence-strip": 9, "face-by-epoch": 2, "orientation": 3, "version-compare": 3, "pose-source": 1,
    "base-compat": 9, "compare-epochs": 54,
}  # fmt: skip
EPOCHS = {
    "epoch-format-seed": (20, 50, 80, 120, 180), "format-check": (30, 60, 100, 150, 180),
    "epoch-reline": (100, 120, 150, 180), "multi-seed-recheck": (150, 180), "face-by-epoch": (100, 150),
}  # fmt: skip


def run_of(epochs):
    return {epoch: f"{epoch:064x}" for epoch in epochs}


def sheet(name, epochs=range(1, 181), recipe="official", characters=(MIRA,)):
    return sheet_of(load_plan(name), load_recipe(recipe), characters, run_of(epochs), "ff")


def test_every_sheet_that_ships_is_counted_here():
    assert set(EXPECTED) | {"epoch-by-prompt", "verdict"} == set(shipped_plans())


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("recipe", ["official", "practice"])
def test_a_sheet_has_as_many_cells_as_its_question_takes(name, recipe):
    assert len(sheet(name, recipe=recipe).expand()) == EXPECTED[name]


@pytest.mark.parametrize("name", EPOCHS)
def test_shares_of_a_run_are_the_epochs_of_a_long_one(name):
    assert sheet(name).rows[0].values == EPOCHS[name]
    assert sheet(name, epochs=EPOCHS[name]).rows[0].values == EPOCHS[name]


def test_interactions_of_a_run_of_150_epochs_are_at_even_ones():
    assert sheet("interaction", epochs=range(2, 151, 2)).rows[0].values == (100, 104, 120, 150)


def test_a_short_run_gives_as_many_different_epochs_as_it_has():
    assert len(sheet("epoch-format-seed", epochs=range(1, 7)).rows[0].values) == 5
    assert sheet("epoch-format-seed", epochs=(1, 2, 3)).rows[0].values == (1, 2, 3)


@pytest.mark.parametrize("name", shipped_plans())
def test_a_sheet_that_ships_survives_both_its_files(name):
    plan, found = load_plan(name), sheet(name)
    assert plan_from_toml(plan_to_toml(plan)) == plan
    assert from_toml(to_toml(found)) == found


@pytest.mark.parametrize("name", [name for name in EXPECTED if name != "convergence-strip"])
def test_verdicts_are_drawn_with_turbo_and_small_bases_stay_small(name):
    plan, scale = load_plan(name), load_plan(name).scale
    spec, small = sheet(name).expand()[0].spec, sheet(name, recipe="practice").expand()[0].spec
    assert plan.worn == (("turbo", 1.0),) and (spec.steps, spec.cfg) == (8, 1.0)
    assert (spec.width, spec.height) == (832 * scale, 1216 * scale) and small.width <= 160


def test_suppression_sets_the_lora_the_format_and_the_outfit_at_once():
    arms = [cell for cell in sheet("suppression").expand() if cell.column == 0]
    assert [len(cell.spec.loras) for cell in arms] == [0, 0, 1, 1]
    assert [cell.spec.loras[0][1] for cell in arms[2:]] == [1.0, 0.3]
    assert ["mira" in cell.spec.prompt for cell in arms] == [False, False, True, True]
    assert "skirt" in arms[0].spec.prompt and "pants" in arms[1].spec.prompt
    assert (arms[0].value("epoch"), arms[3].value("strength"), arms[3].value("arm")) == ("base", 0.3, "trigger at 0.3")


def test_a_chosen_epoch_is_the_best_and_without_one_the_last():
    assert sheet("angle-strong").epochs[-1][0] == 180 and sheet("angle-strong").columns[0].values == (180,)
    ground = Ground((MIRA,), run_of(range(1, 181)), "ff", best=100)
    assert sheet_on(ground, load_plan("angle-strong"), load_recipe("official")).columns[0].values == (100,)


def test_characters_of_a_run_are_called_in_its_order():
    prompt = sheet("side-by-side", characters=(MIRA, KAI)).expand()[0].spec.prompt
    assert "2girls, mira, kai, mira on the left, kai on the right" in prompt


def test_some_of_the_named_values_keep_what_they_mean():
    plan = with_axis(load_plan("interaction"), parse_axis("interaction=lap-sit | hug"))
    found = sheet_of(plan, load_recipe("official"), (MIRA, KAI), run_of(range(1, 151)), "ff")
    assert len(found.expand()) == 24 and "kai sitting on mira's lap" in found.expand()[0].spec.prompt


def test_a_seed_that_changes_changes_only_its_own_cells():
    plan, recipe = load_plan("epoch-format-seed"), load_recipe("official")
    before, after = ({cell.key: cell for cell in sheet_of(each, recipe, (MIRA,), run_of(range(1, 6)), "ff").expand()}
                     for each in (plan, with_axis(plan, parse_axis("seed=42, 100, 7"))))
    assert {before[key].value("seed") for key in before.keys() - after.keys()} == {200}
    assert {after[key].value("seed") for key in after.keys() - before.keys()} == {7}


# A key is for ever: the pictures of people's projects are called by it.
PREVIEWS = Recipe(preview_prompts=("1girl, {trigger}",), preview_negative="worst quality", preview_seeds=(42, 100),
                  preview_steps=25, preview_cfg=4.0, preview_sampler="er_sde", preview_scheduler="simple",
                  preview_width=832, preview_height=1216)  # fmt: skip
PINNED = {"epoch-by-prompt": "ffa291ae4719eede", "verdict": "4d4db253695f4306"}


@pytest.mark.parametrize("name", PINNED)
def test_keys_of_cells_never_change(name):
    checkpoints = {epoch: f"{epoch:x}" for epoch in range(1, 13)}
    found = sheet_of(load_plan(name), PREVIEWS, (MIRA,), checkpoints, "ff", (("t", 1.0),))
    keys = "".join(cell.key for cell in found.expand())
    assert hashlib.sha256(keys.encode()).hexdigest()[:16] == PINNED[name]


def test_another_format_or_axis_is_a_plan_of_ones_own():
    plan = with_axis(load_plan("format-check"), Axis("format", ("K", "BASE")))
    assert plan_from_toml(plan_to_toml(plan)) == plan
