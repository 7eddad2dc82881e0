"""C19 and D12 to D16: several characters in one set, with the numbers of published ones."""

from dataclasses import replace

import pytest
from tests.core.lint.sets import LEDGER, found, image, mended, one, several, subject

from studio.core.record import Box, Figure


def cast(mira, suzu, pairs=0, repeats=1):
    return subject(*several(mira, "m", repeats=repeats), *several(suzu, "s", who="Suzu", repeats=repeats),
                   *several(pairs, "p", who="Mira+Suzu", repeats=repeats))


def test_43_to_53_is_let_pass_and_79_to_53_is_not():
    assert found("D12", cast(43, 53)) == ()
    finding = one("D12", cast(79, 53, 20))
    assert finding.message == "An epoch shows Mira 1.49 times as often as Suzu: change the repeats."
    assert (finding.severity, len(finding.images)) == ("warning", 132) and "79 to 53 exposures" in finding.evidence


def test_repeats_are_what_balances():
    assert found("D12", subject(*several(10, "m"), *several(5, "s", who="Suzu", repeats=2))) == ()
    assert found("D12", subject(*several(10, "m"), *several(10, "s", who="Suzu", repeats=2)))
    assert found("D12", subject(*several(10, "m"))) == ()


def test_characters_who_never_met_will_mix():
    finding = one("D13", cast(43, 53))
    assert finding.message.startswith("No image shows Mira with Suzu, so they will mix")
    assert [shot.text for shot in finding.remedy.shots] == [
        "Mira on the left, Suzu on the right, plain background",
        "Suzu on the left, Mira on the right, plain background"]
    assert found("D13", cast(79, 53, 20)) == found("D13", cast(5, 0)) == ()


@pytest.mark.parametrize("together, others, share", [(20, 132, ""), (70, 224, "23.8 %")])
def test_20_of_152_together_is_let_pass_and_70_of_294_is_not(together, others, share):
    half = others // 2
    finding = [each.message for each in found("D14", cast(half, others - half, together, repeats=2))]
    assert finding == ([f"{share} of what an epoch shows has several characters, so one trigger may call them all: stay"
                        " below 20 %."] if share else [])


def test_the_shipped_share_of_pairs_reads_as_it_was_published():
    looked_at = cast(79, 53, 20)
    assert f"{20 / len(looked_at.records):.1%}" == "13.2%" and found("D14", looked_at) == ()


def placed(name, **left):
    figures = {who: Figure(Box(at, 0.1, at + 0.3, 0.9)) for who, at in left.items()}
    return replace(image(name, who="Mira+Suzu"), figures=figures)


def test_who_always_stands_on_the_left_is_learnt_there():
    same = [placed(f"{number}", Mira=0.1, Suzu=0.6) for number in range(3)]
    finding = one("D15", subject(*same))
    assert finding.message.startswith("Mira is always on the left of Suzu")
    assert [shot.characters for shot in finding.remedy.shots] == [("Suzu", "Mira")]
    assert found("D15", subject(*same, placed("swapped", Mira=0.6, Suzu=0.1))) == found("D15", subject(*same[:2])) == ()


def test_where_nobody_knows_who_stands_where_boxes_are_asked_for():
    finding = one("D15", subject(*several(3, "pair", who="Mira+Suzu")))
    assert finding.severity == "note" and finding.remedy.page == "boxes"


def test_heights_that_vary_are_worth_a_note():
    def tall(name, height):
        figures = {"Mira": Figure(Box(0.1, 0.1, 0.4, 0.1 + height)), "Suzu": Figure(Box(0.5, 0.1, 0.8, 0.6))}
        return replace(image(name, who="Mira+Suzu"), figures=figures)

    assert "Mira is 1.00 to 1.60 times as tall as Suzu" in one("D16", subject(tall("a", 0.5), tall("b", 0.8))).message
    assert found("D16", subject(tall("a", 0.5), tall("b", 0.55))) == ()
    assert found("D16", subject(placed("a", Mira=0.1), *several(2, "pair", who="Mira+Suzu"))) == ()


def test_captions_of_two_templates_are_found_with_both_numbers():
    tags = [f"thing {number}" for number in range(13)]
    long = several(3, "m", *tags)
    finding = one("C19", subject(*long, *several(3, "s", *tags[:4], who="Suzu", says="")))
    assert finding.evidence.startswith("Mira has 18 tags and 2 sentences, Suzu 9 tags and 0 sentences on average.")
    assert found("C19", subject(*long, *several(3, "s", *tags, who="Suzu"))) == ()
    assert found("C19", subject(*long, *several(3, "s", *tags[:10], who="Suzu"))) == ()


def test_what_is_told_of_one_only_is_a_template_too():
    told = several(3, "m", "front view", "smile"), several(3, "s", "a hat", "smile", who="Suzu")
    assert "differ in telling the angle" in one("C19", subject(*told[0], *told[1])).message


def both(**hers):
    """Ten captions each, hers with other tags."""
    return subject(*several(10, "m", *hers.get("mira", ())), *several(10, "s", *hers.get("suzu", ()), who="Suzu"))


def test_a_tag_that_only_one_has_and_always_answers_for_her():
    finding = one("C23", both(mira=("hat", "long hair"), suzu=("hat",)))
    assert finding.severity == "warning" and len(finding.images) == 10
    assert finding.message.startswith("10 captions of Mira tag long hair and none of another does, so these words")
    assert found("C23", mended(both(mira=("hat", "long hair"), suzu=("hat",)), finding)) == ()


def test_a_tag_of_both_a_label_and_what_a_ledger_sorts_answer_for_nobody():
    assert found("C23", both(mira=("hat", "sitting"), suzu=("hat", "standing"))) == ()
    looked_at = both(mira=("blue ribbon",), suzu=("hat",))
    assert [each.images[0].characters for each in found("C23", looked_at)] == [("Mira",), ("Suzu",)]
    assert [each.images[0].characters for each in found("C23", replace(looked_at, ledgers=(LEDGER,)))] == [("Suzu",)]


def test_a_tag_that_is_on_some_of_hers_answers_for_nobody():
    mixed = subject(*several(5, "m", "hat"), *several(5, "n"), *several(10, "s", who="Suzu"))
    assert found("C23", mixed) == ()
