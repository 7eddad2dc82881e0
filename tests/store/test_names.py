import pytest

from studio.store.names import free_name, safe_name, slug


@pytest.mark.parametrize("text, name", [
    ("mira", "mira"), ("Mira Sol", "Mira Sol"), ("ミラ", "ミラ"), ("a/b\\c:d", "a_b_c_d"), ("", "_"), ("..", "_"),
    ("con", "_con"), ("COM1.old", "_COM1.old"), ("dot. ", "dot"), ("e\u0301", "\u00e9"), ("\udcff", "_"),
])
def test_a_name_is_legal_on_every_machine(text, name):
    assert safe_name(text) == name


def test_a_long_name_leaves_room_for_endings():
    assert len(safe_name("ミ" * 500).encode()) < 200


@pytest.mark.parametrize("text, word", [("Mira Sol!", "mira-sol"), ("ミラ", "ミラ"), ("--", "run"), ("a.b", "a-b")])
def test_a_slug_is_one_lower_case_word(text, word):
    assert slug(text) == word


def test_a_free_name_is_counted_up_and_ignores_case():
    assert free_name("mira", ()) == "mira"
    assert free_name("Mira", {"mira", "mira-2"}) == "Mira-3"
