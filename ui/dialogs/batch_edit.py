"""The dialog that changes many captions at once, after a look at every change. It makes one step that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from studio.core.batch import Cast, Wish, wished
from studio.core.errors import UserError
from studio.core.record import Record
from studio.core.tag_edits import Preview
from ui import theme
from ui.aside import Aside
from ui.dialogs.batch_edit_form import WishForm, done
from ui.dialogs.batch_edit_list import PreviewList
from ui.i18n import tr, trn
from ui.images.loader import Loader
from ui.session import Session
from ui.widgets.basics import column, line, muted, push, row, title
from ui.widgets.caption_field import Find
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented

_TYPING_MS = 180


@dataclass(frozen=True, slots=True)
class Scope:
    """Pictures that can be meant, by a name."""

    name: str
    records: tuple[Record, ...]


class BatchDialog(QDialog):
    """Shows what a wish would change while it is being put together."""

    def __init__(self, session: Session, parent: QWidget, scopes: Sequence[Scope], cast: Cast, wish: Wish = Wish(),
                 find: Find | None = None, loader: Loader | None = None) -> None:
        super().__init__(parent)
        self._session, self._scopes, self._cast = session, tuple(scopes), cast
        self._aside = Aside(self)
        self._pause = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self.setWindowTitle(tr("Edit many captions"))
        self.resize(960, 620)
        self._build(wish, find, loader)
        self._bind()
        self.look()

    @property
    def is_busy(self) -> bool:
        """Whether the list is not yet that of what is asked for."""
        return self._pause.isActive() or self._aside.is_busy

    @property
    def scope(self) -> Scope:
        """The pictures that are meant."""
        return self._scopes[int(self.scopes.value)]

    def look(self) -> None:
        """Reckons what would change."""
        wish, images, cast = self.form.wish, [each.image for each in self.scope.records], self._cast
        self._pause.stop()
        self._aside.ask(lambda: wished(wish, images, cast), self._show, self._complain)

    def carry_out(self) -> None:
        """Writes what is ticked, as one edit."""
        chosen = self.list.changes.ticked
        what = done(self.form.wish, len(chosen))
        if chosen and self._session.edit(lambda desk: desk.write(what, chosen)):
            self._session.say(what, undo=True)
            self.accept()

    def done(self, result: int) -> None:
        self._pause.stop()
        self._aside.close()
        super().done(result)

    def _build(self, wish: Wish, find: Find | None, loader: Loader | None) -> None:
        self.form, self.error = WishForm(wish, find), InlineError()
        self.list = PreviewList(loader, self._session.place.folder)
        choices = [(str(place), f"{scope.name} {len(scope.records):,}", "") for place, scope in enumerate(self._scopes)]
        first = next((place for place, scope in enumerate(self._scopes) if scope.records), 0)
        self.scopes = Segmented(choices, str(first), tr("Which pictures"))
        self._found = QLabel()
        self._found.setProperty("role", "strong")
        self._go = push(tr("Change captions"), self.carry_out, main=True)
        self._go.setDefault(True)
        left = column(title(tr("Edit many captions")), self.form, self.error, None)
        right = column(row(self.scopes, None), row(self._found, None, push(
            tr("Tick all"), lambda: self.list.changes.tick_all(True), quiet=True), push(
            tr("None"), lambda: self.list.changes.tick_all(False), quiet=True)), self.list)
        self.form.setFixedWidth(300)
        self.error.setFixedWidth(300)
        sides = row(gap=theme.LARGE)
        sides.addLayout(left)
        sides.addWidget(line(vertical=True))
        sides.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(sides, 1)
        layout.addLayout(row(muted(tr("One step: undo takes all of it back, also tomorrow.")), None,
                             push(tr("Cancel"), self.reject), self._go))

    def _bind(self) -> None:
        self.form.changed.connect(self._pause.start)
        self._pause.timeout.connect(self.look)
        self.scopes.chosen.connect(lambda value: self.look())
        self.list.changes.ticked_changed.connect(self._count)

    def _show(self, previews: Sequence[Preview]) -> None:
        self.error.clear()
        self.form.show_bad(False)
        self.list.changes.show_previews(previews)

    def _complain(self, error: UserError) -> None:
        """A wish that is not complete yet is no fault, and is told quietly."""
        self.list.changes.show_previews(())
        if self.form.is_begun:
            self.error.tell(error)
            self.form.show_bad(True)
        else:
            self.error.clear()
            self._found.setText(error.remedy)

    def _count(self) -> None:
        ticked, all_of_them = len(self.list.changes.ticked), len(self.list.changes.previews)
        self._found.setText(trn("{n} caption would change", "{n} captions would change", all_of_them) if all_of_them
                            else tr("Nothing would change"))
        self._go.setText(trn("Change {n} caption", "Change {n} captions", ticked))
        self._go.setEnabled(ticked > 0)
        self._go.setToolTip("" if ticked else tr("There is nothing to change, or nothing is ticked."))
