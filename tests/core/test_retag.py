import pytest

from studio.core.edits import CAPTION, Change, Edit, State, fold
from studio.core.retag import Decisions, decisions, origins, retag


def rewritten(state: State, after: str, by="hand", undoes=None) -> State:
    before = state.files.get("a.txt", "1girl, mira, smile\n")
    edit = Edit(state.last + 1, 0.0, "Change", by, (Change("a", CAPTION, before, after, "a.txt"),), undoes)
    return fold([edit], state)


def test_what_a_hand_added_and_took_away_is_decided():
    state = rewritten(State(), "1girl, mira, Hat\n")
    assert decisions(state, "a") == Decisions(frozenset({"hat"}), frozenset({"smile"}))
    assert decisions(state, "b") == Decisions()


def test_the_later_decision_wins():
    state = rewritten(rewritten(State(), "1girl, mira\n"), "1girl, mira, smile\n")
    assert decisions(state, "a") == Decisions(frozenset({"smile"}), frozenset())


def test_an_undone_edit_decides_nothing():
    state = rewritten(State(), "1girl, mira\n")
    assert decisions(rewritten(state, "1girl, mira, smile\n", undoes=1), "a") == Decisions()


def test_a_tagger_decides_nothing_and_another_program_does():
    assert decisions(rewritten(State(), "1girl, mira, hat\n", "tagger"), "a") == Decisions()
    assert decisions(rewritten(State(), "1girl, mira\n", "outside"), "a").removed == {"smile"}


def test_each_tag_tells_who_put_it_there():
    state = rewritten(rewritten(State(), "1girl, mira, smile, Hat\n", "tagger"), "1girl, mira, smile, Hat, bow\n", "rule")
    said = origins(state, "a", ("smile", "Hat", "bow"))
    assert said == {"smile": "hand", "Hat": "tagger", "bow": "rule"}


@pytest.mark.parametrize(
    ("caption", "mode", "after"),
    [
        ("1girl, mira. She smiles.", "skip", "1girl, mira. She smiles."),
        ("1girl, mira. She smiles.", "merge", "1girl, mira, hat. She smiles."),
        ("", "skip", "1girl, hat"),
        ("1girl,mira,Hat", "merge", "1girl,mira,Hat"),
    ],
)
def test_a_tagger_adds_what_is_missing_and_nothing_that_a_hand_took_away(caption, mode, after):
    decided = Decisions(removed=frozenset({"smile"}))
    assert retag(caption, ("1girl", "Smile", "hat", "hat", "blonde hair"), decided, mode, ("Blonde hair",)) == after


def test_a_deletion_survives_every_further_tagging():
    state = rewritten(State(), "1girl, mira\n")
    for _ in range(3):
        caption = retag(state.files["a.txt"].strip(), ("1girl", "smile", "hat"), decisions(state, "a"), "merge")
        assert caption == "1girl, mira, hat"
        state = rewritten(state, caption + "\n", "tagger")
