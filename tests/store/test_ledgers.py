import pytest

from studio.core.errors import UserError
from studio.core.ledger import Ledger, Trait, Wanted
from studio.store import workspace
from studio.store.ledgers import ledger_path, read_ledger, read_ledgers, write_ledger
from tests.tiny_project import write_project

MIRA = Ledger("Mira", (Trait("blonde hair", "absorb"),), (Wanted("camera", "from below"),))


@pytest.fixture
def place(tmp_path):
    with workspace.open_project(write_project(tmp_path / "project", "", 1)) as place:
        yield place


def test_a_ledger_lies_in_the_project_as_text(place):
    path = write_ledger(place, MIRA)
    assert path == ledger_path(place, "Mira") == place.folder / "ledgers" / "Mira.toml"
    assert 'tag = "blonde hair"' in path.read_text(encoding="utf-8")
    assert (read_ledger(place, "Mira"), read_ledgers(place)) == (MIRA, (MIRA,))


def test_a_character_without_a_ledger_has_an_empty_one(place):
    assert read_ledger(place, "Mira") == Ledger("Mira")


def test_a_ledger_of_nobody_is_refused(place):
    with pytest.raises(UserError, match="Mira"):
        write_ledger(place, Ledger("Mirra"))


def test_a_slip_in_a_ledger_names_the_file_and_what_was_meant(place):
    path = write_ledger(place, MIRA)
    path.write_text(path.read_text(encoding="utf-8").replace("giveaway", "give_away"), encoding="utf-8")
    with pytest.raises(UserError, match=r"Mira\.toml.*give_away.*Did you mean 'giveaway'"):
        read_ledger(place, "Mira")
