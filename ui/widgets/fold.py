"""What nobody needs tonight is folded away: a head that opens and closes what stands below it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from ui import theme
from ui.icons import icon
from ui.widgets.basics import caption, column, row


class Fold(QWidget):
    """A head with a name and a remark, and one widget below it."""

    def __init__(self, name: str, inside: QWidget, *, is_open: bool = False) -> None:
        super().__init__()
        self.inside = inside
        self.head, self._remark = QToolButton(checkable=True), caption("")
        self.head.setText(name)
        self.head.setProperty("role", "fold")
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setIconSize(QSize(theme.ICON, theme.ICON))
        self.head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.head.setAccessibleName(name)
        self.head.toggled.connect(self._toggled)
        self.setLayout(column(row(self.head, self._remark, None), inside, gap=theme.TINY))
        self.head.setChecked(is_open)
        self._toggled(is_open)

    @property
    def is_open(self) -> bool:
        return self.head.isChecked()

    def open(self, is_open: bool = True) -> None:
        """Opens or closes it, as a click on the head does."""
        self.head.setChecked(is_open)

    def remark(self, text: str) -> None:
        """Something to know about what is folded away, beside the head."""
        self._remark.setText(text)

    def _toggled(self, is_open: bool) -> None:
        self.head.setIcon(icon("down" if is_open else "right"))
        self.inside.setVisible(is_open)
