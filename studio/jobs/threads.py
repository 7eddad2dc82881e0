"""How many threads may compute, settled once for every door and before torch is imported.

Two torch processes whose idle threads spin slow each other down a hundredfold; passive waiting costs nothing. torch
reads both variables when it is imported, so whoever opens a door calls `settle_threads` first.
"""

from __future__ import annotations

import os


def settle_threads(spare: int = 0) -> None:
    """All cores but `spare` compute, and idle threads sleep; what the person has set already stays."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores() - spare)))


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
