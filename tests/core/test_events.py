import json
import math
from pathlib import Path
from typing import get_args

import pytest

from studio.core import events
from studio.core.errors import UserError
from studio.core.events import (
    CaptionWritten,
    CellReady,
    CheckpointRemoved,
    CheckpointSaved,
    Event,
    Failed,
    Finished,
    ImageImported,
    Note,
    PreviewReady,
    Progress,
    Scored,
    SnapshotSaved,
    StageDone,
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

EXAMPLES = (
    Started("0007", "train", 200, {"torch": "2.13.0", "threads": 2, "flags": ["a", "b"]}, time=1.5, attempt=2),
    Progress(3, 10, 12.5, "encoding"),
    Progress(0, 10),
    StepDone(1, 1, 0.25, 2e-5, 0.5, 8),
    StepDone(2, 1, 0.25, 2e-5, 0.5, 16, "832x1216", {"mira": 0.3, "kaix": 0.2}),
    PreviewReady(0, "1girl, mira", 42, "previews/e000/a.png"),
    PreviewReady(3, "1girl, mira", 42, "previews/s000123/a.png", 123),
    SnapshotSaved(123, 3, "checkpoints/s000123.safetensors", "ef"),
    WishAnswered(2, "epochs", 12, 80, 240),
    Telemetry(2**30, 2**34, 2**31, 61.0, 0.97),
    Telemetry(2**30, 2**34),
    CheckpointSaved(4, 80, "checkpoints/e004.safetensors", "ab"),
    CheckpointRemoved(2, "checkpoints/e002.safetensors"),
    StateSaved(80, "state/a.pt", "cd"),
    ImageImported("ab3f", "images/a.png", "Mira"),
    CaptionWritten("ab3f", "images/a.png", "1girl, mira"),
    CellReady("ff", "cells/ff.png", 0, 3, {"device": "cpu"}),
    Scored("ff", "wd", "v3", "hair intakes", 0.75),
    StageDone("tokenizers", 0.25, "the longest caption is 19 tokens", {"longest": 19}),
    Note("a line\nand another, é 雪"),
    Finished({"sheet": "sheets/0001"}),
    Stopped(),
    Failed("person", "no base", "Name one."),
)


def test_there_is_an_example_of_every_kind():
    assert {type(each) for each in EXAMPLES} == set(get_args(Event))


@pytest.mark.parametrize("event", EXAMPLES, ids=events.name_of)
def test_an_event_survives_its_line(event):
    line = to_json(event)
    assert "\n" not in line
    assert from_json(line) == event


@pytest.mark.parametrize("event", EXAMPLES, ids=events.name_of)
def test_every_line_names_its_event_its_time_and_its_attempt(event):
    facts = json.loads(to_json(event))
    assert (facts["event"], facts["time"], facts["attempt"]) == (events.name_of(event), event.time, event.attempt)


def test_what_a_step_does_not_say_takes_no_room_in_its_line():
    line = to_json(StepDone(1, 1, 0.25, 2e-5, 0.5, 8))
    assert "bucket" not in line and "losses" not in line


def test_kinds_are_called_in_snake_case():
    assert events.name_of(EXAMPLES[3]) == "step_done"


def test_stamping_says_when_and_in_which_attempt_and_nothing_else():
    assert stamped(Note("x"), 7.5, 3) == Note("x", time=7.5, attempt=3)


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_json_does_not_have_is_written_as_null(loss):
    line = to_json(StepDone(1, 1, loss, 1e-4, 0.1, 1))
    assert '"loss":null' in line
    assert math.isnan(from_json(line).loss)


def test_an_unknown_time_left_stays_unknown():
    assert from_json(to_json(Progress(1, 2))).seconds_left is None


def test_facts_may_hold_paths_and_numbers_of_every_kind():
    facts = {"sheet": Path("a") / "b.png", "rates": (0.5, math.nan), "deep": {"n": [1, 2]}}
    read = from_json(to_json(Finished(facts))).facts
    assert read == {"sheet": "a/b.png", "rates": [0.5, None], "deep": {"n": [1, 2]}}


@pytest.mark.parametrize("line", ['{"event":"step_do', "", "nonsense"])
def test_a_torn_line_is_a_value_error(line):
    with pytest.raises(ValueError):
        from_json(line)


@pytest.mark.parametrize("line", ['{"event":"danced"}', '{"text":"x"}', '{"event":"note","text":"x","colour":"red"}'])
def test_a_line_of_a_newer_studio_asks_for_an_update(line):
    with pytest.raises(UserError, match="newer studio"):
        from_json(line)
