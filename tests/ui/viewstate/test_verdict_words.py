"""What a verdict may say is known to the window, so that it can say it in another language."""

import ast

from studio.core.said import said
from tests.architecture.tree import ROOT
from ui import i18n
from ui.viewstate.verdict_words import patterns, sentence, told

SOURCES = ("studio/core/verdict.py", "studio/core/guard.py")


def said_there(name: str) -> set[str]:
    """The patterns that a module says, also those it puts into a variable first."""
    texts = {node.value for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8")))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if "{" in text and len(text.split()) > 1}


def test_every_pattern_of_a_verdict_is_known() -> None:
    i18n.speak("English")
    missing = set().union(*map(said_there, SOURCES)) - set(patterns()) - {"{lo}-{hi} %"}
    assert missing == set()


def test_a_sentence_is_said_in_japanese() -> None:
    i18n.speak("日本語")
    try:
        assert sentence([said("take {pick}", pick="ep9")]) == "ep9 を採用。"
        assert "示されていません" in told(said("{arms}: no difference shown", arms="ep1"))
    finally:
        i18n.speak("English")
    assert sentence([said("take {pick}", pick="ep9"), said("Nothing is marked yet")]) == (
        "take ep9; Nothing is marked yet.")
