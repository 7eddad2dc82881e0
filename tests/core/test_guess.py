"""What a machine may say of an image, and where a hand has spoken."""

from dataclasses import replace
from pathlib import Path

from studio.core.dataset import ImageItem
from studio.core.edits import Change, Edit, fold, recorded, value_change
from studio.core.guess import cleared_by_hand, guess_changes, guessed
from studio.core.labels import Label, Labels

IMAGE = ImageItem("a", Path("images/Mira/a.png"), 64, 64, ("Mira",))
SEEN = ("1girl", "full body", "from behind", "sitting", "smile")


def edit(id: int, by: str, **labels: Label | None) -> Edit:
    return Edit(id, 0.0, "label", by, tuple(value_change(fold([]), "a", field, label) for field, label in labels.items()))


def guesses(*edits: Edit, seen: tuple[str, ...] = SEEN) -> dict[str, str]:
    state = fold(edits)
    changes = guess_changes(state, recorded(IMAGE, state), guessed(IMAGE, seen), cleared_by_hand(state))
    assert all(change.after["origin"] == "guess" for change in changes)
    return {change.field: change.after["value"] for change in changes}


def test_everything_that_the_tags_decide_is_guessed() -> None:
    assert guesses() == {"framing": "full body", "angle": "from behind", "stance": "posed", "pose": "sitting",
                         "expression": "smile"}


def test_a_hands_label_is_never_guessed_over() -> None:
    assert "angle" not in guesses(edit(1, "hand", angle=Label("front view")))


def test_an_older_guess_gives_way_to_a_new_one_and_an_equal_one_is_no_change() -> None:
    before = edit(1, "tagger", angle=Label("front view", "guess"), pose=Label("sitting", "guess"))
    assert guesses(before)["angle"] == "from behind" and "pose" not in guesses(before)


def test_a_guess_that_a_hand_has_cleared_does_not_come_back() -> None:
    assert "angle" not in guesses(edit(1, "tagger", angle=Label("front view", "guess")), edit(2, "hand", angle=None))


def test_a_guess_that_was_undone_may_come_again() -> None:
    first = edit(1, "tagger", angle=Label("front view", "guess"))
    back = Edit(2, 0.0, "label", "tagger", (Change("a", "angle", first.changes[0].after, None),), undoes=1)
    assert guesses(first, back)["angle"] == "from behind"


def test_what_nobody_sees_leaves_older_guesses_alone() -> None:
    assert guesses(edit(1, "rule", outfit=Label("armor", "guess")), seen=("1girl",)) == {}


def test_of_two_characters_only_the_picture_as_a_whole_is_guessed() -> None:
    both = replace(IMAGE, characters=("Mira", "Kai"))
    assert guessed(both, (*SEEN, "from below")) == Labels(framing=Label("full body", "guess"),
                                                          camera=Label("from below", "guess"))
