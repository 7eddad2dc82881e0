"""Ten thousand cells are placed by arithmetic; every answer agrees with every other."""

from itertools import product

import pytest

from ui.viewstate.grid import Grid, Section

PARTS = ((7,), (3, 5), (1, 1, 9), (0,), (4, 4))


def grid(counts: tuple[int, ...], width: int = 330, side: int = 100) -> Grid:
    sections, start = [], 0
    for number, count in enumerate(counts):
        sections.append(Section(f"part {number}" if len(counts) > 1 else "", start, count))
        start += count
    return Grid(sections, width, side, 2, 36)


@pytest.mark.parametrize("counts", PARTS)
def test_a_cell_is_found_where_it_is_placed_and_nowhere_else(counts: tuple[int, ...]) -> None:
    made, found = grid(counts), set()
    for index in range(sum(counts)):
        place = made.rect(index)
        assert made.at(place.x, place.y) == made.at(place.x + place.width - 1, place.y + place.height - 1) == index
        assert made.at(place.x + place.width, place.y) != index
        found.add((place.x, place.y))
    assert len(found) == sum(counts)


def test_cells_share_the_width_without_a_rest_worth_a_column() -> None:
    made = grid((9,), width=330, side=100)
    assert made.columns == 3 and 3 * made.cell + 2 * 2 <= 330 < 3 * (made.cell + 1) + 2 * 2


@pytest.mark.parametrize("counts", PARTS)
def test_what_is_in_sight_holds_every_cell_that_is_touched(counts: tuple[int, ...]) -> None:
    made = grid(counts)
    for top, height in product(range(0, made.height + 60, 7), (1, 50, 300)):
        seen = made.between(top, top + height)
        for index in range(sum(counts)):
            place = made.rect(index)
            if place.y < top + height and place.y + place.height > top:
                assert index in seen


def test_a_group_begins_a_line_and_has_a_header_above_it() -> None:
    made = grid((3, 5))
    assert made.rect(3).x == 0
    assert [section.title for section, _ in made.headers(0, 10_000)] == ["part 0", "part 1"]
    _, header = [*made.headers(0, 10_000)][1]
    assert header.y + header.height == made.rect(3).y


def test_going_down_keeps_the_column_and_crosses_groups() -> None:
    made = grid((4, 4))
    assert made.beside(1, 1) == 3          # the short last line of the first group
    assert made.beside(3, 1) == 4          # into the second group
    assert made.beside(4, -1) == 3
    assert made.beside(7, 1) == 7 and made.beside(0, -1) == 0


def test_ten_thousand_cells_need_no_more_than_their_lines() -> None:
    made = grid((10_000,), width=1000, side=98)
    assert made.columns == 10 and len(made.between(50_000, 51_000)) <= 120


def test_cells_of_a_strip_are_as_wide_as_the_page_and_of_one_height() -> None:
    made = Grid((Section("", 0, 10_000),), 200, 200, 0, 0, 60)
    assert made.columns == 1 and made.height == 600_000
    place = made.rect(9_999)
    assert (place.x, place.y, place.width, place.height) == (0, 599_940, 200, 60)
    assert made.at(199, 599_999) == 9_999 and made.between(120, 241) == range(2, 5) and made.beside(5, -2) == 3
