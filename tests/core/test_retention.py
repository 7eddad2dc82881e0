"""Which files stay: what is pinned is never listed, and the forecast is the sum of what goes."""

import random

import pytest

from studio.core.axes import EPOCH
from studio.core.marks import keeper
from studio.core.retention import Policy, Stored, forecast, kept_cells, picked
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell
from studio.core.verdict_journal import Held, Judgement, Retraction

SIZE = 132_000_000


def files(count: int = 180, **more: object) -> list[Stored]:
    return [Stored(epoch, f"checkpoints/e{epoch:03d}.safetensors", SIZE + epoch, **more)
            for epoch in range(1, count + 1)]


@pytest.mark.parametrize("last, stays", [(0, {20, 80, 150}), (1, {20, 80, 150, 180}), (2, {20, 80, 150, 179, 180})])
def test_of_180_files_exactly_those_with_a_reason_stay(last: int, stays: set[int]) -> None:
    found = forecast(files(), Policy(pins=frozenset({20, 80, 150}), last=last))
    assert {kept.file.epoch for kept in found.kept} == stays
    assert [each.epoch for each in found.going] == [epoch for epoch in range(1, 181) if epoch not in stays]
    assert found.freed == sum(SIZE + epoch for epoch in range(1, 181) if epoch not in stays)
    assert found.freed + found.left == sum(each.size for each in files())


@pytest.mark.parametrize("policy", [Policy(last=0), Policy(pins=frozenset({999}), last=0), Policy(every=500, last=-3)])
def test_no_run_loses_the_last_file_it_has(policy: Policy) -> None:
    assert [(kept.file.epoch, kept.reasons) for kept in forecast(files(), policy).kept] == [(180, ("newest",))]


def test_candidates_and_every_so_many_th_stay_too() -> None:
    policy = Policy(pins=frozenset({20, 80, 150}), picks=frozenset({100}), keepers=frozenset({7}), every=60, last=2)
    found = forecast(files(), policy)
    assert {kept.file.epoch: kept.reasons for kept in found.kept} == {
        7: ("keeper",), 20: ("pinned",), 60: ("every",), 80: ("pinned",), 100: ("picked",), 120: ("every",),
        150: ("pinned",), 179: ("newest",), 180: ("newest",)}


@pytest.mark.parametrize("seed", range(20))
def test_nothing_pinned_is_ever_listed_and_nothing_is_lost(seed: int) -> None:
    rng = random.Random(seed)
    there = rng.sample(files(), rng.randrange(1, 180))
    pins = frozenset(rng.sample(range(1, 181), 10))
    last = rng.randrange(0, 5)
    found = forecast(there, Policy(pins=pins, every=rng.randrange(0, 40), last=last))
    going, kept = {each.epoch for each in found.going}, {each.file.epoch for each in found.kept}
    assert not going & pins and not going & kept
    assert going | kept == {each.epoch for each in there}
    assert found.freed == sum(each.size for each in there if each.epoch in going)
    assert kept and (not last or max(kept) == max(each.epoch for each in there))


def test_files_of_others_stay_unless_they_are_asked_for() -> None:
    theirs = [Stored(each.epoch, f"/loras/of/others/{each.epoch}.safetensors", each.size, is_elsewhere=True)
              for each in files(10)]
    assert forecast(theirs, Policy()).going == ()
    assert len(forecast(theirs, Policy(elsewhere=True)).going) == 9


def test_a_run_without_files_has_nothing_to_tell() -> None:
    assert forecast([], Policy()) == forecast([], Policy(every=10))


def test_what_a_verdict_picked_is_a_candidate_and_what_it_took_back_is_none() -> None:
    first = Judgement(1, "ep180", "broken", cells=(("0003", "aa"),))
    other = Judgement(2, "ep90", "", cells=(("0009", "bb"),))
    held = [Held(first, Retraction(3, 1, "one seed", "ep120-150")), Held(other)]
    assert picked(held, ["0003"]) == {120, 150}
    assert picked(held, ["0003", "0009"]) == {90, 120, 150}


def test_the_epoch_of_a_kept_cell_is_a_candidate() -> None:
    cells = [Cell(0, 0, RenderSpec(seed=seed), ((EPOCH, epoch),)) for seed, epoch in ((1, 20), (2, 80), (3, "base"))]
    marks = [keeper(cells[0].key, True, "me"), keeper(cells[1].key, False, "me"), keeper(cells[2].key, True, "me")]
    assert kept_cells(cells, marks) == {20}
