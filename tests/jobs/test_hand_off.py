"""A sheet handed to a judge who is no person: there and back by a stand-in for its command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from job_runs import run
from PIL import Image

from studio.core.axes import BASE, EPOCH
from studio.core.errors import UserError
from studio.core.events import Failed, Finished, Note
from studio.core.marks import Mark
from studio.core.rubric import POINTS, Item, Rubric
from studio.jobs.hand_off import HandOff, TakeAnswer
from studio.store import handoffs, sweeps
from studio.store.marks import Marks
from studio.store.workspace import Workspace, open_project
from tests.ui.conftest import make_project
from tests.ui.written_sheets import written_epochs, written_sheet

RUBRIC = Rubric("Mira", (Item("blunt bangs", POINTS), Item("blue ribbon", POINTS)))

# Judges as a command line would: reads the bundle, looks at pixels, writes an answer in the form of the schema.
JUDGE = """
import json, sys
from pathlib import Path
from PIL import Image
folder = Path(sys.argv[1])
bundle = json.loads((folder / "bundle.json").read_text("utf-8"))
assert json.loads((folder / "answer.schema.json").read_text("utf-8"))["properties"]["bundle"]["enum"] == [
    bundle["bundle"]]
rows = [{"cell": cell["cell"], "trait": question["trait"], "note": "",
         "value": Image.open(folder / cell["file"]).getpixel((0, 0))[0] % (question["most"] + 1)}
        for cell in bundle["cells"] for question in bundle["questions"]]
answer = {"bundle": bundle["bundle"], "judge": "stub 1.0", "scores": rows}
(folder / "answer.json").write_text(json.dumps(answer), "utf-8")
"""


@pytest.fixture
def place(tmp_path: Path):
    with open_project(make_project(tmp_path / "mira", pictures=2)) as opened:
        written_epochs(opened, 1)
        written_sheet(opened, (BASE, 20, 80, 180))
        yield opened


def handed(place: Workspace, out: Path, rubric: Rubric | None = RUBRIC, seed: int = 7) -> Finished:
    ending = run(HandOff(place, "1", out, rubric, seed=lambda: seed))[-1]
    assert isinstance(ending, Finished), ending
    return ending


def judged(folder: Path) -> Path:
    subprocess.run([sys.executable, "-c", JUDGE, str(folder)], check=True, timeout=60)
    return folder / handoffs.ANSWER


def taken(place: Workspace, answer: Path, **more: str) -> list:
    return run(TakeAnswer(place, "1", answer, **more, clock=lambda: 99.0))


def test_a_round_trip_attributes_every_score_to_its_cell_and_judge(place: Workspace, tmp_path: Path) -> None:
    facts = handed(place, tmp_path / "out").facts
    ending = taken(place, judged(tmp_path / "out"))[-1]
    assert isinstance(ending, Finished) and ending.facts["bundle"] == facts["bundle"]
    sheet = sweeps.find_sheet(place, "1")
    marks = Marks(sheet.folder).state.counting("stub 1.0")
    cells = {cell.key: cell for cell in sweeps.read_sheet(sheet).expand() if cell.value(EPOCH) != BASE}
    assert {mark.key for mark in marks} == cells.keys() and len(marks) == 2 * len(cells)
    assert all(mark.value == Image.open(sheet.cell(mark.key)).getpixel((0, 0))[0] % 6 for mark in marks)
    assert {(mark.judge, mark.version, mark.time) for mark in marks} == {("stub 1.0", facts["bundle"][:12], 99.0)}


def test_an_answer_on_more_seeds_lies_with_the_marks_of_the_sheet_they_belong_to(place: Workspace,
                                                                                tmp_path: Path) -> None:
    more = written_sheet(place, (BASE, 20, 80, 180), seeds=(1001,))
    run(HandOff(place, "2", tmp_path / "out", RUBRIC, seed=lambda: 7))
    assert isinstance(run(TakeAnswer(place, "2", judged(tmp_path / "out")))[-1], Finished)
    assert Marks(sweeps.find_sheet(place, "1").folder).state.judges() == ("stub 1.0",)
    assert not (more.folder / "marks.jsonl").exists()


def test_judge_date_and_bundle_are_stored(place: Workspace, tmp_path: Path) -> None:
    facts = handed(place, tmp_path / "out").facts
    taken(place, judged(tmp_path / "out"))
    [line] = handoffs.taken_of(sweeps.find_sheet(place, "1").folder)
    assert (line.judge, line.bundle, line.time, line.rows) == ("stub 1.0", facts["bundle"], 99.0, facts["pictures"] * 2)


def test_nothing_of_a_bundle_tells_an_epoch(place: Workspace, tmp_path: Path) -> None:
    sheet = sweeps.find_sheet(place, "1")
    with Image.open(next((sheet.folder / "cells").glob("*.png"))) as picture:
        picture.info["charstudio"] = "epoch 80"
    handed(place, tmp_path / "out")
    keys = {cell.key for cell in sweeps.read_sheet(sheet).expand()}
    texts = " ".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir() if path.is_file())
    assert not any(key in texts for key in keys) and "epoch" not in texts and "ep80" not in texts
    for path in (tmp_path / "out").rglob("*.png"):
        with Image.open(path) as picture:
            assert picture.info == {}


def test_the_order_is_another_one_each_time(place: Workspace, tmp_path: Path) -> None:
    orders = []
    for seed in (1, 2):
        handed(place, tmp_path / str(seed), seed=seed)
        orders.append([Image.open(path).getpixel((0, 0)) for path in sorted((tmp_path / str(seed) / "cells").iterdir())])
    assert sorted(orders[0][:12]) != orders[0][:12] and orders[0] != orders[1]


@pytest.mark.parametrize("spoil, told", [
    (lambda text: text.replace('"value": ', '"value": 9', 1), "field value"),
    (lambda text: text[:-9], "answer.json is no JSON"),
    (lambda text: text.replace('"cell"', '"picture"', 1), "scores[1].cell is missing"),
    (lambda text: text.replace("blunt bangs", "ears", 1), "row 1, field trait"),
    (lambda text: text.replace('"bundle": "', '"bundle": "0', 1), "No bundle"),
])
def test_a_malformed_answer_leaves_no_mark(place: Workspace, tmp_path: Path, spoil, told: str) -> None:
    handed(place, tmp_path / "out")
    answer = judged(tmp_path / "out")
    answer.write_text(spoil(answer.read_text("utf-8")), "utf-8")
    ending = taken(place, answer)[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and told in ending.what
    assert Marks(sweeps.find_sheet(place, "1").folder).state.judges() == ()


def test_the_same_answer_is_taken_in_once(place: Workspace, tmp_path: Path) -> None:
    handed(place, tmp_path / "out")
    answer = judged(tmp_path / "out")
    assert isinstance(taken(place, answer)[-1], Finished)
    assert "was taken in already" in taken(place, answer)[-1].what
    assert isinstance(taken(place, answer, judge="another")[-1], Finished)


def test_agreement_with_people_is_told_and_shared_evidence_too(place: Workspace, tmp_path: Path) -> None:
    sheet = sweeps.find_sheet(place, "1")
    cells = [cell for cell in sweeps.read_sheet(sheet).expand() if cell.spec.seed == 42]
    Marks(sheet.folder).add([Mark(cell.key, "blunt bangs", POINTS, place_ % 6, "keiko")
                             for place_, cell in enumerate(cells)])
    handed(place, tmp_path / "out")
    notes = [event.text for event in taken(place, judged(tmp_path / "out")) if isinstance(event, Note)]
    assert any("stub 1.0 and keiko, blunt bangs: weighted kappa" in note and "saw seed 42 only" in note
               for note in notes), notes


def test_a_folder_with_something_else_is_left_alone(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine", "utf-8")
    assert "holds something else" in run(HandOff(place, "1", tmp_path / "out", RUBRIC))[-1].what
    with pytest.raises(UserError):
        handoffs.require_free(tmp_path / "out" / "letter.txt")


def test_a_bundle_can_be_written_over_an_earlier_one(place: Workspace, tmp_path: Path) -> None:
    first = handed(place, tmp_path / "out", seed=1).facts["bundle"]
    answer = judged(tmp_path / "out").read_text("utf-8")
    second = handed(place, tmp_path / "out", seed=2).facts["bundle"]
    assert first != second == json.loads((tmp_path / "out" / "bundle.json").read_text("utf-8"))["bundle"]
    (tmp_path / "late.json").write_text(answer, "utf-8")
    assert isinstance(taken(place, tmp_path / "late.json")[-1], Finished), "its key is still there"


def test_without_a_rubric_the_project_is_asked(place: Workspace, tmp_path: Path) -> None:
    handed(place, tmp_path / "out", rubric=None)
    questions = json.loads((tmp_path / "out" / "bundle.json").read_text("utf-8"))["questions"]
    assert [(each["trait"], each["most"]) for each in questions] == [("as asked", 2)]
