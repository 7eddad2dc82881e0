"""C05, C06, C17, D04, D05, D06, D17: what the ledger says of a character, and what captions and images say."""

from dataclasses import replace

from tests.core.lint.sets import LEDGER, PROJECT, found, image, mended, names, one, several, subject

from studio.core.ledger import Ledger, Trait
from studio.core.lint.settings import LintSettings
from studio.core.project import with_character
from studio.core.record import Box, Figure

UNEVEN = with_character(PROJECT, replace(PROJECT.characters[0], asymmetric=True))


def seen(record, **sights):
    """The record with traits marked; spaces are written as underscores."""
    return replace(record, traits={tag.replace("_", " "): sight for tag, sight in sights.items()})


def boxed(record, tag, left, right, origin="hand"):
    return replace(record, boxes={tag: Box(left, 0.1, right, 0.3, origin)})


def test_what_the_trigger_shall_absorb_is_taken_out_of_the_tags():
    looked_at = subject(*several(2, "wrong", "Blonde hair", "smile"), *several(8, "right", "smile"), ledgers=[LEDGER])
    finding = one("C05", looked_at)
    assert names(finding) == ["wrong-000", "wrong-001"] and "20 % of her captions" in finding.evidence
    after = mended(looked_at, finding)
    assert after.records[0].tags[-1] == "smile" and found("C05", after) == ()


def test_one_caption_in_ten_may_tag_it():
    looked_at = subject(image("wrong", "blonde hair"), *several(9, "right"), ledgers=[LEDGER])
    assert found("C05", looked_at) == () and found("C05", looked_at, LintSettings(core_share=0.0))


def test_without_a_ledger_one_is_asked_for():
    finding = one("C05", subject(*several(3, "image", "blonde hair")))
    assert finding.severity == "note" and finding.message.startswith("Mira has no ledger: sort her traits")


def test_a_ribbon_that_shows_is_tagged_and_one_that_nobody_marked_is_asked_for():
    looked_at = subject(seen(image("shows"), blue_ribbon="visible"), seen(image("hides"), blue_ribbon="hidden"),
                        image("tagged", "blue ribbon"), image("unmarked"), ledgers=[LEDGER])
    wrong, unknown = found("C06", looked_at)
    assert (names(wrong), wrong.severity) == (["shows"], "warning")
    assert (names(unknown), unknown.severity, unknown.remedy.page) == (["unmarked"], "note", "traits")
    assert [names(each) for each in found("C06", mended(looked_at, wrong))] == [["unmarked"]]


def side(name, viewers, angle="", **facts):
    labels = {"angle": angle} if angle else {}
    return image(name, says=f"Her side ponytail is on the viewer's {viewers}. It rains.", **labels, **facts)


def test_a_trait_of_one_side_that_is_taught_on_both_is_an_error():
    looked_at = subject(*(side(f"right-{number}", "right", "front view") for number in range(3)),
                        side("wrong", "left", "three-quarter view"), ledgers=[LEDGER])
    finding = one("C17", looked_at)
    assert (names(finding), finding.severity) == (["wrong"], "error")
    assert finding.message.startswith("1 caption puts side ponytail on the viewer's left, 3 on the right")


def test_seen_from_behind_a_side_changes_over():
    assert found("C17", subject(side("front", "right", "front view"), side("back", "left", "from behind"),
                                side("profile", "left", "from side"), ledgers=[LEDGER])) == ()
    assert found("C17", subject(side("front", "right", "front view"), side("back", "right", "from behind"),
                                ledgers=[LEDGER]))


def test_without_an_angle_two_sides_are_no_contradiction_yet():
    finding = one("C17", subject(side("front", "right", "front view"), side("unknown", "left"), ledgers=[LEDGER]))
    assert (names(finding), finding.severity) == (["unknown"], "note")
    assert found("C17", subject(side("one", "right"), side("other", "right"), ledgers=[LEDGER])) == ()


def test_a_sentence_that_says_where_she_looks_is_no_claim_about_a_trait():
    looks = [image(view, says=f"Her side ponytail swings, and she looks to the viewer's {view}. It rains.",
                   angle="front view") for view in ("left", "right")]
    assert found("C17", subject(*looks, ledgers=[LEDGER])) == ()


def test_a_character_who_is_not_symmetric_needs_no_ledger_for_it():
    images = side("front", "right", "front view"), side("wrong", "left", "front view")
    assert found("C17", subject(*images)) == ()
    assert found("C17", subject(*images, project=UNEVEN))


def test_a_box_on_the_other_side_than_the_caption_says_is_an_error():
    wrong = boxed(side("wrong", "right", "front view"), "side ponytail", 0.1, 0.4)
    finding = one("C17", subject(wrong, ledgers=[LEDGER]))
    assert "on the other side than its box" in finding.message
    assert found("C17", subject(boxed(wrong, "side ponytail", 0.6, 0.9), ledgers=[LEDGER])) == ()
    assert found("C17", subject(boxed(wrong, "side ponytail", 0.4, 0.6), ledgers=[LEDGER])) == ()
    assert found("C17", subject(boxed(wrong, "side ponytail", 0.1, 0.4, "guess"), ledgers=[LEDGER])) == ()
    beside = replace(wrong, figures={"Mira": Figure(Box(0.0, 0.0, 0.2, 1.0))})
    assert found("C17", subject(beside, ledgers=[LEDGER])) == ()


def test_images_that_show_nothing_but_what_the_base_draws_are_a_note():
    plain = [seen(image(f"plain-{number}", "side ponytail"), hair_intakes="hidden") for number in range(6)]
    shown = [seen(image(f"shown-{number}"), hair_intakes="visible") for number in range(4)]
    finding = one("D04", subject(*plain, *shown, ledgers=[LEDGER]))
    assert len(finding.images) == 6 and "60 % of the images" in finding.evidence
    assert found("D04", subject(*plain[:4], *shown, ledgers=[LEDGER])) == found("D04", subject(*plain, *shown)) == ()


def test_a_giveaway_that_few_images_show_is_to_be_drawn_close_up():
    hidden = [seen(image(f"hidden-{number}"), hair_intakes="hidden") for number in range(9)]
    shown = seen(image("shown"), hair_intakes="visible")
    finding = one("D05", subject(*hidden, shown, ledgers=[LEDGER]))
    assert finding.message.startswith("Only 1 image shows hair intakes, by which she is recognised")
    assert [shot.text for shot in finding.remedy.shots] == ["front view, portrait, hair intakes, plain background"] * 2
    assert len({shot.slot for shot in finding.remedy.shots}) == 2
    assert found("D05", subject(*hidden[:3], shown, ledgers=[LEDGER])) == ()


def test_what_has_a_box_is_seen():
    assert found("D05", subject(*(boxed(each, "hair intakes", 0.1, 0.9) for each in several(4)), ledgers=[LEDGER])) == ()


def test_a_giveaway_that_nobody_marked_is_asked_for():
    finding = one("D05", subject(*several(4), ledgers=[LEDGER]))
    assert finding.message == ("4 images have no mark for hair intakes, visible or hidden: label them,"
                               " less than a minute.")


def test_a_giveaway_that_is_small_everywhere_wants_closer_crops():
    small = boxed(image("small"), "hair intakes", 0.1, 0.2)
    assert names(one("D06", subject(small, image("other"), ledgers=[LEDGER]))) == ["small"]
    assert found("D06", subject(small, boxed(image("large"), "hair intakes", 0.1, 0.5), ledgers=[LEDGER])) == ()
    assert found("D06", subject(image("unboxed"), ledgers=[LEDGER])) == ()


def test_characters_who_share_most_of_their_traits_will_mix():
    other = Ledger("Suzu", tuple(Trait(tag, "absorb") for tag in ("pink hair", "hair intakes", "side ponytail")))
    looked_at = subject(image("hers"), image("other", who="Suzu"), ledgers=[LEDGER, other])
    assert one("D17", looked_at).message.startswith("Mira and Suzu differ only in hair and ribbon")
    eyes = Ledger("Suzu", (*other.traits, Trait("green eyes", "absorb")))
    assert found("D17", subject(*looked_at.records, ledgers=[LEDGER, eyes])) == ()
    assert found("D17", subject(*looked_at.records, ledgers=[LEDGER])) == ()
