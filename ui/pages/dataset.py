"""The data set page: the pictures, what they show, what is missing, and what to mend before a night of training."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from studio.core.labels import LABEL_FIELDS
from studio.core.record import Box, Record
from studio.jobs.guess import Guess
from ui.i18n import tr
from ui.images.cache import ThumbnailCache
from ui.images.loader import Loader
from ui.pages import dataset_edits as edits
from ui.pages.dataset_actions import MENU, NEEDS_PICTURE, register
from ui.pages.dataset_details import DetailsPane
from ui.pages.dataset_gallery import GalleryPane
from ui.pages.dataset_labels import LabelPage
from ui.pages.dataset_large import LargePane
from ui.pages.dataset_lint import linting_of
from ui.pages.dataset_memory import SetAside
from ui.pages.dataset_overview import OverviewPane
from ui.pages.dataset_remedies import mend
from ui.pages.dataset_shots import Shots
from ui.pages.picture_acts import PictureActs
from ui.session import Session
from ui.widgets.basics import push
from ui.widgets.empty import Empty
from ui.widgets.panes import Panes
from ui.widgets.shot_list import ShotList

_SIDES = (288, 304)


class DatasetPage(QWidget):
    """Joins the parts; each speaks to the session or in signals that end here."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.dialog: QDialog | None = None
        self._build()
        self._bind()
        self._show_emptiness()
        self._selected()

    # What one can do here

    def open_large(self) -> None:
        """The current picture in the middle of the page."""
        if self._session.current:
            self.large.show_current()
            self._middle.setCurrentWidget(self.large)
            self.large.viewer.setFocus()

    def close_large(self) -> None:
        self._middle.setCurrentWidget(self.gallery)
        self.gallery.view.setFocus()

    def show_filtered(self, line: str) -> None:
        """The pictures of a filter line."""
        self.close_large()
        self._outer.setCurrentWidget(self._browse)
        self.gallery.show_filtered(line)

    def focus_filter(self) -> None:
        self.close_large()
        self.gallery.filter.focus()

    def toggle_crop(self) -> None:
        is_shown = self._session.actions["dataset.crop"].isChecked()
        self._session.settings.remember(training_crop=is_shown)
        self.details.show_crop(is_shown)
        self.large.show_crop(is_shown)

    def show_shots(self) -> None:
        """The pictures that are to be made."""
        self._shots.show(self.linting.found.findings, self.linting.shown)
        self._middle.setCurrentWidget(self.shot_list)

    def label_blind(self) -> None:
        """Label mode for what keeps the rules from saying which pictures are lacking."""
        if self._shots.blind:
            mend(self._session, self, self._shots.blind[0])

    def label_shown(self) -> None:
        """Label mode over the chosen pictures, or over all that are shown where less than two are chosen."""
        chosen = self._session.selected
        records = chosen if len(chosen) > 1 else self.gallery.shown
        if records:
            current = self._session.current.id if len(chosen) == 1 else ""
            self._begin_labels(records, self._session.settings.state("label_field", "framing"), current)

    def label(self, ids: Sequence[str], field: str) -> None:
        """Label mode over these pictures, for one label."""
        records = self._session.records.of(*ids)
        if records:
            self._begin_labels(records, field)

    def ask_label(self, field: str) -> QMenu | None:
        """Asks for a word by its number, for all that is chosen."""
        if not self._session.selected:
            return None
        place = self.details.labels.chip(field)
        at = None if place.isVisible() else self.gallery.view.mapToGlobal(self.gallery.view.rect().center())
        return self.details.labels.ask(field, at)

    def rate(self, stars: int) -> None:
        edits.rate(self._session, self._session.selection, stars)

    def reject(self) -> None:
        edits.reject(self._session, self._session.selected)

    def confirm(self) -> None:
        edits.confirm(self._session, self._session.selected)

    def throw_away(self) -> None:
        """The chosen pictures go; the one that follows them is chosen then."""
        rows = self.gallery.view.rows
        edits.throw_away(self._session, [record.image for record in self._session.selected])
        count = self.gallery.model.rowCount()
        if rows and count:
            self._session.select([self.gallery.model.record(min(min(rows), count - 1)).id])

    def guess(self) -> None:
        """Labels from what the captions say, as guesses."""
        job = Guess(self._session.place.folder)
        self._session.run(job, tr("Guessing labels from the tags"), lambda _: self._session.rescan())

    def guess_by(self) -> None:
        """Asks what to guess labels from."""
        from ui.dialogs.guess_labels import GuessDialog

        self.dialog = GuessDialog(self._session, self, self.gallery.shown, self._session.selected)
        self.dialog.open()

    def lint_settings(self) -> None:
        """Where the rules draw their lines, and which of them are silenced."""
        from ui.dialogs.lint_settings import LintSettingsDialog

        self.dialog = LintSettingsDialog(self._session, self)
        self.dialog.changed.connect(self.linting.ask)
        self.dialog.open()

    def go_to_caption(self) -> None:
        self._session.show_page("captions")

    # What it is made of

    def _build(self) -> None:
        session = self._session
        self.loader = Loader(ThumbnailCache(session.place.cache), parent=self)
        self._memory = SetAside(session, self)
        self.linting = linting_of(session)
        self.gallery = GalleryPane(session, self.loader)
        self.large = LargePane(session, self.loader, tr("Back to the pictures"))
        self.shot_list = ShotList()
        self._shots = Shots(session, self.shot_list)
        self.overview = OverviewPane(session, self.linting, self._shots)
        self.details = DetailsPane(session, self.loader, self.overview.lint)
        self.labels = LabelPage(session, self.loader)
        self._empty = _empty(session)
        self._middle = _stack(self.gallery, self.large, self.shot_list, self._empty)
        self._browse = Panes(session.settings, "dataset", self.overview, self._middle, self.details, widths=_SIDES)
        self._outer = _stack(self._browse, self.labels)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._outer)
        self.setFocusProxy(self.gallery.view)  # keys mean pictures from the first moment on
        self._register()

    def _register(self) -> None:
        actions = self._session.actions
        self.pictures = PictureActs(
            self._session, self, self.gallery.view, self.loader, area="dataset", group=tr("Data set"),
            open_large=self.open_large, write=self.go_to_caption, caption_key="Ctrl+E", beside=self._browse, more=MENU)
        register(self, actions, self._browse, self.gallery.view)
        self.gallery.add_tools("dataset.label", "dataset.guess-pictures", "dataset.crop", "dataset.shots")
        is_shown = bool(self._session.settings.state("training_crop", True))
        actions["dataset.crop"].setChecked(is_shown)
        self.details.show_crop(is_shown)
        self.large.show_crop(is_shown)

    def _bind(self) -> None:
        session = self._session
        for signal, slot in self._heard():
            signal.connect(slot)
        for show in (self.gallery.show_found, self.details.show_found):
            self.linting.changed.connect(show)
            show(self.linting.found)
        self.overview.filter_asked.connect(self.show_filtered)
        self.overview.labels_asked.connect(self.label)
        self.overview.shots_asked.connect(self.show_shots)
        self.overview.lint.settings_asked.connect(self.lint_settings)
        self.overview.lint.remedy_asked.connect(lambda finding: mend(session, self, finding))
        self.details.opened.connect(self.open_large)
        self.details.box_asked.connect(self._draw_box)
        self.large.closed.connect(self.close_large)
        self.large.box_drawn.connect(self._box_drawn)
        self.large.stepped.connect(self.gallery.view.step)
        self.labels.closed.connect(self._end_labels)
        self.shot_list.closed.connect(self.close_large)
        self.shot_list.labels_asked.connect(self.label_blind)
        self.shot_list.guess_asked.connect(self.guess_by)

    def _heard(self) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        session = self._session
        return ((session.records_changed, self._records_changed), (session.selection_changed, self._selected),
                (session.ledger_changed, self._ledger_changed), (session.filter_requested, self.show_filtered),
                (session.project_closing, self._close))

    # What happens

    def _records_changed(self, ids: Sequence[str]) -> None:
        self.gallery.show_changed(ids)
        self._show_emptiness()
        self.labels.refresh()
        self.details.refresh()
        self.large.refresh()

    def _selected(self) -> None:
        self.gallery.choose(self._session.selection)
        self.details.refresh()
        self.large.refresh()
        for id in NEEDS_PICTURE:
            actions = self._session.actions
            actions.enable(id) if self._session.selection else actions.disable(id, tr("No picture is chosen."))

    def _ledger_changed(self, character: str) -> None:
        self.details.refresh()

    def _begin_labels(self, records: Sequence[Record], field: str, current: str = "") -> None:
        self._outer.setCurrentWidget(self.labels)
        self.labels.begin(records, field, current)

    def _end_labels(self) -> None:
        round = self.labels.round
        if round and round.field in LABEL_FIELDS:
            self._session.settings.remember(label_field=round.field)
        self._outer.setCurrentWidget(self._browse)
        if round:
            self._session.select([round.subject.image])
        self.gallery.view.setFocus()

    def _draw_box(self, tag: str) -> None:
        self.open_large()
        self.large.draw_box(tag)

    def _box_drawn(self, tag: str, box: Box) -> None:
        current = self._session.current
        group = next((ids for ids in self.linting.alike if current.id in ids), ())
        alike = self._session.records.of(*(id for id in group if id != current.id))
        edits.place_box(self._session, current, tag, box, alike)

    def _show_emptiness(self) -> None:
        is_empty = not self._session.all
        if is_empty:
            self._middle.setCurrentWidget(self._empty)
        elif self._middle.currentWidget() is self._empty:
            self._middle.setCurrentWidget(self.gallery)

    def _close(self) -> None:
        """The project is about to be put away, and this page with it."""
        for signal, slot in self._heard():
            signal.disconnect(slot)
        self.loader.close()


def _empty(session: Session) -> Empty:
    action = session.actions["project.import"]
    return Empty("pictures", tr("No pictures yet"),
                 tr("Drop pictures, folders or ZIPs anywhere on this window. They are looked at before anything is "
                    "copied."),
                 push(action.text(), action.trigger, icon="import", main=True, tip=action.toolTip()))


def _stack(*widgets: QWidget) -> QStackedWidget:
    made = QStackedWidget()
    for widget in widgets:
        made.addWidget(widget)
    return made
