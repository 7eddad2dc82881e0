"""What the window remembers from one day to the next: choices of the person, and where things stood.

`settings.json` holds the choices and may be edited by hand; `window.json` holds sizes, places and recent projects, and
whoever deletes it loses nothing but these. A file that cannot be read is put aside, and defaults take its place. They
are JSON, read by Qt: importing Python's readers would take longer than all else that is done before the first page.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QJsonDocument

from studio.store.home import home_folder

if TYPE_CHECKING:
    from ui.choices import Choices

CHOICES, STATE = "settings.json", "window.json"
MOST_RECENT = 6

_ASIDE = ".unreadable"


class Settings:
    """The choices and the state, written as soon as they change."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home_folder()
        self.troubles: tuple[str, ...] = ()
        self._chosen = self._table(CHOICES)
        self._state = self._table(STATE)

    def early(self, name: str) -> str:
        """A choice as it stands in the file, unchecked, or empty: for what cannot wait for `choices`."""
        return str(self._chosen.get(name, ""))

    @cached_property
    def choices(self) -> Choices:
        """All of them, checked."""
        from studio.core.errors import UserError
        from studio.core.knobs import build
        from ui.choices import Choices

        try:
            return build(Choices, self._chosen, CHOICES)
        except UserError as error:
            self._put_aside(CHOICES, str(error))
            return Choices()

    def choose(self, **values: object) -> None:
        """Changes some choices. Raises UserError for a value that cannot be."""
        from studio.core.knobs import build, to_mapping
        from ui.choices import Choices

        self.choices = build(Choices, to_mapping(self.choices) | values, CHOICES)
        self._chosen = to_mapping(self.choices)
        self._write(CHOICES, self._chosen)

    def state(self, name: str, default: object = "") -> object:
        """What was remembered under a name, if it is of the kind of `default`."""
        found = self._state.get(name, default)
        return found if type(found) is type(default) else default

    def remember(self, **values: object) -> None:
        """Keeps texts, numbers, truths or lists of these under names."""
        if any(self._state.get(name) != value for name, value in values.items()):
            self._state.update(values)
            self._write(STATE, self._state)

    @property
    def recent(self) -> tuple[Path, ...]:
        """The folders of projects that were open, the last one first; they may be gone."""
        return tuple(Path(each) for each in self.state("recent", []) if isinstance(each, str))

    def opened(self, folder: Path) -> None:
        """A project was opened: it is the most recent one now."""
        others = [str(each) for each in self.recent if each != folder]
        self.remember(recent=[str(folder), *others][:MOST_RECENT])

    def forget(self, folder: Path) -> None:
        """Takes a project off the list; its folder stays."""
        self.remember(recent=[str(each) for each in self.recent if each != folder])

    def _table(self, name: str) -> dict[str, object]:
        path = self.folder / name
        try:
            table = QJsonDocument.fromJson(path.read_bytes()).toVariant() if path.is_file() else {}
        except OSError as error:
            return self._put_aside(name, error.strerror)
        return table if isinstance(table, dict) else self._put_aside(name, "it is damaged")

    def _put_aside(self, name: str, why: str) -> dict[str, object]:
        path = self.folder / name
        with suppress(OSError):
            path.replace(path.with_name(name + _ASIDE))
        self.troubles += (f"{path} could not be read and was put aside: {why}",)
        return {}

    def _write(self, name: str, table: dict[str, object]) -> None:
        """A window whose memory cannot be written works on; it forgets."""
        import json

        from studio.store.atomic import write_atomic

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomic(self.folder / name, json.dumps(table, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            self.troubles += (f"{self.folder / name} could not be written: {error.strerror}",)
