"""Where does a project keep what waits to be done?

`queue.json` holds it, replaced as a whole with each change, so that it outlives the program. One that cannot be read is
set aside and told of; it never keeps a project from opening.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from studio.core.errors import UserError
from studio.core.orders import Order, OrderStatus, Queue, from_facts, to_facts
from studio.store.atomic import write_atomic

NAME = "queue.json"

_SPOILT = ".damaged"
_MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, RecursionError, UserError)


class QueueFile:
    """The queue of a project on disk. Whoever has the project open has this once.

    `queue` is what the file says; each verb changes both. `trouble` is a sentence where the file could not be read.
    `put` writes the file for somebody who cannot wait for the disk: then it says what the queue says a moment later.
    """

    def __init__(self, folder: Path, put: Callable[[Path, str], object] | None = None) -> None:
        self._path, self._put = folder / NAME, put
        self.trouble = ""
        self.queue = self._read()

    def add(self, order: Order, after: str = "") -> str:
        """Puts an order at the end and returns its id; `after` is the id of the one it waits for."""
        self._write(self.queue.add(order, after))
        return self.queue.entries[-1].id

    def move(self, id: str, place: int) -> None:
        """To that place, from 0."""
        self._write(self.queue.move(id, place))

    def hold(self, id: str, after: str) -> None:
        """Lets it wait for another one; for none with an empty id."""
        self._write(self.queue.hold(id, after))

    def remove(self, id: str) -> None:
        self._write(self.queue.remove(id))

    def mark(self, id: str, status: OrderStatus, run: str = "", said: str = "") -> None:
        """Says what became of it: the run or sheet it made, the sentence it failed with."""
        self._write(self.queue.mark(id, status, run, said))

    def retry(self, id: str) -> None:
        """Lets it wait again; training goes on where it was."""
        self._write(self.queue.retry(id))

    def pause(self, paused: bool = True) -> None:
        """While it is paused nothing is begun."""
        self._write(self.queue.pause(paused))

    def _read(self) -> Queue:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return Queue()
        except OSError as error:
            self.trouble = f"{NAME} cannot be read: {error.strerror}. The queue is empty."
            return Queue()
        try:
            return from_facts(json.loads(content)).reopened()
        except _MISSHAPEN:
            self._set_aside()
            return Queue()

    def _set_aside(self) -> None:
        spoilt = self._path.with_name(NAME + _SPOILT)
        os.replace(self._path, spoilt)
        self.trouble = f"{NAME} was damaged and is now {spoilt.name}. The queue is empty."

    def _write(self, queue: Queue) -> None:
        """The file first: a full disk leaves both as they were."""
        (self._put or write_atomic)(self._path, json.dumps(to_facts(queue), ensure_ascii=False, indent=1))
        self.queue = queue
