"""Where pictures come from is asked once, tried if one likes, and remembered for the project."""

from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from studio.core.cell_source import HERE, Source
from studio.core.spec import RenderSpec
from studio.store import sweeps
from studio.store.comfy_graph import Graph, graph_text
from tests.comfy_stand_in import comfy_stand_in
from ui.dialogs.cell_source import CellSourceDialog, SourceRow, choose_source, chosen_source, source_words


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path / "studio"))


def shown(studio) -> CellSourceDialog:
    dialog = CellSourceDialog(studio.session, studio.window)
    dialog.show()
    return dialog


def press(dialog: CellSourceDialog, text: str) -> None:
    button = next(each for each in dialog.kind.findChildren(QToolButton) if each.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_until_somebody_says_otherwise_it_is_this_computer(studio) -> None:
    assert chosen_source(studio.session) == HERE and source_words(HERE) == "This computer"


def test_an_address_is_remembered_for_the_project(studio) -> None:
    dialog = shown(studio)
    press(dialog, "ComfyUI")
    QTest.keyClicks(dialog.address, "localhost:8188")
    dialog.accept()
    assert chosen_source(studio.session) == Source("comfyui", "http://localhost:8188")
    assert source_words(chosen_source(studio.session)) == "ComfyUI at localhost:8188"
    again = shown(studio)
    assert again.kind.value == "comfyui" and again.address.text() == "http://localhost:8188"


def test_a_folder_for_its_loras_may_go_with_it(studio, tmp_path: Path) -> None:
    dialog = shown(studio)
    press(dialog, "ComfyUI")
    QTest.keyClicks(dialog.address, "localhost:8188")
    studio.answers.folders = [tmp_path]
    dialog.choose_loras()
    dialog.accept()
    assert chosen_source(studio.session) == Source("comfyui", "http://localhost:8188", str(tmp_path))
    again = shown(studio)
    QTest.mouseClick(again._no_loras, Qt.MouseButton.LeftButton)
    again.accept()
    assert chosen_source(studio.session).loras == ""


def test_what_is_no_address_stays_in_the_dialog(studio) -> None:
    dialog = shown(studio)
    press(dialog, "ComfyUI")
    dialog.accept()
    assert "address of ComfyUI is missing" in dialog.error.text
    QTest.keyClicks(dialog.address, "ftp://x")
    dialog.accept()
    assert "is not the address of a ComfyUI" in dialog.error.text and dialog.isVisible()
    assert chosen_source(studio.session) == HERE


def test_a_server_is_tried_before_it_is_used(studio) -> None:
    dialog = shown(studio)
    press(dialog, "ComfyUI")
    with comfy_stand_in(loras=["a.safetensors"]) as server:
        dialog.address.setText(server.url)
        QTest.mouseClick(dialog.try_button, Qt.MouseButton.LeftButton)
        studio.finish()
        assert dialog.told.text() == "It answers: ComfyUI 0.3.60, cuda:0 Test, 1 LoRA"
    dialog.address.setText("http://127.0.0.1:9")
    dialog.try_it()
    studio.finish()
    assert "No ComfyUI can be reached" in dialog.error.text and dialog.told.text() == ""


def test_a_folder_is_chosen(studio, tmp_path: Path) -> None:
    dialog = shown(studio)
    press(dialog, "A folder of pictures")
    studio.answers.folders = [tmp_path]
    dialog.choose_folder()
    dialog.accept()
    assert chosen_source(studio.session) == Source("folder", str(tmp_path))


def test_a_row_in_a_form_shows_and_changes_it(studio) -> None:
    choose_source(studio.session, Source("comfyui", "http://127.0.0.1:8188"))
    part, heard = SourceRow(studio.session), []
    part.changed.connect(lambda: heard.append(chosen_source(studio.session)))
    assert part.words.text() == "ComfyUI at 127.0.0.1:8188"
    QTest.mouseClick(part.change, Qt.MouseButton.LeftButton)
    press(part.dialog, "This computer")
    part.dialog.accept()
    assert heard == [HERE] and part.words.text() == "This computer"


def test_pictures_make_a_sheet_of_their_own(studio, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    spec = RenderSpec(prompt="1girl, smile", steps=8, cfg=1.0, width=64, height=64)
    for epoch in (1, 2):
        graph = graph_text(Graph(spec, ((f"mira-{epoch:06}.safetensors", 1.0),)))
        info = PngImagePlugin.PngInfo()
        info.add_text("prompt", graph)
        Image.new("RGB", (64, 64), (epoch, 0, 0)).save(folder / f"{epoch}.png", pnginfo=info)
    Image.new("RGB", (64, 64)).save(folder / "silent.png")
    dialog, said, made = shown(studio), [], []
    studio.session.noticed.connect(lambda notice: said.append(notice.text))
    dialog.made.connect(lambda: made.append(True))
    press(dialog, "A folder of pictures")
    assert not dialog.make_button.isEnabled()
    studio.answers.folders = [folder]
    dialog.choose_folder()
    QTest.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)
    studio.finish()
    assert made and said[0] == "2 pictures make the sheet 0001. 1 has no place in it; its journal says why"
    sheet = sweeps.find_sheet(studio.session.place, "latest")
    assert len(list((sheet.folder / "cells").iterdir())) == 2
