"""The lint of a project on the disk, and the page that tells it."""

import json
from pathlib import Path

import pytest
from tests.store.desk import at_desk, contents, images, write_numbered

from studio.cli.lint import lint
from studio.cli.options import parser
from studio.core.errors import UserError
from studio.core.labels import Label
from studio.core.likeness import Likeness
from studio.core.lint.finding import silencing
from studio.jobs.lint import alike, captions_in, facts_of, lines_of, look_at, recipe_of
from studio.store import workspace
from studio.store.edits import Desk
from studio.store.records import records


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = write_numbered(tmp_path / "set", 3)
    with at_desk(folder) as desk:
        desk.set("Framing", "framing", {each.id: Label("full body") for each in images(desk)})
        desk.set("Stance", "stance", {each.id: Label("posed") for each in images(desk)})
    return folder


def typed(project: Path, *flags: str) -> int:
    return lint(parser().parse_args(["lint", str(project), *flags]))


def test_json_is_one_array_of_findings_with_paths(project: Path, capsys: pytest.CaptureFixture) -> None:
    assert typed(project, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    first = found[0]
    assert (first["rule"], first["severity"]) == ("D01", "error")
    assert first["images"] == [f"images/Mira/000{number}.png" for number in range(3)]
    assert all({"rule", "severity", "images", "message"} <= each.keys() for each in found)


def test_a_page_opens_with_three_findings_and_ends_with_the_pictures_to_make(
        project: Path, capsys: pytest.CaptureFixture) -> None:
    assert typed(project) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if line and not line.startswith(" ")]
    assert heads[:2] == [f"{rule}: a night of baking; a published run showed it"
                         for rule in ("D01  error", "D02  warning")]
    assert heads[3].endswith(" findings besides") and heads[4:] == ["5 pictures to make"]
    assert lines[-1] == "    upright, back view, full body, plain background"


def test_nothing_found_is_said() -> None:
    assert list(lines_of(())) == ["Nothing stands against a night of baking: no rule has anything to say."]
    assert facts_of(()) == []


def test_looking_changes_nothing(project: Path) -> None:
    before = contents(project), sorted(project.rglob("*"))
    look_at(project)
    assert (contents(project), sorted(project.rglob("*"))) == before


@pytest.mark.parametrize("flags", [("--recipe", "officail"), ("--set", "posed=1"), ("--set", "posed_share=2"),
                                   ("--against", "nowhere")])
def test_what_a_person_mistyped_is_refused(project: Path, flags: tuple[str, str]) -> None:
    with pytest.raises(UserError):
        typed(project, *flags)


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        typed(tmp_path)


def test_lines_are_drawn_elsewhere_by_a_flag_or_by_the_projects_file(project: Path) -> None:
    def few(*wishes: str) -> bool:
        return any(each.rule == "D20" for each in look_at(project, wishes=wishes))

    assert few() and not few("fewest=3")
    (project / "lint.toml").write_text("fewest = 2")
    assert not few() and few("fewest=9")


def test_the_recipe_is_that_of_the_projects_base(project: Path) -> None:
    with workspace.open_project(project) as place:
        assert recipe_of(place).name == "official" and recipe_of(place, "practice").name == "practice"
    practice = workspace.create(project.with_name("practice"), "Practice", "practice")
    assert recipe_of(practice).name == "practice"
    practice.close()


def test_small_images_are_held_against_the_recipe(project: Path) -> None:
    assert [len(each.images) for each in look_at(project) if each.rule == "D07"] == [3]  # of 4 x 4 pixels


def test_captions_of_another_set_are_read_from_its_folder(project: Path) -> None:
    assert len(captions_in(project / "images")) == 3
    assert [len(each.images) for each in look_at(project, against=[project]) if each.rule == "C21"] == [3]


def test_one_click_mends_the_captions_and_undo_restores_every_byte(project: Path) -> None:
    before = contents(project)
    [finding] = (each for each in look_at(project) if each.rule == "C12")
    with workspace.open_project(project) as place, Desk(place) as desk:
        desk.write(finding.remedy.what, finding.remedy.previews(), by="rule")
        assert not any(each.rule == "C12" for each in look_at(project)) and contents(project) != before
        assert desk.undo_text == "Add 'safe'"
        desk.undo()
    assert contents(project) == before


def test_i_mean_it_so_is_kept_with_the_project(project: Path) -> None:
    [finding] = (each for each in look_at(project) if each.rule == "D01")
    with workspace.open_project(project) as place, Desk(place) as desk:
        desk.apply("I mean it so", silencing(finding, desk.state))
    assert "D01" not in {each.rule for each in look_at(project)}


def test_likenesses_that_are_known_tell_images_that_look_the_same(project: Path) -> None:
    with workspace.open_project(project) as place, Desk(place):
        found = records(place)
    same = Likeness(bytes(range(256)) * 4, 1.0)
    assert alike(found, {each.id: same for each in found[:2]}) == ((found[0].id, found[1].id),)
    assert alike(found, {}) == ()
