"""Which texts of the window are cut off? Run in a process of its own, as the scale of a screen is fixed at its start.

    QT_SCALE_FACTOR=1.5 python -m tests.ui.cut_off HOME LANGUAGE...

Prints a JSON list of sentences.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLabel, QPushButton, QScrollArea, QToolButton, QWidget

from tests.ui.stage import SIZES, application, leave, resize, settle, shown_pages, staged, with_sample
from ui.dialogs.base import BaseDialog
from ui.dialogs.new_project import NewProjectDialog
from ui.dialogs.settings import SettingsDialog
from ui.widgets.basics import Elided

_ROUNDING = 1  # pixels
_A_LITTLE_MS = 1_000


def main(home: Path, languages: list[str]) -> None:
    print(json.dumps([each for language in languages for each in in_language(home, language)], ensure_ascii=False))


def in_language(home: Path, language: str) -> Iterator[str]:
    app = staged(home, language=language, appearance="dark")
    scale = app.window.devicePixelRatioF()
    for size in SIZES:
        resize(app, size, scale)
        yield from told(app.window, language, size, "start")
    with_sample(app)
    for size in SIZES:
        resize(app, size, scale)
        for page in shown_pages(app):
            yield from told(app.window, language, size, page)
    over = {"project.new": NewProjectDialog, "project.base": BaseDialog, "view.settings": SettingsDialog}
    for id, kind in over.items():
        app.actions[id].trigger()
        settle(app)
        for each in application().topLevelWidgets():
            if isinstance(each, kind) and each.isVisible():
                yield from told(each, language, SIZES[0], kind.__name__)
                each.close()
    leave(app)


def told(top: QWidget, language: str, size: tuple[int, int], where: str) -> Iterator[str]:
    """What is cut off now and still a little later: a page may be on its way to another layout."""
    for _ in cut_off(top):
        QTest.qWait(_A_LITTLE_MS)
        break
    for widget in cut_off(top):
        name = type(widget.parentWidget()).__name__
        yield f"{where}, {language}, {size[0]} x {size[1]}: {type(widget).__name__} in {name} “{_text(widget)[:60]}”"


def cut_off(top: QWidget) -> Iterator[QWidget]:
    """The widgets with a text that is larger than what is there for it, or that stick out of their parent."""
    for widget in top.findChildren(QWidget):
        if widget.isVisible() and (_text(widget) and _is_cut(widget) or _is_too_wide_to_scroll(widget)):
            yield widget


def _is_cut(widget: QWidget) -> bool:
    if isinstance(widget, Elided) or "…" in _text(widget) and widget.toolTip():
        return False  # it gives way, and is whole in the tooltip
    needed = _needed(widget)
    return widget.width() + _ROUNDING < needed[0] or widget.height() + _ROUNDING < needed[1] or _sticks_out(widget)


def _needed(widget: QWidget) -> tuple[int, int]:
    if isinstance(widget, QLabel) and widget.wordWrap():
        return 0, widget.heightForWidth(widget.width())
    return widget.sizeHint().width(), widget.sizeHint().height()


def _sticks_out(widget: QWidget) -> bool:
    """Whether its parent cuts it; what can be scrolled into sight is not cut."""
    parent = widget.parentWidget()
    if parent is None or parent.objectName() == "qt_scrollarea_viewport":
        return False
    inside = widget.geometry()
    return inside.right() > parent.width() + _ROUNDING or inside.bottom() > parent.height() + _ROUNDING


def _is_too_wide_to_scroll(widget: QWidget) -> bool:
    """Pages scroll downwards; what hangs over at the side is as good as cut."""
    if type(widget) is not QScrollArea or widget.widget() is None:
        return False
    return widget.widget().width() > widget.viewport().width() + _ROUNDING


def _text(widget: QWidget) -> str:
    match widget:
        case QLabel() if widget.pixmap().isNull():
            return widget.text()
        case QPushButton() | QCheckBox():
            return widget.text()
        case QToolButton() if widget.toolButtonStyle().name != "ToolButtonIconOnly":
            return widget.text()
        case QComboBox():
            return widget.currentText()
        case QAbstractButton():
            return ""
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
