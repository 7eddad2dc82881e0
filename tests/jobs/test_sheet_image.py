"""The contact sheet: neutral ground, cells in their places, no text cut without an ellipsis."""

from pathlib import Path

import pytest
from drawn_sheet import draw_sheet
from PIL import Image

from studio.jobs.sheet_image import ELLIPSIS, ColumnHead, RowHead, SheetPicture, fitted, font, shared_words

COLOURS = ("red", "lime", "blue", "yellow")


def sheet_of(folder: Path, size: tuple[int, int] = (256, 320), missing: bool = False, **texts: str) -> SheetPicture:
    paths = []
    for colour in COLOURS:
        Image.new("RGB", size, colour).save(folder / f"{colour}.png")
        paths.append(folder / f"{colour}.png")
    cells = ((paths[0], paths[1]), (paths[2], None if missing else paths[3]))
    heads = {"title": "Mira", "subtitle": "Every prompt: 1girl", "footer": "euler"} | texts
    return SheetPicture(**heads, rows=(RowHead("base"), RowHead("epoch 2", ("96 exposures",), chosen=True)),
                        columns=(ColumnHead("sitting", "seed 1"), ColumnHead("running", "seed 1")), cells=cells)


def colours_of(picture: Image.Image) -> dict[tuple[int, ...], int]:
    return {colour: count for count, colour in picture.getcolors(picture.width * picture.height)}


def test_every_pixel_outside_the_cells_is_grey(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path)
    plain = SheetPicture(sheet.title, sheet.subtitle, sheet.footer, (RowHead("base"), RowHead("epoch 2")),
                         sheet.columns, sheet.cells)
    cells = {(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)}
    assert all(len(set(colour)) == 1 for colour in colours_of(draw_sheet(plain)) if colour not in cells)


def test_every_cell_keeps_all_its_pixels(tmp_path: Path) -> None:
    counts = colours_of(draw_sheet(sheet_of(tmp_path)))
    assert {counts[colour] for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))} == {256 * 320}


def test_rows_run_downwards_and_columns_to_the_right(tmp_path: Path) -> None:
    picture = draw_sheet(sheet_of(tmp_path))

    places = {colour: _first_pixel(picture, colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))}
    assert places[(255, 0, 0)][0] < places[(0, 255, 0)][0] and places[(255, 0, 0)][1] == places[(0, 255, 0)][1]
    assert places[(255, 0, 0)][1] < places[(0, 0, 255)][1] and places[(255, 0, 0)][0] == places[(0, 0, 255)][0]


def test_a_missing_cell_is_an_empty_grey_place(tmp_path: Path) -> None:
    assert (255, 255, 0) not in colours_of(draw_sheet(sheet_of(tmp_path, missing=True)))


def test_small_pictures_are_enlarged_and_large_ones_reduced(tmp_path: Path) -> None:
    small, large = draw_sheet(sheet_of(tmp_path, (64, 64))), draw_sheet(sheet_of(tmp_path, (2048, 1024)))
    assert colours_of(small)[(255, 0, 0)] == 224 * 224
    assert colours_of(large)[(255, 0, 0)] == 512 * 256


def test_very_long_texts_do_not_break_the_sheet(tmp_path: Path) -> None:
    words = "an unusually long prompt " * 40
    draw_sheet(sheet_of(tmp_path, title=words, subtitle=words, footer=words))


def test_a_text_that_fits_is_left_alone() -> None:
    assert fitted("short words", font(14), 500, 1) == ("short words",)


@pytest.mark.parametrize("text", ["one two three four five six seven eight nine ten", "x" * 300])
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_text_that_does_not_fit_ends_in_an_ellipsis(text: str, lines: int) -> None:
    shown = fitted(text, font(14), 80, lines)
    assert shown[-1].endswith(ELLIPSIS)
    assert len(shown) <= lines and all(font(14).getlength(line) <= 80 for line in shown)


def test_no_word_is_lost_without_an_ellipsis() -> None:
    text = "one two three four five six"
    assert " ".join(fitted(text, font(14), 60, 10)) == text


def test_words_that_all_prompts_share_are_said_once() -> None:
    shared, own = shared_words(["1girl, mira, sitting", "1girl, mira, from behind, running"])
    assert (shared, own) == ("1girl, mira", ("sitting", "from behind, running"))


def test_a_single_prompt_is_shown_whole() -> None:
    assert shared_words(["1girl, mira"]) == ("", ("1girl, mira",))


def test_a_prompt_with_nothing_of_its_own_is_shown_whole() -> None:
    assert shared_words(["1girl", "1girl, sitting"])[1] == ("1girl", "sitting")


def _first_pixel(picture: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int]:
    pixels = list(picture.get_flattened_data())
    row, column = divmod(pixels.index(colour), picture.width)
    return column, row
