"""What of the captions page speaks of the whole set: its tags, the ledgers, what goes together, what lint says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QMenu

from studio.core.batch import Cast, Wish, head_count
from studio.core.contamination import Link
from studio.core.ledger import BINS, Ledger
from studio.core.query import written
from studio.core.record import Record
from ui.aside import Aside
from ui.i18n import tr
from ui.icons import icon
from ui.pages.captions_figures import SetFigures, crossed, figures
from ui.pages.dataset_lint import linting_of
from ui.session import Session
from ui.viewstate.findings import Found
from ui.widgets.contamination import told

if TYPE_CHECKING:
    from ui.pages.captions_layout import CaptionsLayout

_PAUSE_MS, _LONG_PAUSE_MS = 300, 1500  # after an edit, before the set, or a large one, is reckoned anew
_LARGE = 2000                          # pictures


class SetSide(QObject):
    """Reckons in threads of its own, and only while the page can be seen."""

    filter_wanted = Signal(str)
    batch_wanted = Signal(object, object)  # a Wish, and the records it is for; none: as the dialog says
    judged = Signal()                      # by another ledger

    def __init__(self, session: Session, parts: CaptionsLayout, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._parts = session, parts
        self.figures, self._lint = SetFigures(), linting_of(session)
        self._ledgers: dict[str, Ledger] = {}
        self._character = ""
        self._counts: dict[str, Mapping[str, int]] = {}
        self._reckoning, self._crossing = Aside(self), Aside(self)
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._is_stale = True
        self._bind()
        parts.strip.film.mark(self.found.own, self.found.gravest)
        self._read_ledgers()

    @property
    def is_busy(self) -> bool:
        """Whether something is still being reckoned."""
        return any(each.is_busy for each in (self._reckoning, self._crossing, self._lint)) or self._pause.isActive()

    @property
    def found(self) -> Found:
        """What the lint says by now."""
        return self._lint.found

    def ledgers(self, record: Record) -> tuple[Ledger, ...]:
        """Those of whom a picture shows."""
        return tuple(self._ledgers[name] for name in record.image.characters if name in self._ledgers)

    def cast(self, kind_of: Callable[[str], str]) -> Cast:
        """What batch edits have to know."""
        people = head_count(tag for tag, _ in self.figures.counts.most_common())
        return Cast(self._session.project, tuple(self._ledgers.values()), people, kind_of)

    def show_character(self, name: str) -> None:
        """Whose ledger is shown."""
        if name != self._character and name in self._ledgers:
            self._character = name
            self._show_ledger()

    def explore(self, tag: str = "") -> None:
        """Goes to the contamination explorer, or without a tag back from it."""
        if self._parts.is_exploring and not tag:
            self._parts.show_composer()
            return
        self._parts.show_explorer()
        self._cross(tag)

    def wake(self) -> None:
        """The page is seen again: what changed meanwhile is reckoned."""
        if self._is_stale:
            self._pause.start(0)

    def close(self) -> None:
        self._pause.stop()
        for signal, slot in self._heard():
            signal.disconnect(slot)
        for aside in (self._reckoning, self._crossing):
            aside.close()

    def _bind(self) -> None:
        parts = self._parts
        parts.tags.chosen.connect(self._filter_tag)
        parts.tags.menu_requested.connect(self._tag_menu)
        parts.bins.changed.connect(self._write_ledger)
        parts.bins.chosen.connect(self._filter_tag)
        parts.bins.character_chosen.connect(self.show_character)
        parts.bins.taking_out_requested.connect(self._take_out)
        parts.explorer.field_chosen.connect(lambda field: self._cross())
        parts.explorer.pictures_requested.connect(self._show_pictures)
        parts.explorer.edit_requested.connect(self._edit_link)
        parts.explorer.closed.connect(parts.show_composer)
        for signal, slot in self._heard():
            signal.connect(slot)
        self._pause.timeout.connect(self._reckon)

    def _heard(self) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        session = self._session
        return ((session.records_changed, self._outdate), (session.ledger_changed, self._ledger_changed),
                (session.project_changed, self._read_ledgers), (self._lint.changed, self._show_found))

    def _outdate(self) -> None:
        self._is_stale = True
        if self._parts.is_seen:
            self._pause.start(_PAUSE_MS if len(self._session.all) < _LARGE else _LONG_PAUSE_MS)

    def _reckon(self) -> None:
        records = self._session.all
        self._is_stale = False
        self._reckoning.ask(lambda: figures(records), self._show_figures)
        if self._parts.is_exploring:
            self._cross()

    def _show_figures(self, found: SetFigures) -> None:
        self.figures = found
        self._counts.clear()
        self._parts.tags.show_tags(found.groups)
        self._parts.composer.field.refresh_suggestions()
        self._show_ledger()

    def _show_found(self, found: Found) -> None:
        self._parts.strip.film.mark(found.own, found.gravest)

    # Tags

    def _filter_tag(self, tag: str) -> None:
        """A second click shows all pictures again."""
        line = written("tag", tag)
        self.filter_wanted.emit("" if self._parts.filter.text() == line else line)

    def _tag_menu(self, tag: str, place: QPoint) -> None:
        menu = QMenu(self._parts.tags)
        menu.addAction(icon("filter"), tr("Show its pictures"), lambda: self._filter_tag(tag))
        menu.addAction(icon("evidence"), tr("What goes together with it"), lambda: self.explore(tag))
        menu.addSeparator()
        for kind, text, name in (("rename", tr("Rename …"), "edit"), ("move", tr("Move …"), "move"),
                                 ("remove", tr("Remove …"), "trash")):
            menu.addAction(icon(name), text, lambda kind=kind: self.batch_wanted.emit(Wish(kind, tag), ()))
        menu.addSeparator()
        for bin, text in zip(BINS, (tr("Absorbed by the trigger"), tr("Varies, stays tagged"), tr("Never said"))):
            menu.addAction(text, lambda bin=bin: self._parts.bins.put(tag, bin))
        menu.popup(place)

    # Ledgers

    def _read_ledgers(self) -> None:
        names = tuple(each.name for each in self._session.project.characters)
        self._ledgers = {name: ledger for name in names if (ledger := self._session.attempt(
            lambda name=name: self._session.ledger(name)))}
        if self._character not in self._ledgers:
            self._character = next(iter(self._ledgers), "")
        self._parts.bins.show_characters(names, self._character)
        self._show_ledger()

    def _ledger_changed(self, name: str) -> None:
        self._ledgers[name] = self._session.ledger(name)
        self._show_ledger()
        self._outdate()
        self.judged.emit()

    def _show_ledger(self) -> None:
        """Counted are only her own pictures."""
        self._parts.bins.setEnabled(bool(self._character))
        if self._character:
            self._parts.bins.character.setCurrentText(self._character)
            self._parts.bins.show_ledger(self._ledgers[self._character], self._counts_of(self._character))

    def _counts_of(self, character: str) -> Mapping[str, int]:
        if len(self._ledgers) < 2:
            return self.figures.folded
        if character not in self._counts:
            tags = (tag for each in self._records_of(character) for tag in {tag.casefold() for tag in each.tags})
            self._counts[character] = Counter(tags)
        return self._counts[character]

    def _records_of(self, character: str) -> tuple[Record, ...]:
        return tuple(each for each in self._session.all if character in each.image.characters)

    def _write_ledger(self, ledger: Ledger) -> None:
        self._session.attempt(lambda: self._session.write_ledger(ledger))

    def _take_out(self, tags: tuple[str, ...]) -> None:
        self.batch_wanted.emit(Wish("remove", ", ".join(tags)), self._records_of(self._character))

    # What goes together

    def _cross(self, tag: str = "") -> None:
        records, label, explorer = self._session.all, self._parts.explorer.field, self._parts.explorer
        triggers = [each.trigger for each in self._session.project.characters]

        def show(found: Mapping) -> None:
            explorer.show_crossings(found)
            if tag:
                explorer.go_to(tag)

        self._crossing.ask(lambda: crossed(records, label, triggers), show)

    def _show_pictures(self, link: Link) -> None:
        self._parts.strip.show_records(link.images)
        self._parts.tell_list(told(link))

    def _edit_link(self, what: str, link: Link) -> None:
        """A split renames on the pictures of the cell alone; to rename is to do so on all."""
        kind = "rename" if what == "split" else what
        only = link.images if what in ("split", "remove") else ()
        self.batch_wanted.emit(Wish(kind, link.tag), tuple(only))
