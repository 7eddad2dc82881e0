import pytest

from studio.core.paired import Seen
from studio.core.verdict import confirmed, frozen_pick, range_name, verdict

PROMPTS = ("front", "back")


def marked(arms, seeds=8, prompts=PROMPTS, trait="face"):
    """Values by arm, either one for all cells or one for each prompt."""
    return [Seen(arm, prompt, seed, trait, float(value[place] if isinstance(value, tuple) else value),
                 (value[place] if isinstance(value, tuple) else value) >= 0.5)
            for arm, value in arms.items() for place, prompt in enumerate(prompts) for seed in range(seeds)]


def test_where_nothing_differs_the_earliest_is_taken():
    found = verdict(marked({100: 1, 120: 1, 150: 1, 180: 1}))
    assert found.sentence == "ep100 to ep180: no difference shown; take ep100."
    assert (found.word, found.pick, found.reference) == ("not shown", 100, 180)


def test_early_epochs_that_lack_the_trait_are_worse_and_the_plateau_is_taken():
    found = verdict(marked({20: 0, 50: 0, 100: 1, 120: 1, 180: 1}))
    assert found.sentence == ("ep100 to ep180: no difference shown; ep20 and ep50: worse than ep180 (face); "
                              "take ep100.")
    assert (found.word, found.pick) == ("not shown", 100)


def test_a_late_epoch_that_breaks_comes_first():
    found = verdict(marked({100: 1, 150: 1, 180: 0}), reference=100)
    assert found.sentence == "ep180: worse than ep100 (face); ep100 and ep150: no difference shown; take ep100."
    assert found.word == "worse"


def test_a_broken_reference_is_not_taken():
    found = verdict(marked({100: 1, 150: 1, 180: 0}))
    assert found.sentence == "ep100 and ep150: better than ep180 (face); take ep100."
    assert found.word == "better"


def test_four_seeds_convict_nobody_and_say_what_would():
    found = verdict(marked({150: 1, 180: 0}, seeds=4, prompts=("front",)), reference=150)
    assert (found.word, found.pick) == ("not shown", 150)
    assert found.sentence == "ep150 and ep180: no difference shown; take ep150."
    assert [(each.arm, each.said.state) for each in found.remarks] == [(180, "suspect")]
    assert (found.more.seeds, found.more.prompts) == (8, 2)


def test_one_bad_picture_of_four_is_not_shown():
    seen = marked({150: 1}, seeds=4, prompts=("front",)) + [
        Seen(180, "front", seed, "face", float(seed != 0), seed != 0) for seed in range(4)]  # fmt: skip
    found = verdict(seen, reference=150)
    assert (found.word, found.pick) == ("not shown", 150)
    assert [str(each.said.text) for each in found.remarks] == ["not shown (1 of 4): 0.6-81 %"]


def test_a_prompt_that_carries_it_alone_is_named():
    found = verdict(marked({100: 1, 180: (0, 1)}), reference=100)
    assert found.sentence == "ep180: worse than ep100 (face, only in front); take ep100."


def test_traits_that_differ_are_listed():
    seen = marked({100: 1, 180: 0}) + marked({100: 1, 180: 0}, trait="hands") + marked({100: 1, 180: 1}, trait="hair")
    assert verdict(seen, reference=100).sentence == "ep180: worse than ep100 (face and hands); take ep100."


def test_a_tie_on_all_the_seeds_asks_for_no_more():
    assert verdict(marked({100: 1, 180: 1})).more is None


def test_too_few_seeds_ask_for_those_that_lack():
    found = verdict(marked({100: 1, 180: 1}, seeds=3))
    assert (found.more.seeds, found.more.prompts) == (5, 2)


def test_a_verdict_that_says_something_asks_to_be_confirmed():
    found = verdict(marked({100: 1, 180: 0}), reference=100)
    assert str(found.more.text) == "8 fresh seeds would confirm ep100"


def test_a_lead_of_one_cell_is_no_lead():
    seen = marked({100: 1, 180: 1}, seeds=3, prompts=("front",))
    seen[0] = Seen(100, "front", 0, "face", 0.0)
    assert verdict(seen).pick == 100


def test_a_pick_is_never_blocked():
    assert verdict(marked({100: 1}, seeds=1, prompts=("front",))).sentence == (
        "ep100: nothing to compare it with yet; take ep100.")
    empty = verdict(())
    assert (empty.sentence, empty.pick) == ("Nothing is marked yet.", None)


def test_a_pick_is_confirmed_on_seeds_that_did_not_choose_it():
    chosen_by = marked({100: 1, 180: 0})
    pick = frozen_pick(chosen_by, verdict(chosen_by, reference=180))
    assert (pick.arm, pick.reference, len(pick.seeds)) == (100, 180, 8)
    fresh = [Seen(arm, prompt, seed, "face", value, bool(value)) for arm, value in ((100, 1.0), (180, 0.0))
             for prompt in PROMPTS for seed in range(50, 58)]  # fmt: skip
    assert confirmed(pick, chosen_by).word == "not shown"
    assert confirmed(pick, chosen_by).pick is None
    assert confirmed(pick, chosen_by + fresh).sentence == "ep100: better than ep180 (face); take ep100."


def test_why_tells_the_method_and_every_comparison_the_most_telling_first():
    seen = marked({100: 1, 150: 1, 180: 0})
    method, first, second = map(str, verdict(seen, reference=100).why[:3])
    assert "exact sign test" in method
    assert "1 of 2 comparisons have pairs enough to speak" in method
    assert first == ("ep180 against ep100, face: worse; 0 better, 16 worse, 0 the same of 16 pairs, p 3.1e-05, "
                     "corrected 3.1e-05")
    assert second.startswith("ep150 against ep100, face: not shown")


def test_arms_that_are_no_epochs_are_called_what_they_are():
    found = verdict(marked({"v1": 0, "v2": 1}), reference="v1")
    assert found.sentence == "v2: better than v1 (face); take v2."


@pytest.mark.parametrize(
    ("chosen", "name"),
    [((100,), "ep100"), ((100, 120), "ep100 and ep120"), ((100, 120, 150), "ep100 to ep150"),
     ((20, 120, 150), "ep20, ep120 and ep150")],
)  # fmt: skip
def test_epochs_in_a_row_are_a_range(chosen, name):
    assert range_name(chosen, [20, 100, 120, 150]) == name


def test_the_sentence_stays_one_however_much_differs():
    seen = [*marked({20: 0, 100: 1, 180: 1}), *marked({20: 0, 100: 1, 180: 0}, trait="hands"),
            *marked({20: 1, 100: 1, 180: 0}, trait="hair")]  # fmt: skip
    found = verdict(seen, reference=100)
    assert found.sentence == "ep20 and ep180: worse than ep100 (face, hands and hair); take ep100."
    assert found.word == "worse"


def test_a_sentence_can_be_said_in_another_language():
    clause = verdict(marked({100: 1, 120: 1, 180: 1})).clauses[0]
    assert clause.pattern.format(**dict(clause.fills)) == str(clause)
    assert (clause.pattern, dict(clause.fills)) == ("{arms}: no difference shown", {"arms": "ep100 to ep180"})


def test_an_epoch_that_is_better_in_one_trait_and_worse_in_another_is_not_taken():
    seen = [*marked({100: 0, 180: 1}), *marked({100: 1, 180: 0}, trait="hands")]
    found = verdict(seen, reference=100)
    assert found.sentence == "ep180: worse than ep100 (hands); ep180: better than ep100 (face); take ep100."


def test_epochs_that_nothing_was_compared_with_are_not_called_alike():
    assert verdict(marked({100: 1, 150: 1}), reference=180).sentence == (
        "ep100: nothing to compare it with yet; take ep100.")
    apart = marked({100: 1, 180: 1}) + marked({150: 1}, prompts=("sitting",))
    assert verdict(apart, reference=100).sentence == "ep100 and ep180: no difference shown; take ep100."


def test_the_last_epoch_is_not_called_uncompared_where_too_few_pairs_speak_for_it():
    found = verdict(marked({20: 0, 100: 1}, seeds=2, prompts=("front",)))
    assert found.pick == 100 and found.sentence == "ep20 and ep100: no difference shown; take ep100."


def test_of_two_versions_that_do_not_differ_the_reference_stays():
    assert verdict(marked({"v1": 1, "v2": 1}), reference="v2").pick == "v2"


def test_the_plateau_is_told_in_epochs():
    assert str(verdict(marked({20: 0, 100: 1, 180: 1})).plateau.text) == "ep100: no gain after (face)"
