import pytest

from studio.core.errors import UserError
from studio.core.ledger import (
    Ledger,
    Trait,
    Wanted,
    from_toml,
    to_toml,
    with_trait,
    with_wanted,
    without_trait,
    without_wanted,
)

MIRA = Ledger(
    "Mira",
    (Trait("blonde hair", "absorb", colour=True), Trait("hair intakes", "absorb", giveaway=True),
     Trait("blue ribbon", "vary", structure=True), Trait("glasses", "forbid")),
    (Wanted("camera", "from below"), Wanted("outfit", "ミラの制服")),
)  # fmt: skip


def test_a_ledger_is_read_back_as_it_was_written():
    assert from_toml(to_toml(MIRA)) == MIRA
    assert from_toml(to_toml(Ledger("Mira"))) == Ledger("Mira")


def test_the_bins_give_their_tags_in_order():
    assert MIRA.tags("absorb") == ("blonde hair", "hair intakes")
    assert MIRA.tags("absorb", "forbid") == ("blonde hair", "hair intakes", "glasses")


def test_a_trait_is_there_once_whatever_its_case():
    changed = with_trait(MIRA, Trait("Blonde Hair", "vary"))
    assert [each.tag for each in changed.traits] == ["Blonde Hair", "hair intakes", "blue ribbon", "glasses"]
    assert changed.trait("BLONDE HAIR").bin == "vary"
    assert without_trait(changed, "blonde hair").trait("blonde hair") is None


def test_what_is_wanted_is_wanted_once():
    again = with_wanted(MIRA, Wanted("camera", "from below"))
    assert again == MIRA
    assert without_wanted(MIRA, Wanted("camera", "from below")).wanted == (Wanted("outfit", "ミラの制服"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('character = "Mira"\ntraits = 1\n', "Did you mean 'trait'"),
        ('character = "Mira"\n[[trait]]\ntag = "x"\nbim = "vary"\n', "Did you mean 'bin'"),
        ('character = "Mira"\n[[trait]]\ntag = "x"\nbin = "varied"\n', "one of absorb, vary, forbid"),
        ('character = "Mira"\n[[trait]]\nbin = "vary"\n', "has no tag"),
        ('character = "Mira"\n[[wanted]]\nfield = "camera"\nvalue = "from belov"\n', "Did you mean 'from below'"),
        ('character = "Mira"\n[[wanted]]\nfield = "angel"\nvalue = "from below"\n', "one of framing, angle"),
        ('trait = []\n', "lacks 'character'"),
        ('character = "Mira"\ntrait = 3\n', "is damaged"),
    ],
)  # fmt: skip
def test_a_ledger_that_cannot_be_meant_is_refused_with_what_might_be(text, said):
    with pytest.raises(UserError, match=said):
        from_toml(text, "mira.toml")
