"""The window with the sample project, set up in a process of its own: for screenshots, and for what is cut off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QApplication

from ui.app import App
from ui.pages import pages
from ui.projects import open_sample
from ui.settings import Settings
from ui.theme import STYLE

SIZES = ((1280, 800), (1920, 1080))
SETTLED_S = 0.15  # without anything happening


def application() -> QApplication:
    return QApplication.instance() or QApplication(["stage", *STYLE])


def staged(home: Path, **choices: str) -> App:
    """The window on its start page, with these choices made."""
    settings = Settings(home)
    settings.choose(**choices)
    app = App(application(), settings)
    app.show()
    settle(app)
    return app


def with_sample(app: App) -> App:
    """The same with the sample project open."""
    open_sample(app.session)
    settle(app)
    assert app.session.is_open
    return app


def shown_pages(app: App) -> Iterator[str]:
    """Every page of the sidebar, one after the other in front of the eyes."""
    for page in pages():
        app.session.show_page(page.id)
        settle(app)
        yield page.id


def resize(app: App, size: tuple[int, int], scale: float = 1.0) -> None:
    """To a size in the pixels of the screen."""
    app.window.resize(round(size[0] / scale), round(size[1] / scale))
    settle(app)


def settle(app: App, at_most_s: float = 30.0) -> None:
    """Until no job runs and nothing more happens."""
    began = quiet = time.monotonic()
    while (app.session.jobs.open or time.monotonic() - quiet < SETTLED_S) and time.monotonic() - began < at_most_s:
        QApplication.processEvents()
        if app.session.jobs.open:
            quiet = time.monotonic()
        time.sleep(0.01)


def leave(app: App) -> None:
    app.session.close()
    app.session.jobs.close()
    app.window.deleteLater()
    QApplication.processEvents()
