import pytest

from studio.core.errors import UserError, reading, unknown


def test_a_user_error_says_what_happened_and_then_what_to_do():
    assert str(UserError("a.png has no caption", "Write one.")) == "a.png has no caption. Write one."


@pytest.mark.parametrize("what", ["Really?", "It broke."])
def test_a_sentence_that_is_ended_gets_no_second_stop(what):
    assert str(UserError(what, "Wait.")) == f"{what} Wait."


def test_without_a_remedy_only_what_happened_is_said():
    assert str(UserError("The disk is full")) == "The disk is full."


@pytest.mark.parametrize("strange", ["a\nb", "a\x1b[2Jb", "a\u2028b", "a\udcffb", "a\r\n\tb"])
def test_what_is_said_stays_on_one_line_and_moves_no_cursor(strange):
    assert str(UserError(f"{strange}.png is empty", "Leave it out.")).startswith(("a b.png", "a [2Jb.png"))


def test_of_a_sentence_that_is_too_long_the_middle_is_left_out():
    said = str(UserError(f"/home/{'x' * 5000}/a.png is empty", "Leave it out." * 100))
    assert len(said) < 400 and said.startswith("/home/xxx") and "a.png is empty. Leave" in said and said.endswith(".")


def test_of_many_known_words_the_first_are_listed_and_the_rest_counted():
    assert str(unknown("word", "zzz", [f"w{number:02}" for number in range(20)])).endswith("w11 and 8 more.")


@pytest.mark.parametrize("misshapen", [
    lambda: {}["digest"], lambda: 5 .items(), lambda: int("x"), lambda: [][0], lambda: float(10**400),
])
def test_what_does_not_fit_while_a_file_is_read_names_the_file(misshapen):
    said = r"^dataset\.json is damaged: .+ Restore the file from a copy\.$"
    with pytest.raises(UserError, match=said), reading("dataset.json"):
        misshapen()


def test_an_unknown_word_is_answered_with_the_nearest_known_one():
    assert str(unknown("recipe", "oficial", ["practice", "official"])) == (
        "There is no recipe called 'oficial'. Did you mean 'official'?"
    )


def test_an_unknown_word_near_to_nothing_is_answered_with_the_list():
    assert str(unknown("verb", "zzz", ["train", "check"], "charstudio")) == (
        "charstudio: There is no verb called 'zzz'. Known: check, train."
    )
