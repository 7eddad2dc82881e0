"""Which process of a run is this?"""

from dataclasses import replace

import pytest

from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.core.seats import Seat, environment_of, require_parts, seat_in


def test_a_process_that_nobody_started_with_others_is_alone() -> None:
    assert seat_in({}) == Seat() and seat_in({}).is_alone and not seat_in({}).lends


def test_what_a_process_is_told_is_what_it_reads() -> None:
    seat = Seat(2, 3, 1)
    assert seat_in(environment_of(seat, "10.0.0.1", 29500)) == seat and seat.lends and not seat.is_alone


@pytest.mark.parametrize("environment", [
    {"RANK": "1"}, {"RANK": "2", "WORLD_SIZE": "2", "LOCAL_RANK": "0"}, {"RANK": "-1", "WORLD_SIZE": "2"},
    {"RANK": "one", "WORLD_SIZE": "two"},
])  # fmt: skip
def test_words_that_make_no_sense_are_no_seat(environment: dict[str, str]) -> None:
    assert seat_in(environment) == Seat()


def test_a_step_has_a_batch_for_each_process() -> None:
    recipe = replace(Recipe(), accumulation=2)
    require_parts(recipe, 1)
    require_parts(recipe, 2)
    with pytest.raises(UserError, match="too few for 3 processes") as refused:
        require_parts(recipe, 3)
    assert "--set accumulation=3" in refused.value.remedy
