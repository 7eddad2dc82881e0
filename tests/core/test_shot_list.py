from dataclasses import replace

from tests.core.lint.sets import LEDGER, found, image, one, several, subject, wanting

from studio.core.edits import Edit, State, fold, recorded
from studio.core.ledger import Ledger, Trait
from studio.core.lint.rules import findings
from studio.core.record import Box, Record
from studio.core.shot_list import Shot, filled, prompt, shot, shot_list

UPRIGHT = shot("Mira", stance="upright", angle="from behind", framing="full body")


def in_slot(wanted: Shot, name: str = "new") -> Record:
    """An image that says nothing yet, put into a slot."""
    new = image(name, who="+".join(sorted(wanted.characters)))
    return recorded(new.image, fold([Edit(1, 0.0, "Fill", "hand", filled(wanted, new.id, State()))]))


def test_a_shot_says_what_to_make():
    assert UPRIGHT.text == "upright, back view, full body, plain background"
    assert shot("Mira", camera="level", framing="portrait").text == "portrait, plain background"
    assert Shot(("Suzu", "Mira")).text == "Suzu on the left, Mira on the right, plain background"


def test_an_image_generator_hears_her_looks_and_not_her_trigger():
    assert prompt(UPRIGHT, [LEDGER]) == (
        "1girl, solo, blonde hair, hair intakes, side ponytail, blue ribbon, upright, back view, full body,"
        " plain background")
    close = shot("Mira", "hair intakes", framing="portrait")
    assert prompt(close, [LEDGER]).endswith("blue ribbon, portrait, hair intakes, plain background")
    assert prompt(UPRIGHT, []) == "1girl, solo, upright, back view, full body, plain background"


def test_of_two_each_has_her_own_looks():
    other = Ledger("Suzu", (Trait("pink hair", "absorb"), Trait("glasses", "forbid")))
    short = Ledger("Mira", LEDGER.traits[:1])
    assert prompt(Shot(("Mira", "Suzu")), [short, other]) == (
        "2girls, Mira on the left, Suzu on the right, Mira with blonde hair, Suzu with pink hair, plain background")


def test_a_slot_is_the_same_as_long_as_the_same_is_lacking():
    assert UPRIGHT.slot == "Mira/stance=upright/angle=from behind/framing=full body"
    assert shot("Mira", number=2, angle="from side").slot != shot("Mira", angle="from side").slot


def test_the_list_names_each_picture_once():
    bent = several(10, "bent", framing="full body", stance="posed")
    looked_at = subject(*bent, ledgers=[wanting(("camera", "from below"))])
    shots = shot_list(findings(looked_at), [UPRIGHT, shot("Mira", pose="sitting")])
    assert [each.text for each in shots] == [
        "upright, front view, full body, plain background", "upright, three-quarter view, full body, plain background",
        "upright, side view, full body, plain background",
        "upright, side view the other way, full body, plain background",
        "upright, back view, full body, plain background", "sitting, plain background"]


def test_a_filled_slot_clears_its_finding():
    levelled = several(10, "level", camera="level", framing="portrait")
    looked_at = subject(*levelled, ledgers=[wanting(("camera", "from below"))])
    [wanted] = one("D03", looked_at).remedy.shots
    assert found("D03", replace(looked_at, records=(*levelled, in_slot(wanted)))) == ()


def test_five_filled_slots_make_a_turnaround():
    bent = several(10, "bent", framing="full body", stance="posed")
    shots = one("D02", subject(*bent)).remedy.shots
    rest = subject(*bent, *(in_slot(each, each.slot) for each in shots))
    assert found("D01", rest) == found("D02", rest) == ()


def test_a_slot_for_a_giveaway_marks_it_visible():
    hidden = [replace(each, traits={"hair intakes": "hidden"}) for each in several(3)]
    looked_at = subject(*hidden, ledgers=[LEDGER])
    [wanted, *_] = one("D05", looked_at).remedy.shots
    assert in_slot(wanted).traits == {"hair intakes": "visible"}
    assert found("D05", replace(looked_at, records=(*hidden, in_slot(wanted)))) == ()


def test_a_slot_for_two_guesses_who_stands_where():
    looked_at = subject(*several(3, "m"), *several(3, "s", who="Suzu"))
    shots = one("D13", looked_at).remedy.shots
    new = [in_slot(each, each.slot) for each in shots]
    assert new[1].figures["Suzu"].box == Box(0.0, 0.0, 0.5, 1.0, "guess")
    after = replace(looked_at, records=(*looked_at.records, *new))
    assert found("D13", after) == found("D15", after) == ()


def test_filling_a_slot_again_changes_nothing():
    state = fold([Edit(1, 0.0, "Fill", "hand", filled(UPRIGHT, "id", State()))])
    assert filled(UPRIGHT, "id", state) == ()
