from studio.core.chips import (
    GROUPS,
    group_of,
    grouped,
    moved,
    shifted,
    with_sentences,
    with_tags,
    without_tag,
)
from studio.core.composer import parse, render
from studio.core.tag_table import categories

CAPTION = "masterpiece, 1girl, miravelo, smile, blue ribbon, portrait. She waves at us, and smiles."
TRIGGERS = ("miravelo",)
PARTS = parse(CAPTION, TRIGGERS)


def test_every_category_of_the_table_has_a_group() -> None:
    known = {category for group in GROUPS.values() for category in group}
    assert set(categories()) <= known


def test_tags_come_in_the_order_of_the_groups() -> None:
    assert list(grouped(["portrait", "smile", "miravelo", "blue hair", "frown"]).items()) == [
        ("hair", ("blue hair",)), ("face", ("smile", "frown")), ("framing", ("portrait",)), ("other", ("miravelo",)),
    ]  # fmt: skip
    assert group_of("Blue_Hair") == "hair"


def test_a_typed_tag_goes_behind_the_others_and_before_the_sentences() -> None:
    assert render(with_tags(PARTS, "looking_at_viewer")) == CAPTION.replace("portrait", "portrait, looking at viewer")


def test_several_tags_may_be_typed_at_once_with_any_comma() -> None:
    assert with_tags(PARTS, "frown, hat、scarf").tags[-3:] == ("frown", "hat", "scarf")


def test_what_is_there_in_whatever_spelling_is_not_doubled() -> None:
    assert with_tags(PARTS, "Blue_Ribbon") is PARTS
    assert with_tags(PARTS, "1girl, MIRAVELO") is PARTS


def test_quality_that_is_typed_goes_to_the_front() -> None:
    assert with_tags(PARTS, "best quality").quality == ("masterpiece", "best quality")


def test_a_tag_can_be_taken_away_wherever_it_stands() -> None:
    for tag in ("masterpiece", "1girl", "miravelo", "smile"):
        assert tag not in render(without_tag(PARTS, tag)).split(". ")[0]


def test_a_chip_can_be_put_before_another_or_behind_all() -> None:
    assert moved(PARTS, "portrait", "smile").tags == ("portrait", "smile", "blue ribbon")
    assert moved(PARTS, "smile").tags == ("blue ribbon", "portrait", "smile")
    assert moved(PARTS, "smile", "smile") == moved(PARTS, "unknown", "smile") == PARTS


def test_a_chip_that_is_shifted_beyond_the_ends_stays_there() -> None:
    assert shifted(PARTS, "smile", 1).tags == ("blue ribbon", "smile", "portrait")
    assert shifted(PARTS, "smile", -1) == PARTS
    assert shifted(PARTS, "portrait", 5) == PARTS


def test_sentences_are_one_block_and_their_line_ends_are_blanks() -> None:
    made = with_sentences(PARTS, "She sits on\n a box, and waits.\n")
    assert (made.sentences, made.tags) == ("She sits on a box, and waits.", PARTS.tags)
    assert with_sentences(PARTS, "").sentences == ""


def test_origins_stay_with_their_tags() -> None:
    parts = parse(CAPTION, TRIGGERS, {"smile": "tagger"})
    assert {chip.tag: chip.origin for chip in with_tags(parts, "hat").chips} == {
        "smile": "tagger", "blue ribbon": "hand", "portrait": "hand", "hat": "hand"}
