"""A slice of the fuzzing in `run.py`, which can go on for as long as anybody likes."""

from pathlib import Path

import pytest

from tests.fuzz.run import Result, fuzz, names, read_one, report

SEED = 7


def told(results: list[Result]) -> str:
    return "\n".join(report(results, 0))


def test_a_few_hundred_inputs_are_read_or_refused_in_a_sentence() -> None:
    results = list(fuzz(names(300), SEED, workers=1))
    assert len(results) == 300
    assert [result for result in results if result.is_finding] == [], told(results)
    assert sum(result.structured for result in results) >= 150
    assert {result.outcome for result in results} == {"accepted", "refused"}


def test_an_input_is_made_again_from_its_name(tmp_path: Path) -> None:
    for name in ("picture:3", "lora:4", "dataset:5"):
        first, second = (read_one(name, SEED, tmp_path) for _ in range(2))
        assert (first.outcome, first.structured) == (second.outcome, second.structured)


def test_a_reader_that_dies_is_a_finding_and_the_rest_is_read() -> None:
    """An unknown kind is a mistake that no reader survives."""
    results = list(fuzz(["nothing:1", "caption:1"], SEED, workers=1))
    assert [result.outcome == "crash" for result in results] == [True, False]


@pytest.mark.long
def test_ten_thousand_inputs_are_read_or_refused_in_a_sentence() -> None:
    results = list(fuzz(names(10_000), SEED))
    print("\n" + told(results))
    assert len(results) >= 10_000
    assert [result.name for result in results if result.is_finding] == []
