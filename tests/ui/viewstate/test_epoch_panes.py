"""Which epoch stands in which pane."""

import pytest

from studio.core.axes import BASE
from ui.viewstate.epoch_panes import TARGET, columns_for, first_panes

EPOCHS = (BASE, *range(1, 101))


def shows(panes) -> list:
    return [each.shows for each in panes.panes]


def test_target_and_step_0_are_pinned_and_the_others_spread_to_the_last_epoch() -> None:
    assert shows(first_panes(6, EPOCHS)) == [TARGET, BASE, 26, 51, 75, 100]
    assert shows(first_panes(3, EPOCHS)) == [TARGET, BASE, 100]
    assert shows(first_panes(2, EPOCHS)) == [51, 100]
    assert shows(first_panes(4, ())) == [TARGET, BASE, BASE, BASE]


def test_the_last_free_pane_cannot_be_pinned() -> None:
    panes = first_panes(3, EPOCHS)
    assert panes.pinned(2) == panes
    freed = panes.pinned(1)
    assert freed.lead == 1 and freed.moved(3, EPOCHS).panes[1].shows == 3


def test_the_pane_that_was_left_is_the_one_to_compare_with() -> None:
    panes = first_panes(4, EPOCHS).turned_to(1).turned_to(2)
    assert (panes.focus, panes.lead, panes.partner) == (2, 2, 1)
    assert panes.turned_to(9) == panes


def test_panes_come_and_go_at_the_end() -> None:
    panes = first_panes(4, EPOCHS)
    assert shows(panes.of(6, EPOCHS))[4:] == [99, 98]
    fewer = panes.of(2, EPOCHS)
    assert shows(fewer) == [TARGET, 100] and fewer.lead == 1
    assert panes.of(1, EPOCHS).count == 2 and panes.of(9, EPOCHS).count == 6


@pytest.mark.parametrize("count, width, height, columns", [
    (2, 1100, 500, 2), (4, 1100, 500, 4), (6, 1100, 800, 3), (6, 1800, 500, 6), (6, 500, 1200, 2)])
def test_panes_are_arranged_so_that_their_pictures_are_largest(count, width, height, columns) -> None:
    assert columns_for(count, width, height, 832 / 1216) == columns


def test_an_epoch_is_shown_where_it_stands_already_and_else_in_the_pane_that_keys_move() -> None:
    panes = first_panes(4, (BASE, 1, 2, 3, 4))
    shown = [each.shows for each in panes.panes]
    at = panes.showing(BASE)
    assert at.focus == shown.index(BASE) and at.lead == panes.lead and [each.shows for each in at.panes] == shown
    assert at.showing(BASE) is at
    moved = at.showing(1)
    assert moved.focus == moved.lead == panes.lead and moved.panes[moved.focus].shows == 1
