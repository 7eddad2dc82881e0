"""The hub: one project, its edits, one selection."""

from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy

from studio.core.errors import UserError
from studio.core.ledger import Ledger, Trait
from studio.core.tag_edits import add
from studio.store.workspace import open_project
from ui.projects import choose_base, find_base, make_project, open_sample


def ids(studio) -> list[str]:
    return [record.id for record in studio.session.all]


def test_opening_shows_the_records_and_remembers_the_project(studio, project_folder: Path) -> None:
    assert len(studio.session.all) == 6 and studio.session.project.name == "Mira"
    assert studio.settings.recent == (project_folder,)


def test_what_cannot_be_opened_leaves_the_open_project_alone(studio, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a project"):
        studio.session.open(tmp_path / "nowhere")
    assert studio.session.project.name == "Mira" and len(studio.session.all) == 6


def test_closing_gives_the_project_back(studio, project_folder: Path) -> None:
    closed = QSignalSpy(studio.session.project_closed)
    studio.session.close()
    studio.session.close()
    assert closed.count() == 1 and studio.session.place is None and studio.session.all == ()
    open_project(project_folder).close()


def test_an_edit_tells_which_records_it_changed_and_can_be_undone(studio) -> None:
    first, told = ids(studio)[0], QSignalSpy(studio.session.records_changed)
    studio.session.edit(lambda desk: desk.set("3 stars", "stars", {first: 3}))
    assert studio.session.records.of(first)[0].stars == 3 and told.at(0) == [(first,)]
    assert "3 stars" in studio.actions["edit.undo"].toolTip()
    studio.session.undo()
    assert studio.session.records.of(first)[0].stars == 0
    studio.session.redo()
    assert studio.session.records.of(first)[0].stars == 3


def test_throwing_a_picture_away_asks_lists_to_look_at_all_anew(studio) -> None:
    told = QSignalSpy(studio.session.records_changed)
    studio.session.edit(lambda desk: desk.trash("Threw one away", [studio.session.all[0].image]))
    assert told.at(0) == [()] and len(studio.session.all) == 5
    studio.session.undo()
    assert len(studio.session.all) == 6


def test_an_edit_that_is_the_persons_to_put_right_becomes_a_notice(studio, project_folder: Path) -> None:
    image, told = studio.session.all[0].image, QSignalSpy(studio.session.noticed)
    (project_folder / image.path).with_suffix(".txt").write_bytes(b"1girl, \x80\x81")
    assert studio.session.edit(lambda desk: desk.rewrite("Added a tag", [image], add(("solo",)))) is None
    notice = told.at(0)[0]
    assert notice.tone == "bad" and notice.remedy


def test_the_selection_is_told_once_and_its_last_is_the_current_one(studio) -> None:
    told = QSignalSpy(studio.session.selection_changed)
    chosen = ids(studio)[:3]
    studio.session.select(chosen)
    studio.session.select(chosen)
    assert told.count() == 1 and studio.session.current.id == chosen[-1]
    studio.session.close()
    assert studio.session.current is None and studio.session.selection == ()


def test_what_other_programs_added_is_found(studio, project_folder: Path, draw_picture) -> None:
    draw_picture(project_folder / "images" / "Mira" / "new.png", 77)
    studio.actions["edit.refresh"].trigger()
    assert len(studio.session.all) == 7


def test_a_ledger_is_written_and_told(studio) -> None:
    told = QSignalSpy(studio.session.ledger_changed)
    studio.session.write_ledger(Ledger("Mira", (Trait("blue eyes", "absorb"),)))
    assert studio.session.ledger("Mira").tags("absorb") == ("blue eyes",) and told.at(0) == ["Mira"]


def test_a_ledger_is_undone_like_every_edit_also_after_reopening(studio, project_folder: Path) -> None:
    told = QSignalSpy(studio.session.ledger_changed)
    studio.session.write_ledger(Ledger("Mira", (Trait("blue eyes", "absorb"),)))
    assert "Let the trigger of Mira absorb blue eyes" in studio.actions["edit.undo"].toolTip()
    studio.session.close()
    studio.session.open(project_folder)
    told, changed = (QSignalSpy(each) for each in (studio.session.ledger_changed, studio.session.records_changed))
    studio.actions["edit.undo"].trigger()
    assert studio.session.ledger("Mira").traits == () and (told.at(0), changed.count()) == (["Mira"], 0)
    studio.actions["edit.redo"].trigger()
    assert studio.session.ledger("Mira").tags("absorb") == ("blue eyes",)


@pytest.mark.parametrize("kind", ["import", "tag", "describe", "provenance"])
def test_after_a_job_that_changes_the_project_its_folders_are_looked_at(studio, project_folder: Path, slow_job,
                                                                        draw_picture, kind: str) -> None:
    slow_job.kind = kind
    task = studio.session.run(slow_job, "Something")
    draw_picture(project_folder / "images" / "Mira" / "new.png", 77)
    task.stop()
    studio.finish()
    assert len(studio.session.all) == 7


def test_the_sample_project_is_made_once_and_opened_ever_after(app) -> None:
    open_sample(app.session)
    app.finish()
    assert len(app.session.all) == 32 and app.session.project.base == "practice"
    assert "hair intakes" in app.session.ledger("Mira").tags("absorb")
    app.session.close()
    open_sample(app.session)
    assert app.session.jobs.open == () and len(app.session.all) == 32


def test_a_new_project_has_its_character_and_is_open(app, tmp_path: Path) -> None:
    make_project(app.session, tmp_path / "Kohaku", "Kohaku", "", "Kohaku", "kohakuvelo")
    assert app.session.project.characters[0].trigger == "kohakuvelo" and app.window.page == "dataset"


def test_a_project_finds_its_base_in_the_persons_comfyui(app, tmp_path: Path, tiny_base) -> None:
    import shutil

    comfyui = tmp_path / "ComfyUI"
    (comfyui / "models" / "diffusion_models").mkdir(parents=True)
    shutil.copy(tiny_base.transformer, comfyui / "models" / "diffusion_models" / "anima.safetensors")
    app.session.choose(comfyui=str(comfyui))
    make_project(app.session, tmp_path / "p", "P", "", "", "")
    find_base(app.session)
    app.finish()
    assert Path(app.session.project.base).name == "anima.safetensors"


def test_without_any_base_a_project_asks_for_one_and_works_on(app, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    told = QSignalSpy(app.session.noticed)
    make_project(app.session, tmp_path / "p", "P", "", "", "")
    find_base(app.session)
    app.finish()
    asked = [told.at(index)[0].action for index in range(told.count())]
    assert app.session.project.base == "" and "project.base" in asked
    choose_base(app.session, "practice")
    assert app.session.project.base == "practice"
