import random

import pytest

from studio.core.caption import split_caption
from studio.core.composer import PROFILES, Chip, Composition, composed, forbidden, in_profile, parse, render, shuffles
from studio.core.ledger import Ledger, Trait

LEDGER = Ledger(
    "Mira",
    (Trait("blonde hair", "absorb"), Trait("hair intakes", "absorb"), Trait("blue eyes", "absorb"),
     Trait("blue ribbon", "vary", structure=True), Trait("braid", "vary", structure=True), Trait("glasses", "forbid")),
)  # fmt: skip
SENTENCES = "She stands on a box, arms at her sides, and looks ahead. Her hair, tied back, falls to the viewer's right."
CAPTIONS = (
    f"1girl, blonde hair, mira, smile, blue ribbon. {SENTENCES}",
    f"mira, 1girl, hair intakes, standing\n{SENTENCES}",
    f"smile, Blue Eyes, masterpiece, 1girl. {SENTENCES}",
    f"score_7, sensitive, 1girl, glasses, braid, {SENTENCES}",
    f"mira. {SENTENCES}",
    f"1girl, mira, blonde hair, blue eyes, hair intakes, blue ribbon, braid. {SENTENCES}",
    f"{SENTENCES}",
    f"year 2024, 1girl, Mira, sitting, blonde hair.\n\n{SENTENCES}",
    f"white shirt, skirt, 1girl, from side, mira, blue eyes, mira. {SENTENCES}",
    f"best quality, 1girl, mira, from behind, full body. {SENTENCES}",
)
PIECES = ("a", "1girl", "2girls", "no humans", "mira", "Mira", "smile", "A Girl", "She stands there", "c.c.", "dr. X", "。",
          "彼女は立つ", "\n", ", ", ". ", "! ", "?", "“Hi”", "score_7", "  ", "\t", ",", "U\u2028V", "ß", "'Tis so", "no. 2",
          "Yes", "(x:1.2)", "\ufeff", "...", "safe", "year 2024", ":d", "\U0001f600", "\x00", "e\u0301", SENTENCES)  # fmt: skip


def random_captions(count: int):
    random.seed(11)
    for number in range(count):
        if number % 2:
            letters = (random.choice((random.randint(32, 126), 44, 46, 32, 10, random.randint(0, 0x30ff)))
                       for _ in range(random.randint(0, 50)))  # fmt: skip
            yield "".join(map(chr, letters))
        else:
            yield "".join(random.choice(PIECES) + random.choice(("", " ", ", ", ". ")) for _ in range(random.randint(0, 9)))


def test_any_caption_that_was_rendered_is_parsed_into_the_same_parts():
    for text in random_captions(6000):
        parts = parse(text, ("mira",))
        assert parse(render(parts), ("mira",)) == parts, text
        assert render(parse(render(parts), ("mira",))) == render(parts), text


def test_parsing_loses_no_word_of_an_ordinary_caption():
    for text in CAPTIONS:
        tags, sentences = split_caption(text)
        parts = parse(text, ("mira",))
        assert {tag.casefold() for tag in split_caption(render(parts))[0]} == {tag.casefold() for tag in tags}
        assert parts.sentences == sentences == SENTENCES


def test_a_caption_falls_into_its_parts():
    parts = parse("smile, Mira, 1girl, safe, hat. She smiles.", ("mira",), {"hat": "tagger"})
    assert parts == Composition(("safe",), ("1girl",), ("mira",), (Chip("smile"), Chip("hat", "tagger")), "She smiles.")
    assert render(parts) == "safe, 1girl, mira, smile, hat. She smiles."
    assert parse("") == Composition() and render(Composition()) == ""


@pytest.mark.parametrize("text", CAPTIONS)
def test_the_bins_decide_what_a_caption_says(text):
    parts = composed(parse(text, ("mira",)), [LEDGER], ["mira"], PROFILES["scored"])
    caption = render(parts)
    tags, sentences = split_caption(caption)
    assert not {tag.casefold() for tag in tags} & {"blonde hair", "hair intakes", "blue eyes", "glasses"}
    assert [bool(part) for part in (parts.quality, parts.counts, parts.triggers)] == [True] * 3
    opening = (*parts.quality, *parts.counts, "mira")
    assert tags[:len(opening)] == opening and parts.counts == ("1girl",), "the trigger is the third part"
    assert sentences == SENTENCES and caption.endswith(SENTENCES) and caption.count(SENTENCES) == 1


@pytest.mark.parametrize("text", CAPTIONS)
def test_no_shuffle_moves_or_splits_the_sentences(text):
    caption = render(composed(parse(text, ("mira",)), [LEDGER], ["mira"]))
    opening = caption[:caption.index("mira") + 4]
    versions = shuffles(caption, ["mira"], 1000)
    assert len(versions) == 1000 or len(split_caption(caption)[0]) < 12
    for version in versions:
        assert version.startswith(opening) and version.endswith(SENTENCES) and version.count(SENTENCES) == 1
        assert sorted(split_caption(version)[0]) == sorted(split_caption(caption)[0])


def test_shuffles_show_more_than_one_order():
    assert len(shuffles("1girl, mira, a, b, c, d, e, f, g. She smiles.", ["mira"], 50)) == 50


def test_two_characters_are_both_called():
    other = Ledger("Suzu", (Trait("red hair", "absorb"),))
    parts = composed(parse("2girls, suzu, red hair, blonde hair, hug", ("mira", "suzu")), [LEDGER, other], ["mira", "suzu"],
                     "safe")
    assert render(parts) == "safe, 2girls, mira, suzu, hug"


def test_a_profile_keeps_what_is_true_of_the_image():
    parts = parse("masterpiece, score_9, nsfw, year 2024, 1girl")
    assert in_profile(parts, PROFILES["plain"]).quality == ("masterpiece", "best quality", "nsfw", "year 2024")
    assert in_profile(Composition(), PROFILES["newest"]).quality == ("newest", "safe")


def test_what_is_forbidden_is_named():
    assert forbidden("1girl, mira, Glasses, braid", LEDGER) == ("Glasses",)
