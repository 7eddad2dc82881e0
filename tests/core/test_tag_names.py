"""One tag, many spellings."""

import pytest

from studio.core.tag_names import folded, spelled


@pytest.mark.parametrize("one, other", [
    ("long_hair", "Long  hair"), ("mika (blue archive)", "mika_\\(blue_archive\\)"), ("@wlop", "wlop"),
    (">_<", ">_<"), (" smile ", "smile"), (":D", ":d"),
])
def test_spellings_of_one_tag_are_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize("one, other", [("long hair", "longhair"), ("@_@", "_@"), ("smile", "smiles"), ("o_o", "oo")])
def test_other_tags_stay_others(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize("name, tag", [
    ("long_hair", "long hair"), ("score_7", "score_7"), ("score_7_up", "score_7_up"), ("^_^", "^_^"), (">_<", ">_<"),
    ("o_o", "o_o"), ("|_|", "|_|"), ("v", "v"), ("hair_over_one_eye", "hair over one eye"), ("_", "_"),
])
def test_a_caption_spells_tags_with_spaces_but_for_scores_and_faces(name: str, tag: str) -> None:
    assert spelled(name) == tag


def test_spelling_a_tag_again_changes_nothing() -> None:
    for name in ("long_hair", "score_7", "^_^", "a_b_c", "__", "x_(y)"):
        assert spelled(spelled(name)) == spelled(name)
