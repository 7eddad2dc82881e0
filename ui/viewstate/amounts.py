"""How does the window write lengths of time, sizes and prices?"""

from __future__ import annotations

from datetime import datetime, timedelta

from studio.core.planner import about
from ui.i18n import tr

_UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def time_of(seconds: float) -> str:
    """`1 h 40 min`; what is nothing is a dash."""
    return about(seconds) if seconds else "–"


def size_of(count: int) -> str:
    """`23.6 GiB`."""
    for unit, name in _UNITS:
        if count >= unit:
            return f"{count / unit:,.1f} {name}" if count < 100 * unit else f"{count / unit:,.0f} {name}"
    return f"{count} B" if count else "–"


def ready_at(seconds: float, now: datetime) -> str:
    """When something ends that begins now: `today at 03:40`, or the day."""
    end = now + timedelta(seconds=seconds)
    days = (end.date() - now.date()).days
    clock = f"{end:%H:%M}"
    if days == 0:
        return tr("ready today at {time}", time=clock)
    if days == 1:
        return tr("ready tomorrow at {time}", time=clock)
    return tr("ready in {n} days, at {time}", n=days, time=clock)
