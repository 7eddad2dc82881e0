"""Pictures that nobody read yet are read by a job; the window opens without waiting for them."""

import threading
from pathlib import Path

import pytest

from studio.store import image_index
from tests.ui.conftest import draw, make_project
from ui.newcomers import AT_ONCE

MANY = AT_ONCE + 60


@pytest.fixture
def many_folder(tmp_path: Path) -> Path:
    """More pictures than are read while a person waits."""
    folder = make_project(tmp_path / "many", pictures=0)
    for number in range(MANY):
        image = draw(folder / "images" / "Mira" / f"{number:03}.png", number, (8 + number % 50, 64 + number // 50))
        image.with_suffix(".txt").write_text(f"1girl, miravelo, number {number}", "utf-8")
    return folder


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads in which files were read to tell what they are."""
    names, id_of_file = [], image_index.id_of_file

    def reading(path: Path) -> str:
        names.append(threading.current_thread().name)
        return id_of_file(path)

    monkeypatch.setattr(image_index, "id_of_file", reading)
    return names


def test_opening_reads_few_files_itself_and_the_others_arrive(app, many_folder: Path, readers: list[str]) -> None:
    told, here = [], threading.current_thread().name
    app.session.open(many_folder)
    app.session.records_changed.connect(lambda ids: told.append(len(app.session.all)))
    assert readers == [here] * AT_ONCE and len(app.session.all) == AT_ONCE
    assert [task.title for task in app.session.jobs.open] == ["Looking at new pictures"]
    app.finish()
    assert readers.count(here) == AT_ONCE and len(readers) == MANY and MANY in told
    assert [record.caption.rpartition(" ")[2] for record in app.session.all] == [str(each) for each in range(MANY)]
    assert app.window.page_widget("dataset").gallery.model.rowCount() == MANY


def test_the_second_opening_reads_nothing(app, many_folder: Path, readers: list[str]) -> None:
    app.open(many_folder)
    app.finish()
    app.session.close()
    readers.clear()
    app.open(many_folder)
    assert readers == [] and len(app.session.all) == MANY and not app.session.jobs.open


def test_pictures_that_were_put_into_the_folder_by_hand_are_found(app, many_folder: Path, readers: list[str]) -> None:
    app.open(many_folder)
    app.finish()
    readers.clear()
    for number in range(MANY):
        draw(many_folder / "images" / "Mira" / f"new {number:03}.png", number, (61 + number % 50, 70 + number // 50))
    app.actions["edit.refresh"].trigger()
    assert len(app.session.all) == MANY + AT_ONCE
    app.finish()
    assert readers.count(threading.current_thread().name) == AT_ONCE and len(app.session.all) == 2 * MANY


def test_it_can_be_stopped_and_goes_on_when_the_folders_are_looked_at_again(app, many_folder: Path) -> None:
    notices: list[str] = []
    app.session.noticed.connect(lambda notice: notices.append(notice.text))
    app.open(many_folder)
    for task in app.session.jobs.open:
        task.stop()
    app.finish()
    left = MANY - len(app.session.all)
    if left:  # else it was done before it could be stopped
        assert notices == [f"{left} pictures were not looked at. “Look at the folders again” goes on."]
    app.session.rescan()
    app.finish()
    assert len(app.session.all) == MANY


def test_a_project_may_be_closed_and_another_opened_meanwhile(app, many_folder: Path, project_folder: Path) -> None:
    app.session.open(many_folder)
    app.session.open(project_folder)
    app.finish()
    assert len(app.session.all) == 6
    app.session.open(many_folder)
    app.finish()
    assert len(app.session.all) == MANY


def test_few_new_pictures_are_there_at_once(studio, project_folder: Path) -> None:
    draw(project_folder / "images" / "Mira" / "new.png", 77)
    studio.session.rescan()
    assert len(studio.session.all) == 7 and not studio.session.jobs.open
