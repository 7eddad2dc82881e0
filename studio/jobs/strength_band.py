"""Between which strengths was a LoRA found sound? From the marks on sheets that varied its strength."""

from __future__ import annotations

from studio.core.axes import STRENGTH
from studio.core.evidence import strengths_in
from studio.core.strength import responses
from studio.store.mark_folders import mark_folders, readable_sheets
from studio.store.marks import read_marks
from studio.store.workspace import Workspace


def strength_band(place: Workspace, sha256: str) -> tuple[float, float] | None:
    """What every layout of the newest such sheet bears; None where nobody judged one, or nothing was sound."""
    sheets = readable_sheets(place)
    marks = mark_folders(sheets)
    for folder, sheet in reversed(sheets.items()):
        if STRENGTH not in (axis.name for axis in sheet.axes):
            continue
        cells = [cell for cell in sheet.expand() if sha256 in dict(cell.spec.loras)]
        found = responses(strengths_in(cells, read_marks(marks[folder]).counting()))
        if found:
            bands = [each.band for each in found if each.band]
            low, high = max((each[0] for each in bands), default=1.0), min((each[1] for each in bands), default=0.0)
            return (low, high) if len(bands) == len(found) and low <= high else None
    return None
