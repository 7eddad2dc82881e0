"""A form for any settings that are declared as knobs: labels, limits and help come from the declaration.

A setting that cannot be is told under its field, and the value keeps what it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from studio.core.errors import UserError
from studio.core.knobs import Knob, Setting, from_text, knobs_of
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import column, restyle, row


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

    def _entered(self, name: str, setting: object) -> None:
        self._value = dataclasses.replace(self._value, **{name: setting})
        self.changed.emit(self._value)


class Field(QWidget):
    """One setting: a tick, a list of choices, or a line of text with its unit; below it what is wrong with it."""

    entered = Signal(str, object)  # its name, its new value

    def __init__(self, knob: Knob, setting: Setting) -> None:
        super().__init__()
        self._knob = knob
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

    def enter(self, text: str) -> None:
        """As if a person had typed it."""
        self.editor.setText(text)
        self._typed()

    def _build(self) -> None:
        tip = f"{tr(self._knob.help)}\n{self._knob.name}{_limits(self._knob)}"
        for part in (self.label, self.editor):
            part.setToolTip(tip)
        self.label.setBuddy(self.editor)
        self.editor.setAccessibleName(tr(self._knob.label))
        self._line = row(self.editor, QLabel(self._knob.unit)) if self._knob.unit else row(self.editor)
        self.setLayout(column(self._line, self._error, gap=theme.TINY))

    def _bind(self) -> None:
        match self.editor:
            case QCheckBox():
                self.editor.toggled.connect(lambda on: self.entered.emit(self._knob.name, on))
            case QComboBox():
                self.editor.activated.connect(self._chosen)
            case QLineEdit():
                self.editor.editingFinished.connect(self._typed)

    def _chosen(self) -> None:
        self.entered.emit(self._knob.name, self.editor.currentData())

    def _typed(self) -> None:
        try:
            setting = from_text(self._knob, self.editor.text().strip())
        except UserError as error:
            self._error.setText(str(error))
            self._error.show()
            restyle(self.editor, state="bad")
            return
        self._error.hide()
        restyle(self.editor, state="")
        self.entered.emit(self._knob.name, setting)


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
    return QLineEdit(_text(knob, setting))


def _text(knob: Knob, setting: Setting) -> str:
    if knob.many:
        return (" | " if knob.kind is str else ", ").join(str(each) for each in setting)
    return f"{setting:g}" if isinstance(setting, float) else str(setting)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _limits(knob: Knob) -> str:
    if knob.lo is None or knob.hi is None:
        return ""
    return f" · {knob.lo:,} – {knob.hi:,}" if knob.kind is int else f" · {knob.lo:g} – {knob.hi:g}"
