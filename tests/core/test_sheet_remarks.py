"""What is said of a sheet before it is rendered."""

from studio.core.axes import parse_axis
from studio.core.project import Character
from studio.core.recipe import load_recipe
from studio.core.sheet_ground import Ground
from studio.core.sheet_plan import load_plan, sheet_on, with_axis
from studio.core.sheet_remarks import remarks, unknown_words

MIRA, KAI = Character("Mira", "mira (cat)"), Character("Kai", "kai")
KNOWN = {"practice model": ("from_side", "smile", "white_background", "standing", "full_body", "front_view")}


def said(name, *axes, characters=(MIRA,), epochs=range(1, 181), known={}, best=None):
    plan = load_plan(name)
    for axis in axes:
        plan = with_axis(plan, parse_axis(axis))
    ground = Ground(characters, {epoch: f"{epoch:x}" for epoch in epochs}, "ff", best)
    sheet = sheet_on(ground, plan, load_recipe("official"))
    return [str(each) for each in remarks(plan, ground, sheet, sheet.expand(), known)]


def test_tags_that_a_base_never_saw_are_found_under_their_weights():
    prompt = r"masterpiece, 1girl, mira \\(cat\\), (from side:1.6), (cowboy shot:1.2). She smiles at us."
    assert unknown_words(prompt, KNOWN["practice model"], ["mira (cat)"]) == ("cowboy shot",)


def test_a_small_base_says_which_words_it_does_not_know():
    [first, *_] = said("pose-angle-weak", known=KNOWN, best=180)
    assert first.startswith("The practice model does not know cowboy shot, three quarters, from behind, from above and")
    assert not said("epoch-reline", known=KNOWN)


def test_a_run_of_one_says_who_stands_beside_her():
    assert "whoever else is asked for is another girl" in said("interaction")[0]
    assert not said("interaction", characters=(MIRA, KAI))


def test_the_best_epoch_is_the_last_until_one_is_chosen():
    assert said("angle-strong") == ["No epoch was chosen yet: the last one, 180, stands for the best."]
    assert not said("angle-strong", best=100)


def test_a_run_with_fewer_checkpoints_says_so():
    assert said("epoch-reline", epochs=(1, 2)) == ["The run has 2 of the 4 epochs that the sheet asks for."]


def test_one_version_alone_is_no_comparison():
    assert any("name another LoRA with --axis 'lora=this | FILE'" in each for each in said("version-compare"))
    assert any("name another base with --axis 'base=this | FILE'" in each for each in said("base-compat"))


def test_formats_that_come_to_the_same_prompt_are_told():
    assert said("epoch-format-seed") == ["45 cells show 15 different pictures: some of them come to the same prompt."]
