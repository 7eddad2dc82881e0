"""A ledger is changed as everything is: written down, done, undone, also after a restart or a crash."""

import pytest

from studio.core.edits import LEDGER, Change, Edit, ledgers_in, to_json
from studio.core.errors import UserError
from studio.core.ledger import Ledger, Trait
from studio.store.edits import NAME
from studio.store.ledgers import ledger_path, read_ledger
from tests.store.desk import at_desk, images, write_numbered

BLUE = Ledger("Mira", (Trait("blue eyes", "absorb"),))
BOTH = Ledger("Mira", (Trait("blue eyes", "absorb"), Trait("ribbon", "vary")))


@pytest.fixture
def folder(tmp_path):
    return write_numbered(tmp_path / "set", 2)


def test_undo_and_redo_of_a_ledger_work_after_a_restart_too(folder):
    with at_desk(folder) as desk:
        assert ledgers_in(desk.write_ledger("Blue", BLUE)) == ("Mira",)
        desk.write_ledger("Ribbon", BOTH)
        assert read_ledger(desk.place, "Mira") == BOTH and desk.undo_text == "Ribbon"
    with at_desk(folder) as desk:
        desk.undo()
        assert read_ledger(desk.place, "Mira") == BLUE and (desk.undo_text, desk.redo_text) == ("Blue", "Ribbon")
        desk.undo()
        assert not ledger_path(desk.place, "Mira").exists()
    with at_desk(folder) as desk:
        desk.redo()
        desk.redo()
        assert read_ledger(desk.place, "Mira") == BOTH


def test_a_ledger_that_says_the_same_is_no_edit(folder):
    with at_desk(folder) as desk:
        desk.write_ledger("Blue", BLUE)
        assert desk.write_ledger("Blue", BLUE) is None and desk.state.last == 1


def test_undoing_gives_back_the_very_bytes_of_a_ledger_written_by_hand(folder):
    with at_desk(folder) as desk:
        path = ledger_path(desk.place, "Mira")
        path.write_bytes(b'# mine\r\ncharacter = "Mira"\r\n')
        desk.write_ledger("Blue", BLUE)
        desk.undo()
        assert path.read_bytes() == b'# mine\r\ncharacter = "Mira"\r\n'


def test_undoing_keeps_what_was_written_by_hand_since(folder):
    with at_desk(folder) as desk:
        desk.write_ledger("Blue", BLUE)
        path = ledger_path(desk.place, "Mira")
        path.write_text('character = "Mira"\n')
        desk.undo()
        assert path.read_text() == 'character = "Mira"\n' and desk.undo_text == ""


def test_a_ledger_that_a_crash_kept_from_being_written_is_written_on_opening(folder):
    with at_desk(folder) as desk:
        desk.write_ledger("Blue", BLUE)
        path = ledger_path(desk.place, "Mira")
        before, after = path.read_text(), path.read_text().replace("blue", "green")
    change = Change("", LEDGER + "Mira", before, after, "ledgers/Mira.toml")
    with (folder / "captions" / NAME).open("a") as journal:
        journal.write(to_json(Edit(2, 0.0, "Green", "hand", (change,))) + "\n")
    with at_desk(folder) as desk:
        assert read_ledger(desk.place, "Mira").tags("absorb") == ("green eyes",)
        desk.undo()
        assert read_ledger(desk.place, "Mira") == BLUE


def test_a_ledger_that_resists_is_named_and_stays_as_it_was(folder):
    with at_desk(folder) as desk:
        desk.write_ledger("Blue", BLUE)
        (folder / "ledgers/Mira.toml.part").mkdir()
        with pytest.raises(UserError, match=r"ledgers/Mira\.toml could not be written"):
            desk.write_ledger("Ribbon", BOTH)
        (folder / "ledgers/Mira.toml.part").rmdir()
    with at_desk(folder) as desk:
        assert read_ledger(desk.place, "Mira") == BLUE


def test_edits_of_ledgers_and_captions_are_undone_in_their_order(folder):
    with at_desk(folder) as desk:
        desk.write_ledger("Blue", BLUE)
        desk.set("Stars", "stars", {images(desk)[0].id: 3})
        assert [desk.undo().what, desk.undo().what] == ["Stars", "Blue"] and "" not in desk.state.values


def test_a_ledger_of_nobody_is_refused(folder):
    with at_desk(folder) as desk, pytest.raises(UserError, match="Mirra"):
        desk.write_ledger("Blue", Ledger("Mirra"))
