"""How projects come to the window: the sample, a new one, and the base that one is trained on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import resources
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.notices import Notice
from ui.recent import SAMPLE
from ui.session import Session

_FOLDER = "Sample project"


def sample_folder(session: Session) -> Path:
    """Where the sample project lies, or will lie."""
    return session.settings.folder / _FOLDER


def open_sample(session: Session) -> None:
    """Opens the sample project; the first time it is made, which takes a moment."""
    from studio.jobs.sample_project import SampleProject

    folder = sample_folder(session)
    if (folder / "project.toml").is_file():
        session.attempt(lambda: session.open(folder))
        return

    def opened(task: Task) -> None:
        if task.course.status == "finished":
            session.attempt(lambda: session.open(folder))

    session.run(SampleProject(folder, resources.folder("samples", SAMPLE)), tr("Making the sample project"), opened)


def make_project(session: Session, folder: Path, name: str, base: str, character: str, trigger: str) -> None:
    """Makes a project with its first character and opens it. Raises UserError for what cannot be."""
    from studio.core.project import Character, with_character
    from studio.jobs.bases import stored_name
    from studio.store import workspace

    with workspace.create(folder, name, stored_name(base)) as place:
        if character:
            place.save(with_character(place.project, Character(name=character, trigger=trigger)))
    session.open(folder)


def choose_base(session: Session, base: str) -> None:
    """From here on the open project is trained on this base: a file, a folder, or `practice`."""
    from studio.jobs.bases import stored_name

    session.save_project(dataclasses.replace(session.project, base=stored_name(base)))


def find_base(session: Session) -> None:
    """Looks for a base for a project that has none; a single one is taken, else a notice asks for one."""
    from studio.jobs.find_bases import FindBases

    if session.project is None or session.project.base:
        return
    place = session.place

    def found(task: Task) -> None:
        if session.place is place and not session.project.base:
            _take(session, tuple((task.ending.facts if task.course.status == "finished" else {}).get("bases", ())))

    also = session.settings.choices.comfyui
    session.run(FindBases(Path(also) if also else None), tr("Looking for a base model"), found, quiet=True)


def _take(session: Session, bases: tuple[Path, ...]) -> None:
    if len(bases) == 1:
        choose_base(session, str(bases[0]))
        session.noticed.emit(Notice(tr("The base of this project is {name}, from your ComfyUI", name=bases[0].name),
                                    action="project.base"))
        return
    what = tr("Several base models were found in your ComfyUI") if bases else tr("No base model was found")
    session.noticed.emit(Notice(what, tr("Choose one before you train; all else works without."),
                                action="project.base"))
