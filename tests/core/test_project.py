import tomllib

import pytest

from studio.core.errors import UserError
from studio.core.project import SCHEMA, Character, Group, Project, from_toml, to_toml, with_character, with_group

MIRA = Character("Mira", "mira", repeats=4)
KAI = Character("Kai", "kaix")


def test_a_project_survives_its_file():
    project = Project("Two girls", (MIRA, KAI), base="practice")
    assert from_toml(to_toml(project)) == project


def test_a_project_without_characters_survives_its_file():
    assert from_toml(to_toml(Project("Empty"))) == Project("Empty")


def test_a_character_is_added_or_takes_the_place_of_its_namesake():
    project = with_character(with_character(Project("x"), MIRA), KAI)
    again = with_character(project, Character("Mira", "mirax"))
    assert again.characters == (Character("Mira", "mirax"), KAI)


def test_a_character_is_found_by_name_or_the_nearest_is_named():
    project = Project("x", (MIRA,))
    assert project.character("Mira") is MIRA
    with pytest.raises(UserError, match="no character called 'Mirra'. Did you mean 'Mira'"):
        project.character("Mirra")


@pytest.mark.parametrize("trigger", ["mira", "MIRA", "mira sol", "sol (mira)"])
def test_two_characters_do_not_share_a_word_of_their_triggers(trigger):
    with pytest.raises(UserError, match="already calls Mira"):
        with_character(Project("x", (MIRA,)), Character("Kai", trigger))


def test_a_trigger_may_begin_like_another():
    assert len(with_character(Project("x", (MIRA,)), Character("Kai", "miracle")).characters) == 2


BOTH = Project("Two girls", (MIRA, KAI), groups=(Group(("Mira", "Kai"), 3),))


def test_a_project_with_a_pair_survives_its_file():
    assert from_toml(to_toml(BOTH)) == BOTH
    assert "[[group]]" in to_toml(BOTH) and "[[group]]" not in to_toml(Project("x", (MIRA, KAI)))


def test_a_pair_is_the_same_in_any_order():
    assert BOTH.group(("Kai", "Mira")) == Group(("Mira", "Kai"), 3)
    assert with_group(BOTH, Group(("Kai", "Mira"), 7)).groups == (Group(("Mira", "Kai"), 7),)
    assert Project("x", (MIRA, KAI)).group(("Kai", "Mira")) == Group(("Mira", "Kai"), 1)


@pytest.mark.parametrize(
    ("names", "said"),
    [(("Mira",), "takes two characters"), (("Mira", "Mira"), "takes two"), (("Mira", "Kay"), "Did you mean 'Kai'")],
)
def test_a_pair_is_of_two_characters_of_the_project(names, said):
    with pytest.raises(UserError, match=said):
        BOTH.group(names)


@pytest.mark.parametrize("character", [Character("", "mira"), Character("Mira", "")])
def test_a_character_needs_a_name_and_a_trigger(character):
    with pytest.raises(UserError, match="needs a name and a trigger"):
        with_character(Project("x"), character)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('nmae = "x"', "no key called 'nmae'. Did you mean 'name'"),
        ('name = "x"\n[[character]]\ntriger = "a"', "Did you mean 'trigger'"),
        ('[[group]]\nreapets = 2', "Did you mean 'repeats'"),
        (f"schema = {SCHEMA + 1}", "newer than this studio's"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named(text, said):
    with pytest.raises(UserError) as caught:
        from_toml(text, "mine/project.toml")
    assert said in str(caught.value) and "mine/project.toml" in str(caught.value)


def test_the_file_says_its_schema():
    assert tomllib.loads(to_toml(Project("x")))["schema"] == SCHEMA
