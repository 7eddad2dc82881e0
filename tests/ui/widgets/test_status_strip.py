"""The strip tells what runs, how far it is and how long it still takes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ui.widgets.job_row import time_left
from ui.widgets.status_strip import StatusStrip


@pytest.mark.parametrize("seconds, said", [
    (None, ""), (0.2, "1 s left"), (59, "59 s left"), (60, "1 min left"), (4320, "1 h 12 min left"), (3600, "1 h 0 min left"),
])
def test_time_is_told_as_people_say_it(seconds: float | None, said: str) -> None:
    assert time_left(seconds) == said


def test_a_job_is_shown_from_its_queue_to_its_end(app, slow_job) -> None:
    strip = app.window.findChild(StatusStrip)
    assert strip.text == "Ready"
    first, second = app.session.run(slow_job, "Training Mira"), app.session.run(slow_job, "Training Suzu")
    app.finish(lambda: first.course.progress is not None)
    assert strip.text == "Training Mira · 41 of 120 steps" and strip.row.left.text() == "1 h 12 min left"
    assert strip.turns.isVisible() and strip.turns.text() == "queue 1"
    QTest.mouseClick(strip.turns, Qt.MouseButton.LeftButton)
    assert strip.queue.isVisible() and strip.queue.tasks == (first, second)
    strip.queue.menu(second).actions()[-1].trigger()
    strip.row.stop.click()
    assert "stopping" in strip.text and not strip.row.stop.isEnabled()
    app.finish()
    assert second.course.status == "stopped" and "stopped, what was done is kept" in strip.text
    assert not strip.row.stop.isVisible() and not strip.turns.isVisible()
