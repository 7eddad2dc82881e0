import pytest

from studio.core.errors import UserError
from studio.core.ledger import Ledger, Trait
from studio.core.project import Character, with_character
from studio.core.rubric import AS_ASKED, PASSED, Item, Rubric
from studio.store import workspace
from studio.store.ledgers import write_ledger
from studio.store.rubrics import NAME, forget_rubric, read_rubric, write_rubric


@pytest.fixture
def place(tmp_path):
    with workspace.create(tmp_path / "mira", "Mira", "practice") as made:
        made.save(with_character(made.project, Character("Mira", "miravelo")))
        write_ledger(made, Ledger("Mira", (Trait("side ponytail", "absorb"),)))
        yield made


def test_without_a_rubric_the_ledgers_ask(place) -> None:
    assert [item.trait for item in read_rubric(place).items] == [AS_ASKED, "side ponytail"]


def test_a_rubric_stays_with_the_project_until_it_is_forgotten(place) -> None:
    mine = Rubric("mine", (Item("ribbon", PASSED), Item("目")))
    write_rubric(place, mine)
    assert read_rubric(place) == mine
    forget_rubric(place)
    assert [item.trait for item in read_rubric(place).items] == [AS_ASKED, "side ponytail"]


def test_a_damaged_rubric_is_named(place) -> None:
    (place.folder / NAME).write_text("[[item]]\nscale = 3", "utf-8")
    with pytest.raises(UserError, match="rubric.toml"):
        read_rubric(place)
