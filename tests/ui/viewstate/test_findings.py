"""What the lint found, turned as pages need it, and said in the window's language."""

from collections.abc import Iterator

import pytest
from tests.core.lint.sets import LEDGER, image, several, subject

from studio.core.lint.rules import findings
from studio.core.said import joined, said, said_of
from ui import i18n
from ui.viewstate.findings import evidence, found, rule_name, standing
from ui.viewstate.sayings import told

WRONG, UNLABELLED = image("wrong", "Big hat", says=""), several(3, "plain", framing="full body")
SET = subject(WRONG, *UNLABELLED, ledgers=[LEDGER])


@pytest.fixture
def japanese() -> Iterator[None]:
    i18n.speak("日本語")
    yield
    i18n.speak("English")


def test_an_image_wears_what_was_judged_of_it_and_not_what_is_said_of_all() -> None:
    seen = found(findings(SET), 4)
    assert set(seen.own[WRONG.id]) == {"C03", "C11"} and seen.worst == {WRONG.id: "warning"}
    assert {"D01", "D20"} <= seen.rules[UNLABELLED[0].id] and UNLABELLED[0].id not in seen.own


def test_a_rule_has_a_name_in_words_and_its_place_a_reason() -> None:
    first = next(each for each in findings(SET) if each.rule == "C11")
    assert rule_name("C11") == "capitals"
    assert standing(first) == "Costs: softer pictures · it stands in the files"
    assert evidence(first) == "It is Big hat.\nAnima's tags are lower case."


def test_findings_speak_japanese_with_their_gaps_filled(japanese: None) -> None:
    told_of = {each.rule: told(each.said) for each in findings(SET)}
    assert told_of["C03"] == "1件のキャプションに文がありません。2文ずつ書いてください。"
    assert told_of["C11"].startswith("キャプション1件のタグ1個に大文字")
    assert told_of["D01"].startswith("全身3枚に「立ち方」")
    assert all(any("぀" <= letter <= "鿿" for letter in text) for text in told_of.values())


def test_english_is_what_the_command_line_prints(japanese: None) -> None:
    """The language of the window changes no file and no output of the core."""
    assert [each.message for each in findings(SET) if each.rule == "C03"] == [
        "1 caption has no sentences: write two for it."]


def test_a_gap_may_hold_another_saying() -> None:
    words = joined(["smile", said("a {thing}", thing="hat"), "bow"])
    assert str(said("She wears {words}.", words=words)) == "She wears smile, a hat and bow."
    assert str(joined(["a", "b", "c", "d", "e", "f"])) == "a, b, c, d and 2 more" and str(joined([])) == ""
    assert str(said_of("{n} hat", "{n} hats", 1200)) == "1,200 hats"
