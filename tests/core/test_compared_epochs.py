"""Which epochs are compared, with which controls, and which of them again."""

from dataclasses import replace

import pytest

from studio.core.axes import BASE, EPOCH
from studio.core.compared_epochs import (
    NO_TRIGGER,
    PLAN,
    compared,
    contenders,
    families,
    family,
    fresh_seeds,
    on_seeds,
    spread,
)
from studio.core.paired import Seen
from studio.core.project import Character
from studio.core.recipe import load_recipe
from studio.core.sheet_plan import load_plan, sheet_of
from studio.core.sweep import Sheet, from_toml, to_toml
from studio.core.verdict import verdict

MIRA = Character("Mira", "mira")


def sheet(epochs=(20, 100, 180), with_control=True) -> Sheet:
    plan = compared(load_plan(PLAN), epochs, with_control)
    return sheet_of(plan, load_recipe("official"), [MIRA], {epoch: f"{epoch:064x}" for epoch in range(1, 181)}, "ff")


@pytest.mark.parametrize("there, chosen", [
    (range(1, 181), (1, 46, 90, 135, 180)), (range(10, 181, 10), (10, 50, 90, 140, 180)), ((3, 9, 4), (3, 4, 9)),
    ((1, 2, 3, 4, 5, 100), (1, 3, 4, 5, 100)), ((), ()),
])
def test_five_epochs_are_spread_over_the_run_with_its_first_and_last(there, chosen):
    assert spread(there) == chosen


def test_the_base_stands_beside_the_epochs_with_and_without_the_trigger():
    cells = sheet().expand()
    assert len(cells) == 45 and [*dict.fromkeys(cell.value(EPOCH) for cell in cells)] == [
        BASE, NO_TRIGGER, 20, 100, 180]
    bare = [cell.spec for cell in cells if cell.value(EPOCH) == NO_TRIGGER]
    asked = [cell.spec for cell in cells if cell.value(EPOCH) == BASE]
    assert all(not spec.loras for spec in (*bare, *asked))
    assert [spec.prompt for spec in asked] == [spec.prompt.replace("1girl, ", "1girl, mira, ") for spec in bare]
    assert len(sheet(with_control=False).expand()) == 36


def test_such_a_sheet_survives_its_file():
    assert from_toml(to_toml(sheet())) == sheet()


def test_more_seeds_are_the_same_pictures_under_other_seeds_and_of_one_family():
    whole = sheet()
    more = on_seeds(whole, (BASE, NO_TRIGGER, 100, 180), fresh_seeds({42, 100, 200}))
    assert len(more.expand()) == 4 * 3 * 8
    assert family(more) == family(whole)
    assert not {cell.key for cell in more.expand()} & {cell.key for cell in whole.expand()}
    assert on_seeds(whole, (BASE, NO_TRIGGER, 20, 100, 180), (42, 100, 200)).expand() == whole.expand()


def test_sheets_of_one_run_that_differ_in_epochs_and_seeds_alone_are_a_family():
    whole, other = sheet(), replace(sheet(), title="other")
    more = on_seeds(whole, (BASE, 100, 180), fresh_seeds({42}))
    later = replace(whole, epochs=(*whole.epochs, (200, "200")))
    of_another_run = replace(whole, epochs=tuple((epoch, f"b{epoch}") for epoch, _ in whole.epochs))
    named = {"1": whole, "2": other, "3": of_another_run, "4": more, "5": later}
    assert families(named) == (("1", "4", "5"), ("2",), ("3",))
    assert families({}) == ()


def test_a_sheet_that_knows_two_others_makes_one_family_of_them():
    early, late = (replace(sheet(), epochs=((epoch, f"{epoch}"),)) for epoch in (20, 180))
    both = replace(sheet(), epochs=((20, "20"), (180, "180")))
    assert families({"early": early, "late": late}) == (("early",), ("late",))
    assert families({"early": early, "other": replace(early, title="x"), "late": late, "both": both}) == (
        ("early", "late", "both"), ("other",))


def test_a_sheet_without_seeds_is_given_some():
    alone = sheet_of(load_plan("epoch-reline"), load_recipe("official"), [MIRA],
                     {epoch: f"{epoch:064x}" for epoch in range(1, 181)}, "ff")
    alone = on_seeds(alone, (100, 180), (1, 2))
    assert {cell.spec.seed for cell in alone.expand()} == {1, 2}


def test_fresh_seeds_are_those_nobody_saw():
    assert fresh_seeds({42, 1001, 1003}, 3) == (1002, 1004, 1005)


def seen(arm, value, seeds=(42, 100, 200)):
    return [Seen(arm, prompt, seed, "as asked", value, value == 1) for prompt in ("face", "body") for seed in seeds]


def test_what_follows_the_pick_is_open_and_of_what_comes_before_it_the_nearest_to_being_clear():
    found = verdict([*seen(20, 0), *seen(50, 0), *seen(100, 1), *seen(150, 1), *seen(180, 1)])
    assert found.pick == 100 and contenders(found) == (20, 100, 150, 180)
    alike = verdict([*seen(100, 1), *seen(150, 1), *seen(180, 1)])
    assert alike.pick == 100 and contenders(alike) == (100, 150, 180)


def test_nothing_is_open_before_anything_is_marked():
    assert contenders(verdict(())) == ()
