"""How does the window follow runs, whoever bakes them? A thread reads their journals on; here they are folded.

A run of this window, of a process that goes on without it, or of another machine whose folder is shared looks the same:
the journal is the channel. `poke` looks at once, for a run of this window that has just told something.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from studio.core.errors import UserError
from studio.core.fold import RunState
from studio.store.feed import Feed, Heard
from studio.store.journal import NAME
from studio.store.run_lock import is_running
from ui.viewstate.live_run import LiveRun

POLL_S = 0.5

_BUDGET_S = 0.010  # of one turn of the event loop


@dataclass(frozen=True, slots=True)
class _News:
    """What a look at a run brought: lines of its journal, whether somebody works on it, or why it cannot be read."""

    run: str
    heard: tuple[Heard, ...] = ()
    is_alive: bool = False
    is_anew: bool = False
    error: UserError | None = None


class RunWatch(QObject):
    """Follows the runs of `watch` until `close`. Asked from the GUI thread only."""

    changed = Signal(object)     # tuple of run ids of which something is new
    failed = Signal(object)      # a UserError: a journal that cannot be read
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: dict[str, LiveRun] = {}
        self._alive: dict[str, bool] = {}
        self._thread: _Reader | None = None
        self._left: tuple[_Reader, ...] = ()  # threads that look at nothing any more, and end when they come to it
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._take_over)
        self._arrived.connect(self._take_over, Qt.ConnectionType.QueuedConnection)

    @property
    def runs(self) -> tuple[LiveRun, ...]:
        """In the order in which they were named."""
        return tuple(self._runs.values())

    def run(self, id: str) -> LiveRun:
        return self._runs[id]

    def state(self, id: str) -> RunState:
        """The state of a run; without an end and without anybody who works on it it is interrupted."""
        state = self._runs[id].state
        if state.status == "running" and not self._alive.get(id, True):
            return replace(state, course=replace(state.course, status="interrupted"))
        return state

    def is_alive(self, id: str) -> bool:
        """Whether somebody works on it, as far as was seen."""
        return self._alive.get(id, False)

    def watch(self, folders: Mapping[str, Path]) -> None:
        """Follows these runs, by their ids, in the place of those before."""
        self._leave()
        self._runs = {id: LiveRun(id) for id in folders}
        self._alive = {}
        if folders:
            self._thread = _Reader(folders, self._arrived.emit)
            self._thread.start()

    def poke(self) -> None:
        """Looks now."""
        if self._thread:
            self._thread.wake.set()

    def close(self) -> None:
        """Follows none from here on; no file is open when it returns."""
        self._leave()
        for each in self._left:
            each.wait()
        self._left = ()

    def _leave(self) -> None:
        """Waits for nobody: the window would stand still as long as a busy machine lets the thread wait."""
        if self._thread:
            self._thread.leave()
            self._left = tuple(each for each in (*self._left, self._thread) if each.isRunning())
        self._thread = None

    def _take_over(self) -> None:
        """Folds what was read, as much as a turn of the event loop allows; the rest waits for the next one."""
        if self._thread is None:
            return
        until, news = time.perf_counter() + _BUDGET_S, self._thread.news
        changed: dict[str, None] = {}
        while news and time.perf_counter() < until:
            each = news.popleft()
            self._take(each)
            changed[each.run] = None
        if news:
            self._timer.start()
        if changed:
            self.changed.emit(tuple(changed))

    def _take(self, news: _News) -> None:
        if news.error:
            self.failed.emit(news.error)
            return
        if news.is_anew:
            self._runs[news.run] = LiveRun(news.run)
        self._runs[news.run].take(news.heard)
        self._alive[news.run] = news.is_alive


class _Reader(QThread):
    """Reads journals on. What it found stands in `news` when it calls `told`."""

    def __init__(self, folders: Mapping[str, Path], told: Callable[[], object]) -> None:
        super().__init__()
        self._folders, self._told = dict(folders), told
        self.wake, self.news = Event(), deque[_News]()
        self._is_over = False

    def leave(self) -> None:
        """Ends before the next look."""
        self._is_over = True
        self.wake.set()

    def run(self) -> None:
        feeds = {id: Feed(folder / NAME) for id, folder in self._folders.items()}
        alive: dict[str, bool] = {}
        while not self._is_over:
            self.wake.clear()
            for id, feed in tuple(feeds.items()):
                if not self._look(id, feed, alive):
                    del feeds[id]
            self.wake.wait(POLL_S)

    def _look(self, id: str, feed: Feed, alive: dict[str, bool]) -> bool:
        """Whether somebody lives is asked before reading: who ends in between has written its end by then."""
        is_alive = is_running(self._folders[id])
        try:
            for heard in feed.read():
                self._tell(_News(id, heard, True, feed.is_first))
                if self._is_over:
                    return False
        except (UserError, OSError) as error:
            told = error if isinstance(error, UserError) else UserError(f"{self._folders[id]} cannot be read: {error}")
            self._tell(_News(id, error=told))
            return False
        if alive.get(id) != is_alive:
            alive[id] = is_alive
            self._tell(_News(id, is_alive=is_alive))
        return True

    def _tell(self, news: _News) -> None:
        self.news.append(news)
        self._told()
