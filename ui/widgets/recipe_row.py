"""One setting of a recipe: what it is called, what it does, its value, and the way back to the preset's."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from studio.core.knobs import Knob, Setting
from ui import theme
from ui.form import Field
from ui.i18n import tr
from ui.viewstate.recipe_words import choice_of, help_of, label_of, told
from ui.widgets.basics import caption, column, push, restyle, row, within

_EDITOR, _UNIT, _BACK = 112, 84, 76  # widths in pixels
_LONGEST = 10             # letters of a value beside the way back to it


class RecipeRow(QFrame):
    """Tells of each value that makes sense; marked where it is not the preset's."""

    entered = Signal(str, object)  # its name, its new value
    reset_asked = Signal(str)      # its name

    def __init__(self, knob: Knob, setting: Setting) -> None:
        super().__init__()
        self.knob = knob
        self.field = Field(knob, setting, live=True)
        self.back = push("", lambda: self.reset_asked.emit(knob.name), icon="undo", quiet=True)
        self.is_changed = False
        self._build()
        self.field.entered.connect(self.entered)

    def show_setting(self, setting: Setting, usual: Setting) -> None:
        """The value, and what the preset has in its place."""
        self.field.show_setting(setting)
        was, self.is_changed = self.is_changed, setting != usual
        self.back.setVisible(self.is_changed)
        if was != self.is_changed:
            restyle(self.field.label, role="strong" if self.is_changed else "")
        if self.is_changed:
            old = told(self.knob, usual)
            self.back.setText(old if len(old) <= _LONGEST else tr("preset"))
            self.back.setToolTip(tr("Differs from the preset. Back to: {value}", value=old))
            self.back.setAccessibleName(tr("Reset {name} to {value}", name=label_of(self.knob), value=old))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the page; it changes no setting in passing."""
        if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        label, help = self.field.label, caption(help_of(self.knob), wrap=True)
        label.setText(label_of(self.knob))
        label.setWordWrap(True)
        help.setToolTip(self.field.editor.toolTip())
        self.field.editor.setAccessibleName(label_of(self.knob))
        self.field.editor.setAccessibleDescription(tr(self.knob.help))
        words, back = column(label, help, gap=0), self._back_room()
        if self._is_wide:
            inside = column(row(within(words), back), self.field, gap=theme.TINY)
        else:
            self._size_editor()
            inside = row(within(words), self.field, back)
            inside.setAlignment(self.field, Qt.AlignmentFlag.AlignTop)
            inside.setAlignment(back, Qt.AlignmentFlag.AlignTop)
            inside.setStretch(0, 1)
        self.setLayout(inside)

    @property
    def _is_wide(self) -> bool:
        """Whether it takes lines of its own: sentences do."""
        editor = self.field.editor
        return isinstance(editor, QPlainTextEdit) or isinstance(editor, QLineEdit) and self.knob.kind is str

    def _size_editor(self) -> None:
        editor = self.field.editor
        if isinstance(editor, QLineEdit):
            editor.setFixedWidth(_EDITOR)
            editor.setFont(theme.tabular(editor.font()))
        if isinstance(editor, QComboBox):
            editor.setFixedWidth(_EDITOR + _UNIT)  # words take the room that others have for their unit
            editor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            editor.installEventFilter(self)
            for index in range(editor.count()):
                editor.setItemText(index, choice_of(editor.itemData(index)))
        self.field.put_beside(_filler())
        self.field.setFixedWidth(_EDITOR + _UNIT)

    def _back_room(self) -> QWidget:
        """The button's place is kept, so that nothing moves when it comes."""
        room = within(row(self.back, None))
        room.setFixedWidth(_BACK)
        self.back.setIconSize(QSize(theme.ICON, theme.ICON))
        self.back.hide()
        return room


def _filler() -> QWidget:
    """Takes the room behind an editor, so that all of them begin at one edge."""
    made = QWidget()
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made
