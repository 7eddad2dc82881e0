"""The figures that people know from their own runs, and that no two of them can disagree."""

import random
from dataclasses import replace

import pytest
from planned import PER_SECOND, RATES, cast, shown

from studio.core.planner import (
    about,
    compared,
    forecast,
    groups_of,
    length_of,
    preview_advice,
    preview_epochs,
    state_bytes,
)
from studio.core.priors import priors
from studio.core.recipe import Recipe
from studio.core.schedule import epoch_steps

RECIPE = Recipe(accumulation=4, epochs=180, preview_every=0)


@pytest.mark.parametrize("images, epochs, exposures, steps, hours", [
    (70, 180, 720, 12_600, 10.29), (91, 20, 80, 1_820, 1.49), (53, 180, 720, 9_540, 7.79), (53, 150, 600, 7_950, 6.50),
    (70, 120, 480, 8_400, 6.86), (70, 150, 600, 10_500, 8.58), (70, 80, 320, 5_600, 4.58),
])
def test_runs_that_are_known_come_out_as_they_did(images, epochs, exposures, steps, hours) -> None:
    found = forecast(shown(images), replace(RECIPE, epochs=epochs), RATES)
    assert (found.exposures_per_image, found.steps, round(found.hours, 2)) == (exposures, steps, hours)


@pytest.mark.parametrize("dataset, epochs, exposures, steps, hours", [
    (cast((43, 2), (53, 2)), 100, 200, 4_800, 3.92), (cast((43, 2), (53, 2)), 104, 208, 4_992, 4.08),
    (cast((79, 2), (53, 2), together=(20, 2)), 150, 300, 11_400, 9.31),
])
def test_so_do_those_of_two_characters(dataset, epochs, exposures, steps, hours) -> None:
    found = forecast(dataset, replace(RECIPE, epochs=epochs), RATES)
    assert (found.exposures_per_image, found.steps, round(found.hours, 2)) == (exposures, steps, hours)


def test_every_reported_run_with_its_images_comes_out_at_its_range() -> None:
    told = [each for each in priors() if each.images]
    assert len(told) == 8
    for each in told:
        alone = each.images[:2] if each.identities == 2 else each.images
        dataset = cast(*((count, each.repeats) for count in alone), together=((*each.images, 0, 0)[2], each.repeats))
        ends = [forecast(dataset, replace(RECIPE, epochs=epoch, accumulation=each.accumulation), RATES)
                for epoch in each.epochs]
        assert [end.exposures_per_image for end in ends] == [each.lo, each.hi]


def test_epochs_alone_mislead_where_the_numbers_of_images_differ() -> None:
    late, early = (forecast(shown(images), replace(RECIPE, epochs=epochs), RATES) for images, epochs in
                   ((53, 150), (91, 20)))
    ratio = compared(late, early)
    assert (ratio.epochs, round(ratio.steps, 1), round(ratio.hours, 1), ratio.exposures) == (7.5, 4.4, 4.4, 7.5)


def test_the_whole_night_is_counted() -> None:
    recipe = replace(RECIPE, preview_every=1, save_every=1)
    found = forecast(shown(70), recipe, RATES)
    assert found.seconds == pytest.approx({"load": 420.0, "caching": 35.0, "steps": 12_600 / PER_SECOND,
                                           "previews": 181 * 2 * 10.0, "saving": 360.0})
    assert found.total_s == pytest.approx(sum(found.seconds.values()))


def test_flips_are_encoded_beside_the_images() -> None:
    assert forecast(shown(70), replace(RECIPE, flip=True), RATES).seconds["caching"] == 70.0


def test_the_disk_holds_the_checkpoints_that_are_kept_two_states_and_all_previews() -> None:
    every = forecast(shown(70), replace(RECIPE, preview_every=10), RATES)
    assert every.disk == {"checkpoints": 180 * 132 * 10**6, "states": 2 * 790 * 10**6, "previews": 19 * 2 * 10**6}
    few = forecast(shown(70), replace(RECIPE, keep_last=3, keep_every=60), RATES)
    assert few.disk["checkpoints"] == 6 * 132 * 10**6  # 60 and 120, the newest three, and a new one before an old goes


def test_a_price_is_told_only_where_there_is_one() -> None:
    assert forecast(shown(70), RECIPE, RATES).price is None
    found = forecast(shown(70), RECIPE, RATES, price_per_hour=0.99)
    assert found.price == pytest.approx(0.99 * found.total_s / 3600)


def test_previews_are_told_with_what_they_would_cost_less_often() -> None:
    recipe = replace(RECIPE, preview_every=1)
    advice = preview_advice(shown(70), recipe, replace(RATES, preview_s=16.7))
    assert advice.sentence == "previews add 1 h 40 min; every 5th epoch: 20 min"
    assert preview_advice(shown(70), replace(recipe, preview_every=25), RATES).sentence == "previews add 3 min"
    assert preview_advice(shown(70), RECIPE, RATES).sentence == "no previews"


def test_previews_that_stay_dear_are_told_the_least_they_could_cost() -> None:
    advice = preview_advice(shown(4, 1), replace(RECIPE, epochs=4, preview_every=1), RATES)
    assert (advice.every, advice.then_s) == (2, 3 * 2 * 10.0)


def test_previews_stand_at_the_start_every_so_many_epochs_and_at_the_end() -> None:
    assert preview_epochs(replace(RECIPE, preview_every=50), length_of(shown(70), RECIPE)) == (0, 50, 100, 150, 180)


@pytest.mark.parametrize("limit", [0, 7, 100])
@pytest.mark.parametrize("batch_size, accumulation", [(1, 1), (1, 4), (3, 1), (3, 4), (8, 2)])
def test_exposures_are_those_that_the_epochs_hold(batch_size, accumulation, limit) -> None:
    """Incomplete batches of two buckets, incomplete accumulations, and a run that ends within an epoch."""
    dataset = cast((7, 3), (5, 2), size=(1024, 1024), together=(3, 1))
    dataset = replace(dataset, images=(*dataset.images[:6], *(replace(each, width=512) for each in dataset.images[6:])))
    recipe = replace(RECIPE, batch_size=batch_size, accumulation=accumulation, epochs=5, max_steps=limit)
    steps = [step for epoch in range(1, 6) for step in epoch_steps(groups_of(dataset, recipe), recipe, epoch)]
    found = forecast(dataset, recipe, RATES)
    done = steps[:limit or None]
    assert found.steps == len(done)
    assert found.exposures == sum(len(batch) for step in done for batch in step)
    assert sum(each.share for each in found.pictures) == pytest.approx(1.0)


def test_accumulation_changes_the_steps_and_not_the_night() -> None:
    chance = random.Random(4)
    for _ in range(50):
        dataset, epochs = shown(chance.randint(1, 90), chance.randint(1, 6)), chance.randint(1, 40)
        one, four = (forecast(dataset, replace(RECIPE, epochs=epochs, accumulation=each),
                              replace(RATES, step_s=each * 0.7)) for each in (1, 4))
        assert one.exposures == four.exposures and one.exposures_per_image == four.exposures_per_image
        assert one.seconds["steps"] == pytest.approx(four.seconds["steps"])
        assert four.steps_per_epoch == -(-one.steps_per_epoch // 4)


def test_repeats_and_epochs_can_stand_for_each_other() -> None:
    often, long = forecast(shown(70, 8), replace(RECIPE, epochs=90), RATES), forecast(shown(70, 4), RECIPE, RATES)
    assert often.exposures == long.exposures and often.steps == long.steps
    assert often.exposures_per_image == long.exposures_per_image == 720


def test_characters_have_their_own_exposures() -> None:
    pictures = forecast(cast((43, 2), (53, 4), together=(20, 1)), replace(RECIPE, epochs=10), RATES).pictures
    assert [(each.name, each.count, each.repeats, each.exposures) for each in pictures] == [
        ("C0", 43, 2, 20), ("C1", 53, 4, 40), ("C0+C1", 20, 1, 10)]


def test_an_optimizer_that_remembers_more_writes_larger_states() -> None:
    assert state_bytes(1000, Recipe(optimizer="prodigy", ema=0.9)) == 6 * 4 * 1000


@pytest.mark.parametrize("seconds, words", [(40, "40 s"), (420, "7 min"), (1260, "20 min"), (6060, "1 h 40 min"),
                                            (7200, "2 h"), (37_059, "10 h 20 min")])  # fmt: skip
def test_lengths_of_time_are_rounded_as_a_forecast_deserves(seconds, words) -> None:
    assert about(seconds) == words


def test_a_set_without_images_takes_no_time_and_no_steps() -> None:
    found = forecast(shown(0), replace(RECIPE, preview_every=1), RATES)
    assert (found.steps, found.exposures_per_image, found.pictures, found.hours) == (0, 0, (), 0.0)
    assert preview_advice(shown(0), replace(RECIPE, preview_every=1), RATES).sentence == "no previews"
