"""Which words may call a character."""

import pytest

from studio.core.project import Character, Project
from studio.core.triggers import is_possible, remarks

PROJECT = Project("Two", (Character("Mira", "miravelo"), Character("Suzu", "suzu kaze")))


def kinds(trigger: str, name: str = "New") -> set[str]:
    return {each.kind for each in remarks(trigger, name, PROJECT)}


def test_a_word_that_means_nothing_is_good() -> None:
    assert kinds("kanavex") == {"good"}


@pytest.mark.parametrize("trigger", ["", "  ", "mira, velo", "1girl", "masterpiece", "suzu kaze", "the miravelo"])
def test_what_cannot_be_is_told(trigger: str) -> None:
    assert not is_possible(remarks(trigger, "New", PROJECT))


@pytest.mark.parametrize("trigger", ["smile", "long_hair", "moon", "kei", "mira", "miravelos"])
def test_what_means_something_or_is_part_of_another_is_doubtful_but_possible(trigger: str) -> None:
    assert kinds(trigger) == {"doubtful"}
    assert is_possible(remarks(trigger, "New", PROJECT))


def test_a_character_does_not_clash_with_herself() -> None:
    assert kinds("miravelo", "Mira") == {"good"}


def test_a_list_of_tags_can_know_more() -> None:
    [remark] = remarks("hatsune miku", "New", PROJECT, is_tag=lambda word: word == "hatsune miku")
    assert remark.kind == "doubtful"
