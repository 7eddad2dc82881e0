"""A project is closed and opened again, or another one in its place: what belonged to the first hears of it no more."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from tests.ui.conftest import make_project

PAGES = ("dataset", "captions")


@pytest.fixture
def other_folder(tmp_path: Path) -> Path:
    return make_project(tmp_path / "other", pictures=3)


@pytest.mark.parametrize("shown", PAGES)
@pytest.mark.parametrize("shown_then", PAGES)
def test_a_project_is_closed_and_reopened_at_once(studio, project_folder: Path, shown: str, shown_then: str) -> None:
    session = studio.session
    for page in (*PAGES, shown):
        session.show_page(page)
    session.select([session.all[0].id])
    session.settings.remember(page=shown_then)
    session.close()
    session.open(project_folder)  # the event loop had no moment to delete the old pages
    session.select([session.all[1].id])
    session.edit(lambda desk: desk.set("3 stars", "stars", {session.all[1].id: 3}))
    assert studio.window.page == shown_then and session.current.stars == 3


def test_another_project_is_opened_in_the_place_of_the_first(studio, other_folder: Path) -> None:
    session, old = studio.session, studio.window.page_widget("dataset")
    gone: list[bool] = []
    old.destroyed.connect(lambda: gone.append(True))
    session.settings.remember(page="captions")
    session.open(other_folder)
    session.select([session.all[0].id])
    session.ledger_changed.emit("Mira")
    session.show_filtered("smile")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gone and studio.window.page == "dataset" and len(session.all) == 3


def test_pages_hear_of_edits_after_a_reopening(studio, project_folder: Path) -> None:
    session = studio.session
    session.close()
    session.open(project_folder)
    page = studio.window.page_widget("dataset")
    session.show_page("dataset")
    session.select([session.all[2].id])
    assert [*page.gallery.view.rows] == [2]


def test_what_listened_to_a_project_does_not_hear_of_the_next(studio, project_folder: Path) -> None:
    session, heard = studio.session, []
    signals = (session.records_changed, session.selection_changed, session.ledger_changed, session.filter_requested)
    for signal in signals:
        signal.connect(heard.append)
    session.close()
    session.open(project_folder)
    session.records_changed.emit(())
    session.select([session.all[0].id])
    session.ledger_changed.emit("Mira")
    session.show_filtered("smile")
    assert heard == []
