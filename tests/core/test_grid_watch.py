"""A grid that mixes what must not be compared says so."""

from dataclasses import replace

import pytest

from studio.core.axes import Axis, axis_of
from studio.core.grid_watch import PICKED, RANKED, is_of_faces, profile_of, watched
from studio.core.marks import Mark, cause
from studio.core.profiles import PROFILES
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet

TURBO, BUILTIN = (dict(PROFILES[name].settings) for name in ("turbo", "builtin"))


def sheet(prompt: str, *columns: Axis, rows: tuple[Axis, ...] = (), **settings: object) -> Sheet:
    return Sheet("s", rows or (Axis("composition", ("front view", "from side")),), columns or (Axis("seed", (42, 7)),),
                 RenderSpec(prompt=prompt, **(TURBO | settings)), epochs=((20, "2" * 64), (180, "a" * 64)))


def rules(of: Sheet, **more: object) -> list[str]:
    return [each.rule for each in watched(of, of.expand(), **more).warned]


def test_profiles_are_told_by_what_makes_them() -> None:
    assert profile_of(RenderSpec(**TURBO)) == profile_of(RenderSpec(**TURBO | {"height": 832})) == "turbo"
    assert profile_of(RenderSpec(**BUILTIN)) == "builtin"
    assert profile_of(RenderSpec(**TURBO | {"steps": 12})) == ""


def test_a_sheet_of_one_profile_has_nothing_against_it() -> None:
    found = watched(of := sheet("1girl, {composition}"), of.expand())
    assert found.warned == () and not found.is_mixed


def test_pictures_of_two_profiles_side_by_side_are_badged_and_not_ranked() -> None:
    ways = axis_of("way", {"as used": {"steps": 8, "cfg": 1.0}, "as previewed": {"steps": 25, "cfg": 4.0}})
    of = sheet("1girl, {composition}", ways)
    found = watched(of, of.expand())
    assert found.is_mixed and found.profiles == ("turbo", "builtin")
    assert [each.rule for each in found.warned] == ["V03"] and "turbo and builtin" in str(found.warned[0].message)
    assert len(found.warned[0].keys) == 2, "those of the previews"


def test_two_sheets_beside_each_other_are_watched_as_one() -> None:
    one, other = sheet("1girl, {composition}"), sheet("1girl, {composition}", **BUILTIN)
    assert watched(one, one.expand(), beside=other.expand()).is_mixed
    smaller = sheet("1girl, {composition}", width=640, height=640)
    found = watched(one, one.expand(), beside=smaller.expand())
    assert [each.rule for each in found.warned] == ["V03"] and "size" in str(found.warned[0].message)


@pytest.mark.parametrize("prompt, expected", [
    ("1girl, portrait, front view", ["V02"]), ("1girl, portrait, smile", ["V02"]),
    ("1girl, portrait, smile, open mouth", []), ("1girl, full body", [])])
def test_faces_are_compared_with_one_expression_and_a_mouth(prompt: str, expected: list[str]) -> None:
    of = sheet(prompt, rows=(Axis("epoch", (20, 180)),))
    assert rules(of) == expected
    assert is_of_faces(of.expand()) == ("portrait" in prompt)


def test_what_somebody_compares_for_decides_what_is_watched() -> None:
    framings = sheet("1girl, {composition}", rows=(Axis("composition", ("full body", "upper body")),))
    assert rules(framings) == [] and rules(framings, subjects={"accessory"}) == ["V05"]
    assert rules(sheet("1girl, {composition}", **BUILTIN), subjects={"colour"}) == ["V08"]
    assert "V02" in rules(framings, subjects={"face"})


def test_whoever_ranks_says_which_is_best_and_which_is_broken_and_one_matrix_or_few_seeds_do_not_bear_it() -> None:
    of = sheet("1girl, front view", rows=(Axis("epoch", (20, 180)),))
    bad = [Mark(cell.key, "as asked", "obtained", 0 if cell.value("epoch") == 180 else 2, "me")
           for cell in of.expand()]
    assert rules(of, marks=bad, ranked=RANKED) == ["V01", "V04"]
    assert rules(of, marks=bad) == [], "who only marks claims nothing"
    assert rules(of, marks=bad[:2], ranked=RANKED) == [], "one arm alone is not the best"


def test_a_lead_that_is_less_than_the_judge_s_noise_is_none() -> None:
    of = sheet("1girl, {composition}", Axis("composition", ("front view", "from side")),
               Axis("seed", tuple(range(8))), rows=(Axis("epoch", (20, 180)),))
    worse = {cell.key for cell in of.expand() if cell.value("epoch") == 20 and not cell.spec.seed}
    by_a_hair = [Mark(cell.key, "as asked", "obtained", 1 if cell.key in worse else 2, "me") for cell in of.expand()]
    assert rules(of, marks=by_a_hair, ranked=("best",)) == ["V04", "V09"]
    assert rules(of, marks=by_a_hair, ranked=PICKED) == ["V09"], "a verdict says nothing of the best one"
    assert rules(of, marks=by_a_hair, ranked=("best",), noise=0.01) == ["V04"], "a judge so steady may say so"
    assert rules(of, marks=by_a_hair) == [], "who only marks claims nothing"
    alike = [replace(mark, value=2) for mark in reversed(by_a_hair)]
    assert rules(of, marks=alike, ranked=("best",)) == ["V04"], "the earlier one is taken already"


def test_pictures_of_two_programs_are_not_comparable_in_whatever_profile_they_are() -> None:
    own, theirs = sheet("1girl, {composition}"), sheet("1girl, {composition}", drawn_by="ComfyUI")
    found = watched(own, own.expand(), beside=theirs.expand())
    assert [each.rule for each in found.warned] == ["V03"] and "program" in str(found.warned[0].message)
    previews = sheet("1girl, {composition}", **BUILTIN | {"drawn_by": "ComfyUI"})
    said = [str(each.message) for each in watched(own, own.expand(), beside=previews.expand()).warned]
    assert len(said) == 2 and "turbo and builtin" in said[0] and "program" in said[1]


def test_causes_send_to_another_wording_and_to_larger_pictures() -> None:
    of = sheet("2girls, {composition}", **{"width": 640, "height": 640})
    key = of.expand()[0].key
    assert rules(of, marks=[cause(key, "prompt reading", True, "me")]) == ["V06"]
    assert rules(of, marks=[cause(key, "face fusion", True, "me")]) == ["V07"]
