"""Seventy pictures that cost somebody a night: 44 posed bodies and 26 busts of 495 px, found out before training."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.lint.finding import Open
from studio.core.project import Character, with_character
from studio.miniature import world
from studio.store import workspace
from tests.ui.conftest import Studio
from ui.pages.dataset import DatasetPage

BODIES, BUSTS = 44, 26
POSED = ("walking", "running", "sitting", "arms up")


def draw_set(folder: Path) -> Path:
    """The project, without a label: captions name framing, angle and pose, and nobody said who stands upright."""
    with workspace.create(folder, "Mira") as place:
        place.save(with_character(place.project, Character(name="Mira", trigger="miravelo")))
    rng = random.Random(11)
    for number in range(BODIES + BUSTS):
        is_body = number < BODIES
        shot = replace(world.sample_shot(rng), framing="full body" if is_body else "portrait",
                       pose=rng.choice(POSED) if is_body else "standing")
        size, small = ((832, 1216), (208, 304)) if is_body else ((495, 495), (165, 165))
        path = folder / "images" / "Mira" / f"{'body' if is_body else 'bust'}-{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        scene = world.Scene(world.MIRA, shot)
        world.draw(scene, *small).resize(size).save(path, compress_level=1)
        words = world.caption(scene, rng, name="miravelo", sentences=True, absorbed=True)
        path.with_suffix(".txt").write_text(words, "utf-8")
    return folder


@pytest.fixture
def page(app: Studio, tmp_path: Path) -> DatasetPage:
    app.open(draw_set(tmp_path / "mira"))
    app.session.show_page("dataset")
    made = app.window.page_widget("dataset")
    settle(app, made)
    return made


def settle(studio: Studio, page: DatasetPage) -> None:
    studio.finish(lambda: not (page.linting.is_busy or page.loader.is_busy or studio.session.jobs.open))


def test_44_keys_uncover_what_would_have_cost_a_night(app: Studio, page: DatasetPage) -> None:
    asking = page.overview.lint.cards[0]
    assert asking.finding.rule == "D01"
    assert isinstance(asking.finding.remedy, Open) and "44" in asking.finding.message
    QTest.mouseClick(asking.remedy, Qt.MouseButton.LeftButton)
    assert page.labels.isVisible() and page.labels.round.field == "stance"
    for _ in range(BODIES):
        QTest.keyClick(page.labels, Qt.Key.Key_2)
    QTest.keyClick(page.labels, Qt.Key.Key_Escape)
    settle(app, page)
    found = {each.rule: {image.path.stem.split("-")[0] for image in each.images} for each in page.linting.found.findings
             if each.severity != "note"}
    counts = {each.rule: len(each.images) for each in page.linting.found.findings if each.severity != "note"}
    assert found["D01"] == {"body"} and counts["D01"] == BODIES
    assert found["D07"] == {"bust"} and counts["D07"] == BUSTS
    assert "D02" in found
    assert page.linting.found.findings[0].rule == "D01"
