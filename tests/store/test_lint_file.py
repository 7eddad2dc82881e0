from pathlib import Path

import pytest

from studio.core.errors import UserError
from studio.core.knobs import changed
from studio.core.lint.settings import LintSettings
from studio.store import workspace
from studio.store.lint_file import read_lint_settings, write_lint_settings


def test_a_project_without_a_file_has_the_usual_lines(tmp_path: Path) -> None:
    with workspace.create(tmp_path / "project", "Set") as place:
        assert read_lint_settings(place) == LintSettings()


def test_only_what_differs_is_kept_so_that_better_defaults_count(tmp_path: Path) -> None:
    settings = changed(LintSettings(), ["fewest=2", "general_tags=standing|sitting", "outfit_share=0.7"])
    with workspace.create(tmp_path / "project", "Set") as place:
        path = write_lint_settings(place, settings)
        assert read_lint_settings(place) == settings
    assert sorted(path.read_text().splitlines()) == [
        "fewest = 2", 'general_tags = ["standing", "sitting"]', "outfit_share = 0.7"]


@pytest.mark.parametrize("text", ["fewset = 3", "fewest = 'many'", "fewest = 0", "fewest ="])
def test_a_damaged_file_names_itself(tmp_path: Path, text: str) -> None:
    with workspace.create(tmp_path / "project", "Set") as place:
        (tmp_path / "project" / "lint.toml").write_text(text)
        with pytest.raises(UserError, match="lint.toml"):
            read_lint_settings(place)
