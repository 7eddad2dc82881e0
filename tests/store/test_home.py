"""The studio's own folder, on every system."""

from pathlib import Path

import pytest

from studio.store.home import fetched_tokenizers, home_folder


@pytest.mark.parametrize(("environment", "platform", "expected"), [
    ({"CHARSTUDIO_HOME": "/own", "XDG_DATA_HOME": "/xdg"}, "linux", Path("/own")),
    ({"XDG_DATA_HOME": "/xdg"}, "linux", Path("/xdg/character-lora-studio")),
    ({}, "linux", Path.home() / ".local/share/character-lora-studio"),
    ({"LOCALAPPDATA": "/local"}, "win32", Path("/local/character-lora-studio")),
    ({}, "darwin", Path.home() / "Library/Application Support/character-lora-studio"),
])  # fmt: skip
def test_it_lies_where_the_system_wants_it(environment: dict[str, str], platform: str, expected: Path) -> None:
    assert home_folder(environment, platform) == expected


def test_tokenizers_have_a_place_in_it() -> None:
    assert fetched_tokenizers(Path("home")) == Path("home/tokenizers")
