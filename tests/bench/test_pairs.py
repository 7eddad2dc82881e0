"""Turns are taken in turn, and neighbours are compared."""

from tests.bench.pairs import Pairs, shown_s, timed_pairs


def test_turns_alternate_and_warm_ups_are_not_counted() -> None:
    order, now = [], [0.0]

    def turn(name: str, seconds: float) -> None:
        order.append(name)
        now[0] += seconds * (10 if len(order) <= 2 else 1)

    pairs = timed_pairs(lambda: turn("a", 3), lambda: turn("b", 2), rounds=2, warm_ups=1, clock=lambda: now[0])
    assert order == ["a", "b"] * 3
    assert pairs == Pairs((3, 3), (2, 2))


def test_each_ratio_is_of_neighbours() -> None:
    assert Pairs((2.0, 30.0), (1.0, 10.0)).ratios == (2.0, 3.0)


def test_durations_are_told_in_a_fitting_unit() -> None:
    assert (shown_s(0.01234), shown_s(0.987), shown_s(12.345)) == ("12.3 ms", "987 ms", "12.35 s")
