"""What a tagger's look makes of a caption."""

from studio.core.caption import split_caption
from studio.core.retag import Decisions
from studio.core.tagging import tagged

SEEN = ("smile", "1girl", "hair intakes", "long hair")


def test_an_image_without_a_caption_gets_one_in_animas_order() -> None:
    assert tagged("", SEEN, ("mira",), quality="safe") == "safe, 1girl, mira, smile, hair intakes, long hair"


def test_what_a_ledger_does_not_want_tagged_is_left_out_however_it_is_spelled() -> None:
    assert tagged("", SEEN, ("mira",), unwanted=("Hair_Intakes",), quality="safe") == "safe, 1girl, mira, smile, long hair"


def test_a_tag_that_a_hand_took_away_does_not_come_back() -> None:
    decided = Decisions(removed=frozenset({"smile"}))
    assert "smile" not in tagged("mira, 1girl", SEEN, ("mira",), decided, "merge")
    assert "smile" not in tagged("", SEEN, ("mira",), decided)


def test_a_caption_that_says_something_is_left_alone_unless_merging_is_asked_for() -> None:
    assert tagged("mira, smile", SEEN, ("mira",)) == "mira, smile"


def test_merging_puts_behind_the_tags_what_they_lack_and_keeps_the_sentences() -> None:
    caption = "mira, long_hair, Smile. She waves, and turns to the door."
    assert tagged(caption, SEEN, ("mira",), mode="merge") == (
        "mira, long_hair, Smile, 1girl, hair intakes. She waves, and turns to the door.")


def test_merging_twice_is_merging_once() -> None:
    once = tagged("mira. She waves at us.", SEEN, ("mira",), mode="merge")
    assert tagged(once, SEEN, ("mira",), mode="merge") == once
    assert split_caption(once)[1] == "She waves at us."


def test_of_two_views_that_exclude_each_other_the_one_that_stands_there_or_is_likelier_stays() -> None:
    seen = ("front view", "upper body", "full body", "from behind", "profile", "smile", "frown")
    assert tagged("", seen, ("mira",), quality="safe") == "safe, mira, front view, upper body, profile, smile, frown"
    assert tagged("mira, from_behind", seen, ("mira",), mode="merge") == "mira, from_behind, upper body, profile, smile, frown"


def test_two_figures_may_be_seen_from_two_sides() -> None:
    seen = ("2girls", "from side", "from behind", "full body", "upper body")
    assert tagged("", seen, ("mira",), quality="safe") == "safe, 2girls, mira, from side, from behind, full body"


def test_contradictions_that_a_hand_wrote_are_a_hands_matter() -> None:
    assert tagged("from above, from below", ("from above", "smile"), (), mode="merge") == "from above, from below, smile"
