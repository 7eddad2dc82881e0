"""One part of the page of evidence: what it answers, by which marks, and what stands below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.basics import caption, column, line, row, sentence, title
from ui.widgets.empty import Picture
from ui.widgets.flow import FlowLayout

WIDE = 900  # px from which on there is room for two parts side by side


class Section(QWidget):
    """A head with the name and where it comes from; parts are added below it."""

    def __init__(self, id: str, name: str, source: str = "") -> None:
        super().__init__()
        self.id, self.name = id, name
        self.source = caption(source, wrap=True)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(theme.SMALL)
        self.setLayout(column(line(), theme.TINY, title(name), self.source, self._parts, gap=theme.TINY))
        self.source.setVisible(bool(source))  # in its place by now: what is shown alone is a window, and takes the keys
        self.setAccessibleName(name)

    def add(self, *parts: QWidget) -> None:
        """Below what is there, one after the other."""
        for part in parts:
            self._parts.addWidget(part)

    def add_row(self, *parts: QWidget) -> None:
        """Side by side, at the left, in as many lines as it takes."""
        holder = QWidget()
        layout = FlowLayout(holder, theme.SMALL)
        for part in parts:
            layout.addWidget(part)
        self._parts.addWidget(holder)


class Columns(QWidget):
    """Parts of one size, side by side where there is room for two."""

    def __init__(self, parts: Sequence[QWidget]) -> None:
        super().__init__()
        self._parts, self._count = tuple(parts), 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.LARGE)
        self._grid.setVerticalSpacing(theme.MEDIUM)
        self._place(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(2 if self.width() >= WIDE and len(self._parts) > 1 else 1)

    def _place(self, count: int) -> None:
        if count != self._count:
            self._count = count
            for at, part in enumerate(self._parts):
                self._grid.addWidget(part, at // count, at % count)
            self._grid.setColumnStretch(0, 1)
            self._grid.setColumnStretch(1, int(count > 1))


def stated(text: str, icon: str, tone: str, *, is_main: bool = False) -> QWidget:
    """A sentence with the sign of what it means."""
    words = title(text) if is_main else sentence(text)
    words.setWordWrap(True)
    made, layout = QWidget(), row(Picture(icon, theme.BIG_ICON if is_main else theme.ICON, tone), words)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setStretch(1, 1)
    made.setLayout(layout)
    made.setAccessibleName(text)
    return made


def several(parts: Sequence[QWidget], gap: int = 0) -> QWidget:
    """Parts close to each other."""
    made = QWidget()
    layout = column(*parts, gap=gap)
    layout.setContentsMargins(0, 0, 0, 0)
    made.setLayout(layout)
    return made
