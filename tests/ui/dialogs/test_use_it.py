"""Use it: a folder, a click, two pictures that are the same."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from studio.jobs.train import start_training
from studio.store.workspace import open_project
from tests.job_runs import run
from tests.tiny_project import RECIPE, write_project
from ui.dialogs.use_it import UseItDialog, open_use_it


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    folder = write_project(tmp_path_factory.mktemp("use") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
    return folder


@pytest.fixture
def loras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    folder = tmp_path / "ComfyUI" / "models" / "loras"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def dialog(app, trained: Path, loras: Path) -> UseItDialog:
    """Over a finished run, with a ComfyUI in the usual place."""
    app.open(trained)
    dialog = open_use_it(app.session, app.window, "latest", 2)
    app.finish()
    return dialog


def test_the_folder_of_a_comfyui_is_offered_and_one_click_puts_it_there(app, dialog: UseItDialog, loras: Path) -> None:
    assert dialog._places() == [str(loras)] and dialog.go.isEnabled()
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    app.finish()
    assert dialog.error.text == "" and dialog.pages.currentIndex() == 1
    assert dialog.facts["difference"] <= 1 and "draws the same picture" in dialog.verdict.text()
    assert len(list(loras.glob("*.safetensors"))) == 1
    dialog.copy_path()
    assert QGuiApplication.clipboard().text() == dialog.facts["path"]


def test_the_folder_is_remembered(app, dialog: UseItDialog, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    app.answers.folders = [other]
    dialog.choose_folder()
    dialog.put()
    app.finish()
    again = UseItDialog(app.session, app.window, "latest", 1, "")
    assert again._places()[0] == str(other)
    app.finish()


def test_of_a_comfyui_that_is_chosen_the_folder_of_loras_is_meant(app, dialog: UseItDialog, tmp_path: Path) -> None:
    (loras := tmp_path / "Another" / "models" / "loras").mkdir(parents=True)
    for chosen in (loras.parents[1], loras.parent, loras):
        app.answers.folders = [chosen]
        dialog.choose_folder()
        assert dialog._chosen() == str(loras)


def test_what_stands_in_the_way_is_told_in_the_dialog(app, dialog: UseItDialog, loras: Path) -> None:
    dialog._epoch = 9
    dialog.put()
    app.finish()
    assert "no LoRA of epoch 9" in dialog.error.text and dialog.go.isEnabled() and dialog.pages.currentIndex() == 0
