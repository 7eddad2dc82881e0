"""Where heads and cells of a sheet stand: no text on a cell, none cut, the same picture in strips and in one piece."""

import itertools
from pathlib import Path

import pytest
from drawn_sheet import draw_sheet
from PIL import Image, ImageChops

from studio.jobs.sheet_image import strips, write_sheet
from studio.jobs.sheet_places import PINNED, Box, ColumnHead, RowHead, SheetPicture, placed
from studio.jobs.sheet_text import fitted, font, font_for

QUARTER = (208, 304)  # of 832 x 1216
GOLDEN = Path(__file__).parent / "golden" / "sheet-3x5.png"
COLOURS = [(10 + 16 * number, 255 - 15 * number, 5 + 8 * number) for number in range(15)]
LONG = "masterpiece, best quality, an_unbroken_trigger_of_more_than_forty_letters_in_one, from behind, " * 3
JAPANESE = "白い背景、全身、正面を向いて立つ。低い角度から見上げる構図、髪飾りは青いリボン、"


def three_by_five(folder: Path, label: str = "epoch", size: tuple[int, int] = QUARTER) -> SheetPicture:
    """15 cells of one colour each."""
    paths = [folder / f"{number}.png" for number in range(15)]
    for path, colour in zip(paths, COLOURS, strict=True):
        Image.new("RGB", (416, 608), colour).save(path, compress_level=1)
    columns = (ColumnHead(f"target {label}", "", pinned=True), ColumnHead(f"step 0 {label}", "", pinned=True),
               *(ColumnHead(f"{label} {number}", f"seed {label}") for number in (20, 80, 180)))
    rows = tuple(RowHead(f"{label} {number}", (f"seed {number} {label}", label), chosen=number == 1)
                 for number in range(3))
    return SheetPicture(f"Mira {label}", f"Every prompt: {label}", f"profile turbo · {label}", rows, columns,
                        tuple(tuple(paths[5 * row:5 * row + 5]) for row in range(3)), size)


def overlaps(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


@pytest.mark.parametrize("label", ["epoch", LONG, JAPANESE * 3, LONG + JAPANESE, ""])
@pytest.mark.parametrize("size", [QUARTER, (104, 152), (48, 70), (832, 1216)])
def test_labels_never_overlap_cells_nor_each_other(tmp_path: Path, label: str, size: tuple[int, int]) -> None:
    plan = placed(three_by_five(tmp_path, label, size))
    inks = [_ink(text) for text in plan.texts]
    assert not any(overlaps(ink, cell.box) for ink in inks for cell in plan.cells)
    assert not any(overlaps(one, other) for one, other in itertools.combinations(inks, 2))
    assert all(0 <= ink.left and ink.right <= plan.size[0] and 0 <= ink.top and ink.bottom <= plan.size[1]
               for ink in inks)
    assert not any(overlaps(one.box, other.box) for one, other in itertools.combinations(plan.cells, 2))


def test_the_picture_of_a_sheet_of_three_by_five_is_the_one_that_was_looked_at(tmp_path: Path) -> None:
    """Fonts differ between machines: the grid does not, and every pixel of every cell is that of its picture."""
    sheet = three_by_five(tmp_path)
    plan, picture = placed(sheet), draw_sheet(sheet)
    boxes = [cell.box for cell in plan.cells]
    assert {(box.width, box.height) for box in boxes} == {QUARTER}
    assert [box.left for box in boxes[:5]] == [172, 396, 620, 844, 1068]
    assert [box.top - boxes[0].top for box in boxes[::5]] == [0, 308, 616]
    for box, colour in zip(boxes, COLOURS, strict=True):
        cell = picture.crop((box.left, box.top, box.right, box.bottom))
        assert cell.getcolors() == [(QUARTER[0] * QUARTER[1], colour)]
    found = {colour for _, colour in picture.getcolors(picture.width * picture.height)}
    assert {colour for colour in found if len(set(colour)) > 1} <= {*COLOURS, PINNED, (232, 160, 64)}


def test_it_looks_as_the_kept_picture_of_it_but_for_the_shapes_of_letters(tmp_path: Path) -> None:
    """Cells, frames and rules to the pixel; text where it stood, in whatever font this machine has."""
    sheet = three_by_five(tmp_path)
    plan, picture = placed(sheet), draw_sheet(sheet)
    with Image.open(GOLDEN) as opened:
        kept = opened.convert("RGB")
    assert kept.size == picture.size
    difference = ImageChops.difference(kept, picture)
    for text in plan.texts:
        box = text.box
        place = (box.left, box.top, box.right, box.bottom)
        brightest = [image.crop(place).getextrema()[0][1] for image in (kept, picture)]
        assert min(brightest) > 100, f"{text.text} is written there"
        difference.paste((0, 0, 0), place)
    assert difference.getbbox() is None


def test_pinned_columns_wear_a_frame_that_covers_no_pixel_of_them(tmp_path: Path) -> None:
    sheet = three_by_five(tmp_path)
    boxes, picture = [cell.box for cell in placed(sheet).cells], draw_sheet(sheet)
    assert [picture.getpixel((box.left - 1, box.top + 9)) == PINNED for box in boxes[:5]] == [True] * 2 + [False] * 3


def test_strips_make_up_the_same_picture(tmp_path: Path) -> None:
    sheet = three_by_five(tmp_path, JAPANESE)
    whole = draw_sheet(sheet)
    assert max(strip.height for _, strip in strips(placed(sheet))) < QUARTER[1] + 80, "a row at a time"
    assert list(write_sheet(sheet, tmp_path / "sheet.png"))[-1] == whole.height
    with Image.open(tmp_path / "sheet.png") as found:
        assert found.tobytes() == whole.tobytes()


def test_japanese_breaks_between_letters_and_no_line_begins_with_a_full_stop() -> None:
    lines = fitted(JAPANESE, font_for(JAPANESE, 13), 90, 20)
    assert "".join(lines) == JAPANESE and len(lines) > 3
    assert not any(line[0] in "、。" for line in lines)


def test_words_and_letters_may_be_mixed() -> None:
    assert " ".join(fitted("epoch 20 白い背景", font(13, kanji=True), 1000, 1)) == "epoch 20 白い背景"


def _ink(text) -> Box:
    """What a text really covers."""
    left, top, right, bottom = text.font.getbbox(text.text)
    return Box(text.box.left + int(left), text.box.top + int(top), int(right - left), int(bottom - top))
