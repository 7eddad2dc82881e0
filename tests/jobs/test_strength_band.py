"""The strengths that a LoRA is put to use with are those that somebody found sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from studio.core.axes import Axis
from studio.core.marks import Mark
from studio.core.rubric import AS_ASKED, COMPOSITION
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.jobs.strength_band import strength_band
from studio.store import sweeps, workspace
from studio.store.marks import Marks
from studio.store.workspace import Workspace

LORA = "a" * 64
ITEM = COMPOSITION.item(AS_ASKED)
SHEET = Sheet("Strength", (Axis("strength", (0.4, 0.7, 1.0, 1.3)),), (Axis("seed", (1, 2)),), RenderSpec("1girl"),
              epochs=((3, LORA),))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workspace]:
    with workspace.create(tmp_path / "project", "Mira") as place:
        yield place


def judged(place: Workspace, values: Mapping[float, int], sheet: Sheet = SHEET) -> None:
    folder = sweeps.create_sheet(place, sheet)
    Marks(folder.folder).add([Mark(cell.key, ITEM.trait, ITEM.scale, values[float(cell.value("strength"))], "me")
                              for cell in sheet.expand() if float(cell.value("strength")) in values])


def test_it_reaches_from_where_she_shows_to_the_last_that_was_tried(place: Workspace) -> None:
    judged(place, {0.4: 0, 0.7: 2, 1.0: 2, 1.3: 2})
    assert strength_band(place, LORA) == (0.7, 1.3)


def test_without_marks_or_for_another_lora_nobody_knows(place: Workspace) -> None:
    sweeps.create_sheet(place, SHEET)
    assert strength_band(place, LORA) is None
    judged(place, {0.4: 2, 0.7: 2, 1.0: 2, 1.3: 2})
    assert strength_band(place, "b" * 64) is None


def test_where_she_never_shows_there_is_none(place: Workspace) -> None:
    judged(place, {0.4: 0, 0.7: 0, 1.0: 0, 1.3: 0})
    assert strength_band(place, LORA) is None
