import pytest

from studio.core.evaluation_rules import RULES, CellFacts, SheetFacts, warnings

FACE = "1girl, kei, smile, (open mouth:1.1), front view"


def cells(arms=("ep100", "ep180"), seeds=(42, 100, 200, 300), **facts):
    return tuple(CellFacts(f"{arm}-{seed}", arm, seed, facts.get("prompt", FACE),
                           **{name: value for name, value in facts.items() if name != "prompt"})
                 for arm in arms for seed in seeds)  # fmt: skip


def rules(sheet: SheetFacts) -> list[str]:
    return [each.rule for each in warnings(sheet)]


def test_every_rule_has_its_own_id():
    assert [rule.id for rule in RULES] == [f"V{number:02}" for number in range(1, 10)]


def test_a_fair_sheet_of_which_nothing_is_said_is_left_alone():
    assert warnings(SheetFacts(cells())) == ()


def test_broken_on_fewer_than_four_seeds_is_an_error_that_asks_for_more():
    (found,) = warnings(SheetFacts(cells(seeds=(42,)), claims=(("broken", "ep180"),)))
    assert (found.rule, found.severity, found.keys) == ("V01", "error", ("ep180-42",))
    assert str(found.message) == "ep180 is called broken on 1 of the 4 seeds that make it as much as suspect"
    assert str(found.remedy) == "Render 7 more seeds"
    assert rules(SheetFacts(cells(), claims=(("broken", "ep180"),))) == []


@pytest.mark.parametrize("prompt", ["1girl, kei, smile", "1girl, kei, closed mouth", "smile, open mouths"])
def test_faces_without_a_smile_and_an_open_mouth_are_not_compared(prompt):
    (found,) = warnings(SheetFacts(cells(prompt=prompt), claims=(("face", ""),)))
    assert (found.rule, len(found.keys)) == ("V02", 8)
    assert rules(SheetFacts(cells(), claims=(("face", ""),))) == []


@pytest.mark.parametrize(
    ("other", "what"),
    [({"settings": (("steps", "25"),)}, "steps"), ({"strength": 0.8}, "strength"), ({"base": "wai"}, "base"),
     ({"width": 1024}, "size")],
)  # fmt: skip
def test_what_differs_without_being_asked_for_is_named(other, what):
    usual = {"settings": (("steps", "8"),), "base": "anima"}
    mixed = cells(("ep100",), **usual) + cells(("ep180",), **usual | other)
    (found,) = warnings(SheetFacts(mixed))
    assert (found.rule, str(found.message)) == ("V03", f"The cells differ in {what} too")
    assert rules(SheetFacts(mixed, varied=frozenset({what}))) == []


def test_arms_on_other_seeds_are_not_comparable():
    (found,) = warnings(SheetFacts(cells(("ep100",)) + cells(("ep180",), seeds=(42, 100))))
    assert (found.rule, found.keys) == ("V03", ("ep100-200", "ep100-300"))


def test_the_best_epoch_of_one_format_and_one_composition_is_not_robust():
    (found,) = warnings(SheetFacts(cells(format="N", composition="front"), claims=(("best", "ep100"),)))
    assert (found.rule, str(found.message)) == ("V04", "ep100 is best in one format and composition only")
    several = tuple(CellFacts(f"{format}{view}", "ep100", 42, FACE, format=format, composition=view)
                    for format in "KN" for view in ("front", "back"))  # fmt: skip
    assert rules(SheetFacts(several, claims=(("best", "ep100"),))) == []


def test_an_accessory_is_not_compared_across_framings():
    mixed = cells(("ep100",), framing="full body") + cells(("ep180",), framing="close-up")
    assert rules(SheetFacts(mixed, claims=(("accessory", ""),))) == ["V05"]
    assert rules(SheetFacts(mixed)) == []


def test_a_prompt_that_can_be_read_in_two_ways_is_reworded_first():
    assert rules(SheetFacts(cells(causes=frozenset({"prompt reading"})))) == ["V06"]


def test_fused_faces_below_a_megapixel_may_be_blur():
    fused = frozenset({"face fusion"})
    assert rules(SheetFacts(cells(causes=fused, width=832, height=832))) == ["V07"]
    assert rules(SheetFacts(cells(causes=fused, width=1024, height=1024))) == []


def test_colours_are_not_judged_on_full_steps():
    full, turbo = (cells(settings=(("steps", steps),)) for steps in ("25", "8"))
    assert rules(SheetFacts(full, claims=(("colour", ""),))) == ["V08"]
    assert rules(SheetFacts(turbo, claims=(("colour", ""),))) == []


def test_a_lead_within_the_noise_is_no_lead():
    def led(lead: float | None) -> list[str]:
        several = cells(format="N") + cells(format="K", composition="back")
        return rules(SheetFacts(several, claims=(("best", "ep180"),), lead=lead, noise=0.1))

    assert (led(0.02), led(0.3), led(None)) == (["V09"], [], [])


def test_errors_come_first():
    doubtful = cells(seeds=(42,), causes=frozenset({"prompt reading"}))
    sheet = SheetFacts(doubtful, claims=(("best", ""), ("broken", "ep180")))
    assert rules(sheet) == ["V01", "V04", "V06"]
