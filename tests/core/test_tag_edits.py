import random
from itertools import count
from pathlib import Path

import pytest

from studio.core import tag_edits
from studio.core.caption import split_caption
from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.tag_edits import difference, of_category, previews, these

TEXT = "1girl, mira, smile, red dress. She smiles, and waves."
CATEGORIES = {"smile": "expression", "grin": "expression", "red dress": "clothes", "anima sol": "character",
              "blue sky saga": "copyright", "@inkpot": "artist"}  # fmt: skip


def category_of(tag: str) -> str:
    return CATEGORIES.get(tag, "general")


def image(name: str, caption: str | None) -> ImageItem:
    return ImageItem(name, Path(f"{name}.png"), 8, 8, ("Mira",), caption)


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (tag_edits.add(["hat, Smile", "bow"]), "1girl, mira, smile, red dress, hat, bow. She smiles, and waves."),
        (tag_edits.add(["hat"], "front"), "hat, 1girl, mira, smile, red dress. She smiles, and waves."),
        (tag_edits.add(["hat"], "after trigger", ["Mira"]), "1girl, mira, hat, smile, red dress. She smiles, and waves."),
        (tag_edits.add(["hat"], "after trigger", ["suzu"]), "1girl, hat, mira, smile, red dress. She smiles, and waves."),
        (tag_edits.remove(these("SMILE", "hat")), "1girl, mira, red dress. She smiles, and waves."),
        (tag_edits.remove(of_category(["clothes"], category_of)), "1girl, mira, smile. She smiles, and waves."),
        (tag_edits.rename("smile", "grin"), "1girl, mira, grin, red dress. She smiles, and waves."),
        (tag_edits.rename("smile", "Mira"), "1girl, mira, red dress. She smiles, and waves."),
        (tag_edits.rename("red dress", "red clothes, dress"), "1girl, mira, smile, red clothes, dress. She smiles, and waves."),
        (tag_edits.move(these("red dress"), "front"), "red dress, 1girl, mira, smile. She smiles, and waves."),
        (tag_edits.move(of_category(["clothes"], category_of), "after trigger", ["mira"]),
         "1girl, mira, red dress, smile. She smiles, and waves."),
        (tag_edits.move(these("1girl", "smile"), "end"), "mira, red dress, 1girl, smile. She smiles, and waves."),
        (tag_edits.replace("smile", "grin"), "1girl, mira, grin, red dress. She grins, and waves."),
        (tag_edits.replace("smile", "grin", "tags"), "1girl, mira, grin, red dress. She smiles, and waves."),
        (tag_edits.replace("smile", "grin", "sentences"), "1girl, mira, smile, red dress. She grins, and waves."),
        (tag_edits.replace("smile", "", "tags"), "1girl, mira, red dress. She smiles, and waves."),
        (tag_edits.replace_pattern(r"^red (\w+)$", r"blue \1", "tags"), "1girl, mira, smile, blue dress. She smiles, and waves."),
        (tag_edits.replace_pattern(r"(?i)SHE\b", "Mira", "sentences"), "1girl, mira, smile, red dress. Mira smiles, and waves."),
        (tag_edits.then(tag_edits.remove(these("smile")), tag_edits.add(["hat"])),
         "1girl, mira, red dress, hat. She smiles, and waves."),
    ],
)  # fmt: skip
def test_an_operation_does_what_it_says_and_leaves_the_rest(operation, after):
    assert operation(TEXT) == after


def test_sorting_brings_the_tags_into_animas_order():
    text = "smile, @inkpot, mira, blue sky saga, anima sol, 1girl, safe, masterpiece"
    assert tag_edits.sort(["mira"], category_of)(text) == (
        "safe, masterpiece, 1girl, mira, anima sol, blue sky saga, @inkpot, smile")
    assert tag_edits.sort()("smile, 1girl, mira, safe") == "safe, 1girl, smile, mira"


def test_the_first_of_equal_tags_stays():
    assert tag_edits.deduplicate()("1girl, Mira, smile, mira, 1girl. She smiles.") == "1girl, Mira, smile. She smiles."


def test_underscores_become_spaces_except_where_they_belong():
    text = "score_7, long_hair, o_o, >_<, (o)_(o), ^_^, 3_3, looking_at_viewer, yorha_no._2_type_b. She has a_b here."
    assert tag_edits.underscores_to_spaces()(text) == (
        "score_7, long hair, o_o, >_<, (o)_(o), ^_^, 3_3, looking at viewer, yorha no. 2 type b. She has a_b here.")


def test_lower_case_spares_triggers_and_sentences():
    assert tag_edits.lower_case(["MiraX"])("1Girl, MiraX, Smile. She Smiles.") == "1girl, MiraX, smile. She Smiles."


OPERATIONS = (
    tag_edits.add(["hat"]), tag_edits.remove(these("smile")), tag_edits.rename("smile", "grin"),
    tag_edits.move(these("smile"), "front"), tag_edits.sort(["mira"]), tag_edits.deduplicate(),
    tag_edits.underscores_to_spaces(), tag_edits.lower_case(), tag_edits.replace("zzz", "y"),
    tag_edits.replace_pattern("z+", "y", "tags"), tag_edits.replace_pattern("z+", "y", "sentences"),
)  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS[1:])
def test_what_an_operation_does_not_concern_keeps_its_very_letters(operation):
    text = "1girl ,mira,\n\nhat.  She stands there ,\nand waves. "
    assert operation(text) == text


@pytest.mark.parametrize("operation", OPERATIONS[:8])
def test_the_sentences_survive_any_operation_on_tags(operation):
    random.seed(5)
    for _ in range(200):
        tags = "1girl", *random.choices(("1girl", "mira", "smile", "Smile", "long_hair", "hat"), k=random.randint(1, 7))
        assert split_caption(operation(", ".join(tags) + ". She stands, and waves. Yes, she does."))[1] == (
            "She stands, and waves. Yes, she does.")


def test_a_preview_shows_what_would_change_and_nothing_else():
    images = (image("a", TEXT), image("b", "1girl"), image("c", None), image("d", "smile"))
    shown = previews(images, tag_edits.remove(these("smile")))
    assert [(each.image.id, each.before, each.after) for each in shown] == [
        ("a", TEXT, "1girl, mira, red dress. She smiles, and waves."), ("d", "smile", "")]


def test_a_difference_names_what_went_and_what_came():
    assert difference("1girl, smile. She smiles.", "1girl, grin. She grins.") == (
        ("smile", "She smiles."), ("grin", "She grins."))


@pytest.mark.parametrize(
    ("pattern", "new"), [("(", "x"), ("a", r"\1"), ("a", r"\g<who>"), ("[z-a]", ""), ("a", "\\"), ("", "x")]
)
def test_a_pattern_that_means_nothing_is_refused_before_anything_is_done(pattern, new):
    with pytest.raises(UserError):
        tag_edits.replace_pattern(pattern, new)


def test_an_expression_that_would_never_end_gives_up_and_says_so(monkeypatch):
    monkeypatch.setattr(tag_edits, "PATIENCE_S", 0.05)
    endless = tag_edits.replace_pattern("(a|aa)+$", "b")
    for _ in range(2):  # the second caption finds no patience left
        with pytest.raises(UserError, match=r"'\(a\|aa\)\+\$' takes too long"):
            endless("a" * 80 + "!")


def test_an_expression_is_given_up_on_where_no_single_caption_takes_long(monkeypatch):
    monkeypatch.setattr(tag_edits, "PATIENCE_S", 0.05)
    monkeypatch.setattr(tag_edits, "_QUICK_S", 0.0)
    slow, caption = tag_edits.replace_pattern("(a|aa)+$", "b"), "a" * 16 + "!"
    assert slow(caption) == caption
    with pytest.raises(UserError, match="takes too long"):
        for _ in range(100_000):
            slow(caption)


def test_quick_expressions_never_run_out_of_patience(monkeypatch):
    ticks = count(0, tag_edits._QUICK_S / 2)
    monkeypatch.setattr(tag_edits, "monotonic", lambda: next(ticks))
    quick, captions = tag_edits.replace_pattern(r"\bsmile\b", "grin"), 10 * tag_edits.PATIENCE_S / tag_edits._QUICK_S
    assert {quick("1girl, smile, red dress") for _ in range(int(captions))} == {"1girl, grin, red dress"}


def test_replacing_nothing_is_refused():
    with pytest.raises(UserError, match="no text to look for"):
        tag_edits.replace("", "x")
