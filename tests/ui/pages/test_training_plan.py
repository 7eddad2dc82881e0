"""The plan of the training page by mouse and keys, in a real window on a real project with the practice model."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from studio.core.draft import Draft
from studio.core.project import Character, with_character
from studio.core.recipe import load_recipe
from studio.store import drafts, runs
from tests.ui.conftest import SlowJob, Studio, wait_until
from ui.dialogs.keep_recipe import KeepRecipeDialog
from ui.dialogs.recipe_exchange import ExportedRecipeDialog, ImportRecipeDialog
from ui.pages.training import DONE, LIVE, PLAN, TrainingPage

Keys = Qt.Key
TRAINED_S = 90.0  # two steps of the practice model, torch's import with them, on a busy machine


@pytest.fixture
def page(studio: Studio) -> TrainingPage:
    return opened(studio)


def opened(studio: Studio) -> TrainingPage:
    studio.window.resize(1280, 800)
    studio.session.show_page("training")
    made = studio.window.page_widget("training")
    settle(studio, made)
    return made


def settle(studio: Studio, page: TrainingPage) -> None:
    plan = page.plan
    studio.finish(lambda: not (plan.outlooks.is_busy or plan.checking.is_looking or plan.starter.is_busy
                               or page.runs.is_busy or studio.session.jobs.open))


def enter(studio: Studio, page: TrainingPage, name: str, text: str) -> None:
    """Types into the field of a setting."""
    editor = page.plan.form.form.row(name).field.editor
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)
    settle(studio, page)


def click(widget: QWidget) -> None:
    assert widget.isEnabled()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def short(studio: Studio, page: TrainingPage) -> None:
    """Two steps without a preview."""
    for name, value in (("max_steps", 2), ("preview_every", 0), ("batch_size", 2), ("epochs", 1)):
        page.plan.drafting.enter(name, value)
    settle(studio, page)


def told(page: TrainingPage, name: str) -> str:
    return page.plan.planner.night.text_of(name)


def test_a_project_on_the_practice_model_begins_with_its_recipe(page: TrainingPage) -> None:
    assert page.face == PLAN and page.plan.form.presets.currentData() == "practice"
    assert page.plan.drafting.draft.recipe == load_recipe("practice")


def test_a_project_on_another_base_begins_with_the_official_recipe(studio: Studio) -> None:
    studio.session.save_project(replace(studio.session.project, base="/models/anima.safetensors"))
    page = opened(studio)
    assert page.plan.form.presets.currentData() == "official"
    assert "anima.safetensors" in page.plan.why.text() and not page.plan.start_button.isEnabled()


def test_another_base_brings_its_recipe_unless_something_was_changed(studio: Studio, page: TrainingPage) -> None:
    studio.session.save_project(replace(studio.session.project, base="/models/anima.safetensors"))
    assert page.plan.form.presets.currentData() == "official"
    page.plan.drafting.enter("rank", 48)
    studio.session.save_project(replace(studio.session.project, base="practice"))
    assert page.plan.form.presets.currentData() == "official" and page.plan.drafting.draft.recipe.rank == 48


def test_the_night_follows_what_is_typed(studio: Studio, page: TrainingPage) -> None:
    assert (told(page, "each"), told(page, "exposures"), told(page, "steps")) == ("40", "240", "30")
    disk = page.plan.outlooks.current.told.disk_bytes
    enter(studio, page, "epochs", "20")
    assert (told(page, "each"), told(page, "exposures"), told(page, "steps")) == ("80", "480", "60")
    enter(studio, page, "rank", "64")
    assert page.plan.outlooks.current.told.disk_bytes > 3 * disk


def test_repeats_belong_to_the_project_and_change_the_exposures(studio: Studio, page: TrainingPage) -> None:
    spin = page.plan.form.taught.spins["Mira"]
    spin.setFocus()
    QTest.keyClick(spin, Keys.Key_Up)
    settle(studio, page)
    assert studio.session.project.character("Mira").repeats == 5 and told(page, "each") == "50"


def test_rejected_pictures_take_no_part(studio: Studio, page: TrainingPage) -> None:
    studio.session.edit(lambda desk: desk.set("Reject", "rejected", {studio.session.all[0].id: True}))
    settle(studio, page)
    assert told(page, "exposures") == "200"


def test_a_price_is_told_once_an_hour_has_one(studio: Studio, page: TrainingPage) -> None:
    assert told(page, "price") == ""
    QTest.keyClicks(page.plan.planner.price, "36")
    settle(studio, page)
    seconds = page.plan.outlooks.current.told.total_s
    assert told(page, "price") == f"{seconds / 100:.2f}"


def test_previews_can_be_made_scarcer_with_one_press(studio: Studio, page: TrainingPage) -> None:
    enter(studio, page, "epochs", "80")
    enter(studio, page, "preview_every", "1")
    button = page.plan.planner.night.scarcer
    assert button.isVisible()
    every = page.plan.outlooks.current.advice.every
    click(button)
    settle(studio, page)
    assert page.plan.drafting.draft.recipe.preview_every == every > 1


def test_what_is_planned_outlives_the_project_being_closed(studio: Studio, page: TrainingPage) -> None:
    enter(studio, page, "rank", "48")
    page.plan.drafting.refuse("R07", "both are meant")
    folder = studio.session.place.folder
    studio.session.close()
    studio.open(folder)
    again = opened(studio)
    assert again.plan.drafting.draft.recipe.rank == 48 and again.plan.drafting.draft.recipe.alpha == 48
    assert dict(again.plan.drafting.draft.refused) == {"R07": "both are meant"}


def test_what_was_typed_is_on_the_disk_a_moment_later(studio: Studio, page: TrainingPage) -> None:
    """A kill -9 later loses nothing of it."""
    enter(studio, page, "rank", "48")
    place, preset = studio.session.place, page.plan.drafting.preset
    studio.finish(lambda: (found := drafts.read_draft(place, preset)) is not None and found.recipe.rank == 48)


def test_a_preset_sets_everything_and_the_way_back_is_offered(studio: Studio, page: TrainingPage) -> None:
    enter(studio, page, "rank", "48")
    presets = page.plan.form.presets
    presets.setCurrentIndex(presets.findData("official"))
    presets.activated.emit(presets.currentIndex())
    assert page.plan.drafting.draft.recipe == load_recipe("official")
    studio.actions["training.back"].trigger()
    assert page.plan.drafting.draft.recipe.rank == 48 and presets.currentData() == "practice"


def test_a_recipe_of_ones_own_is_a_preset_from_then_on(studio: Studio, page: TrainingPage) -> None:
    enter(studio, page, "rank", "48")
    studio.actions["training.keep"].trigger()
    dialog = page.plan.findChild(KeepRecipeDialog)
    dialog.name.setText("official")
    dialog.accept()
    assert "official" in dialog.error.text and dialog.isVisible()
    dialog.name.setText("Mira at 48")
    dialog.accept()
    assert page.plan.form.presets.currentText() == "Mira at 48" and page.plan.drafting.draft.changed == ()
    assert drafts.preset(studio.session.settings.folder, "Mira at 48").rank == 48


def test_a_damaged_plan_is_told_and_a_new_one_begun(studio: Studio) -> None:
    (studio.session.place.folder / "plan.toml").write_text("preset = ", "utf-8")
    heard: list[str] = []
    studio.session.noticed.connect(lambda notice: heard.append(notice.text))
    assert opened(studio).plan.drafting.draft == Draft(load_recipe("practice"), load_recipe("practice"))
    assert any("plan.toml" in each for each in heard)


# What stands against it


def asymmetric(studio: Studio, page: TrainingPage) -> None:
    mira = Character(name="Mira", trigger="miravelo", repeats=4, asymmetric=True)
    studio.session.save_project(with_character(studio.session.project, mira))
    page.plan.drafting.enter("flip", True)
    settle(studio, page)


def test_an_error_keeps_the_run_from_starting_and_says_why(studio: Studio, page: TrainingPage) -> None:
    asymmetric(studio, page)
    assert [card.objection.rule for card in page.plan.planner.rules.cards] == ["R01"]
    assert not page.plan.start_button.isEnabled() and "mirrored" in page.plan.start_button.toolTip()
    assert "mirrored" in page.plan.why.text()


def test_a_rule_that_can_mend_it_does(studio: Studio, page: TrainingPage) -> None:
    asymmetric(studio, page)
    click(page.plan.planner.rules.cards[0].mend)
    settle(studio, page)
    assert not page.plan.drafting.draft.recipe.flip and page.plan.start_button.isEnabled()


def overrule(studio: Studio, page: TrainingPage, reason: str) -> None:
    card = page.plan.planner.rules.cards[0]
    click(card.overrule)
    QTest.keyClicks(card.reason, reason)
    QTest.keyClick(card.reason, Keys.Key_Return)
    settle(studio, page)


def test_a_rule_is_overruled_with_a_reason_only(studio: Studio, page: TrainingPage) -> None:
    page.plan.drafting.enter("max_steps", 2)
    settle(studio, page)
    assert [card.objection.rule for card in page.plan.planner.rules.cards] == ["R16"]
    overrule(studio, page, "  ")
    assert page.plan.planner.rules.cards
    overrule(studio, page, "a trial")
    assert page.plan.planner.rules.cards == () and dict(page.plan.drafting.draft.refused) == {"R16": "a trial"}


def test_a_rule_is_overruled_by_mouse_too_and_can_count_again(studio: Studio, page: TrainingPage) -> None:
    page.plan.drafting.enter("max_steps", 2)
    settle(studio, page)
    card = page.plan.planner.rules.cards[0]
    click(card.overrule)
    assert not card.agree.isEnabled()
    card.reason.setText("a trial")
    click(card.agree)
    settle(studio, page)
    (back,) = [each for each in page.plan.planner.rules.findChildren(QPushButton) if each.text() == "Take back"]
    click(back)
    settle(studio, page)
    assert [each.objection.rule for each in page.plan.planner.rules.cards] == ["R16"]


# Starting


def test_start_makes_a_run_that_keeps_recipe_and_reasons(studio: Studio, page: TrainingPage) -> None:
    short(studio, page)
    overrule(studio, page, "a trial")
    start(studio, page)
    (run,) = runs.runs_of(studio.session.place)
    assert runs.read_recipe(run) == page.plan.drafting.draft.frozen and runs.read_recipe(run).name.endswith("changed")
    (refused,) = runs.read_origin(run).refused
    assert (refused.rule, refused.reason) == ("R16", "a trial") and "2 steps" in refused.said
    assert [row.status for row in page.tree.rows] == ["finished"] and page.tree.selection == (run.id,)
    assert page.face in (LIVE, DONE) and page.live.shown == (run.id,)


def test_the_next_run_follows_the_one_before_and_what_changed_is_told(studio: Studio, page: TrainingPage) -> None:
    short(studio, page)
    start(studio, page)
    page.plan_another()
    page.plan.drafting.enter("rank", 8)
    page.plan.drafting.enter("learning_rate", 1e-3)
    settle(studio, page)
    first = runs.runs_of(studio.session.place)[0].id
    diff = page.plan.planner.diff
    assert [axis.name for axis in diff.axes] == ["rank", "learning rate"]
    assert {card.objection.rule for card in page.plan.planner.rules.cards} >= {"R07"}
    page.plan.drafting.split(page.plan.outlooks.current.splits[0])
    settle(studio, page)
    assert [axis.name for axis in diff.axes] == ["rank"]
    start(studio, page)
    assert [(row.name, row.parent) for row in page.tree.rows] == [("v1", ""), ("v2", first)]
    assert page.tree.rows[1].told == "rank 16 → 8"


def start(studio: Studio, page: TrainingPage) -> None:
    count = len(runs.runs_of(studio.session.place))
    click(page.plan.start_button)
    wait_until(lambda: len(runs.runs_of(studio.session.place)) > count and not studio.session.jobs.open, TRAINED_S)
    settle(studio, page)


def test_without_a_picture_the_button_says_why(studio: Studio, page: TrainingPage) -> None:
    for path in (studio.session.place.folder / "images").rglob("*.png"):
        path.unlink()
    studio.session.rescan()
    settle(studio, page)
    assert not page.plan.start_button.isEnabled() and "no image" in page.plan.start_button.toolTip()


# Recipes from elsewhere


YAML = "lora_rank: 48\nlearning_rate: 1e-4\nepochs: 12\nno_such_key: 3\n"


def test_a_recipe_from_elsewhere_is_shown_before_it_is_taken(studio: Studio, page: TrainingPage) -> None:
    path = studio.session.place.folder / "theirs.yaml"
    path.write_text(YAML, "utf-8")
    studio.answers.chosen_files = [path]
    studio.actions["training.import"].trigger()
    dialog = page.plan.findChild(ImportRecipeDialog)
    assert any("no_such_key" in text for text in dialog.list.texts)
    assert page.plan.drafting.draft.changed == ()
    dialog.accept()
    recipe = page.plan.drafting.draft.recipe
    assert (recipe.rank, recipe.learning_rate, recipe.epochs) == (48, 1e-4, 12)
    assert "no_such_key" in page.plan.drafting.draft.left_out


def test_a_recipe_is_written_for_another_trainer_with_what_it_cannot_say(studio: Studio, page: TrainingPage) -> None:
    page.plan.drafting.enter("ema", 0.99)
    path = studio.session.place.folder / "ours.yaml"
    studio.answers.chosen_files = [path]
    page.plan.export_recipe("toolkit")
    dialog = page.plan.findChild(ExportedRecipeDialog)
    assert path.is_file() and any(text.startswith("ema") for text in dialog.list.texts)
    dialog.accept()


def test_the_menu_offers_what_can_be_done_with_a_recipe(page: TrainingPage) -> None:
    texts = [action.text() for action in page.plan.recipe_menu().actions() if action.text()]
    assert texts == ["Keep this recipe …", "Import a recipe …", "Export for"]


def test_the_search_goes_by_key(studio: Studio, page: TrainingPage) -> None:
    studio.actions["training.search"].trigger()
    QTest.keyClicks(page.plan.form.search, "cosine")
    assert page.plan.form.form.shown == ("lr_schedule",)


@pytest.mark.long
def test_the_checks_run_from_the_window_and_what_they_measure_counts_at_once(studio: Studio,
                                                                             page: TrainingPage) -> None:
    short(studio, page)
    assert not page.plan.outlooks.current.told.measured
    click(page.plan.check_button)
    wait_until(lambda: not page.plan.checking.is_busy, TRAINED_S)
    settle(studio, page)
    assert {check.state for check in page.plan.planner.preflight.checks} == {"good"}
    assert page.plan.outlooks.current.told.measured and "nothing stands in the way" in page.plan.checking.remark
    page.plan.drafting.enter("rank", 8)
    assert "changed since" in page.plan.checking.remark


def test_behind_another_job_the_button_says_that_the_run_will_wait(studio: Studio, page: TrainingPage,
                                                                   slow_job: SlowJob) -> None:
    assert page.plan.start_button.text() == "Start training"
    task = studio.session.run(slow_job, "Slow")
    assert page.plan.start_button.text() == "Queue training"
    task.stop()
    studio.finish()
    assert page.plan.start_button.text() == "Start training"
