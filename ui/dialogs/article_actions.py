"""What can be made of what a project has shown: an article, a judge's bundle, room on the disk, a scene to draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.i18n import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.session import Session

_IDS = ("write.article", "write.handoff", "write.thin", "write.scene")


def add_writing_actions(session: Session, window: QWidget) -> None:
    """Puts them into the registry; they can be done while a project is open."""
    add, group = session.actions.add, tr("Project")
    add("write.article", tr("Write an article …"), lambda: _article(session, window), icon="note", group=group,
        tip=tr("Sheets as labelled pictures, a page to look at, text and tables."))
    add("write.handoff", tr("Hand to a judge …"), lambda: _handoff(session, window), icon="export", group=group,
        tip=tr("Lets a vision model judge a sheet without knowing the epochs, and takes its answer in."))
    add("write.thin", tr("Make room among LoRA files …"), lambda: _thin(session, window), icon="trash", group=group,
        tip=tr("Says which epochs of a run stay, and moves the others to the trash."))
    add("write.scene", tr("Scene of several characters …"), lambda: _scene(session, window), icon="people",
        group=group, tip=tr("A form that becomes a scene as JSON, and a prompt with every trigger."))
    enable = _enabling(session)
    session.project_opened.connect(enable)
    session.project_closed.connect(enable)
    enable()


def _enabling(session: Session) -> Callable[[], None]:
    def enable() -> None:
        for id in _IDS:
            session.actions.enable(id) if session.is_open else session.actions.disable(id, tr("No project is open."))

    return enable


def _article(session: Session, window: QWidget) -> None:
    from studio.store import sweeps
    from ui.dialogs.article_dialog import open_article

    newest_first = tuple(each.folder.name for each in reversed(sweeps.sheets_of(session.place)))
    open_article(session, window, newest_first, every=False)


def _handoff(session: Session, window: QWidget) -> None:
    from ui.dialogs.handoff_dialog import open_handoff

    open_handoff(session, window)


def _thin(session: Session, window: QWidget) -> None:
    from ui.dialogs.retention_dialog import open_retention

    open_retention(session, window)


def _scene(session: Session, window: QWidget) -> None:
    from ui.dialogs.scene_dialog import open_scene

    open_scene(session, window)
