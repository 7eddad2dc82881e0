"""The axes of a sheet as they are written: `42, 100`, `10, 20, ..., 100`, `SKIP: 30`, `dress | coat`."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from studio.core.axes import Axis, axis_of, is_text, typed
from studio.core.errors import UserError
from studio.core.sheet_plan import SheetPlan
from ui import theme
from ui.i18n import tr
from ui.viewstate.grid_words import axis_name
from ui.widgets.basics import caption, muted, restyle

_REST_MS = 350  # after the last key, before anybody plans it


class AxesForm(QWidget):
    """One line for each axis; a value that cannot be is framed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, QLineEdit] = {}
        self._shown: dict[str, tuple[Axis, str]] = {}
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(theme.SMALL)
        self._layout.setVerticalSpacing(theme.TINY)
        self._layout.setColumnStretch(2, 1)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.changed)

    def show_plan(self, plan: SheetPlan) -> None:
        """The axes of another plan."""
        self._rest.stop()
        while self._layout.count():
            old = self._layout.takeAt(0).widget()
            old.hide()
            old.deleteLater()
        self.fields, self._shown = {}, {axis.name: (axis, typed(axis)) for axis in plan.axes}
        sides = ((tr("rows"), plan.rows), (tr("columns"), plan.columns), (tr("in each cell"), plan.within))
        for at, (side, axis) in enumerate((side, axis) for side, axes in sides for axis in axes):
            self._add(at, side, axis)
        row = len(self.fields)
        self._layout.addWidget(caption(tr("Numbers: 1, 2, ..., 10 or 10-50 (+10); texts are parted by |; "
                                          "SKIP: 30 leaves one out"), wrap=True), row, 2)

    def value(self) -> tuple[Axis, ...]:
        """The axes that were changed. Raises `UserError` for the first that cannot be."""
        found, error = [], None
        for name, field in self.fields.items():
            axis, text = self._shown[name]
            try:
                if field.text().strip() != text:
                    found.append(axis_of(name, field.text(), axis_name(name)))
                restyle(field, state="")
            except UserError as wrong:
                restyle(field, state="bad")
                error = error or wrong
        if error:
            raise error
        return tuple(found)

    def _add(self, at: int, side: str, axis: Axis) -> None:
        name, field = axis_name(axis.name), QLineEdit(typed(axis))
        field.setAccessibleName(name)
        field.setCursorPosition(0)
        field.setToolTip("\n".join(_meanings(axis)) or tr("The values of this axis"))
        field.textEdited.connect(lambda _: self._rest.start())
        label = caption(name)
        label.setBuddy(field)
        for column, part in enumerate((label, muted(side), field)):
            self._layout.addWidget(part, at, column)
        self.fields[axis.name] = field


def _meanings(axis: Axis) -> list[str]:
    """What names stand for; texts of their own stand for themselves."""
    if not axis.sets and not is_text(axis.name):
        return []
    return [tr("{name}: {meaning}", name=value, meaning=", ".join(str(each) for _, each in axis.means(value)))
            for value in axis.values]
