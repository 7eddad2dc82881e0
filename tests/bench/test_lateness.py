"""What the bench of the window's lateness says of gaps that are known."""

import pytest

from studio.core.events import CheckpointSaved, Finished, PreviewReady, Progress, Started, StepDone
from tests.bench.lateness import (
    LOAD,
    PICTURES,
    PREVIEWS,
    REST,
    SAVING,
    START,
    STEPS,
    STOP,
    Gap,
    Mark,
    marks_of,
    phases,
    share,
    told,
    waits,
)

TOLD = (
    Started("0001", "train", 2, {}, 1.0), Progress(1, 2, what="image", time=2.0),
    StepDone(1, 1, 0.1, 1e-3, 1, 1, time=3.0), Progress(1, 2, what="step", time=3.1),
    CheckpointSaved(1, 1, "", "", time=4.0), Progress(1, 2, what="preview of epoch 1, step", time=5.0),
    PreviewReady(1, "", 1, "", 0, time=5.5), Finished({}, 6.0),
)


def test_a_gap_counts_as_the_wait_of_everybody_in_it() -> None:
    assert waits([12.0, 0.0]) == [0.0, 2.0, 7.0, 12.0]
    assert share(waits([12.0, 0.0]), 0.99) == 12.0 and share((), 0.5) == 0.0


def test_what_waited_for_a_core_is_not_the_windows_own() -> None:
    assert Gap(0.0, 50.0, 5.0, 20.0, 0.0).own == 30.0
    assert Gap(0.0, 50.0, 5.0, 20.0, 100.0).own == pytest.approx(5.0), "what it computed remains"
    assert Gap(0.0, 10.0, 0.0, 30.0, 0.0).own == 0.0


@pytest.mark.parametrize(("is_cold", "first"), [(True, LOAD), (False, START)])
def test_a_moment_belongs_to_what_the_job_was_at(is_cold: bool, first: str) -> None:
    found = [mark.phase for mark in marks_of(TOLD, is_cold)]
    assert found == [first, first, STEPS, STEPS, SAVING, PREVIEWS, PREVIEWS, STOP]
    gaps = [Gap(at, 0.0) for at in (1.5, 2.5, 3.5, 5.2, 9.0)]
    sorted_out = phases(gaps, tuple(marks_of(TOLD, is_cold)))
    assert {name: [each.at for each in found] for name, found in sorted_out.items() if found} == {
        first: [1.5], STEPS: [2.5], SAVING: [3.5], PREVIEWS: [5.2], REST: [9.0]}


def test_pictures_that_are_read_later_are_told_apart() -> None:
    marks = tuple(marks_of((*TOLD[:2], Progress(2, 2, what="image", time=2.5)), True))
    assert marks[-1] == Mark(2.5, PICTURES)


def test_the_last_lines_leave_out_import_and_load() -> None:
    found = {LOAD: [Gap(0.0, 900.0)], STEPS: [Gap(1.0, 20.0, 20.0), Gap(1.1, 1.0)]}
    lines = tuple(told(found))
    assert any(line.startswith(LOAD) and "900.0" in line for line in lines)
    assert "900" not in lines[-2] and "20.0" in lines[-2] and lines[-1].endswith("computed 20 ms")
