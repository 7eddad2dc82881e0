"""How does a run stand in the tree: what is it called, what became of it, what did it change?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ui.i18n import tr

STATUS_ICONS: Mapping[str, str] = {"planned": "clock", "running": "play", "interrupted": "warning", "finished": "good",
                                   "stopped": "pause", "failed": "error", "elsewhere": "folder"}  # fmt: skip
STATUS_TONES: Mapping[str, str] = {"planned": "muted", "running": "accent", "interrupted": "doubtful",
                                   "finished": "good", "stopped": "muted", "failed": "bad",
                                   "elsewhere": "muted"}  # fmt: skip
ENDED = ("finished",)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run: `name` is "v2", `title` whom it teaches, `told` what it changed, in short, and `changes` in lines.

    `parent` is the id of the run before.
    """

    id: str
    name: str
    title: str
    status: str = "planned"
    told: str = ""
    parent: str = ""
    is_confounded: bool = False
    changes: str = ""


def status_name(status: str) -> str:
    """As people call it."""
    return {"planned": tr("has not begun"), "running": tr("running"), "interrupted": tr("interrupted"),
            "finished": tr("finished"), "stopped": tr("stopped"), "failed": tr("failed"),
            "elsewhere": tr("trained elsewhere, as far as it has come")}[status]  # fmt: skip


def tip_of(row: RunRow) -> str:
    """All there is to know of it, in lines."""
    lines = (f"{row.name} · {row.id} · {status_name(row.status)}", row.changes or row.told,
             tr("More than one thing changed: what the result comes from cannot be told.") if row.is_confounded else "")
    return "\n".join(line for line in lines if line)
