"""What only a person can answer: which folder, which files, yes or no. Tests bring an `Asking` of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.settings import Settings


class Asking:
    """Asks with the system's own dialogs, each of which begins where the last one of its `name` ended."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def folder(self, parent: QWidget, title: str, name: str) -> Path | None:
        """An existing folder; None where the person thought better of it."""
        from PySide6.QtWidgets import QFileDialog

        return self._kept(name, QFileDialog.getExistingDirectory(parent, title, self._start(name)))

    def file(self, parent: QWidget, title: str, name: str, kinds: str = "") -> Path | None:
        """An existing file; `kinds` as in "Weights (*.safetensors)"."""
        from PySide6.QtWidgets import QFileDialog

        chosen, _ = QFileDialog.getOpenFileName(parent, title, self._start(name), kinds)
        return self._kept(name, chosen)

    def files(self, parent: QWidget, title: str, name: str, kinds: str = "") -> tuple[Path, ...]:
        """Existing files, at least one unless the person thought better of it."""
        from PySide6.QtWidgets import QFileDialog

        chosen, _ = QFileDialog.getOpenFileNames(parent, title, self._start(name), kinds)
        self._kept(name, chosen[0] if chosen else "")
        return tuple(map(Path, chosen))

    def save(self, parent: QWidget, title: str, name: str, proposal: str, kinds: str = "") -> Path | None:
        """A file to write; the system asked already where there is one."""
        from PySide6.QtWidgets import QFileDialog

        chosen, _ = QFileDialog.getSaveFileName(parent, title, str(Path(self._start(name), proposal)), kinds)
        return self._kept(name, chosen)

    def choice(self, parent: QWidget, title: str, what: str, more: str, answers: Sequence[str]) -> int:
        """The place of the answer that was pressed; the last one, which changes nothing, for Escape."""
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(parent)
        box.setWindowTitle(title)
        box.setText(what)
        box.setInformativeText(more)
        buttons = [box.addButton(text, QMessageBox.ButtonRole.AcceptRole) for text in answers[:-1]]
        buttons.append(box.addButton(answers[-1], QMessageBox.ButtonRole.RejectRole))
        box.setDefaultButton(buttons[-1])
        box.setEscapeButton(buttons[-1])
        box.exec()
        return next((index for index, each in enumerate(buttons) if each is box.clickedButton()), len(answers) - 1)

    def _start(self, name: str) -> str:
        from PySide6.QtCore import QStandardPaths

        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return str(self._settings.state(f"folder_{name}", "")) or documents

    def _kept(self, name: str, chosen: str) -> Path | None:
        if not chosen:
            return None
        path = Path(chosen)
        self._settings.remember(**{f"folder_{name}": str(path if path.is_dir() else path.parent)})
        return path
