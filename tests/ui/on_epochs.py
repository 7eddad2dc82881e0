"""The epochs page under a person's fingers: shown, waited for, and asked by keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from ui.pages.epochs import EpochsPage

_EPOCH = re.compile(r"\bepoch \d|\bep ?\d|\bstep 0\b", re.IGNORECASE)


def shown(studio, size: tuple[int, int] = (1280, 800)) -> EpochsPage:
    studio.window.resize(*size)
    studio.session.show_page("epochs")
    page = studio.window.page_widget("epochs")
    settle(studio, page)
    return page


def settle(studio, page: EpochsPage) -> None:
    """Until series and pictures are there, and colours are read."""
    stage, reading = page.parts.stage, page.bench.strips.drift.reading
    studio.finish(lambda: page.shelf.has_looked and not page.shelf.is_busy and not reading.is_busy
                  and (page.series is None or stage.is_complete and not stage.pictures.is_busy))


def press(page: EpochsPage, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """A key where the pictures have the focus, in a blind session too."""
    page.window().activateWindow()
    if page.bench.is_blind:
        return QTest.keyClick(page.bench.blind.cell, key, modifiers)
    page.parts.stage.focus_view()
    QTest.keyClick(page.parts.stage.viewer, key, modifiers)


def drag(viewer: QWidget, first: QPoint, last: QPoint) -> None:
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(viewer, (first + last) / 2)
    QTest.mouseMove(viewer, last)
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=last)


def named_epochs(window: QWidget) -> list[str]:
    """Every text of a window, seen or not, that tells an epoch."""
    return [text for text in _texts(window) if _EPOCH.search(text)]


def _texts(window: QWidget) -> Iterator[str]:
    for each in (window, *window.findChildren(QWidget)):
        yield from (each.windowTitle(), each.toolTip(), each.accessibleName(), each.accessibleDescription(),
                    each.objectName())
        if isinstance(each, QAbstractButton | QLabel | QLineEdit):
            yield each.text()
        if isinstance(each, QComboBox):
            yield from (each.itemText(at) for at in range(each.count()))
        yield from (action.text() + action.toolTip() for action in each.actions())
