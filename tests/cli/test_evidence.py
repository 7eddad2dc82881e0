"""`charstudio evidence`: what marks say in a terminal, the table as a file, and the journal of verdicts."""

import csv
import json

import pytest

from studio.cli.main import main
from studio.core.axes import Axis
from studio.core.marks import Mark
from studio.core.rubric import AS_ASKED, OBTAINED
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.store import sweeps, workspace
from studio.store.marks import Marks
from studio.store.verdicts import read_verdicts


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    of = Sheet("Compare epochs", (Axis("epoch", (50, 100)),), (Axis("seed", tuple(range(9))),),
               RenderSpec(prompt="mira"), epochs=((50, "a"), (100, "b")), characters=(("Mira", "mira"),))  # fmt: skip
    with workspace.create(folder, "Mira", "practice") as place:
        made = sweeps.create_sheet(place, of)
        Marks(made.folder).add([Mark(cell.key, AS_ASKED, OBTAINED, 2 if cell.value("epoch") == 50 or cell.spec.seed < 7
                                     else 0, "me") for cell in of.expand()])
    return folder


def told(capsys, *arguments):
    assert main(["evidence", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_the_sentence_and_the_table_are_printed(project, capsys):
    text = told(capsys, project)
    assert "ep50 and ep100: no difference shown; take ep50." in text
    assert "9/9" in text and "[66.4, 100]" in text and "more seeds" in text


def test_the_file_and_the_object_say_the_same(project, tmp_path, capsys):
    facts = json.loads(told(capsys, project, "1", "--json", "--csv", tmp_path / "hits.csv"))
    assert [list(row) for row in csv.reader((tmp_path / "hits.csv").read_text("utf-8").splitlines())] == facts["table"]


def test_a_verdict_is_written_and_taken_back(project, capsys):
    told(capsys, project, "--keep")
    written, = read_verdicts(project)
    assert written.pick == "ep50" and {sheet for sheet, _ in written.cells} == {"0001"}
    assert "ep50 (retracted" in told(capsys, project, "--retract", "1", "--why", "one seed", "--instead", "ep100")
    assert "one seed) -> ep100" in told(capsys, project, "--journal")


@pytest.mark.parametrize("arguments", [("--judge", "nobody"), ("--retract", "1"), ("9",),
                                       ("--retract", "5", "--why", "x")])
def test_what_cannot_be_is_refused_with_a_remedy(project, capsys, arguments):
    assert main(["evidence", str(project), *arguments]) == 2
    assert "error:" in capsys.readouterr().err
