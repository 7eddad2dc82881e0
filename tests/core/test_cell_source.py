"""The program that draws a picture is part of what it is: pictures of two programs are never taken for each other."""

from dataclasses import replace

import pytest

from studio.core.axes import Axis
from studio.core.cell_source import HERE, Source, source_of
from studio.core.errors import UserError
from studio.core.evaluation_rules import CellFacts, SheetFacts, warnings
from studio.core.spec import RenderSpec, key_of
from studio.core.sweep import Sheet, from_toml, to_toml
from studio.store.picture_text import Origin, from_json, to_json

SPEC = RenderSpec("1girl", base="d" * 64)


def test_another_program_makes_another_key() -> None:
    keys = {key_of(replace(SPEC, drawn_by=program)) for program in ("", "ComfyUI", "Forge")}
    assert len(keys) == 3


def test_the_keys_of_this_studio_are_what_they_were() -> None:
    assert key_of(RenderSpec()) == "4107ced9e7017acfb34166a7a6020867"
    assert '"drawn_by"' not in to_json(Origin(SPEC)) and "drawn_by" not in to_toml(Sheet("a", (), (), SPEC))


def test_who_draws_it_stands_in_the_sheet_and_in_the_picture() -> None:
    spec = replace(SPEC, drawn_by="ComfyUI")
    sheet = Sheet("a", (Axis("seed", (1, 2)),), (), spec)
    assert from_toml(to_toml(sheet)) == sheet and {cell.spec.drawn_by for cell in sheet.expand()} == {"ComfyUI"}
    assert from_json(to_json(Origin(spec))).spec == spec
    assert (sheet.heading, replace(sheet, spec=SPEC).heading) == ("a · ComfyUI", "a")


def test_cells_of_two_programs_are_not_compared_in_silence() -> None:
    cells = tuple(CellFacts(f"{arm}{seed}", arm, seed, "1girl", drawn_by=program)
                  for arm, program in (("ep1", ""), ("ep2", "ComfyUI")) for seed in (1, 2))
    (found,) = warnings(SheetFacts(cells))
    assert found.rule == "V03" and "program" in str(found.message)


@pytest.mark.parametrize("kind, where", [("comfyui", " "), ("folder", ""), ("cloud", "x")])
def test_a_source_without_its_place_is_refused(kind: str, where: str) -> None:
    with pytest.raises(UserError):
        source_of(kind, where)


def test_this_computer_needs_no_place() -> None:
    assert source_of("here", "whatever") == HERE and source_of("comfyui", " a ") == Source("comfyui", "a")
