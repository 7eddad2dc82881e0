"""The dialog that writes an article: what is looked at is what is written."""

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from studio.core.axes import BASE
from tests.ui.written_sheets import written_epochs, written_sheet
from ui.dialogs.article_dialog import ArticleDialog, open_article


@pytest.fixture
def dialog(studio):
    written_epochs(studio.session.place, 6)
    written_sheet(studio.session.place, (BASE, 2, 6))
    made = ArticleDialog(studio.session, studio.window, ("0001",))
    made.show()
    studio.finish(lambda: not made.preview._image.isNull())
    yield made
    if shiboken6.isValid(made):
        made.close()


def written(studio, dialog, out: Path) -> set[str]:
    out.mkdir()
    studio.answers.folders = [out]
    dialog.choose_folder()
    QTest.mouseClick(dialog.foot.go, Qt.MouseButton.LeftButton)
    studio.finish()
    return {path.suffix for path in out.iterdir()}


def test_a_sheet_is_looked_at_and_written(studio, dialog, tmp_path: Path) -> None:
    assert not dialog.foot.go.isEnabled() and dialog.foot.go.toolTip() == "Choose a folder first."
    assert dialog._about.text().startswith("840 × ")
    assert written(studio, dialog, tmp_path / "out") == {".png", ".html", ".md", ".csv", ""}
    assert dialog.foot.told.text() == f"4 files were written to {tmp_path / 'out'}."
    assert dialog._open.isVisible() and dialog.foot.go.text() == "Write"


def test_only_what_is_ticked_is_written(studio, dialog, tmp_path: Path) -> None:
    for name in ("png", "md", "csv"):
        dialog.boxes[name].click()
    dialog.inside.click()
    assert written(studio, dialog, tmp_path / "out") == {".html"}
    dialog.boxes["html"].click()
    assert not dialog.foot.go.isEnabled() and not dialog.inside.isEnabled()


def test_leaving_the_target_out_is_asked_about(studio, dialog) -> None:
    studio.answers.choices = [1]
    dialog.pinned.click()
    assert dialog.pinned.isChecked() and studio.answers.asked[-1] == "Leave the target and step 0 out?"
    studio.answers.choices = [0]
    dialog.pinned.click()
    assert not dialog.pinned.isChecked() and not dialog.wanted.with_pinned
    dialog.pinned.click()
    assert dialog.pinned.isChecked() and len(studio.answers.asked) == 2, "putting them back is not asked about"


def test_the_picture_can_be_copied(studio, dialog) -> None:
    QGuiApplication.clipboard().clear()
    QTest.mouseClick(dialog._copy, Qt.MouseButton.LeftButton)
    studio.finish(lambda: not QGuiApplication.clipboard().image().isNull())
    image = QGuiApplication.clipboard().image()
    assert dialog._about.text() == f"{image.width():,} × {image.height():,} pixels"


def test_what_ends_after_the_dialog_is_told_in_a_notice(studio, dialog, tmp_path: Path) -> None:
    told = []
    studio.session.noticed.connect(told.append)
    dialog._show_folder(str(tmp_path / "out"))
    dialog.start()
    dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    studio.finish()
    assert [notice.text for notice in told] == [f"4 files were written to {tmp_path / 'out'}."]


def test_a_job_can_be_stopped_where_it_is_shown(studio, dialog, tmp_path: Path) -> None:
    dialog._show_folder(str(tmp_path / "out"))
    dialog.start()
    assert dialog.foot.go.text() == "Stop" and dialog.foot.bar.isVisible()
    QTest.mouseClick(dialog.foot.go, Qt.MouseButton.LeftButton)
    studio.finish()
    assert dialog.foot.go.text() == "Write" and not dialog.foot.bar.isVisible() and not dialog.foot.is_busy


def test_what_fails_is_told_in_the_dialog(studio, dialog, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    dialog._show_folder(str(tmp_path / "file"))
    dialog.start()
    studio.finish()
    assert "cannot be used" in dialog.foot.error.text and dialog.foot.go.isEnabled()


def test_of_several_sheets_one_or_all_are_written(studio, dialog) -> None:
    written_sheet(studio.session.place, (BASE, 4, 6))
    several = ArticleDialog(studio.session, studio.window, ("0002", "0001"), every=False)
    assert several.chosen == ("0002",)
    several.every.click()
    assert several.chosen == ("0002", "0001")
    several.close()


def test_without_a_sheet_a_notice_says_so(studio) -> None:
    told = []
    studio.session.noticed.connect(told.append)
    open_article(studio.session, studio.window, ())
    assert told[0].text == "There is no sheet to write about yet"


def test_everything_that_writes_is_an_action_of_an_open_project(studio) -> None:
    ids = ("write.article", "write.handoff", "write.thin", "write.scene")
    assert all(studio.actions[id].isEnabled() for id in ids)
    studio.session.close()
    assert not any(studio.actions[id].isEnabled() for id in ids)
