"""The verbs that write: an article, a judge's bundle, room on the disk, a scene."""

import json
from pathlib import Path

import pytest

from studio.cli.main import main
from studio.core.marks import Mark
from studio.core.project import Character, with_character
from studio.store import kept_files, sweeps
from studio.store.marks import Marks
from studio.store.runs import runs_of
from studio.store.workspace import open_project, read_project
from tests.ui.conftest import make_project
from tests.ui.written_sheets import written_epochs, written_sheet


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = make_project(tmp_path / "mira", pictures=2)
    with open_project(folder) as place:
        written_epochs(place, 6)
        sheet = written_sheet(place, (2, 4, 6))
        Marks(sheet.folder).add([Mark(cell.key, "as asked", "obtained", 2, "me")
                                 for cell in sweeps.read_sheet(sheet).expand()])
    return folder


def test_an_article_is_written_of_a_project_or_of_one_sheet(project: Path, tmp_path: Path) -> None:
    assert main(["article", str(project), "--out", str(tmp_path / "one")]) == 0
    assert main(["article", str(project / "sheets" / "0001"), "--out", str(tmp_path / "two"), "--language", "ja",
                 "--inside", "--format", "html", "--format", "md"]) == 0
    assert {path.suffix for path in (tmp_path / "one").iterdir()} == {".png", ".html", ".md", ".csv", ""}
    assert {path.suffix for path in (tmp_path / "two").iterdir()} == {".html", ".md"}


def test_a_sheet_that_is_not_there_is_told(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["article", str(project), "9", "--out", str(tmp_path / "out")]) == 2
    assert "There is no sheet '9'" in capsys.readouterr().err


def test_a_judge_is_handed_a_sheet_and_answers(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["hand-off", str(project), "1", "--out", str(tmp_path / "out")]) == 0
    bundle = json.loads((tmp_path / "out" / "bundle.json").read_text("utf-8"))
    rows = [{"cell": cell["cell"], "trait": "as asked", "value": 1} for cell in bundle["cells"]]
    answer = tmp_path / "out" / "answer.json"
    answer.write_text(json.dumps({"bundle": bundle["bundle"], "scores": rows}), "utf-8")
    command = ["hand-off", str(project), "1", "--answer", str(answer)]
    assert main(command) == 2 and "A mark needs a judge" in capsys.readouterr().err
    assert main([*command, "--judge", "codex"]) == 0
    assert "weighted kappa" in capsys.readouterr().err
    with open_project(project) as place:
        assert Marks(sweeps.find_sheet(place, "1").folder).state.judges() == ("codex", "me")


@pytest.mark.parametrize("flags", [[], ["--out", "a", "--answer", "b"], ["--out", "a", "--judge", "me"]])
def test_a_hand_off_needs_to_know_what_to_do(project: Path, flags: list[str], capsys: pytest.CaptureFixture) -> None:
    assert main(["hand-off", str(project), "1", *flags]) == 2
    assert "error: " in capsys.readouterr().err


def test_room_is_made_and_taken_back(project: Path, capsys: pytest.CaptureFixture) -> None:
    thin = ["thin", str(project), "latest", "--pin", "2", "--every", "3"]
    assert main([*thin, "--dry-run", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["going"] == [1, 4, 5] and set(facts["kept"]) == {"2", "3", "6"}
    assert main([*thin, "--dry-run"]) == 0 and "3 files of 6 would go" in capsys.readouterr().out
    assert main(thin) == 0
    place = read_project(project)
    assert [each.epoch for each in kept_files.removed_files(place, runs_of(place)[0])] == [1, 4, 5]
    assert main(["thin", str(project), "latest", "--restore"]) == 0
    assert kept_files.removed_files(place, runs_of(place)[0]) == ()


def test_a_pin_that_is_no_number_is_told(project: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["thin", str(project), "1", "--pin", "last", "--dry-run"]) == 2
    assert "--pin: 'last' is no list of epochs" in capsys.readouterr().err


def test_a_scene_is_written_read_and_thinned_out(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    with open_project(project) as place:
        place.save(with_character(place.project, Character("Kai", "kaix")))
    assert main(["scene", str(project), "--json"]) == 0
    text = capsys.readouterr().out
    assert json.loads(text)["lora_trigger"] == "miravelo, kaix"
    (tmp_path / "scene.json").write_text(text, "utf-8")
    assert main(["scene", str(project), str(tmp_path / "scene.json"), "--without", "Kai"]) == 0
    told = capsys.readouterr().out
    assert "lora_trigger: miravelo\n" in told and "prompt: 1girl, solo, miravelo" in told and "kaix" not in told
