"""What the heads of a sheet say."""

from pathlib import Path

from studio.core.axes import Axis
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.jobs.sheet_image import ColumnHead, SheetPicture
from studio.jobs.sheet_layout import layout
from studio.store.sweeps import SheetFolder

EPOCHS = Axis("epoch", ("base", 2))


def laid_out(columns: tuple[Axis, ...], rows: tuple[Axis, ...] = (EPOCHS,), **more: object) -> SheetPicture:
    spec = RenderSpec(prompt="1girl, mira, {pose}", steps=8, cfg=1.0, width=832, height=1216)
    sheet = Sheet("Every epoch", rows, columns, spec, words=(("pose", "standing"),), epochs=((2, "ab"),))
    notes = {"base": ("without the LoRA",)}
    return layout(sheet, SheetFolder(Path("nowhere")), "Tiny", "practice model", notes, **more)


def test_the_title_names_project_sheet_and_base() -> None:
    assert laid_out((Axis("seed", (1,)),)).title == "Tiny · Every epoch · practice model"


def test_columns_say_what_their_prompts_do_not_share_and_their_seeds() -> None:
    picture = laid_out((Axis("prompt", ("1girl, mira, sitting", "1girl, mira, running")), Axis("seed", (1, 2))))
    assert picture.subtitle == "Every prompt: 1girl, mira"
    assert picture.columns[1:3] == (ColumnHead("sitting", "seed 2"), ColumnHead("running", "seed 1"))


def test_words_of_the_prompt_are_columns_too() -> None:
    picture = laid_out((Axis("pose", ("sitting", "running")),))
    assert picture.columns == (ColumnHead("sitting", ""), ColumnHead("running", ""))


def test_prompts_that_vary_by_row_are_not_claimed_by_columns() -> None:
    picture = laid_out((Axis("seed", (1, 2)),), rows=(Axis("pose", ("sitting", "running")),))
    assert picture.columns == (ColumnHead("", "seed 1"), ColumnHead("", "seed 2"))
    assert [row.label for row in picture.rows] == ["sitting", "running"]


def test_columns_keep_their_words_where_rows_change_the_prompt_too() -> None:
    spec = RenderSpec(prompt="1girl, {trigger}, {pose}")
    rows, columns = (Axis("character", ("Mira", "Kai")),), (Axis("pose", ("sitting", "running")), Axis("seed", (1,)))
    sheet = Sheet("Who", rows, columns, spec, characters=(("Mira", "mira"), ("Kai", "kaix")))
    picture = layout(sheet, SheetFolder(Path("nowhere")), "Tiny", "practice model", {})
    assert picture.columns == (ColumnHead("sitting", "seed 1"), ColumnHead("running", "seed 1"))
    assert [row.label for row in picture.rows] == ["Mira", "Kai"]


def test_characters_side_by_side_are_told_by_name_and_trigger() -> None:
    spec = RenderSpec(prompt="1girl, {trigger}, standing")
    columns = (Axis("character", ("Mira", "Kai")), Axis("seed", (1, 2)))
    sheet = Sheet("Who", (EPOCHS,), columns, spec, epochs=((2, "ab"),), characters=(("Mira", "mira"), ("Kai", "kaix")))
    picture = layout(sheet, SheetFolder(Path("nowhere")), "Tiny", "practice model", {})
    assert picture.columns[1:3] == (ColumnHead("mira", "Mira, seed 2"), ColumnHead("kaix", "Kai, seed 1"))


def test_the_chosen_epoch_is_said_and_marked() -> None:
    rows = laid_out((Axis("seed", (1,)),), chosen=2).rows
    assert [row.chosen for row in rows] == [False, True]
    assert rows[0].notes == ("without the LoRA",) and rows[1].notes == ("chosen",)


def test_the_footer_tells_what_no_axis_varies() -> None:
    told = "ER SDE · Simple · 8 steps · CFG 1 · 832 × 1216 · base: practice model"
    assert laid_out((Axis("seed", (1,)),)).footer == told
    assert "steps" not in laid_out((Axis("steps", (4, 8)),)).footer


def test_a_cell_that_is_not_there_yet_is_left_empty() -> None:
    assert laid_out((Axis("seed", (1, 2)),)).cells == ((None, None), (None, None))
