"""Each rule with a run that it minds and one that it does not, and what a person may overrule."""

from dataclasses import replace
from pathlib import Path

import pytest
from planned import RATES, cast, shown

from studio.core.errors import UserError
from studio.core.knobs import changed
from studio.core.origin import Refusal
from studio.core.planner import forecast
from studio.core.priors import priors_for
from studio.core.recipe import Recipe
from studio.core.rules.intent import TURBO, Card, Intent, Machine, Objection
from studio.core.rules.table import RULES, objections, recorded, require_allowed, rule_of, standing
from studio.core.run_diff import RunFacts

LOCKED = {"torch": "2.13.0", "transformers": "5.23.0", "peft": "0.21.2"}
MACHINE = Machine({"torch": "2.13.0+cu130", "transformers": "5.23.0", "peft": "0.21.2"}, LOCKED, free_bytes=2**40)
TURBO_PREVIEWS = {"preview_steps": 8, "preview_cfg": 1.0}
RECIPE = Recipe(rank=32, epochs=150, accumulation=4, preview_every=5, preview_seeds=(42, 100), **TURBO_PREVIEWS)
ADA, BLACKWELL = Card("RTX 6000 Ada", (8, 9), "13.0", ("sm_80", "sm_90")), Card("RTX 5090", (12, 0), "12.4", ("sm_90",))


def intent(recipe: Recipe = RECIPE, dataset=None, **facts) -> Intent:
    """A run against which nothing speaks, with what is changed."""
    dataset = dataset or shown(70)
    planned = RunFacts("", "anima-base", dataset, recipe)
    known = {"forecast": forecast(dataset, recipe, RATES), "priors": priors_for(0.0, 1, recipe.learning_rate, True),
             "planned": planned, "parent": replace(planned, id="0001-mira-aaaa"), "use_base": "anima-base",
             "profile": TURBO, "machine": MACHINE}  # fmt: skip
    return Intent(recipe, dataset, **known | facts)


def said(rule: str, looked_at: Intent) -> tuple[Objection, ...]:
    return tuple(each for each in objections(looked_at) if each.rule == rule)


def one(rule: str, looked_at: Intent) -> Objection:
    [objection] = said(rule, looked_at)
    return objection


def asymmetric():
    dataset = shown(70)
    return replace(dataset, characters=(replace(dataset.characters[0], asymmetric=True),))


def differing(**parent) -> Intent:
    clean = intent()
    return replace(clean, parent=replace(clean.parent, **parent))


def with_machine(**facts) -> Intent:
    return intent(machine=replace(MACHINE, **facts))


def with_versions(**versions: str) -> Intent:
    return with_machine(installed=MACHINE.installed | versions)


LATENTS = (Path("images/Mira/0001.npz"), Path("images/Mira/0002.npz"))
BREAKING = {
    "R01": intent(replace(RECIPE, flip=True), asymmetric()),
    "R02": intent(foreign_latents=LATENTS),
    "R03": intent(use_base="wai-anima"),
    "R04": intent(replace(RECIPE, rank=64, alpha=64.0), cast((43, 2), (53, 2)), priors=()),
    "R05": intent(replace(RECIPE, epochs=50)),
    "R06": intent(replace(RECIPE, epochs=250)),
    "R07": differing(base="wai-anima", dataset=shown(91)),
    "R08": intent(replace(RECIPE, preview_steps=25, preview_cfg=4.0)),
    "R09": intent(replace(RECIPE, preview_seeds=())),
    "R10": intent(left_out={"sample_prompts": ["1girl", "2girls"]}),
    "R11": with_versions(transformers="4.45.2"),
    "R12": with_machine(card=BLACKWELL),
    "R13": with_versions(xformers="0.0.30"),
    "R14": intent(left_out={"train_llm_adapter": True}),
    "R15": with_machine(free_bytes=10 * 2**30),
    "R16": intent(replace(RECIPE, max_steps=7_000)),
}  # fmt: skip
CLEAN = {
    "R01": intent(RECIPE, asymmetric()), "R02": intent(), "R03": intent(use_base="anima-base"),
    "R04": intent(replace(RECIPE, rank=128), cast((79, 2), (53, 2), together=(20, 2)), priors=()),
    "R05": intent(replace(RECIPE, epochs=120)), "R06": intent(replace(RECIPE, epochs=180)),
    "R07": differing(base="wai-anima"), "R08": intent(), "R09": intent(replace(RECIPE, preview_every=0,
                                                                               preview_seeds=())),
    "R10": intent(left_out={"sample_prompts": ["1girl"]}), "R11": with_versions(torch="2.13.0+cpu"),
    "R12": with_machine(card=replace(BLACKWELL, cuda="13.0", kinds=("sm_90", "sm_120"))), "R13": intent(),
    "R14": intent(left_out={"train_llm_adapter": False, "llm_adapter_lr": 0}),
    "R15": with_machine(free_bytes=2**40), "R16": intent(replace(RECIPE, max_steps=10_500)),
}  # fmt: skip


def test_there_are_sixteen_rules_in_their_order() -> None:
    assert [rule.id for rule in RULES] == [f"R{number:02d}" for number in range(1, 17)]
    assert set(BREAKING) == set(CLEAN) == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", BREAKING)
def test_a_rule_minds_what_it_is_for(rule) -> None:
    objection = one(rule, BREAKING[rule])
    assert objection.message.endswith(".") and objection.remedy.endswith(".")
    assert objection.known == rule_of(rule).known


@pytest.mark.parametrize("rule", CLEAN)
def test_and_minds_nothing_else(rule) -> None:
    assert said(rule, CLEAN[rule]) == ()


def test_a_sound_run_meets_no_objection() -> None:
    assert objections(intent()) == ()


@pytest.mark.parametrize("rule", ["R01", "R04", "R06", "R08", "R09", "R16"])
def test_a_remedy_that_can_be_had_at_once_silences_its_rule(rule) -> None:
    broken = BREAKING[rule]
    mended = changed(broken.recipe, one(rule, broken).settings)
    assert said(rule, replace(broken, recipe=mended, forecast=forecast(broken.dataset, mended, RATES))) == ()


def test_what_is_not_known_leaves_rules_silent() -> None:
    assert objections(Intent(replace(RECIPE, preview_steps=25), shown(70))) == ()


@pytest.mark.parametrize("rank, people, minds", [(32, 1, False), (64, 2, True), (128, 2, False), (128, 3, True),
                                                 (256, 3, False)])  # fmt: skip
def test_the_ranks_that_worked_are_not_minded(rank, people, minds) -> None:
    looked_at = intent(replace(RECIPE, rank=rank), cast(*((50, 2),) * people), priors=())
    assert bool(said("R04", looked_at)) == minds


def test_a_plan_of_180_epochs_where_80_exposures_were_enough_wastes_most_of_the_night() -> None:
    looked_at = intent(replace(RECIPE, epochs=180), priors=priors_for(1.0, 1, 2e-5))
    found = one("R06", looked_at)
    assert "best by 80 exposures, this one ends at 720" in found.message and found.settings == ("epochs=20",)
    assert said("R05", looked_at) == ()


def test_two_changes_are_named_with_the_run_that_tells_them_apart() -> None:
    found = one("R07", BREAKING["R07"])
    assert found.message.startswith("Base and data differ from 0001-mira-aaaa")
    assert found.remedy.startswith("First the parent with base changed")


def test_another_name_is_no_change() -> None:
    clean = intent()
    assert said("R07", replace(clean, planned=replace(clean.planned, recipe=replace(RECIPE, name="other")))) == ()


@pytest.mark.parametrize("versions, words, severity", [
    ({"transformers": "4.45.2"}, "does not know Qwen3", "error"),
    ({"transformers": "5.0.0"}, "the studio is tested with 5.23.0", "warning"),
    ({"transformers": "5.0.0", "torch": "2.4.1"}, "needs torch 2.5 or newer", "error"),
    ({"torch": "2.4.1"}, "older than 2.5", "error"),
    ({"torch": "2.12.0+cu126"}, "the studio is tested with 2.13.0", "warning"),
    ({"peft": ""}, "peft is missing", "error"),
])
def test_each_wrong_version_has_a_message_of_its_own(versions, words, severity) -> None:
    found = said("R11", with_versions(**versions))
    assert any(words in each.message and each.severity == severity for each in found), found


@pytest.mark.parametrize("card, torch, words", [
    (BLACKWELL, "2.13.0", "needs CUDA 12.8"), (replace(BLACKWELL, cuda="12.8"), "2.6.0", "needs torch 2.7"),
    (Card("GTX 1080", (6, 1), "13.0", ("sm_80", "sm_90")), "2.13.0", "has no code for the GTX 1080 (sm_61)"),
])
def test_each_card_that_cannot_work_has_a_message_of_its_own(card, torch, words) -> None:
    looked_at = with_machine(card=card, installed=MACHINE.installed | {"torch": torch})
    assert words in one("R12", looked_at).message


def test_code_for_a_generation_runs_on_the_later_ones_of_its_major_number() -> None:
    assert said("R12", with_machine(card=ADA)) == ()


def test_a_disk_that_is_too_small_is_an_error_and_one_that_gets_full_is_not() -> None:
    need = intent().forecast.disk_bytes
    assert one("R15", with_machine(free_bytes=need + 1)).severity == "note"
    assert one("R15", with_machine(free_bytes=need - 1)).severity == "error"


def test_the_same_preview_prompt_twice_is_told() -> None:
    found = one("R10", intent(replace(RECIPE, preview_prompts=("{trigger}", "a", "{trigger}"))))
    assert found.settings == ("preview_prompts={trigger}|a",)


def test_errors_come_first() -> None:
    found = objections(intent(replace(RECIPE, flip=True, epochs=20), asymmetric(), use_base="other"))
    assert [each.severity for each in found] == ["error", "warning", "note"]


def test_an_error_is_raised_unless_it_is_refused_with_a_reason() -> None:
    found = objections(BREAKING["R01"])
    with pytest.raises(UserError, match="R01: .*mirrored"):
        require_allowed(found)
    refused = (Refusal("R01", "the ponytail is not drawn yet"), Refusal("R07", "never asked"))
    require_allowed(found, refused)
    assert standing(found, refused) == ()
    [kept] = recorded(found, refused)
    assert (kept.rule, kept.reason) == ("R01", "the ponytail is not drawn yet") and "mirrored" in kept.said


def test_a_warning_stops_nobody() -> None:
    require_allowed(objections(BREAKING["R03"]))
