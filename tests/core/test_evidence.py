"""From the marks of a sheet to the facts that each question is decided on."""

import pytest

from studio.core.axes import BASE, Axis
from studio.core.evidence import (
    BROKEN,
    LOST,
    agreed,
    arm_axis,
    counted,
    dividing_axes,
    evidence,
    questions_of,
    worn,
)
from studio.core.marks import Entry, Mark, cause, fold, keeper
from studio.core.rubric import AS_ASKED, OBTAINED, PASSED, POINTS
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet

SEEDS = tuple(range(8))


def sheet(rows, columns, characters=(("Kei", "kei"),), epochs=(20, 50, 100, 180)):
    words = [axis.name for axis in (*rows, *columns) if axis.name in ("view", "interaction", "layout")]
    prompt = ", ".join(["kei", *(f"{{{word}}}" for word in words)])
    return Sheet("t", tuple(rows), tuple(columns), RenderSpec(prompt=prompt), characters=tuple(characters),
                 words=(("composition", "{view}"), ("quality", "best")) if "view" in words else (),
                 epochs=tuple((each, f"{each:064}") for each in epochs))  # fmt: skip


def said(cells, value, trait=AS_ASKED, scale=OBTAINED):
    return [Mark(cell.key, trait, scale, found, "me") for cell in cells if (found := value(cell)) is not None]


ARMS = {"base, skirt": (("epoch", BASE), ("format", "BASE")), "base, trousers": (("epoch", BASE), ("cfg", 2.0)),
        "trigger": (("epoch", 100),), "trigger at 0.3": (("epoch", 100), ("strength", 0.3))}


def suppression(seeds=SEEDS):
    rows = (Axis("arm", tuple(ARMS), tuple(ARMS.items())),)
    return sheet(rows, (Axis("view", ("from below",)), Axis("seed", tuple(seeds))))


def test_a_suppression_sheet_tells_who_blocks_the_angle():
    """Yes, yes, no, and yes with the identity lost."""
    of = suppression()
    cells = of.expand()
    marks = said(cells, lambda cell: 0 if cell.value("arm") == "trigger" else 2)
    marks += [cause(cell.key, LOST, True, "me") for cell in cells if cell.value("arm") == "trigger at 0.3"]
    found = evidence(of, cells, marks)
    assert (found.questions, found.axis, found.verdict.pick) == (("suppression",), "", None)
    (one,) = found.suppressions
    assert one.conclusion == "trigger suppresses; add data"
    assert (one.base.pair, one.trigger.pair, one.weak.pair, one.lost.pair) == ([16, 16], [0, 8], [8, 8], [8, 8])
    assert str(one.text) == "from below: the base can, the trigger blocks it, strength 0.3 releases it and loses her"


def test_a_base_that_cannot_is_told_from_it_without_the_other_arms():
    """No, no, and nobody looked at the rest."""
    of = suppression()
    cells = of.expand()
    marks = said(cells, lambda cell: 0 if cell.value("epoch") == BASE else None)
    (one,) = evidence(of, cells, marks).suppressions
    assert one.conclusion == "base lacks it"
    assert str(one.text) == "from below: the base cannot"


def test_a_sheet_of_epochs_tells_it_of_the_epoch_that_is_picked():
    of = sheet((Axis("epoch", (BASE, 100, 180)),), (Axis("view", ("front", "from below")), Axis("seed", SEEDS)))
    cells = of.expand()
    marks = said(cells, lambda cell: 0 if cell.value("view") == "from below" and cell.value("epoch") == 100 else 2)
    found = evidence(of, cells, marks)
    assert found.questions == ("epoch", "suppression")
    assert found.verdict.sentence == "ep100: worse than ep180 (as asked, only in from below); take ep180."
    assert {each.composition: each.state for each in found.suppressions} == {"front": "kept", "from below": "kept"}


@pytest.mark.parametrize("layout, onset", [("anonymous", 0.8), ("named", 0.6)])
def test_strengths_have_an_onset_a_collapse_and_a_safe_band(layout, onset):
    of = sheet((Axis("strength", (0.4, 0.6, 0.8, 1.0, 1.2)),), (Axis("layout", ("anonymous", "named")),))
    cells = of.expand()
    first = {"anonymous": 0.8, "named": 0.6}
    marks = said(cells, lambda cell: int(cell.value("strength") >= first[cell.value("layout")]), "ponytail", PASSED)
    marks += [cause(cell.key, BROKEN, cell.value("strength") >= 1.2, "me") for cell in cells]
    found = {each.layout: each for each in evidence(of, cells, marks).responses}
    assert found[layout].onsets == {"ponytail": onset}
    assert (found[layout].collapse, found[layout].band) == (1.2, (onset, 1.0))


def interactions(marks):
    of = sheet((Axis("epoch", (100,)),), (Axis("interaction", ("hug", "piggyback")), Axis("seed", tuple(range(9)))))
    cells = of.expand()
    return evidence(of, cells, marks(cells)).interactions


def test_keepers_are_counted_by_interaction_and_class():
    found = interactions(lambda cells: [keeper(cell.key, cell.spec.seed < 2, "me") for cell in cells
                                        if cell.value("interaction") == "piggyback"])
    assert [(each.name, each.hits.pair, each.rolls) for each in found.each] == [("piggyback", [2, 9], 10)]
    assert [(each.name, each.hits.pair) for each in found.classes] == [("stack", [2, 9])]


def test_who_keeps_nothing_counts_what_is_as_it_was_asked_for():
    found = interactions(lambda cells: said(cells, lambda cell: 2 if cell.spec.seed < 3 else 1))
    assert [(each.name, each.hits.pair) for each in found.each] == [("hug", [3, 9]), ("piggyback", [3, 9])]


def test_who_wears_what_is_a_mark_and_becomes_the_matrix():
    pair = (("Kana", "kana"), ("Kei", "kei"))
    of = sheet((Axis("epoch", (100,)),), (Axis("seed", (1, 2, 3)),), characters=pair)
    cells = of.expand()
    by = (["Lily"], ["Kana"], [])
    marks = [worn(cell.key, "Kana", "side ponytail", who, "me") for cell, who in zip(cells, by, strict=True)]
    marks += [worn(cell.key, "Kana", "ahoge", ["Kana"], "me") for cell in cells]
    found = evidence(of, cells, marks)
    assert found.questions == ("bleed",)
    assert [each.text for each in found.bleeds] == ["side ponytail: Kana->Lily 1/3", "ahoge: 0/3"]
    assert found.bleeds[0].keys == (cells[0].key,)


def test_a_trait_may_be_worn_by_several_and_a_mark_be_taken_back():
    both, back = worn("a", "Kana", "ahoge", ["Kana", "Kei"], "me"), worn("a", "Kana", "ahoge", None, "me", 1.0)
    pair = (("Kana", "kana"), ("Kei", "kei"))
    of = sheet((Axis("epoch", (100,)),), (Axis("seed", (1,)),), characters=pair)
    assert [each.text for each in evidence(of, of.expand(), [both]).bleeds] == ["ahoge: Kana->Kei 1/1"]
    assert fold([Entry(1, (both,)), Entry(2, (back,))]).counting() == ()


def test_axes_say_what_a_sheet_is_for():
    epoch, seed = Axis("epoch", (BASE, 20, 50)), Axis("seed", (1, 2))
    assert arm_axis(sheet((epoch,), (seed,))) == "epoch"
    assert arm_axis(sheet((Axis("epoch", (BASE, 20)),), (Axis("format", ("K", "N")), seed))) == "format"
    assert arm_axis(sheet((Axis("epoch", (20,)),), (seed,))) == ""
    assert dividing_axes(sheet((epoch,), (Axis("format", ("K", "N")), seed))) == ("epoch", "format")
    assert dividing_axes(suppression()) == ("arm",)
    assert questions_of(sheet((Axis("epoch", (20,)),), (seed,))) == ()


def test_a_base_that_is_asked_without_the_trigger_is_no_epoch():
    epochs = Axis("epoch", (BASE, "no trigger", 50, 100), (("no trigger", (("epoch", BASE), ("format", "BASE"))),))
    of = sheet((epochs,), (Axis("view", ("front",)), Axis("seed", SEEDS)))
    cells = of.expand()
    found = evidence(of, cells, said(cells, lambda cell: 2))
    assert found.verdict.sentence == "ep50 and ep100: no difference shown; take ep50."
    assert found.suppressions[0].base.pair == [16, 16]


def test_marks_count_wherever_they_were_made_and_the_later_one_wins():
    early, late = Mark("a", "face", POINTS, 2, "me", time=1.0), Mark("a", "face", POINTS, 4, "me", time=2.0)
    other = Mark("a", "face", POINTS, 1, "you", time=1.0)
    states = [fold([Entry(1, (late, other))]), fold([Entry(1, (early, Mark("z", "face", POINTS, 1, "me")))])]
    assert set(counted(states, ["a"])) == {late, other}


def test_judges_are_compared_two_by_two():
    of = sheet((Axis("epoch", (20, 50)),), (Axis("seed", (42,)),))
    cells = of.expand()
    marks = [Mark(cell.key, "face", POINTS, 2 + place, judge) for judge in ("me", "codex")
             for place, cell in enumerate(cells)]
    found = agreed(cells, marks)
    assert list(found) == [("codex", "me")]
    assert found["codex", "me"][0].kappa == 1.0
    assert "seed 42 only" in str(found["codex", "me"][0].warning)


def test_whole_prompts_are_named_by_what_tells_them_apart():
    prompts = ("best quality, {trigger}, standing, front view", "best quality, {trigger}, sitting, from below")
    of = Sheet("t", (Axis("epoch", (BASE, 50, 100)),), (Axis("prompt", prompts), Axis("seed", SEEDS)), RenderSpec(),
               epochs=((50, "a"), (100, "b")), characters=(("Kei", "kei"),))  # fmt: skip
    cells = of.expand()
    low = prompts[1]
    found = evidence(of, cells, said(cells, lambda cell: 0 if cell.value("epoch") == 100 and cell.value("prompt") == low
                                     else 2))
    assert found.verdict.sentence == "ep50: better than ep100 (as asked, only in sitting, from below); take ep50."
    assert {each.composition for each in found.suppressions} == {"standing, front view", "sitting, from below"}
