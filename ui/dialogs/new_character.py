"""The dialog that introduces a character: her name, the word that calls her, and whether left and right matter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from studio.core.errors import UserError
from studio.core.knobs import knob_of
from studio.core.project import Character, Project, with_character
from studio.core.triggers import Remark, is_possible, remarks
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import column, muted, push, row, sentence, title
from ui.widgets.empty import Picture
from ui.widgets.inline_error import InlineError

_MOST_REPEATS = 1_000
_ICONS = {"bad": "error", "doubtful": "warning", "good": "good"}


class CharacterForm(QWidget):
    """Edits one character; what there is to say of her trigger stands below it while it is typed.

    The name of one who is in the project already names her folder too, and stays.
    """

    changed = Signal()

    def __init__(self, project: Project, character: Character, is_new: bool = False) -> None:
        super().__init__()
        self._project, self._is_new = project, is_new
        self._remarks = QVBoxLayout()
        self._build()
        self.show_character(project, character)
        self._bind()

    @property
    def value(self) -> Character:
        name, trigger = (" ".join(field.text().split()) for field in (self.name, self.trigger))
        return Character(name, trigger, self.repeats.value(), self.asymmetric.isChecked())

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What there is to say of the trigger."""
        value = self.value
        return remarks(value.trigger, value.name, self._project)

    @property
    def is_possible(self) -> bool:
        """Whether the project can have this character."""
        return bool(self.value.name) and is_possible(self.remarks)

    def show_character(self, project: Project, character: Character) -> None:
        """Puts another character in."""
        self._project = project
        was_silent = self.blockSignals(True)
        self.name.setText(character.name)
        self.trigger.setText(character.trigger)
        self.repeats.setValue(character.repeats)
        self.asymmetric.setChecked(character.asymmetric)
        self.blockSignals(was_silent)
        self._show_remarks()

    def _build(self) -> None:
        self.name, self.trigger, self.repeats = QLineEdit(), QLineEdit(), QSpinBox()
        self.name.setPlaceholderText(tr("Mira"))
        self.name.setReadOnly(not self._is_new)
        self.name.setEnabled(self._is_new)
        self.trigger.setPlaceholderText(tr("miravelo: a word that means nothing yet"))
        self.repeats.setRange(1, _MOST_REPEATS)
        self.repeats.setMaximumWidth(96)
        self.asymmetric = QCheckBox(tr("Left and right differ: never mirror her pictures"))
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.MEDIUM)
        form.setVerticalSpacing(theme.SMALL)
        self._remarks.setSpacing(theme.TINY)
        trigger = column(self.trigger, self._remarks, gap=theme.TINY)
        rows = (("name", self.name, self.name), ("trigger", self.trigger, trigger),
                ("repeats", self.repeats, self.repeats), ("asymmetric", self.asymmetric, self.asymmetric))
        for name, field, part in rows:
            self._explain(name, field)
            form.addRow(tr(knob_of(Character, name).label), part)

    def _explain(self, name: str, field: QWidget) -> None:
        knob = knob_of(Character, name)
        field.setAccessibleName(tr(knob.label))
        field.setToolTip(tr(knob.help))

    def _bind(self) -> None:
        self.name.textChanged.connect(self._tell)
        self.trigger.textChanged.connect(self._tell)
        self.repeats.valueChanged.connect(self._tell)
        self.asymmetric.toggled.connect(self._tell)

    def _tell(self) -> None:
        self._show_remarks()
        self.changed.emit()

    def _show_remarks(self) -> None:
        while (item := self._remarks.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        if self.trigger.text().strip():
            for remark in self.remarks:
                self._remarks.addWidget(_line(remark))


class NewCharacterDialog(QDialog):
    """Gives the character to `take` when it is accepted; `take` may refuse her with a UserError, told here."""

    def __init__(self, parent: QWidget, project: Project, take: Callable[[Character], object],
                 proposal: Character = Character(), what: str = "") -> None:
        super().__init__(parent)
        self._project, self._take = project, take
        self.setWindowTitle(tr("New character"))
        self.setMinimumWidth(520)
        self.form = CharacterForm(project, proposal, is_new=True)
        self.error = InlineError()
        self._build(what or tr("Who is it?"))
        self.form.changed.connect(self._show_whether)
        self._show_whether()

    def add(self) -> None:
        """Hands the character over and closes."""
        character = self.form.value
        try:
            with_character(self._project, character)
            self._take(character)
        except UserError as error:
            self.error.tell(error)
            return
        self.accept()

    def _build(self, what: str) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        self.add_button = push(tr("Add the character"), self.add, main=True)
        self.add_button.setDefault(True)
        note = muted(tr("Captions and prompts call her by the trigger alone, so it had better be a word that no "
                        "picture of the base goes by."), wrap=True)
        for part in (title(what), self.form, note, self.error):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addLayout(row(None, push(tr("Cancel"), self.reject), self.add_button))

    def _show_whether(self) -> None:
        can = self.form.is_possible
        self.add_button.setEnabled(can)
        self.add_button.setToolTip("" if can else tr("She needs a name, and a trigger that calls nobody else."))


def _line(remark: Remark) -> QWidget:
    """An icon and the sentence; the colour comes with a shape."""
    text = sentence(remark.text)
    text.setProperty("role", remark.kind)
    layout = row(column(Picture(_ICONS[remark.kind], theme.ICON, remark.kind), None), text)
    layout.setStretch(1, 1)
    layout.setAlignment(Qt.AlignmentFlag.AlignTop)
    made = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    made.setLayout(layout)
    return made
