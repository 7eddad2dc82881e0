"""What the marks of a project say, read from its folders: one picture in several sheets, and sheets on fresh seeds."""

import pytest

from studio.core.axes import BASE, Axis
from studio.core.errors import UserError
from studio.core.marks import Mark
from studio.core.rubric import AS_ASKED, OBTAINED
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.jobs.evidence import Reader, facts_of, find_marked, journal_lines, lines_of, together
from studio.store import sweeps, workspace
from studio.store.marks import Marks
from studio.store.verdicts import retract, write_judgement


@pytest.fixture
def place(tmp_path):
    with workspace.create(tmp_path / "project", "Mira", "practice") as made:
        yield made


def sheet(seeds, epochs=(50, 100), title="Compare epochs", views=("front", "from below")):
    return Sheet(title, (Axis("epoch", (BASE, *epochs)),), (Axis("view", views), Axis("seed", tuple(seeds))),
                 RenderSpec(prompt="mira, {view}"), epochs=((50, "a"), (100, "b")), characters=(("Mira", "mira"),))


def marked(place, of, value, judge="me"):
    folder = sweeps.create_sheet(place, of)
    for cell in of.expand():
        folder.cell(cell.key).write_bytes(b"")
    Marks(folder.folder).add([Mark(cell.key, AS_ASKED, OBTAINED, value(cell), judge) for cell in of.expand()])
    return folder


def failing(cell):
    return 0 if cell.value("epoch") == 100 else 2


def test_marks_of_fresh_seeds_settle_what_the_first_sheet_left_open(place):
    """Three seeds show nothing; with six more in a sheet of their own the same sentence says worse."""
    marked(place, sheet((1, 2, 3)), failing)
    assert "no difference shown" in find_marked(place).evidence().verdict.sentence
    marked(place, sheet(range(1001, 1007)), failing)
    found = find_marked(place)
    assert found.ids == ("0001", "0002") and len(found.cells) == 54
    assert found.evidence().verdict.sentence == "ep50: better than ep100 (as asked); take ep50."
    assert {found.home[cell.key] for cell in sheet((1001,)).expand()} == {"0002"}


def test_a_mark_on_a_picture_counts_in_every_sheet_that_shows_it(place):
    marked(place, sheet((1, 2)), failing)
    other = sheet((1,), title="Another")
    sweeps.create_sheet(place, other)
    second = together(Reader().sheets(place))[1]
    assert second.id == "0002" and len(second.marks) == len(other.expand())


def test_what_did_not_grow_is_not_read_again(place):
    folder = marked(place, sheet((1,)), failing)
    reader = Reader()
    first, = reader.sheets(place)
    again, = reader.sheets(place)
    assert again.cells is first.cells and again.marks == first.marks
    Marks(folder.folder).add([Mark(first.cells[0].key, AS_ASKED, OBTAINED, 1, "you")])
    assert len(reader.sheets(place)[0].marks) == len(first.marks) + 1


def test_the_page_and_the_facts_say_the_same(place):
    marked(place, sheet(range(8)), failing)
    found = find_marked(place, "1")
    text, facts = "\n".join(lines_of(found)), facts_of(found)
    assert facts["sentence"] in text and facts["pick"] == 50 and facts["word"] == "better"
    assert facts["table"][0] == ["epoch", "trait", "hits", "rate", "95 % Clopper-Pearson"]
    assert ["100", AS_ASKED, "0/16", "0 %", "[0, 20.6]"] in facts["table"] and "[0, 20.6]" in text
    assert facts["says"]["suppressed"] == ["front: base 8 of 8, trigger 8 of 8: the trigger leaves it alone",
                                           "from below: base 8 of 8, trigger 8 of 8: the trigger leaves it alone"]
    assert any("sign test" in each for each in facts["why"])


def test_nothing_marked_says_so(place):
    sweeps.create_sheet(place, sheet((1,)))
    found = find_marked(place)
    assert facts_of(found)["pick"] is None and "Nothing is marked yet." in "\n".join(lines_of(found))
    with pytest.raises(UserError, match="no sheet '7'"):
        find_marked(place, "7")


def test_the_journal_numbers_its_verdicts(place):
    write_judgement(place.folder, "ep180", "ep180 is overtrained.", [("0001", "aa")], clock=lambda: 0.0)
    retract(place.folder, 1, "one seed", "ep120-150", clock=lambda: 86_400.0)
    assert journal_lines(place) == (
        "   1  1970-01-01  ep180 (retracted 1970-01-02: one seed) -> ep120-150  ep180 is overtrained.",)
