"""The sentence that undo shows for a change of a ledger."""

import pytest

from studio.core.ledger import Ledger, Trait, Wanted
from ui.viewstate.ledger_words import told

EYES, RIBBON = Trait("blue eyes", "absorb"), Trait("ribbon", "vary")
BELOW = Wanted("camera", "from below")


@pytest.mark.parametrize(("before", "after", "sentence"), [
    ((), (EYES,), "Let the trigger of Mira absorb blue eyes"),
    ((EYES,), (EYES, RIBBON), "Keep ribbon of Mira in the tags"),
    ((RIBBON,), (Trait("ribbon", "forbid"),), "Never say ribbon of Mira"),
    ((RIBBON,), (Trait("ribbon", "vary", giveaway=True),), "Change ribbon in the ledger of Mira"),
    ((EYES, RIBBON), (EYES,), "Take ribbon out of the ledger of Mira"),
    ((), (EYES, RIBBON), "Change the ledger of Mira"),
    ((EYES,), (RIBBON,), "Change the ledger of Mira"),
])
def test_one_change_is_named_and_several_are_summed_up(before, after, sentence) -> None:
    assert told(Ledger("Mira", before), Ledger("Mira", after)) == sentence


def test_what_is_wanted_is_named_too() -> None:
    none, wanted = Ledger("Mira", (EYES,)), Ledger("Mira", (EYES,), (BELOW,))
    assert told(none, wanted) == "Want “from below” of Mira"
    assert told(wanted, none) == "No longer want “from below” of Mira"
