"""Step 0 of a sheet is a sheet of the base whose pictures stand beside its own."""

import dataclasses

from studio.core.axes import BASE, Axis
from studio.core.grid_base import base_sheet
from studio.core.spec import RenderSpec, key_of
from studio.core.sweep import Sheet, from_toml, to_toml

SHEET = Sheet("Poses", (Axis("composition", ("from side", "from above")),),
              (Axis("epoch", (8,)), Axis("seed", (42, 100))),
              RenderSpec(prompt="1girl, {composition}", loras=(("5" * 64, 1.0),)), epochs=((8, "8" * 64),))  # fmt: skip


def test_it_draws_what_each_cell_would_be_without_the_characters_lora() -> None:
    bases = base_sheet(SHEET)
    assert {each.value("epoch") for each in bases.expand()} == {BASE} and bases.title == "Poses, step 0"
    wanted = {key_of(dataclasses.replace(each.spec, loras=SHEET.spec.loras)) for each in SHEET.expand()}
    assert {each.key for each in bases.expand()} == wanted
    assert from_toml(to_toml(bases)) == bases


def test_without_an_axis_of_epochs_there_is_none() -> None:
    assert base_sheet(Sheet("s", (Axis("composition", ("a",)),), (Axis("seed", (1,)),), RenderSpec(prompt="x"))) is None
