"""A form for any settings that are declared as knobs: labels, limits and help come from the declaration.

A setting that cannot be is told under its field, and the value keeps what it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from studio.core.errors import UserError
from studio.core.knobs import Knob, Setting, from_text, knobs_of
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import caption, column, restyle, row

_LINES = 5  # of an editor for several texts


class Form(QWidget):
    """Edits a frozen dataclass of knobs; `only` names the settings to show, in this order."""

    changed = Signal(object)  # the new value

    def __init__(self, value: object, only: Iterable[str] = ()) -> None:
        super().__init__()
        self._value = value
        known = {knob.name: knob for knob in knobs_of(type(value))}
        self._fields = {name: Field(known[name], getattr(value, name)) for name in tuple(only) or known}
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.MEDIUM)
        layout.setVerticalSpacing(theme.SMALL)
        layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in self._fields.values():
            layout.addRow(field.label, field)
            field.entered.connect(self._entered)

    @property
    def value(self) -> object:
        return self._value

    def field(self, name: str) -> Field:
        """The field of a setting."""
        return self._fields[name]

    def take(self, value: object) -> None:
        """Another value, and everybody hears of it."""
        self._value = value
        for name, field in self._fields.items():
            field.show_setting(getattr(value, name))
        self.changed.emit(value)

    def _entered(self, name: str, setting: object) -> None:
        self._value = dataclasses.replace(self._value, **{name: setting})
        self.changed.emit(self._value)


class Field(QWidget):
    """One setting: a tick, a list of choices, or a text with its unit; below it what is wrong with it.

    A `live` one tells of each keystroke that makes sense, and complains only when the person is done.
    """

    entered = Signal(str, object)  # its name, its new value

    def __init__(self, knob: Knob, setting: Setting, *, live: bool = False) -> None:
        super().__init__()
        self._knob, self._live = knob, live
        self.label = QLabel(tr(knob.label))
        self.editor = _editor(knob, setting)
        self._error = QLabel()
        self._error.setProperty("role", "bad")
        self._error.setWordWrap(True)
        self._error.hide()
        self._build()
        self._bind()

    @property
    def error(self) -> str:
        """What is wrong with what was typed; empty where nothing is."""
        return "" if self._error.isHidden() else self._error.text()

    def put_beside(self, widget: QWidget) -> None:
        """Adds something behind the editor, such as a button that helps to fill it."""
        self._line.addWidget(widget)

    def explain(self) -> None:
        """Puts the help below the editor, for settings whose names alone say little."""
        self.layout().insertWidget(1, caption(tr(self._knob.help), wrap=True))

    def enter(self, text: str) -> None:
        """As if a person had typed it."""
        self.editor.setText(text)
        self._typed()

    def show_setting(self, setting: Setting) -> None:
        """Shows another value without telling anybody; what is being typed and means the same stays as it is."""
        silent = QSignalBlocker(self.editor)
        match self.editor:
            case QCheckBox():
                self.editor.setChecked(bool(setting))
            case QComboBox():
                self.editor.setCurrentIndex(self.editor.findData(setting))
            case QLineEdit() if self._read() != setting:
                self.editor.setText(_text(self._knob, setting))
            case QPlainTextEdit() if self._read() != setting:
                self.editor.setPlainText("\n".join(setting))
        silent.unblock()
        self._accept()

    def _build(self) -> None:
        tip = f"{tr(self._knob.help)}\n{self._knob.name}{_limits(self._knob)}"
        for part in (self.label, self.editor):
            part.setToolTip(tip)
        self.label.setBuddy(self.editor)
        self.editor.setAccessibleName(tr(self._knob.label))
        self._line = row(self.editor, QLabel(tr(self._knob.unit))) if self._knob.unit else row(self.editor)
        self.setLayout(column(self._line, self._error, gap=theme.TINY))

    def _bind(self) -> None:
        match self.editor:
            case QCheckBox():
                self.editor.clicked.connect(lambda on: self.entered.emit(self._knob.name, on))
            case QComboBox():
                self.editor.activated.connect(self._chosen)
            case QLineEdit():
                self.editor.editingFinished.connect(self._typed)
                if self._live:
                    self.editor.textEdited.connect(self._typing)
            case QPlainTextEdit():
                self.editor.textChanged.connect(self._typing)

    def _chosen(self) -> None:
        self.entered.emit(self._knob.name, self.editor.currentData())

    def _typing(self) -> None:
        if (setting := self._read()) is not None:
            self._accept()
            self.entered.emit(self._knob.name, setting)

    def _typed(self) -> None:
        try:
            setting = from_text(self._knob, self.editor.text().strip())
        except UserError as error:
            self._error.setText(str(error))
            self._error.show()
            restyle(self.editor, state="bad")
            return
        self._accept()
        self.entered.emit(self._knob.name, setting)

    def _read(self) -> Setting | None:
        """What stands there; None where it makes no sense, or not yet."""
        if isinstance(self.editor, QPlainTextEdit):
            return tuple(line.strip() for line in self.editor.toPlainText().splitlines() if line.strip())
        try:
            return from_text(self._knob, self.editor.text().strip())
        except UserError:
            return None

    def _accept(self) -> None:
        if not self._error.isHidden():
            self._error.hide()
            restyle(self.editor, state="")


def _editor(knob: Knob, setting: Setting) -> QWidget:
    if knob.kind is bool and not knob.many:
        made = QCheckBox()
        made.setChecked(bool(setting))
        return made
    if knob.choices and not knob.many:
        made = QComboBox()
        for choice in knob.choices:
            made.addItem(_capital(tr(choice)), choice)
        made.setCurrentIndex(made.findData(setting))
        return made
    if knob.kind is str and knob.many:
        return _lines(setting)
    return QLineEdit(_text(knob, setting))


def _lines(setting: tuple[str, ...]) -> QPlainTextEdit:
    """A text a line; each may be longer than the line is wide."""
    made = QPlainTextEdit("\n".join(setting))
    made.setTabChangesFocus(True)
    made.setFixedHeight(_LINES * made.fontMetrics().lineSpacing() + 2 * theme.SMALL)
    return made


def _text(knob: Knob, setting: Setting) -> str:
    if knob.many:
        return ", ".join(str(each) for each in setting)
    return f"{setting:g}" if isinstance(setting, float) else str(setting)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _limits(knob: Knob) -> str:
    if knob.lo is None or knob.hi is None:
        return ""
    return f" · {knob.lo:,} – {knob.hi:,}" if knob.kind is int else f" · {knob.lo:g} – {knob.hi:g}"
