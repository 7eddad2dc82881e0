import pytest

from studio.core.errors import UserError, unknown


def test_a_user_error_says_what_happened_and_then_what_to_do():
    assert str(UserError("a.png has no caption", "Write one.")) == "a.png has no caption. Write one."


@pytest.mark.parametrize("what", ["Really?", "It broke."])
def test_a_sentence_that_is_ended_gets_no_second_stop(what):
    assert str(UserError(what, "Wait.")) == f"{what} Wait."


def test_without_a_remedy_only_what_happened_is_said():
    assert str(UserError("the disk is full")) == "the disk is full"


def test_an_unknown_word_is_answered_with_the_nearest_known_one():
    assert str(unknown("recipe", "oficial", ["practice", "official"])) == (
        "There is no recipe called 'oficial'. Did you mean 'official'?"
    )


def test_an_unknown_word_near_to_nothing_is_answered_with_the_list():
    assert str(unknown("verb", "zzz", ["train", "check"], "charstudio")) == (
        "charstudio: There is no verb called 'zzz'. Known: check, train."
    )
