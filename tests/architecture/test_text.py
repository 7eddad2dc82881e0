"""What ships names no folder of the machine it was written on."""

import re

import pytest

from tests.architecture.tree import ROOT, files

TEXT = {".py", ".md", ".toml", ".txt", ".cfg", ".ini", ".sh", ".yml", ".yaml", ""}
DEVELOPERS_FOLDER = re.compile(r"(?<![\w./-])(?:/(?:work|root|home/\w+|Users/\w+)/|[A-Z]:\\Users\\)")
NEXT_DOOR = "../" + "shared"


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files() if path.suffix in TEXT}


def test_no_text_names_a_folder_of_a_developers_machine(texts: dict[str, str]) -> None:
    found = {name: match.group() for name, text in texts.items() if (match := DEVELOPERS_FOLDER.search(text))}
    assert found == {}


def test_only_the_ci_script_looks_outside_the_repository(texts: dict[str, str]) -> None:
    assert {name for name, text in texts.items() if NEXT_DOOR in text} <= {".ci/run"}


