"""With which picture of the set is each row of previews compared? The nearest, or the one that was dropped there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal

from studio.core.errors import UserError
from studio.core.record import Record
from studio.core.reference import nearest
from studio.store.targets import choose_target, read_targets
from ui.i18n import tr
from ui.session import Session
from ui.widgets.preview_sheet import Target


class Targets(QObject):
    """The targets of some prompts, kept true while the set changes."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen = read_targets(session.place.folder)
        self._prompts: tuple[str, ...] = ()
        self._found: dict[str, Record] = {}
        session.records_changed.connect(self._look_again)

    def show(self, prompts: Iterable[str]) -> None:
        """Finds the targets of these prompts."""
        wanted = tuple(dict.fromkeys(prompts))
        if wanted != self._prompts:
            self._prompts = wanted
            self._look_again()

    @property
    def all(self) -> dict[str, Target]:
        """By prompt; one without a fitting picture is left out."""
        return {prompt: Target(record.id, self._session.place.folder / record.image.path, prompt in self._chosen)
                for prompt, record in self._found.items()}

    def record(self, prompt: str) -> Record | None:
        return self._found.get(prompt)

    def drop(self, prompt: str, mime: QMimeData) -> None:
        """Takes the dropped picture for the target of a prompt; tells why not, if it is not one of the set."""
        self._session.attempt(lambda: self._choose(prompt, self._dropped(mime)))

    def forget(self, prompt: str) -> None:
        """The nearest picture is the target again."""
        self._session.attempt(lambda: self._choose(prompt, ""))

    def is_chosen(self, prompt: str) -> bool:
        return prompt in self._chosen

    def _choose(self, prompt: str, image: str) -> None:
        self._chosen = choose_target(self._session.place.folder, prompt, image)
        self._look_again()

    def _dropped(self, mime: QMimeData) -> str:
        """The id of the dropped picture. Raises UserError if it is none of the set."""
        folder = self._session.place.folder
        ids = {(folder / record.image.path).resolve(): record.id for record in self._session.all}
        paths = [Path(url.toLocalFile()).resolve() for url in mime.urls() if url.isLocalFile()]
        for path in paths:
            if path in ids:
                return ids[path]
        raise UserError(tr("That picture is not one of the set"),
                        tr("Drop one from the data set page, or add it first."))

    def _look_again(self, _: object = None) -> None:
        if not self._session.is_open:
            return
        self._chosen = read_targets(self._session.place.folder)
        found = {prompt: self._target(prompt) for prompt in self._prompts}
        self._found = {prompt: record for prompt, record in found.items() if record}
        self.changed.emit()

    def _target(self, prompt: str) -> Record | None:
        chosen = self._session.records.of(self._chosen.get(prompt, ""))
        return chosen[0] if chosen else nearest(prompt, self._session.all, self._session.project.characters)
