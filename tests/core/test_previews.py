import pytest

from studio.core.previews import preview_settings, preview_specs
from studio.core.recipe import Recipe
from studio.core.spec import RenderSpec

RECIPE = Recipe(
    preview_prompts=("{trigger}, 1girl, (smile:1.2)", "blue hair"), preview_seeds=(3, 4), preview_steps=2,
    preview_cfg=2.0, preview_width=64, preview_height=80, preview_negative="red", preview_sampler="euler",
)  # fmt: skip


def test_all_prompts_meet_all_seeds():
    assert [(one.prompt, one.seed) for one in preview_specs(RECIPE, "mira")] == [
        ("mira, 1girl, (smile:1.2)", 3), ("mira, 1girl, (smile:1.2)", 4), ("blue hair", 3), ("blue hair", 4),
    ]  # fmt: skip


def test_everything_else_is_the_recipes():
    assert preview_specs(RECIPE, "mira")[0] == RenderSpec(
        "mira, 1girl, (smile:1.2)", "red", 3, 2, 2.0, "euler", RECIPE.preview_scheduler, 64, 80
    )
    assert preview_settings(RECIPE)["width"] == 64


@pytest.mark.parametrize(
    ("trigger", "written"),
    [("mira (cat)", r"mira \(cat\)"), ("(mira:1.5)", r"\(mira:1.5\)"), ("{trigger}", "{trigger}")],
)
def test_a_trigger_is_drawn_as_these_very_characters(trigger, written):
    assert preview_specs(RECIPE, trigger)[0].prompt == f"{written}, 1girl, (smile:1.2)"


def test_the_triggers_of_a_run_may_stand_in_one_prompt():
    recipe = Recipe(preview_prompts=("2girls, {triggers}, {trigger} smiles",), preview_seeds=(1,))
    assert preview_specs(recipe, "kai", ("mira", "kai"))[0].prompt == "2girls, mira, kai, kai smiles"
    assert preview_specs(recipe, "kai")[0].prompt == "2girls, kai, kai smiles"
