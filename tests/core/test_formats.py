from pathlib import Path

import pytest

from studio.core.dataset import Dataset, ImageItem
from studio.core.errors import UserError
from studio.core.formats import (
    FORMATS,
    Wording,
    filled,
    from_toml,
    optional,
    partners,
    template_of,
    to_toml,
    wording_of,
)
from studio.core.ledger import Ledger, Trait
from studio.core.project import Character

MIRA = Character("Mira", "mira")


def dataset(*captions: str) -> Dataset:
    images = (ImageItem(str(place), Path(f"{place}.png"), 64, 64, ("Mira",), text)
              for place, text in enumerate(captions))
    return Dataset((MIRA,), tuple(images))


def test_a_word_that_nobody_says_goes_with_its_comma():
    words = {"quality": "best", "trigger": "mira", "composition": "standing"}
    assert filled(FORMATS["KT"], words) == "best, 1girl, mira, standing"
    assert filled(FORMATS["KT"], words | {"guide_tags": "hair intakes"}) == "best, 1girl, mira, hair intakes, standing"
    assert filled(FORMATS["N"], words | {"nl": "She smiles."}) == "best, 1girl, mira, standing. She smiles."


def test_braces_that_mean_nothing_stay():
    assert filled('{"name": "{trigger}"}', {"trigger": "mira"}) == '{"name": "mira"}' and not optional('{"name": 1}')


def test_formats_go_from_trigger_to_sentences_and_the_control_calls_nobody():
    assert set(FORMATS) == {"K", "N", "KT", "T", "TN", "BASE"}
    assert [code for code, template in FORMATS.items() if "{trigger}" not in template] == ["BASE"]


def test_a_characters_own_template_goes_before_the_shipped_one_and_a_sheets_before_both():
    assert template_of("K", [("K", "hers")]) == "hers"
    assert template_of("K", [("K", "hers")], [("K", "the sheet's")]) == "the sheet's"
    with pytest.raises(UserError, match="There is no format called 'KTN'"):
        template_of("KTN")


def test_words_come_from_the_ledger_and_from_what_captions_share():
    captions = [f"1girl, mira, twintails, pose {place}. She has a bow. This is picture {place}." for place in range(4)]
    ledger = Ledger("Mira", (Trait("hair intakes", "absorb", giveaway=True), Trait("blue eyes", "absorb")))
    found = wording_of("Mira", dataset(*captions), ledger).words
    assert found == (("guide_tags", "hair intakes"), ("nl", "She has a bow."))
    assert dict(wording_of("Mira", dataset(*captions), Ledger("Mira")).words)["guide_tags"] == "twintails"


def test_captions_of_their_own_sentences_lend_the_first_ones():
    captions = dataset("1girl, mira", "1girl. She waves at us.", "1girl. She sits down.")
    found = wording_of("Mira", captions, Ledger("Mira"))
    assert found.words == (("nl", "She waves at us."),)


def test_what_was_written_down_goes_before_what_was_found():
    own = Wording("Mira", (("nl", "Hers."),), (("K", "mine"),))
    assert wording_of("Mira", dataset("1girl. She waves at us."), Ledger("Mira"), own) == own


def test_a_wording_survives_its_file():
    own = Wording("Mira", (("nl", "Hers."),), (("K", "{trigger}"),))
    assert from_toml(to_toml(own)) == own
    with pytest.raises(UserError, match="no key called 'word'. Did you mean 'words'"):
        from_toml('character = "Mira"\nword = 1')


def test_whoever_a_run_does_not_know_is_somebody_else():
    assert partners(["mira"]) == {"first": "mira", "second": "another girl", "third": "another girl"}
    assert partners(["mira", "kai", "suzu"])["third"] == "suzu"
