"""Cards, builds of torch, and what goes wrong between them; every row is found by its id and by nothing else."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from studio.core.errors import UserError
from studio.core.generations import (
    BUILDS,
    GENERATIONS,
    LANDMINES,
    Here,
    build_for,
    find_generation,
    found_in,
    generation_of,
)
from studio.core.rules.intent import Card, Machine

LOCKED = {"torch": "2.13.0", "transformers": "5.23.0"}
ADA = Card("RTX 4090", (8, 9), "13.0", ("sm_75", "sm_80", "sm_90", "sm_120"))
FINE = Here("RTX 4090", (8, 9), 580, Machine(LOCKED, LOCKED, ADA))
BLACKWELL = replace(FINE, name="RTX 5090", capability=(12, 0))


def with_installed(here: Here, packages: Mapping[str, str]) -> Here:
    return replace(here, machine=replace(here.machine, installed={**here.machine.installed, **packages}))


def with_card(here: Here, card: Card | None) -> Here:
    return replace(here, machine=replace(here.machine, card=card))


@pytest.mark.parametrize(("capability", "name"), [
    ((5, 2), "Maxwell"), ((6, 1), "Pascal"), ((7, 0), "Volta"), ((7, 5), "Turing"), ((8, 0), "Ampere"),
    ((8, 6), "Ampere"), ((8, 9), "Ada"), ((9, 0), "Hopper"), ((10, 0), "Blackwell"), ((12, 0), "Blackwell"),
])  # fmt: skip
def test_each_card_is_of_a_generation(capability: tuple[int, int], name: str) -> None:
    assert generation_of(capability).name == find_generation(name.upper()).name == name


def test_a_card_before_the_table_is_of_none_and_an_unknown_name_is_told_the_nearest() -> None:
    assert generation_of((3, 5)) is None
    with pytest.raises(UserError, match="Did you mean 'Blackwell'"):
        find_generation("blackwel")


@pytest.mark.parametrize(("capability", "driver", "build"), [
    ((8, 9), 580, "cu130"), ((8, 9), 550, "cu126"), ((8, 9), None, "cu130"), ((9, 0), 535, "cu126"),
    ((12, 0), 580, "cu130"), ((12, 0), 575, None), ((6, 1), 580, "cu126"), ((7, 0), 600, "cu126"), ((3, 5), 470, None),
    ((8, 9), 470, None),
])  # fmt: skip
def test_the_best_build_with_code_for_the_card_that_the_driver_runs(capability, driver, build) -> None:
    found = build_for(capability, driver)
    assert (found and found.name) == build


def test_every_generation_has_a_build() -> None:
    assert all(build_for(each.since) for each in GENERATIONS)


def test_a_machine_as_the_lock_file_wants_it_stands_on_nothing() -> None:
    assert list(found_in(FINE)) == []


@pytest.mark.parametrize(("id", "here", "words"), [
    ("E01", replace(FINE, name="K80", capability=(3, 7)), "No torch of this version has code for the K80"),
    ("E02", replace(BLACKWELL, driver=570), "needs 580 or newer"),
    ("E02", replace(FINE, driver=470), "needs 525 or newer"),
    ("E03", with_card(FINE, None), "a build without CUDA"),
    ("R11", with_installed(FINE, {"transformers": "4.45.0"}), "does not know Qwen3"),
    ("R12", with_card(BLACKWELL, Card("RTX 5090", (12, 0), "12.4", ("sm_90",))), "no kernel image"),
    ("R12", with_card(FINE, replace(ADA, kinds=("sm_100", "sm_120"))), "torch has no code for the RTX 4090"),
    ("R13", with_installed(FINE, {"xformers": "0.0.30"}), "replaces torch"),
    ("E04", replace(FINE, others={"torchvision": "0.20.0"}), "torchvision 0.20.0"),
])  # fmt: skip
def test_each_landmine_is_found_by_its_own_check(id: str, here: Here, words: str) -> None:
    [(found, case)] = found_in(here)
    assert found == id and words in case.message and case.remedy


def test_every_row_has_an_id_of_its_own_and_a_machine_that_shows_it() -> None:
    ids = [row.id for row in LANDMINES]
    assert len(set(ids)) == len(ids) and all(row.what for row in LANDMINES)
    shown = {mark.args[1][place][0] for mark in test_each_landmine_is_found_by_its_own_check.pytestmark
             for place in range(len(mark.args[1]))}
    assert shown == set(ids)


def test_the_builds_stand_in_the_order_in_which_they_are_wanted() -> None:
    assert [each.cuda for each in BUILDS] == sorted((each.cuda for each in BUILDS), reverse=True)
