import pytest

from studio.core.events import (
    CellReady,
    CheckpointRemoved,
    CheckpointSaved,
    Failed,
    Finished,
    Note,
    PreviewReady,
    Progress,
    Scored,
    SnapshotSaved,
    Started,
    StateSaved,
    StepDone,
    Stopped,
    Telemetry,
    WishAnswered,
    from_json,
    stamped,
    to_json,
)
from studio.core.fold import Course, RunState, fold, fold_course, fold_sheet


def started(attempt=1):
    return Started("0007", "train", 6, {"threads": 2}, time=float(attempt), attempt=attempt)


def step(number, attempt=1, loss=None):
    epoch = (number - 1) // 2 + 1
    return StepDone(number, epoch, loss or 1 / number, 1e-4, 0.5, number * 4, time=10.0, attempt=attempt)


def saved(epoch, attempt=1):
    return CheckpointSaved(epoch, epoch * 2, f"e{epoch:03}.safetensors", "ab", attempt=attempt)


SMOOTH = (
    started(),
    *(step(1), step(2), saved(1)),
    *(step(3), step(4), saved(2)),
    *(step(5), step(6), saved(3)),
    Finished(),
)


def test_without_events_a_run_is_planned():
    assert fold(()) == RunState()
    assert fold(()).status == "planned"


@pytest.mark.parametrize(
    ("events", "alive", "status"),
    [
        ((started(),), True, "running"),
        ((started(), step(1)), True, "running"),
        ((started(), step(1)), False, "interrupted"),
        ((started(), Finished()), False, "finished"),
        ((started(), Stopped()), True, "stopped"),
        ((started(), Failed("device", "lost")), True, "failed"),
        ((), False, "planned"),
        ((started(), Stopped(), started(2)), True, "running"),
        ((started(), Failed("bug", "x"), started(2), stamped(Finished(), 3.0, 2)), True, "finished"),
    ],
)
def test_the_status_is_folded(events, alive, status):
    assert fold(events, alive=alive).status == status


def test_a_run_knows_where_it_is():
    state = fold(SMOOTH[:6])
    assert (state.step, state.epoch, state.exposures, state.seconds) == (4, 2, 16, 2.0)
    assert state.losses == ((1, 1.0), (2, 1 / 2), (3, 1 / 3), (4, 1 / 4))
    assert (state.course.total, state.course.job, state.course.facts) == (6, "0007", {"threads": 2})


def test_steps_that_a_crash_made_run_twice_count_once_and_the_later_ones_count():
    crashed = (started(), step(1), step(2), saved(1), step(3, loss=9.0), step(4, loss=9.0))
    resumed = (started(2), *(stamped(event, 1.0, 2) for event in SMOOTH[4:]))
    state, smooth = fold(crashed + resumed), fold(SMOOTH)
    assert state.losses == smooth.losses
    assert state.exposures == smooth.exposures
    assert [each.epoch for each in state.checkpoints] == [1, 2, 3]
    assert state.attempt == 2


def test_a_resumed_run_stands_at_its_own_step_and_not_at_that_of_the_crash():
    state = fold((started(), step(1), step(2), step(3), step(4), started(2), step(2, attempt=2)))
    assert state.step == 2


def test_a_late_word_of_an_attempt_that_was_overtaken_is_passed_over():
    assert fold((started(), step(1), started(2), step(1, attempt=2, loss=0.5), step(2))).losses == ((1, 0.5),)


def test_a_checkpoint_saved_again_replaces_the_first():
    again = CheckpointSaved(1, 2, "e001.safetensors", "new", attempt=2)
    assert [each.sha256 for each in fold((started(), saved(1), started(2), again)).checkpoints] == ["new"]


def test_a_removed_checkpoint_is_no_longer_listed_until_it_is_saved_again():
    removed = CheckpointRemoved(1, "e001.safetensors")
    events = (started(), saved(1), saved(2), removed)
    assert [each.epoch for each in fold(events).checkpoints] == [2]
    again = (started(2), saved(1, attempt=2))
    assert [each.epoch for each in fold(events + again).checkpoints] == [1, 2]
    assert fold(again, fold(events)) == fold(events + again)


def test_a_removal_told_by_an_overtaken_attempt_counts_for_nothing():
    events = (started(), saved(1), started(2), saved(1, attempt=2), CheckpointRemoved(1, "e001.safetensors"))
    assert [each.epoch for each in fold(events).checkpoints] == [1]


def test_previews_are_kept_by_epoch_prompt_and_seed():
    previews = [PreviewReady(epoch, prompt, seed, "x.png") for epoch in (0, 1) for prompt in "ab" for seed in (1, 2)]
    assert fold(previews + previews).previews == tuple(previews)


def test_previews_that_somebody_asked_for_stand_beside_those_of_the_epoch():
    asked, at_end = PreviewReady(1, "a", 1, "s.png", step=5), PreviewReady(1, "a", 1, "e.png")
    assert fold([asked, at_end, asked]).previews == (asked, at_end)


def test_a_snapshot_is_no_checkpoint_of_its_epoch():
    snapshot = SnapshotSaved(5, 1, "s000005.safetensors", "x")
    state = fold((started(), saved(1), snapshot))
    assert [each.path for each in state.checkpoints] == [saved(1).path] and state.snapshots == (snapshot,)


def test_the_length_that_was_granted_last_holds_also_after_a_new_start():
    longer, refused = WishAnswered(1, "epochs", 4, 3, 16), WishAnswered(2, "epochs", 9, 3, granted=False)
    state = fold((started(), longer, refused))
    assert (state.epochs, state.length, state.answered) == (4, 16, {1, 2})
    assert fold((started(2),), state).epochs == 4


def test_without_a_wish_the_recipe_s_length_holds():
    state = fold((started(),))
    assert (state.epochs, state.answered, state.length) == (0, set(), state.course.total)


def test_readings_of_the_machine_are_kept_in_order():
    first, second = Telemetry(1, 10, time=1.0), Telemetry(2, 10, time=2.0)
    assert fold((second,), fold((first,))).telemetry == (first, second)


def test_a_few_steps_are_folded_onto_many_without_touching_them():
    known = fold([started(), *(step(number) for number in range(1, 9))])
    again = fold((started(2), step(6, attempt=2)), known)
    assert [each.step for each in again.steps] == [1, 2, 3, 4, 5, 6] and again.steps[-1].attempt == 2
    assert again.steps[0] is known.steps[0]
    assert fold((Note("hello"),), known).steps is known.steps


def test_states_notes_and_progress_are_kept():
    events = (started(), StateSaved(2, "state/a.pt", "x"), Note("hello"), Progress(1, 2, 3.0, "previews"), Note("bye"))
    state = fold(events)
    assert [each.path for each in state.states] == ["state/a.pt"]
    assert state.course.notes == ("hello", "bye")
    assert state.course.progress == Progress(1, 2, 3.0, "previews")


def test_a_failure_is_kept_until_the_next_start():
    failed = Failed("person", "no base", "Name one.", time=5.0)
    assert fold((started(), failed)).course.failure == failed
    assert fold((started(), failed, started(2))).course.failure is None


def test_what_a_job_ended_with_is_kept():
    assert fold((started(), Finished({"sheet": "x"}))).course.result == {"sheet": "x"}


@pytest.mark.parametrize("cut", range(len(SMOOTH) + 1))
def test_a_live_screen_and_a_reopened_one_agree(cut):
    assert fold(SMOOTH[cut:], fold(SMOOTH[:cut])) == fold(SMOOTH)


def test_a_run_watched_one_event_at_a_time_agrees_with_its_file():
    live = RunState()
    for event in SMOOTH:
        live = fold((event,), live)
    assert live == fold(from_json(to_json(event)) for event in SMOOTH)


def test_a_run_that_was_thought_dead_and_speaks_again_runs():
    dead = fold((started(), step(1)), alive=False)
    assert fold((step(2),), dead).status == "running"


def test_a_sheet_keeps_the_last_picture_of_each_place_and_every_judges_word():
    cells = [CellReady(key, f"{key}.png", 0, column) for column, key in enumerate("ab")]
    scores = [Scored("a", "wd", version, "smile", value) for version, value in (("1", 0.1), ("2", 0.2), ("1", 0.3))]
    state = fold_sheet((Started("s", "sheet", 2), *cells, CellReady("c", "c.png", 0, 1), *scores, Finished()))
    assert [cell.key for cell in state.cells] == ["a", "c"]
    assert [(score.version, score.value) for score in state.scores] == [("1", 0.3), ("2", 0.2)]
    assert (state.status, state.course.total) == ("finished", 2)


def test_any_job_has_a_course():
    course = fold_course((Started("i", "import", 3, time=1.0), Progress(3, 3, time=2.0)), Course())
    assert (course.status, course.progress.done, course.started, course.time) == ("running", 3, 1.0, 2.0)
