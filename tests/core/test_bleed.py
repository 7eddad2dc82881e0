from studio.core.bleed import Sighting, bleeds
from studio.core.stats import Hits


def test_a_trait_that_went_to_another_is_a_row_and_one_that_stayed_too():
    worn = (("a", "Lily"), ("b", "Kana"), ("c", ""))
    found = bleeds([*(Sighting(key, "side ponytail", "Kana", slot) for key, slot in worn),
                    *(Sighting(key, "ahoge", "Kana", "Kana") for key in "abc")])
    assert [each.text for each in found] == ["side ponytail: Kana->Lily 1/3", "ahoge: 0/3"]
    assert found[0].keys == ("a",)


def test_a_cell_where_both_wear_it_counts_once_as_bled():
    (found,) = bleeds([Sighting("a", "ahoge", "Kana", "Kana"), Sighting("a", "ahoge", "Kana", "Kei")])
    assert found.hits == Hits(1, 1)


def test_each_slot_it_went_to_is_a_row():
    found = bleeds([Sighting("a", "ribbon", "Kei", "Kana"), Sighting("b", "ribbon", "Kei", "Lily")])
    assert [each.text for each in found] == ["ribbon: Kei->Kana 1/2", "ribbon: Kei->Lily 1/2"]
