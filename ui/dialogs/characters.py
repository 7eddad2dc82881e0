"""The characters of a project: what calls each, how much of an epoch each is shown, and who is shown together."""

from __future__ import annotations

import re

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QCloseEvent, QColor, QPainter
from PySide6.QtWidgets import (
    QDialog, QFormLayout, QHeaderView, QSpinBox, QStackedWidget, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget,
    QTreeWidgetItem, QVBoxLayout, QWidget,
)

from studio.core import tag_edits
from studio.core.caption import names_trigger
from studio.core.errors import UserError
from studio.core.project import Character, Group, with_character, with_group
from studio.core.query import written
from studio.core.shares import Share, shares
from ui import theme
from ui.dialogs.characters_pairs import PairPane
from ui.dialogs.characters_pictures import HerPictures
from ui.dialogs.import_previews import Previews
from ui.dialogs.new_character import CharacterForm, NewCharacterDialog
from ui.dialogs.pair_builder import open_pair_builder
from ui.dialogs.room import fit
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import column, headline, line, muted, push, row, title, within
from ui.widgets.inline_error import InlineError

_WIDTH, _HEIGHT = 1120, 640
_SHARE, _SHARE_WIDTH = 4, 132
_CAST = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


def open_characters(session: Session, parent: QWidget) -> None:
    """Opens the dialog for the open project; without one nothing happens."""
    if session.is_open:
        CharactersDialog(session, parent).open()


class CharactersDialog(QDialog):
    """A row for each character and each group; at the right the chosen one."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._previews = Previews(lambda where: (session.place.folder / where).read_bytes(), self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Characters"))
        fit(self, parent, _WIDTH, _HEIGHT)
        self._build()
        self._bind()
        self.refresh()

    def refresh(self) -> None:
        """Shows everything anew, the same one chosen."""
        if not self._session.is_open:
            return
        chosen = self._chosen
        self._list.blockSignals(True)
        self._list.clear()
        for share in shares(self._session.all, self._session.project):
            self._list.addTopLevelItem(_row(share, self._trigger(share)))
        self._list.blockSignals(False)
        self.choose(chosen or next((share.characters for share in shares((), self._session.project)), ()))
        self._tell_pairs()

    def choose(self, characters: tuple[str, ...]) -> None:
        """Chooses a character, or several together, by their names."""
        for place in range(self._list.topLevelItemCount()):
            item = self._list.topLevelItem(place)
            if set(item.data(0, _CAST)) == set(characters):
                self._list.setCurrentItem(item)
        self._show()

    # What it is made of

    def _build(self) -> None:
        self._list, self.error = _table(), InlineError()
        self._rule = muted("", wrap=True)
        new = push(tr("New character …"), self.introduce, icon="add")
        left = within(column(self._list, self._rule, row(new, None)))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._person())
        self._pages.addWidget(self._together())
        both = row(left, line(vertical=True), self._pages, gap=theme.MEDIUM)
        both.setStretch(0, 1)
        both.setStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(headline(tr("Characters")))
        layout.addLayout(both, 1)
        layout.addWidget(self.error)
        layout.addLayout(row(None, push(tr("Close"), self.accept, main=True)))

    def _person(self) -> QWidget:
        self._who = title("")
        self.form = CharacterForm(self._session.project, Character())
        self.save_button = push(tr("Save"), self.save, main=True)
        ledger = push(tr("What the trigger absorbs"), self._to_ledger, icon="captions",
                      tip=tr("Opens her identity ledger on the Captions page."))
        buttons = row(ledger, None, self.save_button)
        self.pictures = HerPictures(self._session, self._previews)
        made = within(column(self._who, self.form, theme.SMALL, buttons, self.pictures, gap=theme.MEDIUM))
        made.layout().setStretch(4, 1)
        return made

    def _together(self) -> QWidget:
        self._who_both, self.repeats = title(""), QSpinBox(minimum=1, maximum=1_000)
        self.repeats.setAccessibleName(tr("Repeats of their pictures"))
        self.repeats.setMaximumWidth(96)
        self.pairs = PairPane(self._session, self._previews, self._make_pairs)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.MEDIUM)
        form.addRow(tr("Repeats"), self.repeats)
        made = within(column(self._who_both, form, self.pairs, gap=theme.MEDIUM))
        made.layout().setStretch(2, 1)
        return made

    def _bind(self) -> None:
        self._list.currentItemChanged.connect(lambda: self._show())
        self.form.changed.connect(self._show_whether)
        self.pictures.all_asked.connect(self._to_pictures)
        self.repeats.editingFinished.connect(self._save_group)
        self._session.records_changed.connect(self.refresh)
        self._session.project_changed.connect(self.refresh)
        self._session.project_closing.connect(self.reject)

    # The chosen one

    @property
    def _chosen(self) -> tuple[str, ...]:
        item = self._list.currentItem()
        return tuple(item.data(0, _CAST)) if item else ()

    def _show(self) -> None:
        self.error.clear()
        chosen, project = self._chosen, self._session.project
        if len(chosen) == 1:
            self._who.setText(chosen[0])
            self.form.show_character(project, project.character(chosen[0]))
            self.pictures.show_character(chosen[0])
            self._pages.setCurrentIndex(0)
            self._show_whether()
        elif chosen:
            self._who_both.setText(tr("{names} together", names=" + ".join(chosen)))
            self.repeats.setValue(project.group(chosen).repeats)
            self.pairs.show_cast(chosen)
            self._pages.setCurrentIndex(1)

    def _show_whether(self) -> None:
        value = self.form.value
        is_new = bool(value.name) and value != self._session.project.character(value.name)
        self.save_button.setEnabled(is_new and self.form.is_possible)
        self.save_button.setToolTip("" if is_new else tr("Nothing is changed yet."))

    def save(self) -> None:
        """Writes the character; captions that call her by the old trigger are changed where the person wants it."""
        character = self.form.value
        old = self._session.project.character(character.name).trigger
        try:
            project = with_character(self._session.project, character)
        except UserError as error:
            self.error.tell(error)
            return
        self._session.save_project(project)
        if old != character.trigger:
            self._call_anew(character, old)
        self._session.records_changed.emit(())

    def introduce(self) -> None:
        """Asks for another character."""
        def take(character: Character) -> None:
            self._session.save_project(with_character(self._session.project, character))
            self.choose((character.name,))

        NewCharacterDialog(self, self._session.project, take).open()

    def _call_anew(self, character: Character, old: str) -> None:
        images = [record.image for record in self._session.all
                  if character.name in record.image.characters and old and names_trigger(record.caption, old)]
        if not images:
            return
        what = trn("{n} caption still says “{old}”.", "{n} captions still say “{old}”.", len(images), old=old)
        answers = (tr("Write “{new}” there", new=character.trigger), tr("Leave them"))
        if self._session.ask.choice(self, tr("The trigger has changed"), what, tr("It can be undone."), answers) == 0:
            words = rf"(?i)(?<!\w){re.escape(old)}(?!\w)"
            change = tag_edits.replace_pattern(words, character.trigger.replace("\\", r"\\"))
            named = tr("“{tags}” replaced by “{new}” in {n}", tags=old, new=character.trigger,
                       n=trn("{n} caption", "{n} captions", len(images)))
            self._session.edit(lambda desk: desk.rewrite(named, images, change))

    def _save_group(self) -> None:
        chosen = self._chosen
        if len(chosen) > 1 and self._session.project.group(chosen).repeats != self.repeats.value():
            self._session.save_project(with_group(self._session.project, Group(chosen, self.repeats.value())))
            self._session.rescan()

    def _make_pairs(self) -> None:
        self._session.attempt(lambda: open_pair_builder(self._session, self.parentWidget()))
        self.accept()

    def _to_ledger(self) -> None:
        chosen = self._chosen
        self.accept()
        self._session.show_page("captions")
        first = next((each.id for each in self._session.all if each.image.characters == chosen), None)
        if first:
            self._session.select((first,))

    def _to_pictures(self, name: str) -> None:
        self.accept()
        self._session.show_filtered(written("character", name))

    def _tell_pairs(self) -> None:
        project = self._session.project
        if len(project.characters) < 2:
            self._rule.setText(tr("With a second character, pictures of both can be made here."))
            return
        pair = sum(share.share for share in shares(self._session.all, project) if len(share.characters) > 1)
        self._rule.setText(tr("Pictures of several are {share} of an epoch. None at all lets characters bleed into "
                              "each other; about an eighth keeps them apart.", share=f"{pair:.0%}"))

    def _trigger(self, share: Share) -> str:
        return self._session.project.character(share.characters[0]).trigger if len(share.characters) == 1 else ""

    def done(self, result: int) -> None:
        """However it ends, its threads end with it."""
        self._previews.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.done(QDialog.DialogCode.Rejected)
        super().closeEvent(event)


class _Bar(QStyledItemDelegate):
    """A share as a bar with its number beside it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        share, now = float(index.data(_CAST) or 0.0), theme.current()
        painter.save()
        room = option.rect.adjusted(theme.SMALL, 0, -44, 0)
        groove = QRect(room.left(), room.center().y() - 3, room.width(), 6)
        painter.fillRect(groove, QColor(now.press))
        painter.fillRect(QRect(groove.topLeft(), groove.size()).adjusted(0, 0, -round(groove.width() * (1 - share)), 0),
                         QColor(now.accent))
        painter.setPen(QColor(now.text))
        painter.drawText(QRect(room.right() + 4, option.rect.top(), 36, option.rect.height()),
                         Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{share:.0%}")
        painter.restore()


def _table() -> QTreeWidget:
    made = QTreeWidget()
    made.setHeaderLabels([tr("Who"), tr("Trigger"), tr("Pictures"), tr("Repeats"), tr("Of an epoch")])
    made.setRootIsDecorated(False)
    made.setFont(theme.tabular(made.font()))
    made.setAccessibleName(tr("Characters and groups"))
    made.setItemDelegateForColumn(_SHARE, _Bar(made))
    for place in (2, 3):
        made.headerItem().setTextAlignment(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.header().setStretchLastSection(False)
    made.header().setMinimumSectionSize(56)
    made.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    made.header().setSectionResizeMode(_SHARE, QHeaderView.ResizeMode.Fixed)
    made.header().resizeSection(_SHARE, _SHARE_WIDTH)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def _row(share: Share, trigger: str) -> QTreeWidgetItem:
    made = QTreeWidgetItem([" + ".join(share.characters), trigger, f"{share.pictures:,}", f"{share.repeats:,}", ""])
    made.setData(0, _CAST, list(share.characters))
    made.setData(_SHARE, _CAST, share.share)
    made.setToolTip(_SHARE, tr("{n} exposures an epoch", n=f"{share.exposures:,}"))
    for place in (2, 3):
        made.setTextAlignment(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made
