"""Where a sheet's pictures came from is remembered on this machine, and nowhere else."""

from pathlib import Path

import pytest

from studio.core.cell_source import HERE, Source
from studio.core.errors import UserError
from studio.store.cell_sources import NAME, keep_source, kept_source, name_source, named_source
from studio.store.sweeps import SheetFolder

COMFY = Source("comfyui", "http://127.0.0.1:8188", "/loras")


def test_it_is_remembered_for_each_sheet(tmp_path: Path) -> None:
    one, two = SheetFolder(tmp_path / "0001"), SheetFolder(tmp_path / "0002")
    keep_source(one, COMFY, tmp_path / "home")
    keep_source(two, Source("folder", "/out"), tmp_path / "home")
    assert kept_source(one, tmp_path / "home") == COMFY
    assert kept_source(two, tmp_path / "home") == Source("folder", "/out")
    keep_source(one, Source("comfyui", "http://other:1"), tmp_path / "home")
    assert kept_source(one, tmp_path / "home").where == "http://other:1"


def test_this_computer_needs_no_memory(tmp_path: Path) -> None:
    keep_source(SheetFolder(tmp_path / "0001"), HERE, tmp_path / "home")
    assert not (tmp_path / "home").exists() and kept_source(SheetFolder(tmp_path / "0001"), tmp_path / "home") == HERE


@pytest.mark.parametrize("text", ["", "[]", "{", '{"X": 3}', '{"X": ["cloud", "x", ""]}', '{"X": ["comfyui", "", ""]}'])
def test_a_damaged_memory_is_none(tmp_path: Path, text: str) -> None:
    sheet = SheetFolder(tmp_path / "0001")
    (tmp_path / NAME).write_text(text.replace("X", str(sheet.folder)), encoding="utf-8")
    assert kept_source(sheet, tmp_path) == HERE
    keep_source(sheet, COMFY, tmp_path)
    assert kept_source(sheet, tmp_path) == COMFY


def test_a_source_has_a_name_that_only_this_machine_understands(tmp_path: Path) -> None:
    name = name_source(COMFY, tmp_path / "home")
    assert named_source(name, tmp_path / "home") == COMFY and name_source(COMFY, tmp_path / "home") == name
    assert not any(part in name for part in ("127.0.0.1", "8188", "/loras"))
    with pytest.raises(UserError, match="a place that this machine does not know"):
        named_source(name, tmp_path / "elsewhere")
    assert name_source(HERE, tmp_path / "elsewhere") == "" and named_source("", tmp_path / "elsewhere") == HERE
    assert not (tmp_path / "elsewhere").exists()
