import pytest

from studio.core.plateau import plateau, recommended

# Scores that a published run got of a judge, 0 to 5, by epoch.
PUBLISHED = {
    "hair": {20: 4, 40: 4, 60: 4, 80: 4, 90: 4},
    "eyes": {20: 5, 40: 5, 60: 5, 80: 5, 90: 5},
    "bangs": {20: 4, 40: 4, 60: 4, 80: 4, 90: 4},
    "intake": {20: 2, 40: 3, 60: 3, 80: 3, 90: 3},
    "face": {20: 3, 40: 3, 60: 4, 80: 4, 90: 4},
}  # fmt: skip


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_published_scores_have_their_plateaus(noise):
    found = recommended(PUBLISHED, noise)
    assert {each.trait: each.epoch for each in found.plateaus} == {"hair": 20, "eyes": 20, "bangs": 20, "intake": 40,
                                                                   "face": 60}
    assert (found.epoch, found.shortfall) == (60, 0.0)
    assert str(found.text) == "ep60: no gain after (face)"


def test_a_lead_within_the_noise_does_not_win():
    scores = {120: 4.0, 150: 4.0, 180: 4.1}
    found = plateau("face", scores, 0.5)
    assert (found.epoch, found.best_epoch, found.lead) == (120, 180, pytest.approx(0.1))
    assert recommended({"face": scores}, 0.5).epoch == 120
    assert recommended({"face": scores}, 0.05).epoch == 180


def test_an_epoch_that_fell_off_again_is_not_on_the_plateau():
    found = recommended({"face": {60: 4, 100: 5, 150: 5}, "hands": {60: 5, 100: 3, 150: 5}}, 0.5)
    assert (found.epoch, found.shortfall) == (150, 0.0)


def test_without_a_common_plateau_the_nearest_epoch_is_named():
    found = recommended({"face": {60: 3, 100: 4.4, 150: 5}, "hands": {60: 5, 100: 4.2, 150: 3}}, 0.5)
    assert (found.epoch, found.shortfall) == (100, 0.3)
    assert "no epoch is on the plateau of every trait" in str(found.text)


def test_traits_may_have_noises_of_their_own():
    scores = {"face": {60: 4.0, 100: 5.0}, "hands": {60: 4.0, 100: 5.0}}
    assert [recommended(scores, {"face": 1.0, "hands": noise}).epoch for noise in (1.0, 0.5)] == [60, 100]


def test_only_epochs_judged_for_every_trait_come_into_question():
    assert recommended({"face": {20: 5, 40: 5}, "hair": {40: 3, 60: 3}}, 0.5).epoch == 40
    with pytest.raises(ValueError):
        recommended({"face": {20: 5}, "hair": {40: 3}}, 0.5)
    with pytest.raises(ValueError):
        recommended({}, 0.5)


def test_rounding_moves_no_plateau():
    assert plateau("face", {20: 0.1 + 0.2, 40: 0.3 + 0.1}, 0.1).epoch == 20
