import pytest

from studio.core.caption import split_caption
from studio.core.merge import merged

BASE = "1girl, mira, smile, red dress. She smiles."


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        (BASE, "2girls", "2girls"),
        ("2girls", BASE, "2girls"),
        ("2girls", "2girls", "2girls"),
        ("1girl, mira, grin, red dress. She smiles.", "1girl, mira, smile, red dress, hat. She smiles.",
         "1girl, mira, grin, red dress, hat. She smiles."),
        ("1girl, mira, smile. She smiles.", "1girl, mira, red dress. She smiles.", "1girl, mira. She smiles."),
        ("solo, 1girl, mira, smile, red dress. She smiles.", "1girl, mira. She smiles.", "solo, 1girl, mira. She smiles."),
        ("1girl, mira, smile, red dress. She grins.", "1girl, mira, smile, hat. She smiles.",
         "1girl, mira, smile, hat. She grins."),
        ("1girl, mira, smile, red dress. She grins.", "1girl, mira, smile, red dress. She stands there.",
         "1girl, mira, smile, red dress. She stands there. She grins."),
        ("red dress, 1girl, mira, smile. She smiles.", "1girl, mira, smile, red dress. She stands there.",
         "red dress, 1girl, mira, smile. She stands there."),
        ("", "1girl, mira, smile, red dress, hat. She smiles.", "hat"),
    ],
)  # fmt: skip
def test_two_changes_of_one_caption_become_one(mine, theirs, both):
    assert merged(BASE, mine, theirs) == both


def test_nothing_that_either_side_added_is_lost():
    mine, theirs = "1girl, a, smile, b. She smiles.", "c, 1girl, mira, d. She smiles."
    tags = set(split_caption(merged(BASE, mine, theirs))[0])
    assert {"a", "b", "c", "d"} <= tags and not {"mira", "smile", "red dress"} & tags
