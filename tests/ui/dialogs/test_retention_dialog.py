"""The dialog that makes room: what it lists is what goes, and it comes back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.store import kept_files
from tests.ui.written_sheets import written_epochs
from ui.dialogs.retention_dialog import RetentionDialog, open_retention

EPOCHS = 30


@pytest.fixture
def dialog(studio):
    run = written_epochs(studio.session.place, EPOCHS)
    made = RetentionDialog(studio.session, studio.window, [run.id])
    made.show()
    studio.finish(lambda: made.forecast is not None)
    yield made
    made.close()


def told(dialog, epoch: int) -> str:
    return dialog.files.topLevelItem(epoch - 1).text(3)


def pin(dialog, *epochs: int) -> None:
    for epoch in epochs:
        dialog.files.topLevelItem(epoch - 1).setCheckState(0, Qt.CheckState.Checked)


def test_each_file_says_what_becomes_of_it(dialog) -> None:
    pin(dialog, 7)
    dialog.every.setValue(10)
    assert [told(dialog, epoch) for epoch in (6, 7, 10, 30)] == [
        "to the trash", "stays: pinned", "stays: kept by the rule", "stays: the newest"]
    assert dialog._sum.text().startswith("26 files would go to the trash")


def test_the_newest_goes_too_where_somebody_says_so_and_another_stays(dialog) -> None:
    assert dialog.last.value() == 1 and told(dialog, EPOCHS) == "stays: the newest"
    dialog.last.setValue(0)
    assert told(dialog, EPOCHS) == "stays: the newest", "nothing else would"
    pin(dialog, 2)
    assert told(dialog, EPOCHS) == "to the trash"
    assert {each.file.epoch for each in dialog.forecast.kept} == {2}


def test_what_is_listed_goes_and_comes_back(studio, dialog) -> None:
    pin(dialog, 2, 8, 15)
    listed = {each.epoch for each in dialog.forecast.going}
    QTest.mouseClick(dialog.foot.go, Qt.MouseButton.LeftButton)
    studio.finish(lambda: dialog._back.isVisible())
    gone = {each.epoch for each in kept_files.removed_files(studio.session.place, dialog.run_folder)}
    assert gone == listed == set(range(1, EPOCHS + 1)) - {2, 8, 15, EPOCHS}
    assert dialog._back.text() == "Bring 26 files back" and not dialog.foot.go.isEnabled()
    QTest.mouseClick(dialog._back, Qt.MouseButton.LeftButton)
    studio.finish(lambda: dialog.files.topLevelItemCount() == EPOCHS)
    assert dialog.foot.told.text() == "26 files are back."


def test_pins_are_remembered(studio, dialog) -> None:
    pin(dialog, 3, 9)
    again = RetentionDialog(studio.session, studio.window, [dialog.run_folder.id])
    studio.finish(lambda: again.forecast is not None)
    assert again.pins == {3, 9}
    again.close()


def test_without_a_run_a_notice_says_so(studio) -> None:
    told = []
    studio.session.noticed.connect(told.append)
    open_retention(studio.session, studio.window)
    assert told[0].text == "There is no run yet"
