"""Where do jobs run while the window stays quick? In threads with a queue each; events come back by a mailbox.

Jobs that compute on the card wait for each other in one `GpuThread`; the others, an import or a lint, run beside them
in another. torch is imported in these threads only, by the jobs themselves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from PySide6.QtCore import QThread

if TYPE_CHECKING:
    from studio.core.events import Ending, Event
    from studio.core.fold import Course
    from studio.jobs.execute import Job, Ticket

ON_CARD = frozenset({"demo", "train", "render", "sheet", "rehearse", "check", "score", "use"})


@dataclass(slots=True, eq=False, weakref_slot=True)
class Task:
    """A job on its way through the window. `title` is what people read; `course` is folded from its events.

    `make` makes the job when its turn comes, for one that was only written down until then. `after` has to be finished
    before; where it ended otherwise, the task is held until somebody lets it go. With `frees_card` nothing of it stays
    on the card when it has ended.
    """

    number: int
    title: str
    ticket: Ticket
    course: Course
    then: Callable[[Task], object] | None = None
    quiet: bool = False
    ending: Ending | None = None
    make: Callable[[], Job] | None = None
    after: Task | None = None
    frees_card: bool = False

    @property
    def kind(self) -> str:
        return self.ticket.job.kind

    @property
    def is_for_card(self) -> bool:
        return self.kind in ON_CARD

    @property
    def run(self) -> str:
        """The id of the run that it trains; empty for anything else."""
        return self.ticket.job.folder.name if self.kind == "train" and self.ticket.job.folder else ""

    @property
    def is_held(self) -> bool:
        """Whether what has to be finished before is not, or never will be."""
        return self.after is not None and self.after.course.status != "finished"

    @property
    def is_waiting(self) -> bool:
        return self.ending is None and self.course.status == "planned"

    @property
    def is_stopping(self) -> bool:
        return self.ending is None and self.ticket.stop.is_set()

    def stop(self) -> None:
        """Asks the job to end tidily; one that waits never begins."""
        self.ticket.stop.set()


class GpuThread(QThread):
    """Runs tasks one after the other; `None` in its queue ends it."""

    def __init__(self, device: str = "auto") -> None:
        super().__init__()
        self._device = device
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._mailbox: deque[tuple[Task, Event]] = deque()

    def submit(self, task: Task) -> None:
        self._queue.put(task)
        if not self.isRunning():
            self.start()

    def drain(self) -> list[tuple[Task, Event]]:
        """What happened since the last call. Called by the GUI thread."""
        return [self._mailbox.popleft() for _ in range(len(self._mailbox))]

    def close(self) -> None:
        """Ends the thread after the task at hand."""
        self._queue.put(None)
        self.wait()

    def run(self) -> None:
        from studio.core.events import Stopped
        from studio.jobs.execute import answered, execute, exit_code
        from studio.jobs.gpu import Gpu

        gpu = Gpu(self._device)  # made and released in the thread that computes
        while (task := self._queue.get()) is not None:
            def listen(event: Event, task: Task = task) -> None:
                task.frees_card |= isinstance(event, Stopped) and event.facts.get("why") == "paused"
                self._mailbox.append((task, event))

            answered(lambda task=task, listen=listen: exit_code(execute(task.ticket, gpu, listen)), listen)
            if task.frees_card:
                gpu.evict()
        gpu.evict()
