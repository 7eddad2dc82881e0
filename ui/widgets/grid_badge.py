"""What a sheet wears at its top that mixes what must not be compared: the reasons, and the way round them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.core.evaluation_rules import Warned
from studio.core.grid_watch import Watched
from ui import theme
from ui.i18n import tr, trn
from ui.viewstate.grid_words import warning
from ui.widgets.basics import push, row, sentence
from ui.widgets.empty import Picture

_ICONS = {"error": ("error", "bad"), "warning": ("warning", "doubtful"), "note": ("info", "muted")}


class Badge(QFrame):
    """The gravest reason in a line; the others below it, once they are asked for."""

    cells_asked = Signal(object)  # tuple of keys
    override_asked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "chrome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(2)
        self.more = QToolButton(checkable=True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.more.toggled.connect(lambda _: self._show())
        self.override: QPushButton = push(tr("Rank all the same"), self._ask, quiet=True,
                                          tip=tr("Orders by marks, though the pictures were made in different ways."))
        self.override.setCheckable(True)
        layout = row(self.more, self.override)
        layout.insertLayout(0, self.lines, 1)
        layout.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        self.setLayout(layout)
        self._warned: tuple[Warned, ...] = ()
        self.hide()

    def show_watched(self, watched: Watched, is_overridden: bool) -> None:
        """All that stands against comparing what is shown; nothing hides it."""
        self.override.setVisible(watched.is_mixed)
        self.override.setChecked(is_overridden)
        if watched.warned != self._warned:
            self._warned = watched.warned
            self._show()
        self.setVisible(bool(watched.warned))

    @property
    def texts(self) -> Sequence[str]:
        """What it says, line by line."""
        return [warning(each) for each in self._warned]

    def _show(self) -> None:
        while self.lines.count():
            old = self.lines.takeAt(0).widget()
            old.hide()
            old.deleteLater()
        shown = self._warned if self.more.isChecked() else self._warned[:1]
        for each in shown:
            self.lines.addWidget(self._line(each))
        behind = len(self._warned) - 1
        self.more.setVisible(behind > 0)
        self.more.setText(tr("less") if self.more.isChecked() else trn("{n} more", "{n} more", behind))

    def _line(self, found: Warned) -> QWidget:
        icon, tone = _ICONS[found.severity]
        text = sentence(warning(found))
        text.setAccessibleName(warning(found))
        show = push(tr("Show the cells"), lambda: self.cells_asked.emit(found.keys), quiet=True)
        made = QWidget()
        line = row(Picture(icon, theme.ICON, tone), text, show)
        line.setStretch(1, 1)
        made.setLayout(line)
        show.setVisible(bool(found.keys))
        return made

    def _ask(self) -> None:
        self.override_asked.emit(self.override.isChecked())
