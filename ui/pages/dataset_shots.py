"""From findings and gaps to pictures that are to be made, and from a picture that was made into its slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from studio.core.coverage import coverage
from studio.core.events import Finished
from studio.core.ledger import Ledger
from studio.core.lint.finding import Finding, Open
from studio.core.shot_list import Shot, filled, gap_shots, prompt, shot_list
from studio.core.showing import Showing
from studio.jobs.import_images import ImportImages
from studio.store.images import id_of_file
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.session import Session
from ui.widgets.coverage_pane import COLUMNS, ROWS
from ui.widgets.shot_list import ShotList

Shown = Mapping[str, Sequence[Showing]]  # by character


class Shots(QObject):
    """Fills the shot list, and imports what is dropped on a slot."""

    def __init__(self, session: Session, shown_in: ShotList) -> None:
        super().__init__(shown_in)
        self._session, self._list = session, shown_in
        self.shots: tuple[Shot, ...] = ()
        self.blind: tuple[Finding, ...] = ()  # that cannot judge before something is labelled
        shown_in.filled.connect(self.fill)
        shown_in.chosen.connect(self._choose)

    def show(self, findings: Iterable[Finding], shown: Shown) -> None:
        """The shots that findings and the gaps of the coverage maps ask for by now."""
        project = self._session.project
        ledgers = {each.name: self._session.ledger(each.name) for each in project.characters}
        found = tuple(findings)
        self.shots = shot_list(found, _gaps(ledgers, shown))
        self.blind = tuple(each for each in found if isinstance(each.remedy, Open) and each.remedy.page == "labels")
        unknown = {image.id for each in self.blind for image in each.images}
        self._list.show_shots(self.shots, [prompt(shot, ledgers.values()) for shot in self.shots], len(unknown))

    def fill(self, shot: Shot, path: Path) -> None:
        """Imports a picture for a shot; once it is there it is labelled as the shot says."""
        first, *others = shot.characters
        job = ImportImages(self._session.place.folder, (path,), first, beside=tuple(others))
        self._session.run(job, tr("Adding {name}", name=path.name), lambda task: self._label(task, shot, path))

    def _choose(self, shot: Shot) -> None:
        path = self._session.ask.file(self._list, tr("The picture for: {picture}", picture=shot.text), "pictures")
        if path:
            self.fill(shot, path)

    def _label(self, task: Task, shot: Shot, path: Path) -> None:
        if not isinstance(task.ending, Finished):
            return
        image = id_of_file(path)
        what = tr("Slot filled: {picture}", picture=shot.text)
        if self._session.records.of(image) and self._session.edit(
                lambda desk: desk.apply(what, filled(shot, image, desk.state))):
            self._session.say(tr("{name} is in its slot", name=path.name), undo=True)


def _gaps(ledgers: Mapping[str, Ledger], shown: Shown) -> list[Shot]:
    """Each wanted word or cell that is empty; maps that say the same give the same shot."""
    found: list[Shot] = []
    for name, ledger in ledgers.items():
        fields = {each.field for each in ledger.wanted}
        for rows in ROWS:
            if rows in fields or (rows == ROWS[0] and COLUMNS in fields):
                found += gap_shots(name, coverage(shown.get(name, ()), ledger, rows, COLUMNS), rows, COLUMNS)
    return found
