"""What the window remembers: through restarts, damage and disks that refuse."""

from pathlib import Path

import pytest

from studio.core.errors import UserError
from ui.settings import CHOICES, MOST_RECENT, STATE, Settings


def test_choices_and_state_are_there_after_a_restart(tmp_path: Path) -> None:
    first = Settings(tmp_path)
    first.choose(appearance="light", comfyui="/models")
    first.remember(page="captions", panes_dataset=[200, 700, 300])
    again = Settings(tmp_path)
    assert (again.choices.appearance, again.choices.comfyui, again.choices.language) == ("light", "/models", "system")
    assert again.state("page", "") == "captions" and again.state("panes_dataset", []) == [200, 700, 300]
    assert again.early("appearance") == "light"


def test_a_choice_that_cannot_be_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with pytest.raises(UserError, match="one of system, dark, light"):
        settings.choose(appearance="pink")
    assert settings.choices.appearance == "system" and not (tmp_path / CHOICES).exists()


@pytest.mark.parametrize("name, damage", [
    (CHOICES, "{"), (CHOICES, '{"appearance": "pink"}'), (CHOICES, '{"colour": "dark"}'), (CHOICES, "[1, 2]"),
    (STATE, "\x00"), (STATE, "[" * 100_000), (STATE, "7"),
])
def test_a_file_that_cannot_be_read_is_put_aside_and_told(tmp_path: Path, name: str, damage: str) -> None:
    (tmp_path / name).write_text(damage, "utf-8")
    settings = Settings(tmp_path)
    assert settings.choices.appearance == "system" and settings.recent == ()
    assert len(settings.troubles) == 1 and name in settings.troubles[0]
    assert (tmp_path / f"{name}.unreadable").read_text("utf-8") == damage


def test_state_of_another_kind_than_expected_counts_as_none(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.remember(page=7, sides_hidden="yes")
    assert settings.state("page", "") == "" and settings.state("sides_hidden", False) is False


def test_the_last_project_comes_first_and_each_but_once(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    for name in ("a", "b", "a"):
        settings.opened(Path("/p", name))
    assert settings.recent == (Path("/p/a"), Path("/p/b"))
    settings.forget(Path("/p/a"))
    assert Settings(tmp_path).recent == (Path("/p/b"),)
    for number in range(20):
        settings.opened(Path("/p", str(number)))
    assert len(settings.recent) == MOST_RECENT and settings.recent[0] == Path("/p/19")


def test_a_folder_that_cannot_be_written_costs_the_memory_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "home")
    settings.remember(page="captions")
    assert settings.state("page", "") == "captions"
    assert "could not be written" in settings.troubles[0]
