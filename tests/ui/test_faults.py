"""An exception that nobody caught: told calmly, kept in full, and the window works on."""

from pathlib import Path

from PySide6.QtTest import QSignalSpy

from studio.core.errors import UserError
from ui import faults


def test_a_bug_goes_into_the_log_and_the_window_works_on(app, capsys) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the answer")

    faults.watch(app.session)
    told = QSignalSpy(app.session.noticed)
    app.actions.add("test.broken", "Break", broken, icon="error", tip="Breaks.", group="Test")
    app.actions["test.broken"].trigger()
    log = app.settings.folder / faults.LOG
    assert "ZeroDivisionError: the answer" in log.read_text("utf-8") and told.count() == 1
    assert str(log) in told.at(0)[0].remedy and "ZeroDivisionError" not in told.at(0)[0].text
    app.actions["view.light"].trigger()
    assert app.settings.choices.appearance == "light"


def test_what_a_person_can_put_right_is_told_and_not_logged(app) -> None:
    def refused() -> None:
        raise UserError("The disk is full", "Make room.")

    faults.watch(app.session)
    told = QSignalSpy(app.session.noticed)
    app.actions.add("test.refused", "Refuse", refused, icon="error", tip="Refuses.", group="Test")
    app.actions["test.refused"].trigger()
    assert told.at(0)[0].text == "The disk is full" and not (app.settings.folder / faults.LOG).exists()


def test_an_old_log_makes_room(tmp_path: Path) -> None:
    (tmp_path / faults.LOG).write_bytes(b"x" * (2**20 + 1))
    faults.write_down(tmp_path, ValueError("new"))
    assert "ValueError: new" in (tmp_path / faults.LOG).read_text("utf-8")
    assert (tmp_path / "log.old.txt").stat().st_size > 2**20


def test_a_log_that_cannot_be_written_is_no_second_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    faults.write_down(tmp_path / "file", ValueError("lost"))


def test_a_notice_that_fails_in_turn_does_not_go_round_in_circles(app, capsys) -> None:
    def fail(notice: object) -> None:
        told.append(notice)
        raise ValueError("cannot tell")

    faults.watch(app.session)
    told = []
    app.session.noticed.connect(fail)
    app.actions.add("test.broken", "Break", lambda: 1 / 0, icon="error", tip="Breaks.", group="Test")
    app.actions["test.broken"].trigger()
    assert len(told) == 1
    app.actions["test.broken"].trigger()
    assert len(told) == 2
