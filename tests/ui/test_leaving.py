"""What is left of a window that was closed? Nothing: no widget of it waits somewhere to be styled, followed or shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from ui.app import App
from ui.pages import pages


@pytest.fixture
def another(app: App, application: QApplication) -> Callable[[], App]:
    """A second window, which the test closes itself."""
    return lambda: type(app)(application, app.settings, app.session.ask)


def test_a_window_that_showed_every_page_leaves_no_widget_behind(another: Callable[[], App],
                                                                project_folder: Path) -> None:
    before = set(QApplication.topLevelWidgets())
    studio = another()
    studio.show()
    studio.open(project_folder)
    for page in pages():
        studio.session.show_page(page.id)
        QCoreApplication.processEvents()
    studio.finish()
    studio.close()
    assert [type(each).__name__ for each in QApplication.topLevelWidgets() if each not in before] == []
