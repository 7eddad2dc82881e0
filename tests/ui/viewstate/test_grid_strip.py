"""Lines of a grid are found by their places and places by their lines, whatever is pinned, grouped and scrolled."""

import pytest

from studio.core.axes import Axis
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from ui.viewstate.grid_arrangement import first_arrangement
from ui.viewstate.grid_sheets import spots_of
from ui.viewstate.grid_sight import Sight
from ui.viewstate.grid_strip import Strip
from ui.viewstate.grid_table import Table
from ui.viewstate.grid_zoom import Zoom

STRIP = Strip(60, 20, 2, 100, 800, pinned=2, breaks=(10, 20), offset=150)


@pytest.mark.parametrize("line", [-2, -1, *range(5, 35)])
def test_a_line_in_sight_is_found_at_each_of_its_pixels(line: int) -> None:
    if STRIP.at(line) < (STRIP.head if line < 0 else STRIP.start):
        return
    assert {STRIP.found(STRIP.at(line) + pixel) for pixel in range(STRIP.size)} == {line}
    assert STRIP.found(STRIP.at(line) + STRIP.size) is None, "a gap"


def test_what_touches_the_view_is_in_sight_and_nothing_else() -> None:
    seen = [line for line in range(STRIP.count)
            if STRIP.at(line) + STRIP.size > STRIP.start and STRIP.at(line) < STRIP.room]
    assert list(STRIP.in_sight) == seen


def test_pinned_lines_leave_most_of_the_room_to_what_scrolls() -> None:
    large = Strip(60, 900, 2, 100, 800, pinned=2)
    assert large.start < 100 + 0.4 * 700 and large.size_of(0) == 900


@pytest.mark.parametrize("scale", [0.01, 0.05, 0.3, 1.0, 4.0])
def test_zooming_keeps_the_point_where_it_is(scale: float) -> None:
    sheet = Sheet("s", (Axis("composition", tuple(f"look {n}" for n in range(60))),),
                  (Axis("seed", tuple(range(60))),), RenderSpec(prompt="{composition}", width=832, height=1216))
    table = Table(sheet, spots_of(sheet), first_arrangement(sheet))
    before = Sight(table, Zoom(832, 1216, 0.1), 1200, 800, 900, 700)
    shares = before.shares_at(700, 500)
    after = Sight(table, Zoom(832, 1216).to(scale), 1200, 800)
    left, top = after.scrolled_for(shares, 700, 500)
    after = Sight(table, after.zoom, 1200, 800, left, top)
    if 0 < left < after.across.furthest and 0 < top < after.down.furthest:
        assert after.shares_at(700, 500) == pytest.approx(shares, abs=1.5 / min(after.across.step, after.down.step))


@pytest.mark.parametrize("side, room", [(5, (1200, 700)), (60, (1200, 800)), (60, (700, 420)), (1, (900, 900))])
def test_all_fits_where_there_is_room_for_three_pixels_a_cell(side: int, room: tuple[int, int]) -> None:
    sheet = Sheet("s", (Axis("composition", tuple(f"look {n}" for n in range(side))),),
                  (Axis("seed", tuple(range(side))),), RenderSpec(prompt="{composition}", width=832, height=1216))
    table = Table(sheet, spots_of(sheet), first_arrangement(sheet))
    fitted = Sight(table, Sight(table, Zoom(832, 1216), *room).fitting(), *room)
    assert (fitted.across.furthest, fitted.down.furthest) == (0, 0) and fitted.zoom.scale <= 1.0
    larger = Sight(table, fitted.zoom.to(fitted.zoom.scale * 1.15 + 2 / 832), *room)
    assert fitted.zoom.scale == 1.0 or larger.across.furthest or larger.down.furthest, "it could be larger"
