from collections import Counter

import pytest

from studio.core.recipe import Recipe
from studio.core.schedule import (
    Sample,
    chunks,
    epoch_batches,
    epoch_steps,
    plan,
    sample_draw,
    sample_seed,
    steps_per_epoch,
)

GROUPS = {
    "tall": [(f"tall{number}", 2) for number in range(7)],
    "wide": [("wide0", 1), ("wide1", 3), ("wide2", 1)],
}


def bucket_of(image_id: str) -> str:
    return image_id[:4]


@pytest.mark.parametrize("epoch", [1, 2, 9])
def test_an_epoch_shows_every_repeat_of_every_image_once(epoch):
    shown = Counter(sample for batch in epoch_batches(GROUPS, 4, seed=7, epoch=epoch) for sample in batch)
    images = [image for found in GROUPS.values() for image in found]
    wanted = {Sample(image_id, repeat, epoch) for image_id, repeats in images for repeat in range(repeats)}
    assert set(shown) == wanted
    assert set(shown.values()) == {1}


def test_a_batch_is_of_one_bucket_and_no_larger_than_asked():
    for batch in epoch_batches(GROUPS, 4, seed=7, epoch=1):
        assert len({bucket_of(sample.image_id) for sample in batch}) == 1
        assert 1 <= len(batch) <= 4


def test_the_order_does_not_depend_on_how_the_images_were_found():
    backwards = {bucket: list(reversed(images)) for bucket, images in reversed(GROUPS.items())}
    assert epoch_batches(backwards, 4, seed=7, epoch=3) == epoch_batches(GROUPS, 4, seed=7, epoch=3)


def test_another_epoch_or_seed_is_another_order():
    orders = {epoch_batches(GROUPS, 4, seed=seed, epoch=epoch) for seed in (1, 2) for epoch in (1, 2)}
    shuffles = {tuple(sample.image_id for batch in order for sample in batch) for order in orders}
    assert len(shuffles) == 4


def test_an_epoch_needs_nothing_of_the_epochs_before_it():
    fresh = epoch_batches(GROUPS, 4, seed=7, epoch=5)
    for epoch in range(1, 5):
        epoch_batches(GROUPS, 4, seed=7, epoch=epoch)
    assert epoch_batches(GROUPS, 4, seed=7, epoch=5) == fresh


def test_every_image_comes_first_about_equally_often():
    groups = {"one": [(str(number), 1) for number in range(4)]}
    first = Counter(epoch_batches(groups, 1, seed=3, epoch=epoch)[0][0].image_id for epoch in range(1, 401))
    assert all(60 <= first[str(number)] <= 140 for number in range(4))


@pytest.mark.parametrize(("batch_size", "accumulation"), [(1, 1), (4, 1), (4, 2), (3, 4), (100, 100)])
def test_steps_are_as_many_as_announced_and_the_tail_is_kept(batch_size, accumulation):
    recipe = Recipe(batch_size=batch_size, accumulation=accumulation)
    steps = epoch_steps(GROUPS, recipe, epoch=1)
    assert len(steps) == steps_per_epoch(GROUPS, batch_size, accumulation)
    assert all(len(step) == accumulation for step in steps[:-1])
    assert sum(len(batch) for step in steps for batch in step) == 19


def test_a_plan_tells_steps_and_exposures():
    planned = plan(GROUPS, Recipe(batch_size=4, accumulation=2, epochs=10))
    # 14 tall in 4 batches, 5 wide in 2: 6 batches, 3 steps.
    assert (planned.steps_per_epoch, planned.exposures_per_epoch, planned.steps) == (3, 19, 30)


def test_a_plan_stops_at_the_most_steps_and_never_above_the_epochs():
    assert plan(GROUPS, Recipe(batch_size=4, accumulation=2, epochs=10, max_steps=7)).steps == 7
    assert plan(GROUPS, Recipe(batch_size=4, accumulation=2, epochs=10, max_steps=99)).steps == 30


def test_steps_fall_into_epochs():
    planned = plan(GROUPS, Recipe(batch_size=4, accumulation=2))
    assert [planned.epoch_of(step) for step in (1, 3, 4, 6, 7)] == [1, 1, 2, 2, 3]
    assert [step for step in range(1, 8) if planned.ends_epoch(step)] == [3, 6]


def test_a_seed_is_the_same_for_ever():
    # Written down: were it to change, no run could be resumed by a later studio.
    assert sample_seed(42, 1, "ab3f", 0, "noise") == 4343853519077762374


def test_a_seed_changes_with_everything_it_is_made_of():
    seeds = {
        sample_seed(42, 1, "ab", 0, "noise"),
        sample_seed(43, 1, "ab", 0, "noise"),
        sample_seed(42, 2, "ab", 0, "noise"),
        sample_seed(42, 1, "ac", 0, "noise"),
        sample_seed(42, 1, "ab", 1, "noise"),
        sample_seed(42, 1, "ab", 0, "flip"),
    }
    assert len(seeds) == 6


def test_seeds_have_63_bits():
    seeds = [sample_seed(0, 1, str(number), 0, "noise") for number in range(2000)]
    assert len(set(seeds)) == 2000
    assert 2**62 < max(seeds) < 2**63 and min(seeds) >= 0


def test_draws_are_uniform_below_one():
    draws = [sample_draw(0, Sample(str(number), 0, 1), "dropout") for number in range(4000)]
    assert 0 <= min(draws) < max(draws) < 1
    assert sum(draws) / len(draws) == pytest.approx(0.5, abs=0.02)
    assert sum(draw < 0.1 for draw in draws) / len(draws) == pytest.approx(0.1, abs=0.02)


def test_the_last_chunk_holds_what_is_left():
    assert chunks(range(5), 2) == [(0, 1), (2, 3), (4,)]
    assert chunks([], 2) == []
