"""What a journal tells of a machine's speed, and how that is carried over to another recipe."""

from dataclasses import replace

import pytest
from planned import shown

from studio.core.events import CheckpointSaved, Note, PreviewReady, Started, StateSaved, StepDone
from studio.core.planner import forecast
from studio.core.recipe import Recipe
from studio.core.speed import ASSUMED, ASSUMED_PRACTICE, Speed, mean_area, rates_of, speed_of, to_facts, with_facts

RECIPE = Recipe(accumulation=4, preview_width=832, preview_height=1216)
MEASURED = Speed(RECIPE, 1024**2, "measured", image_s=0.1, preview_s=5.0, checkpoint_bytes=100, state_bytes=600)


def rates(recipe: Recipe = RECIPE, *speeds: Speed, size: tuple[int, int] = (1024, 1024)):
    return rates_of((*(speeds or (MEASURED,)), ASSUMED), shown(70, size=size), recipe)


def test_the_assumption_is_the_speed_that_people_reported() -> None:
    found = forecast(shown(70), replace(RECIPE, epochs=180), rates_of((ASSUMED,), shown(70), RECIPE))
    assert round(found.hours, 2) == 10.29 and not found.measured
    assert rates_of((ASSUMED,), shown(70), replace(RECIPE, rank=16)).checkpoint_bytes == 66 * 10**6


@pytest.mark.parametrize("assumed", [ASSUMED, ASSUMED_PRACTICE])
def test_an_assumption_leaves_nothing_open(assumed) -> None:
    assert None not in (getattr(assumed, name) for name in ("image_s", "cache_s", "preview_s", "save_s", "state_s",
                                                            "load_s", "checkpoint_bytes", "state_bytes"))


def test_what_was_measured_counts_and_the_rest_is_assumed() -> None:
    found = rates()
    assert found.measured and found.source == "measured" and found.step_s == pytest.approx(0.4)
    assert found.preview_s == 5.0 and found.load_s == ASSUMED.load_s


@pytest.mark.parametrize("settings, factor", [
    ({"accumulation": 8}, 2.0), ({"batch_size": 4, "accumulation": 1}, 1.0), ({"resolution": 512}, 0.25),
    ({"gradient_checkpointing": False}, 0.75), ({"compile": True}, 5 / 6), ({"rank": 64}, 1.0),
])
def test_steps_are_carried_over_by_what_they_compute(settings, factor) -> None:
    found = rates(replace(RECIPE, **settings), size=(1024, 1024))
    assert found.step_s == pytest.approx(0.4 * factor, rel=0.02)


def test_a_speed_that_was_carried_over_says_for_what() -> None:
    found = rates(replace(RECIPE, resolution=512, gradient_checkpointing=False))
    assert found.source == "measured; reckoned for another resolution and gradient checkpointing"


@pytest.mark.parametrize("settings, factor", [({"preview_steps": 50}, 2), ({"preview_cfg": 1.0}, 0.5),
                                              ({"preview_width": 416, "preview_height": 608}, 0.25)])  # fmt: skip
def test_previews_are_carried_over_by_their_looks(settings, factor) -> None:
    assert rates(replace(RECIPE, **settings)).preview_s == pytest.approx(5.0 * factor)


def test_files_grow_with_the_rank_and_states_with_what_an_optimizer_remembers() -> None:
    found = rates(replace(RECIPE, rank=64, optimizer="prodigy"))
    assert (found.checkpoint_bytes, found.state_bytes) == (200, 2000)


def steps(attempt: int, first: int, count: int, seconds: float, time: float) -> list[StepDone]:
    return [StepDone(first + each, 1, 0.1, 1e-5, seconds if each > 2 else 60.0, 4 * (first + each), time=time + each,
                     attempt=attempt) for each in range(count)]  # fmt: skip


def test_a_journal_tells_steps_previews_and_saving_apart() -> None:
    told = [Started("1", "train", 10, time=0.0), PreviewReady(0, "a", 1, "a", time=90.0), *steps(1, 1, 10, 2.0, 100.0),
            CheckpointSaved(1, 10, "c", "x", time=109.5), StateSaved(10, "s", "x", time=110.5), Note("", time=111.0),
            PreviewReady(1, "a", 1, "a", time=118.5), PreviewReady(1, "a", 2, "a", time=118.5)]  # fmt: skip
    found = speed_of(told, RECIPE, 1024**2, "as run 1 went")
    assert (found.image_s, found.preview_s, found.save_s, found.state_s) == (0.5, 4.0, 0.5, 1.0)


def test_the_warm_up_of_every_attempt_is_left_out() -> None:
    told = [*steps(1, 1, 6, 2.0, 0.0), *steps(2, 7, 6, 4.0, 50.0)]
    assert speed_of(told, RECIPE, 1.0, "").image_s == pytest.approx((2.0 + 4.0) / 2 / 4)


def test_a_run_that_hardly_began_tells_nothing() -> None:
    assert speed_of(steps(1, 1, 3, 2.0, 0.0), RECIPE, 1.0, "") == Speed(RECIPE, 1.0, "")


def test_exposures_weigh_the_area() -> None:
    dataset = shown(4, 1)
    wide = replace(dataset, images=(replace(dataset.images[0], width=2048), *dataset.images[1:]))
    assert mean_area(dataset, RECIPE) == 1024**2
    assert mean_area(wide, RECIPE) != 1024**2
    assert mean_area(replace(dataset, images=()), RECIPE) == 1024**2


def test_a_speed_is_read_as_it_was_written() -> None:
    assert with_facts(RECIPE, to_facts(MEASURED)) == MEASURED
    with pytest.raises(TypeError):
        with_facts(RECIPE, {"area": 1.0})
