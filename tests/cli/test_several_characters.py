"""How images of several characters, and demos of several, are typed."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from studio.cli.main import main
from studio.cli.options import parser
from studio.cli.verbs import job_of
from studio.core.errors import UserError
from studio.jobs.demo import Demo
from studio.jobs.import_images import ImportImages


def job(line: str) -> object:
    with ExitStack() as kept:
        return kept.enter_context(job_of(parser().parse_args(line.split())))


def test_images_of_one_character_are_typed_with_what_is_known_of_her() -> None:
    found = job("import DIR PATH --character Suzu --trigger suzuhane --repeats 8 --asymmetric yes")
    assert found == ImportImages(Path("DIR"), (Path("PATH"),), "Suzu", "suzuhane", 8, True)


def test_what_is_not_typed_is_left_to_the_project() -> None:
    assert job("import DIR PATH --character Suzu") == ImportImages(Path("DIR"), (Path("PATH"),), "Suzu")


def test_images_of_several_name_each_of_them() -> None:
    found = job("import DIR PATH --character Mira --character Suzu --repeats 4")
    assert (found.character, found.beside, found.repeats) == ("Mira", ("Suzu",), 4)


@pytest.mark.parametrize(("flag", "said"), [("--repeats many", "a whole number"), ("--repeats 0", "at least 1"),
                                            ("--asymmetric maybe", "true or false")])
def test_a_wrong_value_is_refused_in_words(flag: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        job(f"import DIR PATH --character Mira {flag}")


def test_a_demo_of_several_names_each_sample() -> None:
    found = job("demo --project DIR --sample A --sample B")
    assert isinstance(found, Demo) and found.samples == (Path("A"), Path("B"))


def test_without_a_sample_the_first_that_ships_is_taught() -> None:
    assert [path.name for path in job("demo --project DIR").samples] == ["mira"]


def test_a_pair_of_strangers_exits_with_2_and_names_one(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    main(["new", str(tmp_path / "p"), "--name", "Two"])
    Path(tmp_path / "a.png").write_bytes(b"")
    typed = ["import", str(tmp_path / "p"), str(tmp_path / "a.png"), "--character", "Mira", "--character", "Suzu"]
    assert main(typed) == 2
    assert "There is no character called 'Mira'" in capsys.readouterr().err
