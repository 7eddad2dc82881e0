"""What counts as a change between two runs, what does not, and how changes are told apart."""

from dataclasses import replace

import pytest
from planned import cast, shown

from studio.core.knobs import knobs_of
from studio.core.recipe import Recipe
from studio.core.run_diff import NO_AXIS, Branch, RunFacts, axes, is_confounded, lineage, splits

PARENT = RunFacts("0001-mira-aaaa", "wai-anima", shown(10), Recipe(name="v1", epochs=20))


def names(child: RunFacts, parent: RunFacts = PARENT) -> list[str]:
    return [axis.name for axis in axes(parent, child)]


def with_recipe(**settings) -> RunFacts:
    return replace(PARENT, id="", recipe=replace(PARENT.recipe, **settings))


def recaptioned(run: RunFacts) -> RunFacts:
    images = tuple(replace(each, caption=f"{each.caption}, smile") for each in run.dataset.images)
    return replace(run, dataset=replace(run.dataset, images=images))


def test_another_base_and_other_images_are_two_axes_and_confounded() -> None:
    child = RunFacts("", "anima-base", shown(7, size=(512, 512)), PARENT.recipe)
    child = replace(child, dataset=replace(child.dataset, images=tuple(
        replace(each, id=f"new-{each.id}") for each in child.dataset.images)))
    found = axes(PARENT, child)
    assert [axis.name for axis in found] == ["base", "data"] and is_confounded(found)
    assert found[0].sentence == "base: wai-anima -> anima-base"
    assert found[1].sentence == "data: images 10 -> 7: 7 new and 10 gone"


def test_another_name_is_no_change() -> None:
    assert names(with_recipe(name="v1-final")) == []


def test_what_changes_no_step_that_both_take_is_no_change() -> None:
    child = with_recipe(epochs=150, save_every=5, keep_last=3, preview_every=10, preview_seeds=(1, 2), compile=True,
                        gradient_checkpointing=False, state_every=100, max_steps=999, blocks_to_swap=4)
    assert names(child) == []


@pytest.mark.parametrize("settings, axis", [
    ({"rank": 64, "alpha": 64.0}, "rank"), ({"learning_rate": 1e-4, "warmup_steps": 50}, "learning rate"),
    ({"caption_dropout": 0.1}, "captions"), ({"accumulation": 4}, "batch"), ({"resolution": 768}, "resolution"),
    ({"optimizer": "prodigy"}, "optimizer"), ({"seed": 43}, "seed"), ({"flip": True}, "flip"),
    ({"timestep_shift": 3.0}, "noise levels"), ({"precision": "fp32"}, "precision"),
])
def test_settings_that_belong_together_are_one_axis(settings, axis) -> None:
    assert names(with_recipe(**settings)) == [axis]


def test_every_setting_of_a_recipe_is_an_axis_or_said_to_be_none() -> None:
    for knob in knobs_of(Recipe):
        other = not knob.default if knob.kind is bool else ("other",) if knob.kind is str else None
        if other is not None and knob.kind is bool:
            free = knob.name in NO_AXIS or knob.name.startswith("preview_")
            changed = replace(PARENT.recipe, **{knob.name: other})
            assert bool(names(replace(PARENT, recipe=changed))) != free, knob.name


def test_a_falling_rate_falls_otherwise_over_another_number_of_epochs() -> None:
    parent = replace(PARENT, recipe=replace(PARENT.recipe, lr_schedule="cosine"))
    longer = replace(parent, recipe=replace(parent.recipe, epochs=40))
    assert names(longer, parent) == ["learning rate"]
    assert axes(parent, longer)[0].sentence == "learning rate: fall over 800 steps -> over 1,600 steps"


def test_captions_written_anew_are_counted() -> None:
    assert [axis.sentence for axis in axes(PARENT, recaptioned(PARENT))] == ["captions: rewritten 0 -> 10"]


def test_captions_and_their_dropout_are_one_axis() -> None:
    child = recaptioned(with_recipe(caption_dropout=0.1))
    assert names(child) == ["captions"] and axes(PARENT, child)[0].settings == ("caption_dropout",)


def test_other_repeats_are_told_by_character() -> None:
    parent, child = (replace(PARENT, dataset=cast((5, 2), (5, each))) for each in (2, 4))
    assert [axis.sentence for axis in axes(parent, child)] == ["repeats: C1 2 -> 4"]


def test_a_split_changes_one_axis_after_the_other() -> None:
    child = recaptioned(replace(with_recipe(rank=64, learning_rate=1e-4), base="anima-base"))
    between = splits(PARENT, child)
    assert [each.takes for each in between] == [
        ("base",), ("base", "captions"), ("base", "captions", "rank")]
    assert [(each.recipe.rank, each.recipe.learning_rate) for each in between] == [
        (32, 2e-5), (32, 2e-5), (64, 2e-5)]
    chain = [PARENT, *(replace(PARENT, recipe=each.recipe) for each in between), with_recipe(rank=64,
             learning_rate=1e-4)]
    assert all(len(axes(one, other)) <= 1 for one, other in zip(chain, chain[1:], strict=False))


def test_one_change_needs_no_split() -> None:
    assert splits(PARENT, with_recipe(rank=64)) == ()


def test_runs_stand_below_the_run_they_follow() -> None:
    found = lineage([("1", ""), ("2", "1"), ("3", "1"), ("4", "2"), ("5", "gone")])
    assert found == (Branch("1", (Branch("2", (Branch("4"),)), Branch("3"))), Branch("5"))


def test_no_run_is_its_own_ancestor() -> None:
    assert lineage([("1", "2"), ("2", "1"), ("3", "3")]) == (Branch("1", (Branch("2"),)), Branch("3"))
