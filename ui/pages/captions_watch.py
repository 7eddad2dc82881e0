"""Who notices that another program changed a caption file while the project is open?

The system tells of files that come and go in the folders, and of changes of the file that is worked on. Everything else
is looked through when the window comes back to the front, which is when a person comes back from another program.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from studio.core.edits import SIDECARS, Edit, stem
from studio.core.record import Record
from ui.aside import Aside
from ui.i18n import trn
from ui.session import Session

PAUSE_MS = 400  # after the last sign of a change; other programs write many files in a row


class SidecarWatch(QObject):
    """Looks while the project is open. `close` it before the project goes."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._aside = session, Aside(self)
        self._watcher = QFileSystemWatcher(self)
        self._watched: tuple[str, ...] = ()
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.look)
        self._watcher.directoryChanged.connect(self._pause.start)
        self._watcher.fileChanged.connect(self._pause.start)
        QGuiApplication.instance().applicationStateChanged.connect(self._state_changed)
        self.watch_folders()

    def watch_folders(self) -> None:
        """Those that hold pictures by now."""
        folder = self._session.place.folder
        held = {each.image.path.parts[:-1] for each in self._session.all}
        wanted = {str(folder.joinpath(*each)) for each in held} - set(self._watcher.directories())
        if wanted:
            self._watcher.addPaths(sorted(wanted))

    def watch(self, record: Record | None) -> None:
        """From here on the caption files of this picture."""
        if self._watched:
            self._watcher.removePaths(self._watched)
        self._watched = self._files(record) if record else ()
        if self._watched:
            self._watcher.addPaths(self._watched)

    def look(self) -> None:
        """Compares all caption files with what is known of them."""
        desk, images = self._session.desk, tuple(each.image for each in self._session.all)
        if desk is not None:
            self._aside.ask(lambda: desk.notice(images), self._noticed)

    def close(self) -> None:
        self._pause.stop()
        QGuiApplication.instance().applicationStateChanged.disconnect(self._state_changed)
        self._watcher.removePaths([*self._watcher.directories(), *self._watcher.files()])
        self._aside.close()

    def _noticed(self, edit: Edit | None) -> None:
        if edit is None or not self._session.is_open:
            return
        self._session.edited(edit)
        count = len({change.file for change in edit.changes})
        self._session.say(trn("Another program changed a caption; it is shown as it is now.",
                              "Another program changed {n} captions; they are shown as they are now.", count))

    def _files(self, record: Record) -> tuple[str, ...]:
        base: Path = self._session.place.folder
        files: Iterable[Path] = (base / (stem(record.image.path.as_posix()) + ending) for ending in SIDECARS)
        return tuple(str(file) for file in files if file.exists())

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._pause.start()
