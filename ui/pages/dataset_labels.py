"""Label mode: the picture fills the page, one key is one label, and the next picture comes by itself.

A guess stands there dashed until Enter confirms it. Pictures of several characters are asked about once for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QWidget

from studio.core.labels import CLOSED, LABEL_FIELDS
from studio.core.record import Box, Record
from ui import theme
from ui.i18n import tr, trn
from ui.images.loader import Loader
from ui.pages import dataset_edits as edits
from ui.session import Session
from ui.viewstate.labelling import Round, Subject, asked_for, begun, is_open, label_of, next_open
from ui.viewstate.words import FIELD_KEYS, MOST_KEYS, explained, field_name, words_of
from ui.widgets.basics import action_button, caption, column, muted, push, restyle, row, title, within
from ui.widgets.record_viewer import RecordViewer
from ui.widgets.segmented import Segmented

_WORD = 180  # pixels of the line for a word that is not there yet


class LabelPage(QWidget):
    """One round of labelling at a time; every answer is an edit of its own."""

    closed = Signal()

    def __init__(self, session: Session, loader: Loader) -> None:
        super().__init__()
        self._session, self._loader = session, loader
        self._ids: tuple[str, ...] = ()
        self._round: Round | None = None
        self._other: QLineEdit | None = None
        self._build()
        self._bind()

    def begin(self, records: Sequence[Record], field: str, current: str = "") -> None:
        """Asks about these pictures: from the current one on, or else from the first that lacks an answer."""
        self._ids = tuple(dict.fromkeys(record.id for record in records))
        first = begun(records, field, current)
        before = Round(first.subjects, field, len(first.subjects) - 1)
        self._round = first if current else next_open(before, self._open_ones(first)) or first
        self._fields.setVisible(field in LABEL_FIELDS)
        self._show()
        self.setFocus()

    @property
    def round(self) -> Round | None:
        """Where one is."""
        return self._round

    @property
    def words(self) -> tuple[str, ...]:
        """The words to choose from, in the order of their keys."""
        return words_of(self._round.field, self._session.all)

    def answer(self, word: str) -> None:
        """Gives the word and goes on; an empty one makes it unknown and stays."""
        edits.label(self._session, [self._round.subject], self._round.field, word)
        if word:
            self._go_on()
        else:
            self._show()

    def confirm(self) -> None:
        """Agrees to a guess and goes on; without a guess it only goes on."""
        said = label_of(self._record(), self._round.subject, self._round.field)
        if said and said.origin == "guess":
            self.answer(said.value)
        else:
            self._go_on()

    def ask_for(self, field: str) -> None:
        """Another label; the picture stays."""
        self._round = asked_for(self._round, field, self._records())
        self._show()

    def step(self, by: int) -> None:
        self._round = self._round.moved(by)
        self._show()

    def refresh(self) -> None:
        """Shows what was edited meanwhile, as by undoing."""
        if self._round and self.isVisible():
            gone = not self._session.records.of(self._round.subject.image)
            self.closed.emit() if gone else self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, key = Qt.Key, event.key()
        does: dict[int, Callable[[], None]] = {
            keys.Key_Left: lambda: self.step(-1), keys.Key_Up: lambda: self.step(-1),
            keys.Key_Right: lambda: self.step(1), keys.Key_Down: lambda: self.step(1),
            keys.Key_Return: self.confirm, keys.Key_Enter: self.confirm, keys.Key_Space: self.confirm,
            keys.Key_Escape: self.closed.emit, keys.Key_Z: self._viewer.toggle_full_size, keys.Key_N: self._ask_word,
            keys.Key_Backspace: lambda: self.answer(""), keys.Key_0: lambda: self.answer(""),
        }  # fmt: skip
        does |= {keys.Key_0 + number: self._answerer(word) for number, word in enumerate(self.words[:MOST_KEYS], 1)}
        if self._round.field in LABEL_FIELDS:
            does |= {getattr(keys, f"Key_{letter}"): self._asker(field) for field, letter in FIELD_KEYS.items()}
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        does[key]() if plain and key in does else super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Escape end typing; a line edit would pass them on, and Enter would answer twice."""
        if watched is self._other and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take_word()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.setFocus()
                return True
        return super().eventFilter(watched, event)

    # What it is made of

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Label mode"))
        self._viewer = RecordViewer(self._session, self._loader, tr("The picture that is labelled"))
        self._viewer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fields = Segmented([(field, f"{FIELD_KEYS[field]}  {field_name(field)}", "") for field in LABEL_FIELDS],
                                 name=tr("Label"))
        self._question, self._who, self._where = title(""), muted(""), muted("")
        self._where.setFont(theme.tabular(self._where.font()))
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(tr("Labelled so far"))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.SMALL)
        leave = push(tr("Done"), self.closed.emit, icon="check", tip=tr("Back to the gallery  (Esc)"))
        undo = action_button(self._session.actions["edit.undo"])
        top = row(self._fields, None, undo, leave)
        words = row(self._question, self._who, None, self._where)
        self._hint = caption("")
        foot = column(words, self._buttons, self._bar, self._hint)
        layout = column(within(top, theme.SMALL), self._viewer, within(foot, theme.MEDIUM), gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def _bind(self) -> None:
        self._fields.chosen.connect(self._field_chosen)
        self._viewer.stepped.connect(self.step)

    def _field_chosen(self, field: str) -> None:
        self.ask_for(field)
        self.setFocus()

    # Inside

    def _go_on(self) -> None:
        """To the next open one; after the last one stays and says so."""
        following = next_open(self._round, self._open_ones(self._round))
        if following:
            self._round = following
        self._show()

    def _show(self) -> None:
        record, field = self._record(), self._round.field
        self._viewer.show_record(record)
        self._viewer.show_boxes(_boxes(record, self._round.subject))
        if field in LABEL_FIELDS:
            self._fields.choose(field)
        self._show_words(record)
        self._show_place()
        self._look_ahead()

    @property
    def _is_free(self) -> bool:
        """Whether any word may be given, and not only those that are offered."""
        return self._round.field in LABEL_FIELDS and self._round.field not in CLOSED

    def _show_words(self, record: Record) -> None:
        field, subject = self._round.field, self._round.subject
        said = label_of(record, subject, field)
        mark = "?" if said is None or said.origin == "guess" else ""
        name = field_name(field)
        self._question.setText(f"{name}{mark}" if said is None else f"{name}: {said.value}{mark}")
        self._who.setText(" · ".join(filter(None, (subject.figure, record.image.path.name))))
        while (item := self._buttons.takeAt(0)) is not None:
            if item.widget():
                item.widget().hide()
                item.widget().deleteLater()
        for number, word in enumerate(self.words[:MOST_KEYS], 1):
            self._buttons.addWidget(self._word_button(number, word, said and said.value == word and said.origin or ""))
        self._hint.setText(_hint(self._is_free))
        if self._is_free:
            self._buttons.addWidget(self._other_word())
        self._buttons.addStretch(1)

    def _word_button(self, number: int, word: str, origin: str) -> QPushButton:
        made = self._plain(push(f"{number}  {word}", self._answerer(word), tip=explained(self._round.field, word)))
        restyle(made, kind="", said=origin)
        return made

    def _other_word(self) -> QLineEdit:
        self._other = QLineEdit()
        self._other.setPlaceholderText(tr("Another word …"))
        self._other.setAccessibleName(tr("Another word"))
        self._other.setMaximumWidth(_WORD)
        self._other.installEventFilter(self)
        return self._other

    def _take_word(self) -> None:
        word = self._other.text().strip()
        self.setFocus()
        if word:
            self.answer(word)

    def _plain(self, button: QPushButton) -> QPushButton:
        """Keys stay with the page, whatever was clicked."""
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _show_place(self) -> None:
        total = len(self._round.subjects)
        left = len(self._open_ones(self._round))
        self._bar.setRange(0, total)
        self._bar.setValue(total - left)
        left_text = trn("{n} left", "{n} left", left) if left else tr("all are labelled")
        self._where.setText(f"{self._round.at + 1:,} / {total:,}  ·  {left_text}")

    def _look_ahead(self) -> None:
        """The next picture is decoded while one looks at this one."""
        following = next_open(self._round, self._open_ones(self._round))
        if following and (found := self._session.records.of(following.subject.image)):
            self._loader.ask_whole(found[0].id, self._session.place.folder / found[0].image.path)

    def _open_ones(self, round: Round) -> list[Subject]:
        by_id = {record.id: record for record in self._records()}
        return [each for each in round.subjects
                if each.image in by_id and is_open(by_id[each.image], each, round.field)]

    def _records(self) -> tuple[Record, ...]:
        return self._session.records.of(*self._ids)

    def _record(self) -> Record:
        return self._session.records.of(self._round.subject.image)[0]

    def _ask_word(self) -> None:
        if self._is_free:
            self._other.setFocus()

    def _answerer(self, word: str) -> Callable[[], None]:
        return lambda: self.answer(word)

    def _asker(self, field: str) -> Callable[[], None]:
        return lambda: self.ask_for(field)


def _hint(is_free: bool) -> str:
    """What the keys do."""
    if is_free:
        return tr("Digit: the word   Enter: the guess is right, or go on   0: unknown   N: another word   "
                  "← →: without answering   Z: full size   Esc: done")
    return tr("Digit: the word   Enter: the guess is right, or go on   0: unknown   "
              "← →: without answering   Z: full size   Esc: done")


def _boxes(record: Record, subject: Subject) -> dict[str, Box]:
    figure = record.figures.get(subject.figure)
    return {subject.figure: figure.box} if figure and figure.box else {}
