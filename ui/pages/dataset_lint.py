"""When does the lint look at the set, and how without holding up the window? After each change, in a thread of its own.

It looks once for all pages: `linting_of` is the one that belongs to the open project.

What changes while it looks is looked at in the next round; a window that is busy gets a round when it comes to rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from studio.core.coverage import Probed
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

if TYPE_CHECKING:
    from studio.jobs.evidence import Reader

_REST_MS = 200


def linting_of(session: Session) -> Linting:
    """The lint of the open project."""
    return session.findChild(Linting) or Linting(session)


class Linting(QObject):
    """The findings of the open project, kept true until it is closed."""

    counted = Signal()        # `shown` is true again
    changed = Signal(object)  # Found
    _shown = Signal(object)           # both from the thread
    _looked = Signal(object, object, object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.found, self.has_looked = Found(), False
        self.alike: tuple[tuple[str, ...], ...] = ()         # ids of images that look almost the same
        self.shown: Mapping[str, tuple[Showing, ...]] = {}  # what each character shows in each image
        self.probed: Probed = {}                             # what the base draws by itself, by marks on its cells
        self._reader: Reader | None = None
        self._thread: Thread | None = None
        self._again = self._is_over = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._look)
        self._shown.connect(self._take_shown)
        self._looked.connect(self._take)
        for signal, slot in self._heard():
            signal.connect(slot)
        self.ask()

    def ask(self) -> None:
        """Something changed: look as soon as there is a moment's rest."""
        self._rest.start()

    @property
    def is_busy(self) -> bool:
        return self._rest.isActive() or self._thread is not None

    def _heard(self) -> tuple[tuple[SignalInstance, Callable[[], object]], ...]:
        session = self._session
        return ((session.records_changed, self.ask), (session.ledger_changed, self.ask),
                (session.project_closing, self._close))

    def _close(self) -> None:
        """Waits for a look that is under way; the next project gets a lint of its own."""
        self._is_over = True  # what the thread has told already is still on its way
        self._rest.stop()
        for signal, slot in self._heard():
            signal.disconnect(slot)
        if self._thread:
            self._thread.join()
        self.setParent(None)
        self.deleteLater()

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
        count = len(subject.taking_part().records)
        seen = found(findings(replace(subject, alike=same), settings), count)
        self._looked.emit(seen, same, self._probe(place))

    def _probe(self, place: Workspace) -> Probed:
        """What the marks of all sheets say of the base; in the thread. Damage is told of where they are shown."""
        from studio.core.probing import probed
        from studio.jobs.evidence import Reader

        self._reader = self._reader or Reader()
        try:
            marked = [each for each in self._reader.sheets(place) if each.marks]
        except (UserError, OSError):
            return self.probed
        cells, marks = (each.cells for each in marked), (each.marks for each in marked)
        return probed(chain.from_iterable(cells), chain.from_iterable(marks))

    def _take_shown(self, shown: Mapping[str, tuple[Showing, ...]]) -> None:
        if not self._is_over:
            self.shown = shown
            self.counted.emit()

    def _take(self, heard: Found, same: tuple[tuple[str, ...], ...], probed: Probed) -> None:
        if self._is_over:
            return
        self._thread.join()
        self._thread, self.alike, self.found, self.has_looked = None, same, heard, True
        if probed != self.probed:
            self.probed = probed
            self.counted.emit()
        self.changed.emit(self.found)
        if self._again:
            self._again = False
            self.ask()


def recipe(session: Session) -> Recipe:
    """By which recipe the set will most likely be trained."""
    return recipe_of(session.place)
