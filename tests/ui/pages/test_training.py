"""The training page: the tree of runs at the left, and which face what is chosen there brings up."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from studio.core.events import Ending, Failed, Finished, Progress, StageDone, Started, Stopped
from studio.core.recipe import Recipe, load_recipe
from studio.jobs.adopt import adopt_folder
from studio.jobs.train import start_training
from studio.store import runs
from studio.store.journal import Journal
from tests.foreign_files import write_lora
from tests.ui.conftest import Studio
from ui.pages.training import DONE, LIVE, PLAN, TrainingPage
from ui.pages.training_plan_checks import told
from ui.viewstate.run_figures import verdict
from ui.widgets.preflight_list import Check, PreflightList
from ui.widgets.run_tree import RunTree

PRACTICE = replace(load_recipe("practice"), preview_every=0)


def made(studio: Studio, recipe: Recipe, parent: str = "", ending: Ending | None = None) -> str:
    """A run on disk that nobody trains; without an ending it is interrupted."""
    job = start_training(studio.session.place, recipe, parent=parent)
    with Journal(job.of.journal) as journal:
        journal.append(Started(job.of.id, "train", 30, {"base": job.base.facts(), "title": job.base.title}, 1.0, 1))
        if ending is not None:
            journal.append(ending)
    return job.of.id


@pytest.fixture
def ids(studio: Studio) -> tuple[str, ...]:
    """v1 and what came of it: v2 of another rank, v3 of two changes, and a v4 beside them that was interrupted."""
    first = made(studio, PRACTICE, "", Finished({}, 2.0, 1))
    second = made(studio, replace(PRACTICE, rank=32, alpha=32.0), first, Finished({}, 2.0, 1))
    third = made(studio, replace(PRACTICE, learning_rate=1e-3, batch_size=4), second, Stopped({}, 2.0, 1))
    return first, second, third, made(studio, replace(PRACTICE, epochs=20), first)


@pytest.fixture
def page(studio: Studio, ids: tuple[str, ...]) -> TrainingPage:
    return opened(studio)


def opened(studio: Studio) -> TrainingPage:
    studio.window.resize(1280, 800)
    studio.session.show_page("training")
    made_page = studio.window.page_widget("training")
    settle(studio, made_page)
    return made_page


def settle(studio: Studio, page: TrainingPage) -> None:
    plan = page.plan
    studio.finish(lambda: not (plan.outlooks.is_busy or plan.checking.is_looking or page.runs.is_busy))


def click(tree: RunTree, id: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = [row.id for row in tree.rows].index(id)
    item = tree.topLevelItem(0)
    for _ in range(place):
        item = tree.itemBelow(item)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, modifiers, tree.visualItemRect(item).center())


def test_the_runs_stand_as_a_tree_with_what_each_changed(page: TrainingPage, ids: tuple[str, ...]) -> None:
    first, second, third, fourth = ids
    assert [(row.name, row.id, row.parent) for row in page.tree.rows] == [
        ("v1", first, ""), ("v2", second, first), ("v3", third, second), ("v4", fourth, first)]
    assert [row.told for row in page.tree.rows[1:]] == [
        "rank 16 → 32", "rank 32 → 16, learning rate 0.002 → 0.001, batch 8 → 4", "epochs 10 → 20"]
    assert [row.is_confounded for row in page.tree.rows] == [False, False, True, False]
    assert [row.status for row in page.tree.rows] == ["finished", "finished", "stopped", "interrupted"]


def test_a_project_without_a_run_says_what_belongs_there(studio: Studio) -> None:
    page = opened(studio)
    assert page.none.isVisible() and not page.tree.isVisible()
    assert not page.faces._buttons[LIVE].isEnabled() and "no run" in page.faces._buttons[LIVE].toolTip().casefold()


def test_the_page_opens_on_the_plan(page: TrainingPage) -> None:
    assert page.face == PLAN and page.tree.selection == ()


def test_a_finished_run_is_done_and_one_that_may_go_on_is_live(page: TrainingPage, ids: tuple[str, ...]) -> None:
    click(page.tree, ids[0])
    assert page.face == DONE and page.live.shown == (ids[0],)
    click(page.tree, ids[3])
    assert page.face == LIVE and page.live.shown == (ids[3],)
    page.another.click()
    assert page.face == PLAN and page.tree.selection == ()


def test_several_runs_are_shown_side_by_side(page: TrainingPage, ids: tuple[str, ...]) -> None:
    click(page.tree, ids[0])
    click(page.tree, ids[1], Qt.KeyboardModifier.ControlModifier)
    assert page.live.shown == ids[:2] and page.face == DONE


def test_a_face_without_a_choice_takes_the_newest_run_for_it(page: TrainingPage, ids: tuple[str, ...]) -> None:
    page.show_face(DONE)
    assert page.live.shown == (ids[1],)
    page.show_face(LIVE)
    assert page.live.shown == (ids[3],)


def menu(page: TrainingPage, id: str, text: str) -> None:
    next(each for each in page.tree.menu_of(id).actions() if each.text() == text).trigger()


def test_the_next_version_begins_with_the_recipe_of_the_one_before(studio: Studio, page: TrainingPage,
                                                                   ids: tuple[str, ...]) -> None:
    click(page.tree, ids[1])
    menu(page, ids[1], "Plan the next version from here")
    settle(studio, page)
    draft = page.plan.drafting.draft
    assert page.face == PLAN and (draft.parent, draft.recipe.rank) == (ids[1], 32)
    assert page.plan.planner.parents.currentData() == ids[1] and page.plan.planner.diff.axes == ()
    page.plan.drafting.enter("caption_dropout", 0.1)
    settle(studio, page)
    assert [axis.name for axis in page.plan.planner.diff.axes] == ["captions"]


def test_a_recipe_can_be_taken_over_without_following_its_run(page: TrainingPage, ids: tuple[str, ...]) -> None:
    menu(page, ids[1], "Take over its recipe")
    assert page.plan.drafting.draft.recipe.rank == 32 and page.plan.drafting.draft.parent == ""


def test_a_run_that_waits_for_its_turn_differs_in_no_base(studio: Studio, ids: tuple[str, ...]) -> None:
    start_training(studio.session.place, replace(PRACTICE, rank=8, alpha=8.0), parent=ids[0])
    row = opened(studio).tree.rows[-1]
    assert (row.status, row.told) == ("planned", "rank 16 → 8")


def test_a_run_whose_files_are_damaged_is_listed_all_the_same(studio: Studio, ids: tuple[str, ...]) -> None:
    (studio.session.place.runs / ids[1] / "recipe.toml").write_text("rank = ", "utf-8")
    page = opened(studio)
    assert page.tree.rows[1].told == "its files cannot be read" and len(page.tree.rows) == 4


def test_what_another_process_does_is_seen(studio: Studio, page: TrainingPage, ids: tuple[str, ...]) -> None:
    with Journal(studio.session.place.runs / ids[3] / "journal.jsonl") as journal:
        journal.append(Finished({}, 3.0, 1))
    studio.finish(lambda: page.tree.rows[3].status == "finished")


def test_a_run_that_is_chosen_before_it_is_listed_is_chosen_then(application: object) -> None:
    tree = RunTree()
    heard = QSignalSpy(tree.chosen)
    tree.choose(("0001-mira",))
    assert tree.selection == () and heard.count() == 0


# The checks before a start


def checked(*events: object) -> tuple[Check, ...]:
    checks: tuple[Check, ...] = ()
    for event in (Started("", "check", 3, {"stages": ["versions", "disk", "model"]}), *events):
        checks = told(checks, event)
    return checks


def test_checks_fill_in_their_order() -> None:
    checks = checked(Progress(0, 3, what="versions"), StageDone("versions", 0.2, "torch 2.13"),
                     Progress(1, 3, what="disk"))
    assert [each.state for each in checks] == ["good", "running", "waiting"]
    assert (checks[0].seconds, checks[0].told) == (0.2, "torch 2.13")


def test_the_one_that_fails_says_what_to_do_and_the_rest_waits(application: object) -> None:
    checks = checked(Progress(1, 3, what="disk"), Failed("person", "No room", "Make some."))
    assert [each.state for each in checks] == ["waiting", "bad", "waiting"]
    shown = PreflightList()
    shown.show_checks(checks)
    assert "No room. Make some." in shown._shown[1].accessibleName()


def test_a_check_that_was_stopped_is_open_again() -> None:
    assert [each.state for each in checked(Progress(1, 3, what="disk"), Stopped({}))] == ["waiting"] * 3


def test_a_folder_of_lora_files_stands_in_the_tree_as_what_it_is(studio: Studio, ids, tmp_path) -> None:
    for epoch in (1, 2, 3):
        write_lora(tmp_path / "out" / f"rin-{epoch:06d}.safetensors", epoch, {"ss_num_epochs": "9"})
    run = adopt_folder(studio.session.place, tmp_path / "out", "rin")
    page = opened(studio)
    row = next(each for each in page.tree.rows if each.id == run.id)
    assert (row.status, row.title, row.told) == ("elsewhere", "rin", "3 epochs from sd-scripts")
    click(page.tree, run.id)
    settle(studio, page)
    shown = verdict(runs.read_run(run))
    assert (shown.what, shown.more) == ("Trained elsewhere, as far as it has come",
                                        "3 epochs lie here, from sd-scripts.")
    assert shown.status == "elsewhere" and shown.steps == ("epochs", "folder"), "it cannot be trained on here"
    assert not studio.actions["live.pause"].isEnabled() and not page.live.controls.length.isEnabled()
    write_lora(tmp_path / "out" / "rin.safetensors", 4)
    adopt_folder(studio.session.place, tmp_path / "out")
    page.runs.ask()
    studio.finish(lambda: page.tree.rows[-1].status == "finished")
    assert page.tree.rows[-1].told == "4 epochs from sd-scripts"
