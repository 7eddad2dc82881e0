"""What a page says that has nothing to show: what belongs here, and the one next action."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import icons, theme
from ui.widgets.basics import column, muted, row, title

WIDTH = 460


class Picture(QLabel):
    """An icon of the set, as a picture: `tone` is a colour of the theme, "muted" or a state's."""

    def __init__(self, name: str, side: int = 48, tone: str = "muted") -> None:
        super().__init__()
        self._name, self._side, self._tone = name, side, tone
        self.setFixedSize(side, side)
        self._draw()
        theme.news.changed.connect(self._draw)

    def _draw(self) -> None:
        colour = getattr(theme.current(), self._tone, theme.current().text)
        self.setPixmap(icons.pixmap(self._name, self._side, colour, self.devicePixelRatioF()))


class Empty(QWidget):
    """An icon, a title, a sentence and what helps, in the middle of the room there is."""

    def __init__(self, icon: str, what: str, sentence: str, *below: QWidget) -> None:
        super().__init__()
        self.what, text = title(what), muted(sentence, wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text.setFixedWidth(WIDTH)  # a text that breaks into lines needs to know where
        layout = column(None, *(row(None, each, None) for each in (Picture(icon), self.what, text, *below)), None)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
