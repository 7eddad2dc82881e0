"""What a watched run says of itself is what folding its journal says, however it was read and however long it is."""

import math
import random
from pathlib import Path

import numpy as np
import pytest

from studio.core.events import (
    CheckpointSaved,
    Event,
    Finished,
    PreviewReady,
    Started,
    StepDone,
    Telemetry,
    stamped,
)
from studio.core.fold import fold
from studio.store import feed
from studio.store.feed import Feed
from studio.store.journal import Journal
from ui.viewstate.live_run import LiveRun
from ui.viewstate.series import Curve, columns_of


def step(number: int, loss: float = 0.1, **facts) -> StepDone:
    return StepDone(number, 1 + number // 10, loss, 1e-4, 0.5, 8 * number, **facts)


def write(path: Path, *events: Event, attempt: int = 1) -> None:
    with Journal(path) as journal:
        for number, event in enumerate(events):
            journal.append(stamped(event, 100.0 + number, event.attempt if event.attempt > 1 else attempt))


def read(path: Path) -> LiveRun:
    live, source = LiveRun("0001"), Feed(path)
    for heard in source.read():
        live.take(heard)
    return live


def crashed(path: Path) -> list[Event]:
    """Two attempts, of which the first had gone on after what the second begins from."""
    write(path, Started("0001", "train", 40), *(step(each) for each in range(1, 18)), PreviewReady(0, "a", 1, "p.png"))
    write(path, Started("0001", "train", 40), *(step(each, 0.2) for each in range(11, 25)), attempt=2)
    write(path, *(step(each, 9.9) for each in range(20, 30)), attempt=1)  # a line that came too late
    write(path, CheckpointSaved(2, 20, "c", "s"), Telemetry(1, 2, 3), step(25, math.nan), Finished(), attempt=2)
    return []


@pytest.mark.parametrize("block", [200, 999, 2**22])
def test_it_says_what_folding_the_journal_says(tmp_path: Path, monkeypatch, block: int) -> None:
    monkeypatch.setattr(feed, "BLOCK", block)
    crashed(path := tmp_path / "journal.jsonl")
    live = read(path)
    from studio.store import journal
    folded = fold(journal.read(path))
    assert live.curve.steps.tolist() == [each.step for each in folded.steps]
    np.testing.assert_allclose(live.curve.losses, [each.loss for each in folded.steps], rtol=1e-6)
    assert (live.step, live.epoch, live.exposures) == (folded.step, folded.epoch, folded.exposures)
    for name in ("course", "checkpoints", "previews", "telemetry"):
        assert getattr(live.state, name) == getattr(folded, name)


def test_a_journal_is_read_on_from_where_it_ended_and_a_torn_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, Started("0001", "train", 9), step(1))
    live, source = LiveRun("0001"), Feed(path)
    for heard in source.read():
        live.take(heard)
    with path.open("ab") as file:
        file.write(b'{"event":"step_done","st')
    assert list(source.read()) == [] and live.step == 1
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - len(b'{"event":"step_done","st'))
    write(path, step(2))
    for heard in source.read():
        live.take(heard)
    assert live.step == 2 and len(live.curve) == 2


def test_a_step_of_an_overtaken_attempt_does_not_count_even_between_steps_of_the_later_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, Started("0001", "train", 9), *(step(each) for each in range(1, 4)))
    for number, attempt in ((4, 2), (5, 1), (6, 2)):
        write(path, step(number), attempt=attempt)
    from studio.store import journal
    assert read(path).curve.steps.tolist() == [each.step for each in fold(journal.read(path)).steps] == [1, 2, 3, 4, 6]


def test_a_journal_that_was_replaced_by_a_shorter_one_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, Started("0001", "train", 9), *(step(each) for each in range(1, 9)))
    source = Feed(path)
    assert [source.is_first for _ in source.read()] == [True]
    write(path, step(9))
    assert [source.is_first for _ in source.read()] == [False]
    path.unlink()
    write(path, Started("0001", "train", 9), step(1, 0.7))
    live = LiveRun("0001")
    for heard in source.read():
        assert source.is_first
        live.take(heard)
    assert live.curve.losses.tolist() == pytest.approx([0.7])


def test_a_missing_journal_is_an_empty_run(tmp_path: Path) -> None:
    assert read(tmp_path / "none.jsonl").state.status == "planned"


def test_speeds_are_told_by_bucket_the_slowest_first(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    buckets = [("512x512", 0.5), ("832x1216", 2.0)]
    rows = [StepDone(n, 1, 0.1, 1e-4, buckets[n % 2][1], n, buckets[n % 2][0]) for n in range(1, 9)]
    write(path, Started("0001", "train", 10), *rows)
    live = read(path)
    found = [(each.bucket, each.seconds, each.steps) for each in live.speeds]
    assert found == [("832x1216", 2.0, 4), ("512x512", 0.5, 4)]
    assert live.seconds_left == pytest.approx(2 * live.seconds_a_step)


def test_losses_of_single_characters_are_curves_of_their_own_and_are_taken_back_too(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, Started("0001", "train", 9), *(step(n, losses={"mira": 0.1, "suzu": 0.3}) for n in range(1, 7)))
    write(path, Started("0001", "train", 9), step(4, losses={"mira": 0.2}), attempt=2)
    live = read(path)
    found = {trigger: curve.steps.tolist() for trigger, curve in live.by_trigger.items()}
    assert found == {"mira": [1, 2, 3, 4], "suzu": [1, 2, 3]}


def columns(losses: list[float], first: int = 1):
    return columns_of([(first + place, 8 * (first + place), loss, 1e-4, 0.5, 1) for place, loss in enumerate(losses)])


def test_what_is_drawn_of_a_long_curve_has_every_peak_in_it() -> None:
    rng = random.Random(3)
    losses = [rng.random() for _ in range(50_000)]
    losses[31_337] = 7.0
    curve = Curve()
    for first in range(0, 50_000, 777):
        curve.take(columns(losses[first:first + 777], first + 1))
    band = curve.band("step", 1, 50_000, 500)
    assert not band.is_exact and len(band.x) <= 500
    assert float(np.nanmax(band.high)) == 7.0 and float(np.nanmin(band.low)) == pytest.approx(min(losses))
    near = curve.band("step", 31_300, 31_400, 500)
    assert near.is_exact and float(near.high.max()) == 7.0


def test_appending_bit_by_bit_makes_the_same_curve_as_all_at_once() -> None:
    rng = random.Random(4)
    losses = [rng.random() if rng.random() > 0.01 else math.nan for _ in range(9_000)]
    whole, bits = Curve(), Curve()
    whole.take(columns(losses))
    at = 0
    while at < len(losses):
        size = rng.randint(1, 400)
        bits.take(columns(losses[at:at + size], at + 1))
        at += size
    bits.take(columns(losses[5_000:], 5_001))  # a resumed run makes them again
    for columns_count in (100, 700):
        one, other = (each.band("step", 1, 9_000, columns_count) for each in (whole, bits))
        np.testing.assert_array_equal(one.low, other.low)
        np.testing.assert_array_equal(one.high, other.high)
    places = np.arange(0, 9_000, 7)
    np.testing.assert_allclose(whole.means(places, 50), bits.means(places, 50), rtol=1e-9)


def test_a_mean_is_that_of_the_last_steps_with_a_number() -> None:
    curve = Curve()
    curve.take(columns([1.0, math.nan, 3.0, 5.0]))
    assert curve.means(np.array([0, 1, 2, 3]), 2).tolist() == [1.0, 1.0, 3.0, 4.0]
