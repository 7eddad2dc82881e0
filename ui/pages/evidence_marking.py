"""The cells of a sheet, one after the other, and what a question needs to know of each.

Whether it is as asked, which traits are there, who wears whose, and whether the picture is lost or broken: everything
is on the disk as soon as it is said, and can be taken back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.core.evidence import BROKEN, LOST, WORN, Question, worn
from studio.core.formats import STRANGER
from studio.core.marks import CAUSE, CAUSES, KEEPER, Mark, cause, keeper
from studio.core.rubric import AS_ASKED, OBTAINED, PASSED, SCALES
from studio.jobs.evidence import Marked
from studio.store import sweeps
from studio.store.mark_folders import mark_folder
from studio.store.marks import Marks
from studio.store.workspace import Workspace
from ui import theme
from ui.i18n import tr
from ui.images.whole import WholePictures
from ui.pages.epochs_judging import judge_name, mark_words
from ui.pages.epochs_remarks import cause_text
from ui.pages.evidence_seen import more_of, name_of
from ui.session import Session
from ui.viewstate.epoch_series import PREVIEWS
from ui.viewstate.evidence_words import cause_name
from ui.widgets.basics import Elided, caption, column, icon_only, muted, push, row, title, within
from ui.widgets.segmented import Segmented
from ui.widgets.viewer import Viewer

NOBODY = ""

_LETTERS = "XCVB"   # of the causes, in their order
_BLAMED: dict[Question, tuple[str, ...]] = {"suppression": (LOST,), "strength": (BROKEN,), "bleed": (),
                                            "interaction": CAUSES}  # fmt: skip


class MarkingDialog(QDialog):
    """Shows one cell at a time. Arrows go through them, 1 2 3 say whether it is as asked, N goes to the next unmarked.
    """

    def __init__(self, session: Session, marked: Marked, question: Question, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Mark {sheet}", sheet=marked.sheet.title))
        self._session, self.marked, self.question = session, marked, question
        self.judge, self.place = judge_name(session.settings), 0
        self.cells = tuple(cell for cell in {cell.key: cell for cell in marked.cells}.values()
                           if cell.key in marked.pictures)
        self._file = Marks(_folder(session.place, marked))
        self._build()
        self.pictures.loaded.connect(self._show_picture)
        self.finished.connect(lambda _: self.pictures.close())
        session.project_closing.connect(self.reject)
        self.go_unmarked() if self.cells else None
        self.resize(980, 680)

    # What is said

    def say(self, marks: Iterable[Mark]) -> None:
        """Sets marks on the cell that is shown."""
        self._session.attempt(lambda: self._file.add(marks))
        self._show()

    def mark(self, digit: int) -> None:
        """As the digit key says, and on to the next cell that is not marked."""
        value = SCALES[OBTAINED].value_of_key(digit)
        if value is not None and self.question in ("suppression", "interaction"):
            self.say([Mark(self.key, AS_ASKED, OBTAINED, value, self.judge, time=time.time())])
            self.go_unmarked()

    def toggle(self, trait: str, mark: Callable[[bool], Mark]) -> None:
        """Says that it is so, or not any more."""
        said = self.said(trait)
        self.say([mark(not (said and said.value))])

    def undo(self) -> None:
        self._session.attempt(self._file.undo)
        self._show()

    def said(self, trait: str) -> Mark | None:
        """What was said of a trait of the cell that is shown."""
        counting = self._file.state.counting(self.judge)
        return next((mark for mark in counting if (mark.key, mark.trait) == (self.key, trait)), None)

    # Which cell

    @property
    def key(self) -> str:
        return self.cells[self.place].key

    def step(self, by: int) -> None:
        self.place = max(0, min(len(self.cells) - 1, self.place + by))
        self._show()

    def go_unmarked(self) -> None:
        """To the next cell that lacks an answer; it stays where it is when there is none."""
        order = [*range(self.place, len(self.cells)), *range(self.place)]
        self.place = next((place for place in order if not self._is_marked(place)), self.place)
        self._show()

    def _is_marked(self, place: int) -> bool:
        key, traits = self.cells[place].key, set(self._traits)
        said = {mark.trait for mark in self._file.state.counting(self.judge) if mark.key == key}
        return bool(said) and traits <= said

    @property
    def _traits(self) -> tuple[str, ...]:
        """What has to be said of every cell."""
        if self.question == "bleed":
            return tuple(f"{WORN}{owner}\t{trait}" for owner, trait in self._owned)
        return tuple(self._own_traits) if self.question == "strength" else (AS_ASKED,)

    # What it is made of

    def _build(self) -> None:
        self._owned = tuple(dict.fromkeys((*self._from_ledgers(), *self._from_marks())))
        self.pictures = WholePictures(threads=1, parent=self)
        self.viewer = Viewer(self._session.look.surround)
        self.name, self.more, self.count = Elided(), Elided(), caption("")
        self.name.setProperty("role", "title")
        self.more.setProperty("role", "caption")
        area = self._area = QScrollArea(widgetResizable=True)
        self._ask()
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(320)
        steps = row(icon_only("left", tr("Previous cell"), lambda: self.step(-1)),
                    icon_only("right", tr("Next cell"), lambda: self.step(1)),
                    push(tr("Next unmarked"), self.go_unmarked, icon="next"),
                    icon_only("undo", tr("Undo the mark"), self.undo), self.count,
                    caption(tr("Arrows go through the cells, N to the next unmarked one, U takes a mark back.")), None,
                    push(tr("Done"), self.close, main=True))
        side = column(self.name, self.more, area)
        side.setStretch(2, 1)
        middle = row(self.viewer, within(side))
        middle.setStretch(0, 1)
        layout = column(middle, steps)
        layout.setStretch(0, 1)
        layout.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        self.setLayout(layout)
        self.viewer.setFocus()

    def _ask(self) -> None:
        """Puts the questions of every trait there is."""
        self._refreshing: list[Callable[[], None]] = []
        asked = QVBoxLayout()
        asked.setSpacing(theme.SMALL)
        for part in self._questions():
            asked.addWidget(part)
        asked.addStretch(1)
        if (before := self._area.takeWidget()) is not None:
            before.hide()
            before.deleteLater()  # not at once: a field in it may have asked for this
        self._area.setWidget(within(asked))

    def _add_trait(self, text: str) -> None:
        """One more trait that every character may have."""
        if trait := text.strip():
            names = [name for name, _ in self.marked.sheet.characters] or [""]
            self._owned = tuple(dict.fromkeys((*self._owned, *((name, trait) for name in names))))
            self._ask()
            self._show()

    def _new_trait(self) -> QLineEdit:
        made = QLineEdit(placeholderText=tr("another trait, then Enter"))
        made.setAccessibleName(tr("Another trait"))
        made.returnPressed.connect(lambda: self._add_trait(made.text()))
        return made

    @property
    def _own_traits(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(trait for _, trait in self._owned)) or (AS_ASKED,)

    def _from_ledgers(self) -> Iterator[tuple[str, str]]:
        """Characters, and what gives each of them away."""
        yield from ((name, trait) for name, _ in self.marked.sheet.characters for trait in self._ledger(name))

    def _from_marks(self) -> Iterator[tuple[str, str]]:
        """What was asked of these cells before, by whomever."""
        for mark in self.marked.marks:
            if mark.trait.startswith(WORN):
                owner, _, trait = mark.trait.removeprefix(WORN).partition("\t")
                yield owner, trait
            elif self.question == "strength" and mark.is_of_trait:
                yield "", mark.trait

    def _ledger(self, name: str) -> tuple[str, ...]:
        """What gives a character away, as her ledger says."""
        found = self._session.attempt(lambda: self._session.ledger(name))
        return tuple(each.tag for each in found.traits if each.bin == "absorb" or each.giveaway) if found else ()

    def _questions(self) -> Iterable[QWidget]:
        if self.question in ("suppression", "interaction"):
            yield title(tr("As asked?"))
            yield within(row(*(self._level(digit) for digit in (1, 2, 3)), None))
        if self.question == "strength":
            yield title(tr("What is there?"))
            yield from (self._trait(trait) for trait in self._own_traits)
            yield self._new_trait()
        if self.question == "bleed":
            yield title(tr("Who wears what?"))
            if not self._owned:
                yield muted(tr("The ledgers of these characters name no trait that gives them away: name one here."),
                            wrap=True)
            yield from (self._wearer(owner, trait) for owner, trait in self._owned)
            yield self._new_trait()
        self._keys: dict[int, Callable[[], None]] = {}
        if self.question == "interaction":
            yield self._tick(tr("Keep it"), "K", KEEPER,
                             lambda is_so: keeper(self.key, is_so, self.judge, time.time()))
        for why, letter in zip(_BLAMED[self.question], _LETTERS):
            yield self._tick(cause_text(cause_name(why)), letter, CAUSE + why,
                             lambda is_so, why=why: cause(self.key, why, is_so, self.judge, time.time()))

    def _level(self, digit: int) -> QToolButton:
        value = SCALES[OBTAINED].value_of_key(digit)
        made = QToolButton(checkable=True)
        made.setText(f"{digit} {mark_words(value)[0]}")
        made.setProperty("kind", "switch")
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self.mark(digit))
        self._refreshing.append(lambda: made.setChecked(bool((of := self.said(AS_ASKED)) and of.value == value)))
        return made

    def _trait(self, trait: str) -> QWidget:
        choice = Segmented([("", tr("not said"), ""), ("1", tr("there"), ""), ("0", tr("missing"), "")], name=trait)
        choice.chosen.connect(lambda value: self.say([Mark(
            self.key, trait, PASSED, int(value) if value else None, self.judge, time=time.time())]))
        self._refreshing.append(lambda: choice.choose("" if (of := self.said(trait)) is None else str(of.value)))
        return within(column(caption(trait), row(choice, None), gap=2))

    def _wearer(self, owner: str, trait: str) -> QWidget:
        names = [name for name, _ in self.marked.sheet.characters]
        slots = [(name, name, "") for name in names] + [(STRANGER, tr("another"), ""), ("-", tr("nobody"), ""),
                                                        ("?", tr("not said"), "")]
        choice = Segmented(slots, value="?", name=tr("{trait} of {owner}", trait=trait, owner=owner))
        choice.chosen.connect(lambda slot: self.say([worn(
            self.key, owner, trait, None if slot == "?" else [NOBODY] if slot == "-" else [slot], self.judge,
            time.time())]))
        self._refreshing.append(lambda: choice.choose(_slot(self.said(f"{WORN}{owner}\t{trait}"), names)))
        return within(column(caption(tr("{trait} of {owner}", trait=trait, owner=owner)), row(choice, None), gap=2))

    def _tick(self, text: str, letter: str, trait: str, mark: Callable[[bool], Mark]) -> QCheckBox:
        made = QCheckBox(tr("{what} ({key})", what=text, key=letter))
        made.clicked.connect(lambda is_so: self.say([mark(is_so)]))
        self._keys[ord(letter)] = lambda: self.toggle(trait, mark)
        self._refreshing.append(lambda: made.setChecked(bool((of := self.said(trait)) and of.value)))
        return made

    # What is shown

    def _show(self) -> None:
        cell = self.cells[self.place]
        self.name.setText(name_of(self.marked.sheet, cell))
        self.more.setText(more_of(self.marked.sheet, cell, ()) or cell.spec.prompt)
        self.more.setToolTip(cell.spec.prompt)
        self.count.setText(tr("{n} of {all}", n=self.place + 1, all=len(self.cells)))
        for refresh in self._refreshing:
            refresh()
        near = self.cells[self.place:self.place + 4]
        self.pictures.want(self.marked.pictures[each.key] for each in near)
        self._show_picture()

    def _show_picture(self, _: object = None) -> None:
        cell = self.cells[self.place]
        pixmap = self.pictures.pixmap(self.marked.pictures[cell.key])
        self.viewer.show_picture(pixmap, cell.spec.width, cell.spec.height, keep=True)
        self.viewer.zoom_to(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self.step(steps[event.key()])
        elif Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_3:
            self.mark(event.key() - Qt.Key.Key_0)
        elif event.key() == Qt.Key.Key_N:
            self.go_unmarked()
        elif event.key() == Qt.Key.Key_U:
            self.undo()
        elif event.key() in self._keys:
            self._keys[event.key()]()
        else:
            super().keyPressEvent(event)


def _folder(place: Workspace, of: Marked) -> Path:
    """Where its marks lie: those of previews with their run."""
    if of.id == PREVIEWS:
        return place.runs / of.run
    return mark_folder(place, sweeps.find_sheet(place, of.id))


def _slot(mark: Mark | None, names: Sequence[str]) -> str:
    """The choice that a mark means."""
    if mark is None or mark.value is None:
        return "?"
    text = str(mark.value)
    return "-" if text == NOBODY else text if text in names else STRANGER
