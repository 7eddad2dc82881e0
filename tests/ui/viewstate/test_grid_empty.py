"""A gallery without a picture has no cell in sight, wherever one looks."""

from ui.viewstate.grid import Grid, Section


def test_nothing_is_in_sight_of_nothing() -> None:
    for sections in ((), (Section("", 0, 0),)):
        grid = Grid(sections, 400, 100, 2, 24)
        assert [list(grid.between(top, top + 300)) for top in (-300, 0, 300)] == [[], [], []]
