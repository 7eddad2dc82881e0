"""How is something reckoned that takes a moment, without holding up the window? In a thread beside it.

Only the answer to the last question is told: who types on asks anew, and nobody wants to hear the old answer.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from studio.core.errors import UserError

T = TypeVar("T")


class Aside(QObject):
    """One thread and its questions. `close` it before what it answers to goes."""

    _answered = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1)
        self._question, self._then, self._failed = 0, None, None
        self._answered.connect(self._tell, Qt.ConnectionType.QueuedConnection)  # never before `ask` returns
        self.destroyed.connect(lambda: self.close())  # who is gone is told nothing

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._then is not None

    def ask(self, work: Callable[[], T], then: Callable[[T], object],
            failed: Callable[[UserError], object] | None = None) -> None:
        """Calls `then` with what `work` returns, or `failed` with the `UserError` that it raises."""
        self._question += 1
        self._then, self._failed = then, failed
        number = self._question
        self._pool.submit(work).add_done_callback(lambda future: self._emit(number, future))

    def drop(self) -> None:
        """The answer is no longer wanted."""
        self._question += 1
        self._then = self._failed = None

    def close(self) -> None:
        self.drop()
        self._pool.shutdown(cancel_futures=True)

    def _emit(self, number: int, future: Future) -> None:
        if number == self._question and not future.cancelled():
            self._answered.emit(number, future)

    def _tell(self, number: int, future: Future) -> None:
        if number != self._question:
            return
        then, failed = self._then, self._failed
        self._then = self._failed = None
        try:
            answer = future.result()
        except UserError as error:
            if failed:
                failed(error)
            return
        then(answer)
