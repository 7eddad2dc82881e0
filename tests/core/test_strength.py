from studio.core.stats import Hits
from studio.core.strength import StrengthMark, lasting, responses

TRIED = (0.4, 0.6, 0.8, 1.0, 1.2)


def swept(layout, onset, collapse=1.2, trait="side ponytail"):
    return [StrengthMark(layout, each, trait, each >= onset, each >= collapse) for each in TRIED]


def test_a_named_character_shows_at_a_lower_strength_than_an_anonymous_one():
    anonymous, named = responses(swept("anonymous", 0.8) + swept("named", 0.6))
    assert (anonymous.onsets["side ponytail"], named.onsets["side ponytail"]) == (0.8, 0.6)
    assert (anonymous.collapse, named.collapse) == (1.2, 1.2)
    assert (anonymous.band, named.band) == ((0.8, 1.0), (0.6, 1.0))
    assert str(named.text) == "named: collapse at 1.2, safe from 0.6 to 1"


def test_the_band_begins_where_the_last_trait_shows():
    (found,) = responses(swept("named", 0.6) + swept("named", 0.8, trait="ahoge"))
    assert (found.onsets, found.band) == ({"side ponytail": 0.6, "ahoge": 0.8}, (0.8, 1.0))


def test_a_trait_that_never_shows_leaves_no_safe_strength():
    (found,) = responses(swept("named", 2.0))
    assert (found.onsets["side ponytail"], found.band) == (None, None)
    assert str(found.text) == "named: collapse at 1.2, no safe strength"


def test_without_a_collapse_the_band_reaches_as_far_as_was_tried():
    (found,) = responses(swept("named", 0.6, collapse=9.0))
    assert (found.collapse, found.band) == (None, (0.6, 1.2))
    assert "no collapse seen" in str(found.text)


def test_an_onset_must_last():
    assert lasting({0.4: Hits(3, 3), 0.6: Hits(0, 3), 0.8: Hits(2, 3), 1.0: Hits(3, 3)}) == 0.8
    assert lasting({}) is None


def test_cells_of_several_seeds_are_counted_together():
    (found,) = responses(swept("named", 0.6) + swept("named", 0.8))
    assert found.counts["side ponytail", 0.6] == Hits(1, 2)
