"""The dialog that hands a sheet to a judge and takes the answer in."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.axes import BASE
from studio.store import sweeps
from studio.store.marks import Marks
from tests.ui.written_sheets import written_epochs, written_sheet
from ui.dialogs.handoff_dialog import TAKE, HandOffDialog, open_handoff


@pytest.fixture
def dialog(studio):
    written_epochs(studio.session.place, 6)
    written_sheet(studio.session.place, (BASE, 2, 6))
    made = HandOffDialog(studio.session, studio.window, ["0001"])
    made.show()
    yield made
    made.close()


def answered(folder: Path, value: int) -> Path:
    bundle = json.loads((folder / "bundle.json").read_text("utf-8"))
    rows = [{"cell": cell["cell"], "trait": question["trait"], "value": value}
            for cell in bundle["cells"] for question in bundle["questions"]]
    answer = folder / "answer.json"
    answer.write_text(json.dumps({"bundle": bundle["bundle"], "judge": "gpt", "scores": rows}), "utf-8")
    return answer


def test_a_bundle_goes_out_and_its_answer_comes_in(studio, dialog, tmp_path: Path) -> None:
    assert not dialog.foot.go.isEnabled()
    assert [dialog.questions.item(row).text() for row in range(dialog.questions.count())] == ["as asked: 0 to 2"]
    (tmp_path / "out").mkdir()
    studio.answers.folders = [tmp_path / "out"]
    dialog.choose_folder()
    QTest.mouseClick(dialog.foot.go, Qt.MouseButton.LeftButton)
    studio.finish()
    assert dialog.foot.told.text() == f"9 pictures lie in {tmp_path / 'out'}." and dialog._open.isVisible()
    studio.answers.chosen_files = [answered(tmp_path / "out", 2)]
    dialog.show_face(TAKE)
    assert dialog.foot.go.text() == "Take in" and not dialog.foot.go.isEnabled()
    dialog.choose_answer()
    QTest.mouseClick(dialog.foot.go, Qt.MouseButton.LeftButton)
    studio.finish()
    assert dialog.foot.told.text().startswith("9 marks of gpt were made.")
    assert "gpt · 9 scores" in dialog.taken.item(0).text()
    assert Marks(sweeps.find_sheet(studio.session.place, "1").folder).state.judges() == ("gpt",)


def test_an_answer_off_the_scale_is_refused_where_it_was_given(studio, dialog, tmp_path: Path) -> None:
    dialog._folder = tmp_path / "out"
    dialog.start()
    studio.finish()
    dialog.show_face(TAKE)
    studio.answers.chosen_files = [answered(tmp_path / "out", 6)]
    dialog.choose_answer()
    dialog.start()
    studio.finish()
    assert "row 1, field value" in dialog.foot.error.text
    assert dialog.taken.item(0).text() == "None yet."


def test_without_a_sheet_a_notice_says_so(studio) -> None:
    told = []
    studio.session.noticed.connect(told.append)
    open_handoff(studio.session, studio.window)
    assert told[0].text == "There is no sheet to judge yet"
