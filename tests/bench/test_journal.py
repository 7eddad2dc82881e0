"""A run of a million steps is folded while somebody waits for its page."""

import time

import pytest

from studio.core.fold import fold
from tests.bench.journal import PER_EPOCH, events, measured


def test_the_figures_are_those_of_a_whole_run() -> None:
    figures = measured(PER_EPOCH * 100)
    assert figures.steps == 7_000 and min(figures.file_mib, figures.read_s, figures.fold_s, figures.live_s) > 0


@pytest.mark.long
def test_a_million_steps_are_folded_in_four_seconds_of_computing() -> None:
    known = list(events(1_000_000))
    began = time.process_time()
    state = fold(known)
    assert time.process_time() - began < 4
    assert state.step == 1_000_000 and len(state.telemetry) == 250_000
