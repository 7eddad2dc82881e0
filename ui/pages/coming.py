"""A page that comes with a later version: it says so, and how the same is done meanwhile."""

from __future__ import annotations

import shlex
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import tr
from ui.session import Session
from ui.widgets.command_line import CommandLine
from ui.widgets.empty import WIDTH, Empty


class ComingPage(QWidget):
    """One sentence on what will stand here, one on today, and the command that does it."""

    def __init__(self, session: Session, id: str) -> None:
        super().__init__()
        what, today = _texts()[id]
        command = CommandLine(_command(id, session.place.folder))
        command.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.addWidget(Empty(id, what, today, command))


def _texts() -> dict[str, tuple[str, str]]:
    return {
        "grids": (tr("Grids come to the window with a later version"),
                  tr("Until then the command line draws any sheet, and lists the runs and sheets that there are.")),
        "evidence": (tr("Evidence comes to the window with a later version"),
                     tr("Until then a demo shows, with the practice model, how a verdict with numbers reads.")),
    }


def _command(id: str, folder: Path) -> str:
    words = {
        "grids": ("show", str(folder)),
        "evidence": ("demo", "--project", str(folder.with_name("demo"))),
    }
    return shlex.join(("charstudio", *words[id]))
