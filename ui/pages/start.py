"""The first page: three doors into the work, and the projects of the last days."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui import icons, theme
from ui.i18n import tr
from ui.recent import GAP, PICTURES, SIDE, sample_strip, strip_file
from ui.session import Session
from ui.widgets.basics import Elided, caption, column, headline, icon_only, muted, push, row, title, within
from ui.widgets.empty import Picture

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

_WIDTH, _DOOR_HEIGHT = 920, 208
_STRIP_WIDTH, _STRIP_HEIGHT = (PICTURES * (SIDE + GAP) - GAP) // 2, SIDE // 2
_LATER_MS = 30  # enough for the page to be there


class StartPage(QWidget):
    """Speaks to the session's actions only. Pictures come after the page is there."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._strips: list[tuple[QLabel, Path]] = []  # of the recent projects
        self._build()
        self.refresh()

    def refresh(self) -> None:
        """Lists the recent projects anew."""
        while (item := self._recent.takeAt(0)) is not None:
            item.widget().hide()  # it goes with the next round of events only
            item.widget().deleteLater()
        self._strips.clear()
        folders = self._session.settings.recent
        self._recent_title.setText(tr("Recent projects") if folders else tr("Or go on with a project that you have"))
        for folder in folders:
            self._recent.addWidget(self._recent_row(folder))
        QTimer.singleShot(_LATER_MS, self, self._fill_strips)

    def _build(self) -> None:
        self._recent_title, self._recent = title(""), column(gap=0)
        middle = column(
            headline(tr("Teach a character to Anima")),
            muted(tr("From a folder of pictures to a LoRA that can be trusted.")), theme.SMALL,
            row(*self._doors(), gap=theme.MEDIUM), theme.MEDIUM,
            row(self._recent_title, None, self._open_button()), self._recent, None)  # fmt: skip
        inside = within(middle)
        inside.setMaximumWidth(_WIDTH)
        inside.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, 2 * theme.LARGE, theme.LARGE, theme.LARGE)
        centred = row(None, inside, None)
        centred.setStretch(1, 1_000)
        layout.addLayout(centred)

    def _doors(self) -> tuple[QPushButton, ...]:
        self._sample = QLabel()
        return (
            self._door("pictures", tr("I have pictures"),
                       tr("Make a project of them: sort, label and caption them, and see what is missing before a "
                          "night of training."), "project.new",
                       caption(tr("Or drop them anywhere on this window."), wrap=True)),
            self._door("layers", tr("I have LoRA epochs"),
                       tr("Compare the epochs of a LoRA that you trained, with whatever trainer: which to take, and "
                          "why not the last."), "project.epochs",
                       caption(tr("Or drop their folder anywhere on this window."), wrap=True)),
            self._door("practice", tr("Try the practice model"),
                       tr("A small model and a sample character to play with. No card, no download."),
                       "project.sample", self._sample),
        )

    def _door(self, icon: str, name: str, text: str, id: str, below: QWidget | None = None) -> QPushButton:
        action = self._session.actions[id]
        made = QPushButton()
        made.setProperty("role", "door")
        made.setFixedHeight(_DOOR_HEIGHT)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        made.setEnabled(action.isEnabled())
        made.setAccessibleName(name)
        made.setAccessibleDescription(text)
        made.setToolTip(action.toolTip())
        made.clicked.connect(action.trigger)
        tone = "text" if action.isEnabled() else "faint"
        foot = below or caption(self._session.actions.why_not(id), wrap=True)
        inside = column(Picture(icon, 32, tone), title(name), muted(text, wrap=True), None, foot)
        inside.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        made.setLayout(inside)
        return made

    def _open_button(self) -> QPushButton:
        action = self._session.actions["project.open"]
        return push(tr("Open a project …"), action.trigger, icon="folder", tip=action.toolTip())

    def _recent_row(self, folder: Path) -> QWidget:
        there = (folder / "project.toml").is_file()
        where = str(folder.parent) if there else tr("{folder} · it is not there any more", folder=folder.parent)
        path = Elided(where, Qt.TextElideMode.ElideMiddle)
        path.setProperty("role", "caption")
        made = QPushButton()
        made.setProperty("role", "recent")
        made.setEnabled(there)
        made.setAccessibleName(tr("Open {name}", name=folder.name))
        made.clicked.connect(self._opener(folder))
        inside = row(self._strip_of(folder), column(None, Elided(folder.name), path, None, gap=0), gap=theme.MEDIUM)
        inside.setStretch(1, 1)
        inside.setContentsMargins(theme.TINY, theme.TINY, theme.TINY, theme.TINY)
        made.setLayout(inside)
        forget = icon_only("close", tr("Take {name} off this list; its folder stays", name=folder.name),
                           self._forgetter(folder))
        line = row(made, forget)
        line.setStretch(0, 1)
        return within(line)

    def _strip_of(self, folder: Path) -> QLabel:
        made = QLabel()
        made.setFixedSize(_STRIP_WIDTH, _STRIP_HEIGHT)
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._strips.append((made, strip_file(self._session.settings, folder)))
        return made

    def _fill_strips(self) -> None:
        from PySide6.QtGui import QPixmap

        for label, path in ((self._sample, sample_strip(self._session.settings)), *self._strips):
            pixmap = QPixmap(str(path))
            pixmap.setDevicePixelRatio(2)
            label.setPixmap(_unpictured(label) if pixmap.isNull() else pixmap)

    def _opener(self, folder: Path) -> Callable[[], None]:
        return lambda: self._session.open_requested.emit(folder)

    def _forgetter(self, folder: Path) -> Callable[[], None]:
        def forget() -> None:
            self._session.settings.forget(folder)
            self.refresh()

        return forget


def _unpictured(label: QLabel) -> QPixmap:
    """What stands for a project without pictures: LoRA epochs that were taken in."""
    return icons.pixmap("layers", _STRIP_HEIGHT // 2, theme.current().muted, label.devicePixelRatioF())
