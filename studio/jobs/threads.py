"""How many threads may compute, settled once for every door and before torch is imported.

Two torch processes whose idle threads spin slow each other down a hundredfold; passive waiting costs nothing. torch
reads both variables when it is imported, so whoever opens a door calls `settle_threads` first.
"""

from __future__ import annotations

import os
from collections.abc import Mapping


def settle_threads(spare: int = 0, processes: int = 1) -> None:
    """All cores but `spare` compute, and idle threads sleep; what the person has set already stays.

    Several processes share the cores.
    """
    os.environ.update(settled(os.environ, spare, processes))


def settled(environment: Mapping[str, str], spare: int = 0, processes: int = 1) -> dict[str, str]:
    """An environment with both variables, as it is handed to a process that computes."""
    threads = max(1, (cores() - spare) // max(1, processes))
    return {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": str(threads), **environment}


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
