import pytest

from studio.core.errors import UserError
from studio.core.labels import (
    CLOSED,
    LABEL_FIELDS,
    SUGGESTED,
    Label,
    Labels,
    accepted,
    checked_label,
    confirmed,
    known,
    word,
)

GUESSED = Labels(framing=Label("portrait"), angle=Label("from side", "guess"))


def test_a_guess_counts_as_unknown_until_a_hand_agrees():
    assert confirmed(GUESSED) == Labels(framing=Label("portrait"))
    assert confirmed(accepted(GUESSED)).angle == Label("from side", "hand")


def test_what_nobody_said_is_unknown_and_not_a_word():
    assert dict(known(GUESSED)) == {"framing": Label("portrait"), "angle": Label("from side", "guess")}
    assert (word(GUESSED, "angle"), word(GUESSED, "pose")) == ("from side", "")


def test_a_closed_label_takes_its_own_words_only():
    assert checked_label("stance", "posed", "guess") == Label("posed", "guess")
    with pytest.raises(UserError, match="upright"):
        checked_label("stance", "uprigth")


def test_a_free_label_takes_any_word_but_none_at_all():
    assert checked_label("outfit", " space suit ") == Label("space suit")
    with pytest.raises(UserError, match="has no word"):
        checked_label("pose", "  ")


def test_an_unknown_label_is_refused_with_the_nearest_one():
    with pytest.raises(UserError, match="framing"):
        checked_label("framming", "portrait")


def test_every_label_has_words_to_choose_from():
    assert set(SUGGESTED) == set(LABEL_FIELDS)
    assert set(CLOSED) < set(SUGGESTED)
