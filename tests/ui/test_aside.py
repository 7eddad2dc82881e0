import threading

import shiboken6
from PySide6.QtCore import QObject

from studio.core.errors import UserError
from ui.aside import Aside


def test_an_answer_is_told_in_the_thread_that_asked(studio) -> None:
    aside, told = Aside(studio.session), []
    aside.ask(threading.get_ident, lambda there: told.append((there, threading.get_ident())))
    assert aside.is_busy
    studio.finish(lambda: not aside.is_busy)
    assert told[0][0] != threading.get_ident() == told[0][1]
    aside.close()


def test_only_the_last_question_is_answered(studio) -> None:
    aside, told, gate = Aside(studio.session), [], threading.Event()
    aside.ask(gate.wait, lambda _: told.append("first"))
    aside.ask(lambda: "second", told.append)
    gate.set()
    studio.finish(lambda: not aside.is_busy)
    assert told == ["second"]
    aside.close()


def test_what_a_person_has_to_mend_is_told_as_such(studio) -> None:
    aside, told = Aside(studio.session), []

    def fail() -> None:
        raise UserError("It is not there", "Look again.")

    aside.ask(fail, told.append, lambda error: told.append(error.what))
    studio.finish(lambda: not aside.is_busy)
    assert told == ["It is not there"]
    aside.close()


def test_a_closed_one_tells_nothing(application) -> None:
    owner, told = QObject(), []
    aside = Aside(owner)
    aside.ask(lambda: 1, told.append)
    aside.close()
    application.processEvents()
    assert told == []


def test_with_who_asked_gone_no_answer_is_told(application) -> None:
    asker, told = QObject(), []
    aside = Aside(asker)
    aside.ask(lambda: 1, told.append)
    shiboken6.delete(asker)
    application.processEvents()
    assert not told and not aside.is_busy
