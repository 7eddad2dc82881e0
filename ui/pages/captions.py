"""The captions page: every picture with its caption, the set's tags beside it, and what is done to many at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from studio.core.batch import Wish
from studio.core.completion import Suggestion, TagIndex, complete
from studio.core.composer import Composition, parse, render
from studio.core.errors import UserError
from studio.core.query_fields import Context, matching
from studio.core.record import Record
from studio.core.retag import origins
from studio.core.tag_edits import Preview
from ui.aside import Aside
from ui.i18n import tr
from ui.images.cache import ThumbnailCache
from ui.images.loader import Loader
from ui.pages.captions_actions import MENU, add_actions
from ui.pages.captions_figures import tag_list
from ui.pages.captions_layout import CaptionsLayout
from ui.pages.captions_set import SetSide
from ui.pages.captions_tokens import TokenCounts, read_counts
from ui.pages.captions_watch import SidecarWatch
from ui.pages.picture_acts import PictureActs
from ui.session import Session
from ui.widgets.composer import Draft, flaws

NOTHING = Draft(Composition(), "")


class CaptionsPage(QWidget):
    """Lives as long as one project is open."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._loader = Loader(ThumbnailCache(session.place.cache), threads=1, parent=self)
        self._tokens, self._listed, self._reading = TokenCounts(), TagIndex(), Aside(self)
        self._drafted: Record | None = None
        self._is_choosing = False
        self.dialog: QDialog | None = None
        self.parts = CaptionsLayout(self, session, self._loader, self.suggestions, self._count)
        self.set = SetSide(session, self.parts, self)
        self.watch = SidecarWatch(session, self)
        add_actions(self, session.actions)
        self.pictures = PictureActs(session, self, self.parts.strip, self._loader, area="captions",
                                    group=tr("Captions"), open_large=self.open_large,
                                    write=self.parts.show_composer, more=MENU)
        self._bind()
        self._fill()

    @property
    def record(self) -> Record | None:
        """The picture that is worked on."""
        return self.parts.strip.current

    @property
    def shown(self) -> tuple[Record, ...]:
        """The pictures that the filter leaves."""
        return self.parts.strip.film.records

    def suggestions(self, text: str) -> tuple[Suggestion, ...]:
        """The tags that letters may stand for."""
        return complete(text, self.set.figures.index, self._listed)

    # What a person can do

    def step(self, rows: int) -> None:
        """Goes to another picture; the focus stays where it is."""
        self.parts.composer.finish_typing()
        self.parts.strip.step(rows)

    def open_large(self) -> None:
        """The current picture in the place of its caption, with zoom."""
        if self._session.current:
            self.parts.composer.finish_typing()
            self.parts.show_large()

    def go_to_bare(self) -> None:
        """The next picture without a caption."""
        records, at = self.shown, self.parts.strip.currentIndex().row()
        order = [*range(at + 1, len(records)), *range(at + 1)]
        row = next((row for row in order if not records[row].caption.strip()), None)
        if row is None:
            self._session.say(tr("Every picture that is shown has a caption."))
        else:
            self.parts.strip.go_to(row)

    def edit_many(self, wish: Wish = Wish(), records: tuple[Record, ...] = ()) -> None:
        """Opens the batch dialog, perhaps with something in it, and for these pictures."""
        from ui.dialogs.batch_edit import BatchDialog, Scope

        self.parts.composer.finish_typing()
        scopes = [Scope(tr("These"), records)] if records else []
        scopes += [Scope(tr("All"), self._session.all), Scope(tr("Filtered"), self.shown),
                   Scope(tr("Selected"), self.parts.strip.chosen)]
        self._open(BatchDialog(self._session, self, scopes, self.set.cast(self._listed.kind_of), wish,
                               self.suggestions, self._loader))

    def compose_by_ledger(self) -> None:
        """Brings the chosen captions into the form that the ledgers want, after a look at what changes."""
        self.edit_many(Wish("ledger"), self.parts.strip.chosen)

    def tag(self) -> None:
        """Opens the dialog in which a tagger, or a language model, is let at the captions."""
        from ui.dialogs.auto_tag import AutoTagDialog

        self.parts.composer.finish_typing()
        self._open(AutoTagDialog(self._session, self, self.shown, self.parts.strip.chosen, self._loader))

    def export(self) -> None:
        """Opens the dialog that writes the set for another trainer."""
        from ui.dialogs.export_set import ExportDialog

        self.parts.composer.finish_typing()
        self._open(ExportDialog(self._session, self))

    def choose_tag_list(self) -> None:
        """Asks for a Danbooru-format CSV to complete from."""
        kinds = tr("Tag lists") + " (*.csv)"
        if chosen := self._session.ask.file(self, tr("A list of tags in Danbooru's format"), "tags", kinds):
            self._session.choose(tags_file=str(chosen))
            self.read()

    def filter(self, line: str) -> None:
        """Shows the pictures of a filter line."""
        self.parts.filter.setText(line)
        self._filter()

    def arrange(self) -> None:
        """Chips by groups, or in the caption's order."""
        by_group = self._session.actions["captions.groups"].isChecked()
        self._session.settings.remember(captions_by_group=by_group)
        self.parts.composer.arrange(by_group)

    # Hearing and telling

    def read(self) -> None:
        """The tokenizers of the base and the list of tags: both take a moment."""
        base, path = self._session.project.base, self._session.settings.choices.tags_file
        self._reading.ask(lambda: (read_counts(base), tag_list(path)), self._read, self._session.say_error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.set.wake()
        self.parts.composer.field.setFocus()

    def _bind(self) -> None:
        parts = self.parts
        parts.composer.composed.connect(self._compose)
        parts.strip.current_changed.connect(self._show_record)
        parts.strip.chosen_changed.connect(self._chose)
        parts.picture.opened.connect(self.open_large)
        parts.large.closed.connect(parts.close_large)
        for shown in (parts.picture, parts.large):
            shown.stepped.connect(self.step)
        parts.filter.textChanged.connect(parts.filter_pause.start)
        parts.filter_pause.timeout.connect(self._filter)
        parts.all_again.clicked.connect(lambda: self.filter(""))
        self.set.filter_wanted.connect(self.filter)
        self.set.batch_wanted.connect(self.edit_many)
        self.set.judged.connect(lambda: self._show_record(self.record))
        for signal, slot in self._heard():
            signal.connect(slot)

    def _heard(self) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        session = self._session
        return ((session.records_changed, self._records_changed), (session.selection_changed, self._selection_changed),
                (session.project_changed, self.read), (session.project_closing, self._close))

    def _fill(self) -> None:
        by_group = bool(self._session.settings.state("captions_by_group", True))
        self._session.actions["captions.groups"].setChecked(by_group)
        self.parts.composer.arrange(by_group)
        self.read()
        self._filter()
        self._selection_changed(self._session.selection)

    def _close(self) -> None:
        """The project goes: what was typed a moment ago is written first."""
        self.parts.composer.finish_typing()
        for signal, slot in self._heard():
            signal.disconnect(slot)
        self.watch.close()
        self.set.close()
        self._reading.close()
        self._loader.close()

    def _open(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.open()

    def _read(self, answer: tuple[TokenCounts, TagIndex]) -> None:
        self._tokens, self._listed = answer
        self.parts.composer.recount()

    def _filter(self) -> None:
        """A line that means nothing leaves the list as it is, and says why."""
        self.parts.filter_pause.stop()
        text = self.parts.filter.text()
        try:
            is_wanted = matching(text, Context(self.set.found.rules))
        except UserError as error:
            self.parts.tell_filter(error)
            return
        self.parts.tell_filter(None)
        all_of_them = self._session.all
        self.parts.strip.show_records(tuple(filter(is_wanted, all_of_them)) if text.strip() else all_of_them)
        self._chose()

    def _records_changed(self, ids: tuple[str, ...]) -> None:
        """What is worked on stays in the list, even where its filter would no longer find it."""
        if not ids:
            self._filter()
            self.watch.watch_folders()
            self._show_record(self.record)
            return
        self.parts.strip.film.renew(self._session.records.of(*ids))
        if self.record and self.record.id in ids:
            self._show_record(self.record)

    def _selection_changed(self, ids: tuple[str, ...]) -> None:
        if not self._is_choosing:
            self._is_choosing = True
            self.parts.strip.choose(ids)
            self._is_choosing = False

    def _chose(self) -> None:
        chosen, current = self.parts.strip.chosen, self.record
        self.parts.tell_counts(len(chosen), len(self.shown), len(self._session.all))
        if current and not self._is_choosing:
            self._is_choosing = True
            self._session.select([*(each.id for each in chosen if each.id != current.id), current.id])
            self._is_choosing = False
        self.parts.large.refresh()

    # The picture that is worked on

    def _show_record(self, record: Record | None) -> None:
        if self._drafted and (record is None or record.image.path != self._drafted.image.path):
            self.parts.composer.finish_typing()
        self._drafted = record
        self.parts.show_record(record)
        self.parts.composer.show_draft(self._draft(record) if record else NOTHING)
        self.watch.watch(record)
        if record:
            self.set.show_character(record.image.characters[0])

    def _draft(self, record: Record) -> Draft:
        triggers = tuple(self._session.project.character(name).trigger for name in record.image.characters)
        parts = parse(record.caption, triggers, origins(self._session.desk.state, record.id, record.tags))
        return Draft(parts, record.caption, triggers, flaws(self.set.ledgers(record)))

    def _compose(self, parts: Composition, what: str) -> None:
        record = self._drafted
        if record is None:
            return
        change = Preview(record.image, record.caption, render(parts))
        named = tr("{what} in {name}", what=what, name=record.image.path.name)
        if self._session.edit(lambda desk: desk.write(named, [change])) is None:
            self._show_record(self.record)

    def _count(self, text: str) -> str:
        return self._tokens.words(text)
