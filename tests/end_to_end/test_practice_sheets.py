"""Sheets that answer questions, drawn by the engine on the practice model, marked, and read in the window."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from job_runs import run
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import resources
from studio.core.article_words import Words
from studio.core.axes import parse_axis
from studio.core.events import Finished
from studio.core.evidence import BROKEN, LOST, Evidence, worn
from studio.core.marks import Mark, cause, keeper
from studio.core.project import with_character
from studio.core.recipe import load_recipe
from studio.core.record import Box
from studio.core.rubric import PASSED
from studio.core.sheet_plan import load_plan, plan_from_toml
from studio.core.stats import Hits
from studio.core.sweep import Cell
from studio.jobs.article import PICTURE, TEXT, Article
from studio.jobs.article_picture import article_picture
from studio.jobs.article_sheet import evidence_of
from studio.jobs.evidence import find_marked
from studio.jobs.import_images import ImportImages
from studio.jobs.render_sheet import start_sheet
from studio.jobs.retention import ThinRun, Wish
from studio.jobs.sample_project import SampleProject
from studio.jobs.samples import read_sample
from studio.jobs.sheet_places import placed
from studio.jobs.train import resume_training, start_training
from studio.store import runs, sweeps
from studio.store.marks import read_marks
from studio.store.picture_text import read_origin
from studio.store.sweeps import SheetFolder
from studio.store.verdicts import retract, write_judgement
from studio.store.workspace import Workspace, open_project, read_project
from tests.core.test_presets import EXPECTED
from tests.ui import on_epochs
from tests.ui.conftest import Answers, Studio
from tests.ui.marked_sheets import JUDGE, as_asked, marked
from ui.pages.epochs_judging import system_name
from ui.pages.grids import GridsPage
from ui.settings import Settings
from ui.viewstate.epoch_panes import TARGET
from ui.viewstate.grid_arrangement import ROWS, STEP0
from ui.viewstate.grid_arrangement import TARGET as PINNED_TARGET

pytestmark = pytest.mark.long

EPOCHS = 5
SAMPLES = resources.folder("samples", "mira").parent


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mira with a short training of five epochs."""
    folder = tmp_path_factory.mktemp("alone") / "mira"
    run(SampleProject(folder, SAMPLES / "mira"))
    with open_project(folder) as place:
        train(place, EPOCHS)
    return folder


@pytest.fixture(scope="module")
def together(alone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with Suzu, and a run of both."""
    folder = tmp_path_factory.mktemp("together") / "both"
    shutil.copytree(alone, folder, ignore=shutil.ignore_patterns("*.lock"))
    who = read_sample(SAMPLES / "suzu")
    run(ImportImages(folder, (who.folder,), who.name, who.trigger, 1, who.asymmetric))
    with open_project(folder) as place:
        train(place, 2)
    return folder


def train(place: Workspace, epochs: int) -> None:
    for each in place.project.characters:
        place.save(with_character(place.project, dataclasses.replace(each, repeats=1)))
    ending = run(start_training(place, dataclasses.replace(load_recipe("practice"), epochs=epochs, preview_every=0)))[-1]
    assert isinstance(ending, Finished), ending


@pytest.fixture
def place(alone: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(alone, tmp_path / "mira", ignore=shutil.ignore_patterns("*.lock"))
    with open_project(tmp_path / "mira") as opened:
        yield opened


@pytest.fixture
def both(together: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(together, tmp_path / "both", ignore=shutil.ignore_patterns("*.lock"))
    with open_project(tmp_path / "both") as opened:
        yield opened


@pytest.fixture
def studio(qapp, tmp_path: Path) -> Iterator[Studio]:
    """The window without a project; a test closes its place before it opens it there."""
    made = Studio(qapp, Settings(tmp_path / "home"), Answers())
    made.show()
    yield made
    made.close()


def drawn(place: Workspace, plan: object, *axes: str) -> SheetFolder:
    """The sheet, every picture of which the engine drew."""
    job = start_sheet(place, plan, "latest", axes=[parse_axis(axis) for axis in axes])
    ending = run(job)[-1]
    assert isinstance(ending, Finished), ending
    for cell in sweeps.read_sheet(job.of).expand():
        assert read_origin(job.of.cell(cell.key)).spec == cell.spec
    return job.of


def say(folder: SheetFolder, marks: Callable[[Cell], Iterable[Mark]]) -> Evidence:
    """What these marks on the sheet come to."""
    marked(folder, marks)
    return find_marked(read_project(folder.folder.parents[1]), folder.folder.name).evidence(JUDGE)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_sheet_that_ships_has_its_cells_and_is_drawn(place: Workspace, name: str) -> None:
    """Those of many pictures on fewer seeds; larger ones on one epoch too. Of few epochs a strip has them all."""
    cells = 1 + EPOCHS if name == "convergence-strip" else EXPECTED[name]
    planned = start_sheet(place, name, "latest")
    assert len(sweeps.read_sheet(planned.of).expand()) == cells
    fewer = ["seed=42"] if cells > 50 else []
    fewer += ["epoch=last"] if load_plan(name).scale > 1 else []
    folder = drawn(place, name, *fewer)
    assert cells <= 50 or len(sweeps.read_sheet(folder).expand()) < cells


def test_poses_and_angles_are_marked_by_keys_counted_and_there_after_a_restart(studio: Studio,
                                                                              place: Workspace) -> None:
    folder = drawn(place, "pose-angle-weak")
    place.close()
    page = grid(studio, place)
    assert (len(page.table.rows), len(page.table.columns)) == (8, 2)
    page.parts.view.choose((0, 0))
    digits = (1, 1, 2, 3, 1, 3, 1, 1, 2, 2, 3, 1, 1, 3, 1, 1)
    for number, digit in enumerate(digits):
        assert page.parts.view.current == (number // 2, number % 2), "each key marks a cell and goes on to the next"
        press(page, getattr(Qt.Key, f"Key_{digit}"))
    said = {mark.key: mark.value for mark in read_marks(folder.folder).marks()}
    cells = sweeps.read_sheet(folder).expand()
    assert [said[cell.key] for cell in cells] == [3 - digit for digit in digits]
    assert page.tallies.all == Hits(digits.count(1), 16)
    assert [each.hits for each in page.tallies.rows] == [pair.count(1) for pair in zip(digits[::2], digits[1::2])]
    assert [each.hits for each in page.tallies.columns] == [digits[start::2].count(1) for start in (0, 1)]
    studio.session.close()
    again = grid(studio, place)
    assert again.tallies.all == Hits(digits.count(1), 16)


def test_target_and_step_0_stand_first_on_screen_and_in_the_picture_that_is_exported(studio: Studio,
                                                                                    place: Workspace,
                                                                                    tmp_path: Path) -> None:
    folder = drawn(place, "epoch-reline")
    drawn(place, "epoch-reline", "epoch=base")
    place.close()
    page = grid(studio, place, folder)
    assert page.table.pins == (PINNED_TARGET, STEP0)
    studio.answers.choices = [1]
    press(page, Qt.Key.Key_T)
    assert "target" in studio.answers.asked[-1] and page.table.pins == (PINNED_TARGET, STEP0)
    found = evidence_of(read_project(place.folder), folder.folder.name)
    assert None not in (*found.targets, *found.starts)
    picture = article_picture(found, "Mira", Words())
    assert [head.group or head.label for head in picture.columns[:2]] == ["target", "step 0"]
    assert isinstance(run(Article(place.folder, (found.id,), tmp_path / "out", formats=(PICTURE,)))[-1], Finished)
    [path] = (tmp_path / "out").glob("*.png")
    boxes = [cell.box for cell in placed(picture).cells[:2]]
    with Image.open(path) as image:
        shown = [image.crop((box.left, box.top, box.right, box.bottom)).resize((8, 8)) for box in boxes]
    assert is_like(shown[0], found.targets[0]) and is_like(shown[1], found.starts[0])
    assert not is_like(shown[0], found.starts[0]) and not is_like(shown[1], found.targets[0])


def is_like(shown: Image.Image, path: Path) -> bool:
    """Whether a picture is this file, enlarged or reduced."""
    with Image.open(path) as opened:
        wanted = opened.convert("RGB").resize((64, 64)).resize((8, 8)).tobytes()
    return max(abs(one - other) for one, other in zip(shown.convert("RGB").tobytes(), wanted)) < 48


TWO_WAYS = plan_from_toml('''
title = "Two profiles"
profile = "turbo"
[words]
quality = "masterpiece, best quality, score_7, safe"
[rows]
epoch = "1, 3, 5"
[columns]
seed = "1, 2"
[columns.way]
"as used" = {steps = 8, cfg = 1.0}
"as previewed" = {steps = 25, cfg = 4.0}
[render]
prompt = "{quality}, 1girl, {trigger}, smile, full body"
''')  # fmt: skip


def test_a_sheet_of_two_profiles_is_badged_and_not_ranked_and_a_pick_is_never_blocked(studio: Studio,
                                                                                     place: Workspace) -> None:
    folder = drawn(place, TWO_WAYS)
    ways = {(spec.steps, spec.cfg, spec.sampler, spec.scheduler, spec.width, spec.height)
            for path in (folder.folder / "cells").glob("*.png") for spec in [read_origin(path).spec]}
    assert {way[:2] for way in ways} == {(8, 1.0), (25, 4.0)}, "every picture says how it was made"
    marked(folder, lambda cell: [as_asked(cell, 2, system_name())])
    place.close()
    page = grid(studio, place)
    badge = page.parts.badge
    assert badge.isVisible() and "turbo and builtin" in badge.texts[0]
    page.arrange(page.arrangement.sorted_by(ROWS, "best"))
    assert page.arrangement.row_order == "sheet"
    QTest.mouseClick(badge.override, Qt.MouseButton.LeftButton)
    page.arrange(page.arrangement.sorted_by(ROWS, "best"))
    assert page.arrangement.row_order == "best"
    epochs = on_epochs.shown(studio)
    assert epochs.taking.epoch == 1 and epochs.parts.verdict.use.isEnabled(), "what is known is worded, nothing barred"
    assert epochs.parts.verdict.use.text() == "Use ep1"


def suppressed(cell: Cell, said: dict[str, int | None]) -> Iterator[Mark]:
    arm = str(cell.value("arm"))
    if said[arm] is not None:
        yield as_asked(cell, said[arm])
        if arm == "trigger at 0.3":
            yield cause(cell.key, LOST, True, JUDGE)


@pytest.mark.parametrize("marks, conclusion, text", [
    ((2, 2, 0, 2), "trigger suppresses; add data",
     "low angle: base 2 of 2, trigger 0 of 1: trigger suppresses; add data (not shown)"),
    ((0, 0, None, None), "base lacks it", "low angle: base 0 of 2, trigger 0 of 0: base lacks it (not shown)"),
])
def test_who_blocks_an_angle_is_said_and_one_seed_shows_it_not(place: Workspace, marks: tuple[int | None, ...],
                                                              conclusion: str, text: str) -> None:
    folder = drawn(place, "suppression")
    arms = dict(zip(("base, skirt", "base, trousers", "trigger", "trigger at 0.3"), marks, strict=True))
    found = say(folder, lambda cell: suppressed(cell, arms))
    low = next(each for each in found.suppressions if each.composition == "low angle")
    assert (low.conclusion, low.is_shown, str(low.text)) == (conclusion, False, text)


BOXES = {"bangs": Box(0.3, 0.1, 0.7, 0.3), "mouth": Box(0.4, 0.35, 0.6, 0.45)}


def test_a_box_on_the_target_is_a_strip_of_equal_crops_and_its_colour_is_measured(studio: Studio,
                                                                                 place: Workspace) -> None:
    drawn(place, "epoch-by-prompt", "epoch=1, 2, 3, 4, 5", "seed=42")
    place.close()
    studio.open(place.folder)
    page = on_epochs.shown(studio)
    on_epochs.press(page, Qt.Key.Key_M)
    strips = page.bench.strips
    page.focus_pane(0)
    assert page.panes.panes[0].shows == TARGET
    for name, box in BOXES.items():
        strips.names.setCurrentText(name)
        strips.add(box)
        on_epochs.settle(studio, page)
    values = [each.value for each in strips._columns]
    crops = [strips.crop(0, values.index(epoch)) for epoch in range(1, EPOCHS + 1)]
    assert len({(crop.width(), crop.height()) for crop in crops}) == 1 and not any(crop.isNull() for crop in crops)
    assert len({bytes(crop.toImage().constBits()) for crop in crops}) == EPOCHS, "each is of its own epoch"
    far = {each.place: each.distance for each in strips.drift.meter.drifts}
    assert set(far) >= set(range(1, EPOCHS + 1))
    limit = int(sorted(far.values())[2]) + 1
    strips.drift.limit.setValue(limit)
    on_epochs.settle(studio, page)
    assert {each.place for each in strips.drift.meter.drifts if each.is_alarm} == {
        epoch for epoch, distance in far.items() if distance > limit}


def test_a_verdict_that_was_taken_back_stands_beside_its_pictures_in_the_article(place: Workspace,
                                                                                tmp_path: Path) -> None:
    folder = drawn(place, "multi-seed-recheck")
    cells = sweeps.read_sheet(folder).expand()
    write_judgement(place.folder, "ep5", "ep5 is overtrained.", [(folder.folder.name, cells[-1].key)], JUDGE)
    retract(place.folder, 1, "one seed", "ep3-4")
    assert isinstance(run(Article(place.folder, ("latest",), tmp_path / "out"))[-1], Finished)
    text = (tmp_path / "out" / TEXT).read_text("utf-8").replace("\\", "")
    line = next(line for line in text.splitlines() if "ep5 (retracted" in line)
    assert "-> ep3-4: ep5 is overtrained." in line
    page, _, key = line.partition("(<")[2].rstrip(">)").partition("#")
    assert key == cells[-1].key and f'"{key}"' in (tmp_path / "out" / page).read_text("utf-8")
    assert "Turbo LoRA (" in text


def test_interactions_have_their_rates_rolls_and_class_subtotals(both: Workspace) -> None:
    kept = {"hug": 3, "piggyback": 2, "princess carry": 1}
    folder = drawn(both, "interaction", "epoch=last", f"interaction={' | '.join(kept)}", "seed=1-9")
    found = say(folder, lambda cell: [keeper(cell.key, cell.spec.seed <= kept[cell.value("interaction")], JUDGE)])
    each = {one.name: one for one in found.interactions.each}
    assert str(each["piggyback"].text) == "piggyback: 2/9 22 % [3, 60], 10 rolls for one keeper"
    assert {one.name: one.hits.pair for one in found.interactions.classes} == {
        "symmetric": [3, 9], "stack": [3, 18]}
    assert found.interactions.total.hits.pair == [6, 27]


def test_strengths_have_their_onset_collapse_and_safe_band(both: Workspace) -> None:
    def marks(cell: Cell) -> Iterator[Mark]:
        strength, onset = cell.value("strength"), 0.8 if "unnamed" in str(cell.value("layout")) else 0.6
        yield Mark(cell.key, "side ponytail", PASSED, int(strength >= onset), JUDGE)
        yield cause(cell.key, BROKEN, strength >= 1.2, JUDGE)

    found = {each.layout: each for each in say(drawn(both, "strength-bleed"), marks).responses}
    onsets = {name: each.onsets["side ponytail"] for name, each in found.items()}
    assert onsets == {"2 girls, unnamed": 0.8, "2 girls, named": 0.6, "3 girls, named": 0.6}
    assert {each.collapse for each in found.values()} == {1.2}
    assert found["2 girls, named"].band == (0.6, 1.0) and found["2 girls, unnamed"].band == (0.8, 1.0)


def test_a_trait_that_went_to_another_is_a_row_of_the_map(both: Workspace) -> None:
    folder = drawn(both, "side-by-side", "order=first on the left")
    assert len(sweeps.read_sheet(folder).expand()) == 3

    def marks(cell: Cell) -> Iterator[Mark]:
        yield worn(cell.key, "Suzu", "side ponytail", ["Mira" if cell.spec.seed == 42 else "Suzu"], JUDGE)
        yield worn(cell.key, "Suzu", "ahoge", ["Suzu"], JUDGE)

    assert [each.text for each in say(folder, marks).bleeds] == ["side ponytail: Suzu->Mira 1/3", "ahoge: 0/3"]


def test_faces_without_a_mouth_are_badged_until_the_prompt_is_put_right(studio: Studio, place: Workspace) -> None:
    drawn(place, "face-by-epoch")
    right = drawn(place, "face-by-epoch", "composition=smile, open mouth, front view, portrait, white background")
    place.close()
    page = grid(studio, place, sweeps.find_sheet(read_project(place.folder), "1"))
    assert page.parts.badge.isVisible() and page.parts.badge.texts[0].startswith("V02")
    page.show_sheet(right.folder.name)
    settle(studio, page)
    assert page.sheet.id == right.folder.name and not page.parts.badge.isVisible()


def test_exactly_the_pinned_files_of_a_run_stay_and_it_still_goes_on(place: Workspace) -> None:
    [folder] = runs.runs_of(place)
    before = {epoch: folder.checkpoint(epoch).stat().st_size for epoch in range(1, EPOCHS + 1)}
    ending = run(ThinRun(place, folder, Wish(frozenset({2, 4}), last=0)))[-1]
    assert {epoch for epoch in before if folder.checkpoint(epoch).exists()} == {2, 4}
    assert ending.facts["bytes"] == sum(before[epoch] for epoch in (1, 3, 5))
    assert isinstance(run(resume_training(place, "latest", epochs=EPOCHS + 1))[-1], Finished)
    assert folder.checkpoint(EPOCHS + 1).exists()


# At the window


def grid(studio: Studio, place: Workspace, folder: SheetFolder | None = None) -> GridsPage:
    studio.open(place.folder)
    studio.window.resize(1280, 800)
    studio.session.show_page("grids")
    page = studio.window.page_widget("grids")
    settle(studio, page)
    if folder:
        page.show_sheet(folder.folder.name)
        settle(studio, page)
    return page


def settle(studio: Studio, page: GridsPage) -> None:
    studio.finish(lambda: page.shelf.has_looked and not page.shelf.is_busy and page.sheet is not None
                  and page.parts.view.is_complete and not page.pictures.is_busy)


def press(page: GridsPage, key: Qt.Key) -> None:
    page.window().activateWindow()
    page.parts.view.setFocus()
    QTest.keyClick(page.parts.view, key)
