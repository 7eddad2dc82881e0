"""How sets are surveyed, taken in by folder and handed over, as they are typed."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest
from exchange_drawings import write

from studio.cli.main import main
from studio.cli.options import parser
from studio.cli.verbs import job_of
from studio.core.errors import UserError
from studio.core.provenance import folder_rules
from studio.jobs.export import ExportSet
from studio.jobs.import_images import ImportImages
from studio.jobs.read_provenance import ReadProvenance
from studio.jobs.survey import SurveyImages


def job(*words: str) -> object:
    with ExitStack() as kept:
        return kept.enter_context(job_of(parser().parse_args(words)))


def test_an_import_by_folder_names_nobody() -> None:
    assert job("import", "DIR", "PATH", "--by-folder", "--link") == ImportImages(
        Path("DIR"), (Path("PATH"),), by_folder=True, link=True)


def test_an_import_needs_a_character_or_folders() -> None:
    with pytest.raises(UserError, match="--character is missing"):
        job("import", "DIR", "PATH")


def test_where_folders_come_from_is_typed_as_often_as_needed() -> None:
    found = job("import", "DIR", "PATH", "--by-folder", "--provenance", "wai=same-family", "--provenance", "unknown")
    assert found.rules == folder_rules(["wai=same family", "unknown"])
    assert job("survey", "PATH", "--provenance", "wai=same family").rules == folder_rules(["wai=same family"])
    with pytest.raises(UserError, match="There is no provenance called 'drawn'"):
        job("survey", "PATH", "--provenance", "wai=drawn")


def test_the_other_verbs_are_typed_with_their_folders() -> None:
    assert job("survey", "A", "B", "--project", "P") == SurveyImages((Path("A"), Path("B")), Path("P"),
                                                                    hear=SurveyImages.__dataclass_fields__["hear"].default)
    assert job("export", "DIR", "OUT", "--format", "kohya", "--into") == ExportSet(Path("DIR"), Path("OUT"), "kohya",
                                                                                into=True)
    assert job("provenance", "DIR") == ReadProvenance(Path("DIR"))


def test_from_a_dropped_folder_to_a_folder_for_another_trainer(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    for number in range(3):
        write(tmp_path / f"in/4_mirasol girl/{number}.png", number, f"1girl, mirasol, number {number}")
    project, out = str(tmp_path / "p"), tmp_path / "out"
    assert main(["new", project, "--name", "Book"]) == 0
    assert main(["survey", str(tmp_path / "in"), "--project", project, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out.splitlines()[-1])["facts"]
    assert (facts["new"], facts["folders"][0]["repeats"]) == (3, 4)
    assert main(["import", project, str(tmp_path / "in"), "--by-folder"]) == 0
    assert main(["export", project, str(out), "--format", "kohya"]) == 0
    assert sorted(path.name for path in (out / "4_mirasol girl").iterdir()) == [
        "0.png", "0.txt", "1.png", "1.txt", "2.png", "2.txt"]
    assert main(["export", project, str(tmp_path / "in"), "--format", "txt"]) == 2
    assert "is not empty" in capsys.readouterr().err
