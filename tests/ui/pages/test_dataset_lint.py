"""One lint looks for all pages, and garbage is not looked for among the records."""

import gc
from pathlib import Path

from tests.ui.written_sheets import written_epochs, written_sheet
from ui.pages.dataset_lint import linting_of


def test_both_pages_hear_the_same_lint_and_the_next_project_gets_its_own(studio, project_folder: Path) -> None:
    lint = linting_of(studio.session)
    dataset, captions = (studio.window.page_widget(id) for id in ("dataset", "captions"))
    assert dataset.linting is lint
    studio.finish(lambda: lint.has_looked and not lint.is_busy)
    assert captions.set.found is lint.found and lint.found.findings
    studio.session.close()
    studio.open(project_folder)
    assert linting_of(studio.session) is not lint
    assert studio.window.page_widget("dataset").linting is linting_of(studio.session)


def test_marks_that_cannot_be_read_stop_no_lint(studio) -> None:
    written_epochs(studio.session.place, 2)
    sheet = written_sheet(studio.session.place, (1, 2))
    (sheet.folder / "marks.jsonl").write_bytes(b"{nonsense}\n{}\n")
    lint = linting_of(studio.session)
    studio.finish(lambda: lint.has_looked and not lint.is_busy)
    assert lint.found.findings and lint.probed == {}


def test_a_page_that_is_built_later_shows_what_was_found_before(studio) -> None:
    studio.window.page_widget("captions")
    lint = linting_of(studio.session)
    studio.finish(lambda: lint.has_looked and not lint.is_busy)
    page = studio.window.page_widget("dataset")
    cards = [each.finding for each in page.overview.lint.cards]
    assert cards and cards == list(lint.found.findings[:len(cards)])


def test_records_are_set_aside_while_their_project_is_open(studio) -> None:
    studio.window.page_widget("dataset")
    assert gc.get_freeze_count() > 0
    studio.session.close()
    assert gc.get_freeze_count() == 0


def test_a_closed_projects_page_hears_nothing_of_the_next_one(studio, project_folder: Path) -> None:
    studio.window.page_widget("dataset")
    studio.session.close()
    studio.open(project_folder)
    page = studio.window.page_widget("dataset")
    studio.session.select([studio.session.all[1].id])
    assert page.gallery.view.rows == (1,) and studio.actions["dataset.open"].isEnabled()
