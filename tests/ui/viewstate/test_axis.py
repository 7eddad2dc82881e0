"""Round numbers stand on the axes, and what is in sight stays within what there is."""

import pytest

from ui.viewstate.axis import Range, log_ticks, number, spread, ticks


@pytest.mark.parametrize("low, high, most, found", [
    (0, 10, 5, (0, 2, 4, 6, 8, 10)), (0, 1_000_000, 4, (0, 500_000, 1_000_000)), (0.07, 0.23, 4, (0.1, 0.15, 0.2)),
])
def test_ticks_are_round_and_few(low: float, high: float, most: int, found: tuple[float, ...]) -> None:
    assert ticks(Range(low, high), most) == pytest.approx(found)


def test_ticks_of_a_logarithmic_axis_are_round_numbers_too() -> None:
    assert [round(10**each, 6) for each in log_ticks(Range(-2, 0), 9)] == [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
    assert len(log_ticks(Range(-30, 0), 5)) <= 5


@pytest.mark.parametrize("value, said", [(0, "0"), (1200, "1,200"), (0.25, "0.25"), (2e-5, "2e-5"), (3, "3")])
def test_numbers_of_an_axis_are_short(value: float, said: str) -> None:
    assert number(value) == said


def test_zooming_keeps_what_is_under_the_mouse_in_its_place() -> None:
    zoomed = Range(0, 100).zoomed(0.5, 25, 1)
    assert zoomed == Range(12.5, 62.5) and zoomed.place(25) == 0.25
    assert Range(0, 100).zoomed(1e-9, 25, 8).width == pytest.approx(8)


def test_panning_ends_at_the_ends() -> None:
    assert Range(90, 110).within(Range(0, 100)) == Range(80, 100)
    assert Range(-50, 150).within(Range(0, 100)) == Range(0, 100)


def test_a_single_value_has_room_around_it() -> None:
    assert spread(5, 5).width > 0 and spread(0, 0).width > 0
