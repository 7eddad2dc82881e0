from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from studio.core.edits import SILENCED
from studio.core.lint.settings import LintSettings
from studio.store.lint_file import NAME, read_lint_settings
from ui.dialogs.lint_settings import LintSettingsDialog


def test_a_line_that_is_moved_counts_at_once_and_goes_back(studio, project_folder) -> None:
    dialog, asked = LintSettingsDialog(studio.session, studio.window), []
    dialog.changed.connect(lambda: asked.append(True))
    dialog.form.field("sentences").enter("3")
    assert read_lint_settings(studio.session.place).sentences == 3 and asked == [True]
    dialog._reset()
    assert read_lint_settings(studio.session.place) == LintSettings()
    assert dialog.form.field("sentences").editor.text() == "2" and (project_folder / NAME).is_file()


def test_what_is_meant_to_be_so_can_be_heard_again(studio) -> None:
    ids = [each.id for each in studio.session.all[:2]]
    studio.session.edit(lambda desk: desk.set("x", SILENCED + "C03", dict.fromkeys(ids, True)))
    dialog = LintSettingsDialog(studio.session, studio.window)
    [back] = [each for each in dialog.silenced.findChildren(QPushButton)]
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert not any(each.silenced for each in studio.session.all)
    assert dialog.silenced._none.isVisibleTo(dialog.silenced)
