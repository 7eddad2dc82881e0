"""Pictures of the window, to be looked at: every page at both sizes and in both themes, with the sample project open.

    QT_QPA_PLATFORM=offscreen python -m tests.ui.shots FOLDER [--language 日本語] [--page dataset]

PNG with at most 256 colours, so that each stays below a megabyte.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QWidget

from tests.ui.stage import SIZES, application, leave, resize, settle, shown_pages, staged, with_sample
from ui.dialogs.base import BaseDialog
from ui.dialogs.new_project import NewProjectDialog
from ui.dialogs.settings import SettingsDialog
from ui.widgets.palette import CommandPalette
from ui.widgets.shortcuts import ShortcutOverlay


def main() -> None:
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    for appearance in options.themes.split(","):
        with tempfile.TemporaryDirectory() as home:
            app = staged(Path(home), appearance=appearance, language=options.language)
            name = f"{appearance}-{options.language}".replace("日本語", "ja").replace("English", "en")
            for size in SIZES:
                resize(app, size)
                keep(app.window, options.folder / f"{name}-{size[0]}-start.png")
            with_sample(app)
            for size in SIZES:
                resize(app, size)
                for page in shown_pages(app):
                    if options.page in ("", page):
                        keep(app.window, options.folder / f"{name}-{size[0]}-{page}.png")
            if not options.page:
                dialogs(app, options.folder, name)
            leave(app)


def dialogs(app, folder: Path, name: str) -> None:
    """What comes up over the pages; offscreen each is a window of its own."""
    over = {"help.palette": CommandPalette, "help.shortcuts": ShortcutOverlay, "project.new": NewProjectDialog,
            "project.base": BaseDialog, "view.settings": SettingsDialog}
    for id, kind in over.items():
        app.actions[id].trigger()
        settle(app)
        for each in application().topLevelWidgets():
            if isinstance(each, kind) and each.isVisible():
                keep(each, folder / f"{name}-{kind.__name__}.png")
                each.close()
    app.session.say("3 pictures were thrown away", undo=True)
    settle(app)
    keep(app.window, folder / f"{name}-toast.png")


def keep(widget: QWidget, path: Path) -> None:
    """A picture of a widget as a small PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    image = Image.open(io.BytesIO(buffer.data().data())).convert("RGB")
    image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="English", choices=("English", "日本語"))
    parser.add_argument("--themes", default="dark,light")
    parser.add_argument("--page", default="", help="only this one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
