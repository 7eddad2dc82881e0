"""Runs a job as every door does, on the CPU, and keeps what it tells."""

from collections.abc import Callable

from studio.core.events import Event
from studio.jobs.execute import Job, Ticket, execute
from studio.jobs.gpu import Gpu


def run(job: Job, stop_at: Callable[[Event], bool] = lambda event: False) -> list[Event]:
    """All events of the job, its ending the last; it is asked to stop at the first event that `stop_at` picks."""
    ticket, events = Ticket(job), []

    def listen(event: Event) -> None:
        events.append(event)
        if stop_at(event):
            ticket.stop.set()

    execute(ticket, Gpu("cpu"), listen)
    return events
