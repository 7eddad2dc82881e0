"""How was a sheet arranged when it was last looked at? The window remembers the last ones."""

from __future__ import annotations

from ui.settings import Settings
from ui.viewstate.grid_arrangement import Arrangement, first_arrangement, from_json, to_json
from ui.viewstate.grid_sheets import GridSheet

_NAME, _MOST, _PARTS = "grid_arrangements", 60, "\t"


def recall(settings: Settings, sheet: GridSheet) -> Arrangement:
    """The last arrangement of a sheet, or how it is shown first."""
    for entry in reversed(_entries(settings)):
        folder, mark, text = entry.partition(_PARTS)
        if mark and folder == str(sheet.folder):
            return from_json(text, sheet.sheet)
    return first_arrangement(sheet.sheet)


def remember(settings: Settings, sheet: GridSheet, arrangement: Arrangement) -> None:
    head = f"{sheet.folder}{_PARTS}"
    others = [each for each in _entries(settings) if not each.startswith(head)]
    settings.remember(**{_NAME: [*others, head + to_json(arrangement)][-_MOST:]})


def _entries(settings: Settings) -> list[str]:
    return [each for each in settings.state(_NAME, []) if isinstance(each, str)]
