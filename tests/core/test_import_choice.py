"""What is proposed for pictures that were found."""

from studio.core.import_choice import best_of, newcomers, proposals, repeats_asked, spare_copies, told_by_folder
from studio.core.project import Character, Project
from studio.core.survey import Assignment, Found

MIRA = Character("Mira", "miravelo")
SUZU = Character("Suzu", "suzukaze")


def found(where: str, folder: str = "", **more: object) -> Found:
    return Found(where, folder, **{"size": 1_000, "id": where, "width": 100, "height": 100} | more)


def whom(folder: str, *characters: Character) -> tuple[str, ...]:
    [assigned] = proposals([found("a.png", folder)], Project("P", characters))
    return assigned.characters


def test_a_project_of_one_character_gets_more_pictures_of_her() -> None:
    assert whom("new pictures", MIRA) == ("Mira",)
    assert whom("", MIRA) == ("Mira",)


def test_a_numbered_folder_of_somebody_else_is_somebody_else() -> None:
    assert whom("10_kana girl", MIRA) == ("kana",)


def test_where_one_folder_names_her_another_is_somebody_else() -> None:
    pictures = [found("a", "set/Mira"), found("b", "set/Suzu")]
    assert [each.characters for each in proposals(pictures, Project("P", (MIRA,)))] == [("Mira",), ("Suzu",)]


def test_pictures_of_the_same_have_the_repeats_of_the_first_numbered_folder() -> None:
    assigned = (Assignment("a", ("Mira",)), Assignment("5_a", ("Mira",), repeats=5), Assignment("9_a", ("Mira",), repeats=9))
    assert repeats_asked(assigned) == {frozenset({"Mira"}): 5}


def test_without_a_name_nobody_is_guessed_among_two() -> None:
    assert whom("", MIRA, SUZU) == ()


def test_a_folder_of_an_empty_project_names_its_character() -> None:
    assert whom("Kana") == ("Kana",)


def test_of_copies_the_largest_is_kept_and_then_the_one_with_a_caption() -> None:
    small, large, told = found("s", width=50), found("l", size=900), found("t", caption="1girl")
    assert best_of([small, large, told]) is told
    assert spare_copies([("s", "l", "t")], {each.where: each for each in (small, large, told)}) == {"s", "l"}


def test_of_equal_copies_the_one_that_is_not_named_as_one_is_kept() -> None:
    copy, again, original = found("a/copy of mira.png"), found("a/mira (2).png"), found("a/mira.png")
    assert best_of([copy, again, original]) is original


def test_what_the_project_has_is_not_taken_in_again() -> None:
    assert spare_copies([("images/Mira/1.png", "s")], {"s": found("s")}) == {"s"}


def test_newcomers_have_the_trigger_that_was_proposed_or_their_name() -> None:
    assigned = (Assignment("a", ("Mira",)), Assignment("b", ("Kana", "Mira")), Assignment("c", ("Kana",), "kanavex"))
    assert newcomers(assigned, Project("P", (MIRA,))) == (Character("Kana", "kanavex"),)


def test_what_a_person_says_of_a_folder_counts_for_its_pictures_only() -> None:
    one, other = told_by_folder([found("a", "set"), found("b", "set/bust")], {"set": "same family"})
    assert (one.provenance.kind, one.provenance.origin) == ("same family", "folder")
    assert other.provenance is None
