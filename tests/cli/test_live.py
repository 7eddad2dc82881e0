"""How events are told to people and to programs."""

import io
import json

from studio.cli.live import JsonLines, LiveLine, duration, progress_line, sentence
from studio.core.events import CheckpointSaved, Failed, Finished, Note, Progress, StepDone, Stopped, from_json


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_json_is_one_event_a_line_that_reads_back() -> None:
    out = io.StringIO()
    events = [Note("a\nb"), Finished({"path": "x"})]
    for event in events:
        JsonLines(out)(event)
    assert [from_json(line) for line in out.getvalue().splitlines()] == events
    assert all(isinstance(json.loads(line), dict) for line in out.getvalue().splitlines())


def test_steps_stand_beside_exposures_and_the_time_left() -> None:
    step = StepDone(41, 3, 0.0812, 1e-3, 1.1, 328)
    line = progress_line(Progress(41, 96, 150.0, "step"), step)
    assert line == "step 41/96 · epoch 3 · 328 exposures · loss 0.081 · 1.1 s/step · 2 min left"


def test_other_progress_says_nothing_of_steps() -> None:
    assert progress_line(Progress(2, 4, None, "image"), StepDone(1, 1, 0.1, 1e-3, 1.0, 1)) == "image 2/4"


def test_a_terminal_draws_over_its_line_and_keeps_what_matters() -> None:
    out = Terminal()
    live = LiveLine(out, clock=iter((0.0, 1.0, 2.0)).__next__)
    for event in (Progress(1, 3, what="image"), Progress(2, 3, what="image"), Note("kept")):
        live(event)
    assert out.getvalue() == "\r\x1b[Kimage 1/3\r\x1b[Kimage 2/3\r\x1b[Kkept\n"


def test_a_file_gets_a_line_now_and_then_and_the_last_one() -> None:
    out = io.StringIO()
    live = LiveLine(out, clock=iter((0.0, 1.0, 11.0, 11.5)).__next__)
    for done in (1, 2, 3, 4):
        live(Progress(done, 4, what="image"))
    assert out.getvalue().splitlines() == ["image 1/4", "image 3/4", "image 4/4"]


def test_errors_end_with_what_to_do() -> None:
    assert sentence(Failed("person", "No base", "Name one.")) == "error: No base. Name one."


def test_milestones_are_worth_a_line() -> None:
    assert sentence(CheckpointSaved(2, 40, "checkpoints/e002.safetensors", "ab")) == (
        "epoch 2 saved as checkpoints/e002.safetensors (step 40)")
    assert sentence(Finished({"sheet": "s.png"})) == "done: s.png"
    assert "saved" in sentence(Stopped())
    assert sentence(StepDone(1, 1, 0.1, 1e-3, 1.0, 1)) == ""


def test_durations_are_short() -> None:
    assert [duration(seconds) for seconds in (40.4, 180, 4320)] == ["40 s", "3 min", "1 h 12 min"]


def test_a_name_from_elsewhere_moves_no_cursor() -> None:
    out = io.StringIO()
    LiveLine(out)(Note("a\x1b[2J\rb\tc\nd\x9b"))
    assert out.getvalue() == "a\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}b\tc\nd\N{REPLACEMENT CHARACTER}\n"


def test_a_time_that_nobody_knows_is_said_to_be_unknown() -> None:
    assert duration(float("nan")) == duration(float("inf")) == "unknown time"
