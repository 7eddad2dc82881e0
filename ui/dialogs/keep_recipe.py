"""The dialog that keeps the recipe at hand under a name, for this project and all others."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from studio.core.errors import UserError
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import muted, push, row, title
from ui.widgets.inline_error import InlineError


class KeepRecipeDialog(QDialog):
    """Asks for a name; `keep` takes it, or raises UserError for one that cannot be."""

    def __init__(self, keep: Callable[[str], object], proposal: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._keep = keep
        self.setWindowTitle(tr("Keep the recipe"))
        self.resize(420, 180)
        self.name, self.error = QLineEdit(proposal), InlineError()
        self.name.setAccessibleName(tr("Name of the recipe"))
        self.name.selectAll()
        self._build()

    def accept(self) -> None:
        """Keeps it, unless the name will not do."""
        try:
            self._keep(self.name.text())
        except UserError as error:
            self.error.tell(error)
            return
        super().accept()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        note = muted(tr("It becomes a preset, here and in every project. A recipe of that name is replaced."),
                     wrap=True)
        for part in (title(tr("What shall it be called?")), note, self.name, self.error):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addLayout(row(None, push(tr("Cancel"), self.reject), push(tr("Keep"), self.accept, main=True)))
        self.name.returnPressed.connect(self.accept)
