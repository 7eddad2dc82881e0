"""Which picture of her stand the epochs beside? The nearest of the set, or one that is chosen here, once.

A picture from elsewhere becomes one of the project, left out of training.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImageReader, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from studio.core.record import Record
from studio.core.reference import nearest
from studio.store.targets import choose_target, read_targets
from ui import theme
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.session import Session
from ui.widgets.basics import push, row, sentence

_SIDE = 64
_KINDS = "*.png *.jpg *.jpeg *.webp *.avif *.bmp"


class TargetRow(QWidget):
    """Shows what there is; `keep` makes a chosen file the target of the sheet's prompts."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.chosen: Path | None = None
        self._picture, self.words = QLabel(), sentence("")
        self._picture.setFixedSize(_SIDE, _SIDE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._ask = push(tr("Choose a picture …"), self.ask, icon="pictures")
        inside = row(self._picture, self.words, self._ask, gap=theme.MEDIUM)
        inside.setStretch(1, 1)
        self.setLayout(inside)
        self._show(None, tr("Looking …"))

    def look(self, prompts: Iterable[str]) -> None:
        """Finds what these prompts are compared with."""
        if self.chosen:
            return
        record = self._record(tuple(prompts))
        if record is None:
            return self._show(None, tr("The project has no picture of her: choose one to compare with"))
        self._show(self._session.place.folder / record.image.path, tr("{name}, the nearest of the set",
                                                                      name=record.image.path.name))

    def ask(self) -> None:
        """Another picture, from wherever."""
        kinds = f"{tr('Pictures')} ({_KINDS})"
        if chosen := self._session.ask.file(self, tr("A picture of her to compare with"), "pictures", kinds):
            self.chosen = chosen
            self._show(chosen, chosen.name)

    def keep(self, prompts: Iterable[str]) -> None:
        """Makes the chosen file the target of these prompts; without one everything stays as it is."""
        from studio.jobs.import_images import ImportImages

        session, file, characters = self._session, self.chosen, self._session.project.characters
        if file is None or not characters:
            return
        before = {record.id for record in session.all}
        wanted = tuple(prompts)
        job = ImportImages(session.place.folder, (file,), characters[0].name)
        session.run(job, tr("Taking in the target"), lambda task: _kept(session, task, before, file, wanted))

    def _record(self, prompts: tuple[str, ...]) -> Record | None:
        session = self._session
        known = read_targets(session.place.folder)
        chosen = (session.records.of(known[prompt]) for prompt in prompts if prompt in known)
        of_person = next((found[0] for found in chosen if found), None)
        near = (nearest(prompt, session.all, session.project.characters) for prompt in prompts)
        return of_person or next((each for each in near if each), None)

    def _show(self, path: Path | None, words: str) -> None:
        self.words.setText(words)
        self._picture.setPixmap(_small(path) if path else QPixmap())
        self._picture.setVisible(path is not None)


def _kept(session: Session, task: Task, before: set[str], file: Path, prompts: tuple[str, ...]) -> None:
    """A picture that was there already is the target as it is; a new one is left out of training."""
    from studio.store.images import read_picture

    if task.course.status != "finished" or not session.is_open:
        return
    id = session.attempt(lambda: read_picture(file).id)
    if id is None or not session.records.of(id):
        return
    for prompt in prompts:
        choose_target(session.place.folder, prompt, id)
    if id not in before:
        session.edit(lambda desk: desk.set(tr("{name} is a target only", name=file.name), "rejected", {id: True}))
    session.records_changed.emit((id,))


def _small(path: Path) -> QPixmap:
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(_SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    return QPixmap.fromImage(reader.read())
