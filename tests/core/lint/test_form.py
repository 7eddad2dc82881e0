"""C03, C04, C09 to C16, C18, C21, C22: each says what is wrong, and its button puts it right."""

import pytest
from tests.core.lint.sets import HEAD, found, image, mended, names, one, subject

from studio.core.lint.exports import ExportTarget
from studio.core.lint.form import sentences_of
from studio.core.lint.settings import LintSettings

RIGHT = image("right", "smile", "front view", "portrait")


def test_a_caption_in_form_is_let_pass_by_all_rules():
    ids = ("C03", "C04", *(f"C{number:02}" for number in range(9, 17)), "C18", "C21", "C22")
    assert [each for rule in ids for each in found(rule, subject(RIGHT))] == []


def test_a_caption_without_sentences_is_named():
    finding = one("C03", subject(RIGHT, image("bare", "smile", says="")))
    assert (names(finding), finding.severity) == (["bare"], "warning")
    assert finding.message == "1 caption has no sentences: write two for it."


def test_another_number_of_sentences_than_two_is_a_note():
    three = image("three", says="She waits. It rains. A bus comes.")
    looked_at = subject(RIGHT, image("one", says="She waits."), three)
    assert names(one("C04", looked_at)) == ["one", "three"] and one("C04", looked_at).severity == "note"
    assert names(one("C04", looked_at, LintSettings(sentences=1))) == ["right", "three"]


@pytest.mark.parametrize("text, count", [
    ("She waits. A cat sits by her.", 2), ("She says “Go!” and waits.", 1), ("She waits in the rain", 1), ("", 0),
    ("彼女は立つ。猫がいる。", 2), ("Is it late? It is... She runs!", 3)])
def test_sentences_are_counted(text, count):
    assert len(sentences_of(text)) == count


@pytest.mark.parametrize("caption", [
    "1girl, masterpiece, safe, mira, smile. She waits. It rains.", "masterpiece, safe, mira, 1girl, smile. She waits.",
    "masterpiece, safe, 1girl, smile, mira. She waits.", "safe, 1girl, mira, smile, @somebody. She waits."])
def test_tags_out_of_order_are_sorted_by_one_click(caption):
    looked_at = subject(image("wrong", caption=caption), RIGHT)
    finding = one("C09", looked_at)
    assert names(finding) == ["wrong"] and found("C09", mended(looked_at, finding)) == ()


def test_series_come_before_artists_where_somebody_knows_them():
    looked_at = subject(image("wrong", "@somebody", "the bus stop"), category_of={"the bus stop": "copyright"}.get)
    assert found("C09", subject(*looked_at.records)) == ()
    finding = one("C09", looked_at)
    assert mended(looked_at, finding).records[0].tags == (*HEAD, "mira", "the bus stop", "@somebody")


def test_underscores_are_written_as_spaces_but_for_scores_and_faces():
    looked_at = subject(image("wrong", "blue_eyes", "o_o", "score_7"), RIGHT)
    finding = one("C10", looked_at)
    assert finding.message == "1 tag in 1 caption has an underscore: write spaces for underscores."
    assert mended(looked_at, finding).records[0].tags[-3:] == ("blue eyes", "o_o", "score_7")
    assert found("C10", mended(looked_at, finding)) == ()


def test_capitals_are_for_triggers_and_sentences():
    looked_at = subject(image("wrong", "Smile", "Long Hair"), RIGHT)
    finding = one("C11", looked_at)
    assert "2 tags in 1 caption have capitals" in finding.message and names(finding) == ["wrong"]
    assert mended(looked_at, finding).records[0].caption.endswith(f"mira, smile, long hair. {RIGHT.sentences}")


def test_general_is_an_old_word_for_safe():
    looked_at = subject(image("old", caption="masterpiece, general, 1girl, mira. She waits. It rains."), RIGHT)
    after = mended(looked_at, one("C12", looked_at))
    assert after.records[0].tags == ("masterpiece", "safe", "1girl", "mira") and found("C12", after) == ()


def test_a_caption_that_says_nothing_about_safety_is_named_and_may_say_safe():
    looked_at = subject(image("silent", caption="masterpiece, 1girl, mira. She waits. It rains."),
                        image("not", caption="masterpiece, nsfw, 1girl, mira. She waits. It rains."))
    finding = one("C12", looked_at)
    assert names(finding) == ["silent"]
    assert mended(looked_at, finding).records[0].tags == ("masterpiece", "safe", "1girl", "mira")


def test_an_artist_wants_a_sign():
    looked_at = subject(image("wrong", "artist: some body", "other body"), RIGHT,
                        category_of={"other body": "artist"}.get)
    finding = one("C13", looked_at)
    assert finding.message.startswith("2 tags in 1 caption are artists without an @")
    assert mended(looked_at, finding).records[0].tags[-2:] == ("@some body", "@other body")


def test_one_quality_profile_for_all_keeps_ratings_and_years():
    other = image("other", caption="newest, year 2024, nsfw, 1girl, mira. She waits. It rains.")
    looked_at = subject(RIGHT, image("same", caption="masterpiece, best quality, nsfw, 1girl, mira."), other)
    finding = one("C14", looked_at)
    assert names(finding) == ["other"] and "2 of 3 begin with 'masterpiece, best quality'" in finding.evidence
    after = mended(looked_at, finding)
    assert after.records[2].tags == ("masterpiece", "best quality", "nsfw", "year 2024", "1girl", "mira")
    assert found("C14", after) == ()


def test_the_usual_profile_says_nothing_about_safety_by_itself():
    looked_at = subject(RIGHT, RIGHT, image("other", caption="newest, 1girl, mira. She waits. It rains."))
    assert mended(looked_at, one("C14", looked_at)).records[2].tags == ("masterpiece", "best quality", "1girl", "mira")


@pytest.mark.parametrize("says, is_vague", [
    ("Her ponytail is on the left. It rains.", True), ("Her ponytail is on the viewer's left. It rains.", False),
    ("She lifts her own right hand. It rains.", False), ("She stands upright right behind a fence.", False),
    ("The bus has left. It rains.", False), ("A cat is at the right of the picture.", False)])
def test_a_side_wants_somebody_whose_it_is(says, is_vague):
    assert bool(found("C16", subject(image("side", says=says)))) == is_vague


def test_two_characters_have_a_left_and_a_right_of_their_own():
    placed, raised = (image("pair", who="Mira+Suzu", says=says)
                      for says in ("Mira is on the left and Suzu on the right.", "Her left hand is raised."))
    assert found("C16", subject(placed)) == () and found("C16", subject(raised))


def test_captions_of_another_set_are_found_to_the_letter():
    taken = image("taken", caption="1girl, blue_eyes, mira")
    looked_at = subject(taken, RIGHT, elsewhere={"1girl, blue_eyes, mira": "old set"})
    finding = one("C21", looked_at)
    assert names(finding) == ["taken"] and "old set" in finding.message
    assert mended(looked_at, finding).records[0].tags == ("1girl", "mira", "blue eyes")


def test_weights_are_taken_out():
    looked_at = subject(image("heavy", "(smile:1.3)", "(a, b:1.1)"), RIGHT)
    finding = one("C22", looked_at)
    assert "(smile:1.3)" in finding.evidence
    assert mended(looked_at, finding).records[0].tags[-3:] == ("smile", "a", "b")


def test_exports_alone_are_asked_about_shuffled_sentences():
    cut = ExportTarget("kohya folders", shuffles=True, keep=1)
    looked_at = subject(RIGHT, image("bare", "smile", says=""), export=cut)
    finding = one("C15", looked_at)
    assert (names(finding), finding.severity) == (["right"], "error") and "kohya folders" in finding.message
    assert found("C15", subject(RIGHT)) == found("C15", subject(RIGHT, export=ExportTarget("JSON"))) == ()
    assert found("C15", subject(RIGHT, export=ExportTarget("kohya folders", shuffles=True, keep=99))) == ()


def test_exports_alone_are_asked_about_long_captions():
    short = ExportTarget("a trainer", limit=8, tokens=lambda text: len(text.split()))
    long = image("long", *("word" for _ in range(9)))
    assert names(one("C18", subject(long, image("short", caption="a b c"), export=short))) == ["long"]
    assert found("C18", subject(long)) == ()
