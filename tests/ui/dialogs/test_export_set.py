from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ui.dialogs.export_set import ExportDialog


def test_the_set_is_written_for_another_trainer(studio, tmp_path: Path) -> None:
    dialog = ExportDialog(studio.session, studio.window)
    dialog.show()
    assert not dialog._go.isEnabled()
    (tmp_path / "out").mkdir()
    studio.answers.folders = [tmp_path / "out"]
    dialog.choose_folder()
    QTest.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    studio.finish()
    assert dialog._told.text().startswith(f"6 pictures were written to {tmp_path / 'out'}.")
    assert len([*(tmp_path / "out").rglob("*.png")]) == len([*(tmp_path / "out").rglob("*.txt")]) == 6


def test_a_folder_that_holds_something_else_is_told_in_the_dialog(studio, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine", "utf-8")
    dialog = ExportDialog(studio.session, studio.window)
    dialog.show()
    studio.answers.folders = [tmp_path / "out"]
    dialog.choose_folder()
    dialog.start()
    studio.finish()
    assert dialog.error.text
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letter.txt"]
    dialog.into.setChecked(True)
    dialog.start()
    studio.finish()
    assert not dialog.error.text and (tmp_path / "out" / "letter.txt").read_text("utf-8") == "mine"
