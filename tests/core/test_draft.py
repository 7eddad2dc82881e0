"""A plan is a value: it knows what was changed, and comes back from its file as it was."""

from dataclasses import replace

import pytest

from studio.core.draft import Draft, from_toml, to_toml
from studio.core.errors import UserError
from studio.core.recipe import Recipe, load_recipe

OFFICIAL = load_recipe("official")


@pytest.fixture
def draft() -> Draft:
    return Draft(OFFICIAL, OFFICIAL)


def test_a_new_draft_differs_in_nothing(draft: Draft) -> None:
    assert draft.changed == () and draft.frozen == OFFICIAL


def test_what_was_changed_is_named_and_the_recipe_no_longer_goes_by_the_presets_name(draft: Draft) -> None:
    changed = draft.with_setting("epochs", 20)
    assert changed.changed == ("epochs",) and changed.frozen.epochs == 20
    assert changed.frozen.name == "official, changed"


def test_alpha_follows_the_rank_while_the_two_are_equal(draft: Draft) -> None:
    assert draft.with_setting("rank", 64).recipe.alpha == 64.0
    apart = draft.with_setting("alpha", 16.0).with_setting("rank", 64)
    assert apart.recipe.alpha == 16.0


def test_a_setting_goes_back_alone_or_with_all_others(draft: Draft) -> None:
    changed = draft.with_setting("rank", 64).with_setting("epochs", 20)
    assert changed.without_changes("rank").changed == ("alpha", "epochs")
    assert changed.without_changes() == draft


def test_what_cannot_be_is_refused(draft: Draft) -> None:
    with pytest.raises(UserError, match="at most 512"):
        draft.with_setting("rank", 5000)


def test_a_reason_is_kept_until_it_is_taken_back(draft: Draft) -> None:
    meant = draft.refusing("R07", " both are meant ")
    assert dict(meant.refused) == {"R07": "both are meant"} and meant.refusing("R07", "") == draft


def test_a_draft_comes_back_from_its_text(draft: Draft) -> None:
    full = replace(draft.with_setting("preview_prompts", ("one", "two, three")).refusing("R06", "a long night"),
                   parent="0003-mira-ab3f", characters=("Mira",), late_feature=False,
                   left_out={"train_llm_adapter": "True"})
    assert from_toml(to_toml(full), load_recipe) == full
    assert from_toml(to_toml(draft), load_recipe) == draft


def test_a_preset_that_is_gone_leaves_the_settings_as_they_are(draft: Draft) -> None:
    own = replace(draft, preset=replace(OFFICIAL, name="mine"), recipe=replace(OFFICIAL, name="mine", rank=8))
    again = from_toml(to_toml(own), load_recipe)
    assert again.recipe.rank == 8 and again.preset.name == "mine" and again.changed == ()


@pytest.mark.parametrize("text, said", [
    ("presets = 'official'", "Did you mean 'preset'"), ("late_feature = 'perhaps'", "damaged"),
    ("[recipe]\nranks = 3", "rank"), ("recipe = 3", "damaged"), ("preset = ", "not valid TOML"),
])
def test_a_text_that_is_no_plan_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        from_toml(text, lambda name: Recipe())
