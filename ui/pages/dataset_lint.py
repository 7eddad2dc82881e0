"""When does the lint look at the set, and how without holding up the window? After each change, in a thread of its own.

What changes while it looks is looked at in the next round; a window that is busy gets a round when it comes to rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import UserError
from studio.core.lint.rules import findings
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject
from studio.core.recipe import Recipe
from studio.core.showing import Showing
from studio.core.tag_table import category_of
from studio.jobs.lint import alike, recipe_of
from studio.store.ledgers import read_ledgers
from studio.store.likenesses import Likenesses
from studio.store.lint_file import read_lint_settings
from studio.store.workspace import Workspace
from ui.session import Session
from ui.viewstate.findings import Found, found

_REST_MS = 200


class Linting(QObject):
    """The findings of the open project, kept true."""

    counted = Signal()        # `shown` is true again
    changed = Signal(object)  # Found
    _shown = Signal(object)           # both from the thread
    _looked = Signal(object, object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.found = Found()
        self.alike: tuple[tuple[str, ...], ...] = ()         # ids of images that look almost the same
        self.shown: Mapping[str, tuple[Showing, ...]] = {}  # what each character shows in each image
        self._thread: Thread | None = None
        self._again = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._look)
        self._shown.connect(self._take_shown)
        self._looked.connect(self._take)

    def ask(self) -> None:
        """Something changed: look as soon as there is a moment's rest."""
        self._rest.start()

    @property
    def is_busy(self) -> bool:
        return self._rest.isActive() or self._thread is not None

    def close(self) -> None:
        """Waits for a look that is under way."""
        self._rest.stop()
        if self._thread:
            self._thread.join()

    def _look(self) -> None:
        if self._thread is not None:
            self._again = True
            return
        place = self._session.place
        try:
            recipe, settings, ledgers = recipe_of(place), read_lint_settings(place), read_ledgers(place)
        except UserError as error:
            self._session.say_error(error)
            return
        subject = Subject(self._session.all, place.project, ledgers, recipe, category_of=category_of)
        self._thread = Thread(target=self._work, args=(subject, settings, place), name="lint", daemon=True)
        self._thread.start()

    def _work(self, subject: Subject, settings: LintSettings, place: Workspace) -> None:
        """In the thread: first what is quickly counted, then what the rules say of it."""
        self._shown.emit(subject.shown)
        same = alike(subject.records, Likenesses(place).known())
        self._looked.emit(found(findings(replace(subject, alike=same), settings)), same)

    def _take_shown(self, shown: Mapping[str, tuple[Showing, ...]]) -> None:
        self.shown = shown
        self.counted.emit()

    def _take(self, heard: Found, same: tuple[tuple[str, ...], ...]) -> None:
        self._thread.join()
        self._thread, self.alike, self.found = None, same, heard
        self.changed.emit(self.found)
        if self._again:
            self._again = False
            self.ask()


def recipe(session: Session) -> Recipe:
    """By which recipe the set will most likely be trained."""
    return recipe_of(session.place)
