"""Boxes drawn once are followed through all epochs, and the colour in them is measured against the target."""

import colorsys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from studio.core.axes import BASE, Axis
from studio.core.colour_drift import UNSEEN
from studio.core.feature_boxes import pixels_of
from studio.core.record import Box
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.store import sweeps
from tests.ui.on_epochs import drag, press, settle, shown
from tests.ui.written_sheets import PROMPTS, hash_of, written_epochs, written_sheet
from ui.pages.epochs import EpochsPage
from ui.viewstate.epoch_panes import TARGET

EPOCHS = (1, 2, 3, 4, 5)
HUES = dict(zip((BASE, *EPOCHS), (230, 230, 250, 280, 310, 340)))
BLUE = (40, 60, 210)
SCRUNCHIE, CONTROL = Box(0.25, 0.25, 0.5, 0.5), Box(0.6, 0.6, 0.8, 0.9)
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
SIZE = (96, 144)


def paint(path: Path, hue: float) -> None:
    """A scrunchie of that hue in one place, a blue patch in another."""
    image = Image.new("RGB", SIZE, (128, 128, 128))
    colour = tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue / 360, 0.8, 0.8))
    for box, fill in ((SCRUNCHIE, colour), (CONTROL, BLUE)):
        left, top, right, bottom = pixels_of(box, *SIZE)
        ImageDraw.Draw(image).rectangle((left, top, right - 1, bottom - 1), fill=fill)
    image.save(path)


@pytest.fixture
def page(studio, project_folder) -> EpochsPage:
    for each in (project_folder / "images" / "Mira").glob("*.png"):
        paint(each, HUES[BASE])
    studio.session.rescan()
    written_epochs(studio.session.place, 5)
    studio.sheet = written_sheet(studio.session.place, (BASE, *EPOCHS), size=SIZE,
                                 draw=lambda path, cell: paint(path, HUES[cell.value("epoch")]))
    page = shown(studio)
    press(page, Qt.Key.Key_M)
    return page


def boxed(studio, page: EpochsPage, name: str, box: Box) -> None:
    page.bench.strips.names.setCurrentText(name)
    page.bench.strips.add(box)
    settle(studio, page)


def test_a_box_on_the_target_is_cut_out_of_every_cell_alike(studio, page: EpochsPage) -> None:
    strips = page.bench.strips
    strips.names.setCurrentText("scrunchie")
    page.focus_pane(0)
    assert page.panes.panes[0].shows == TARGET
    press(page, Qt.Key.Key_X)
    viewer = page.parts.stage.panes[0].viewer
    place = viewer._place()
    corners = [(place.topLeft() + QPointF(x * place.width(), y * place.height())).toPoint()
               for x, y in ((SCRUNCHIE.left, SCRUNCHIE.top), (SCRUNCHIE.right, SCRUNCHIE.bottom))]
    drag(viewer, *corners)
    settle(studio, page)
    (feature,) = strips.features
    assert feature.name == "scrunchie" and feature.box.left == pytest.approx(SCRUNCHIE.left, abs=0.02)
    values = [each.value for each in strips._columns]
    assert values == [TARGET, BASE, *EPOCHS]
    crops = [strips.crop(0, at) for at in range(2, 7)]
    assert len({(crop.width(), crop.height()) for crop in crops}) == 1 and crops[0].width() == 24
    middles = [crop.toImage().pixelColor(12, 18).hue() for crop in crops]
    assert middles == pytest.approx([HUES[each] for each in EPOCHS], abs=2)
    for each, pane in zip(page.panes.panes, page.parts.stage.panes):
        assert pane.viewer._boxes == {"scrunchie": feature.on_target if each.shows == TARGET else feature.box}


def test_it_holds_for_other_seeds_and_is_a_guess_under_other_prompts(studio, page: EpochsPage) -> None:
    boxed(studio, page, "scrunchie", SCRUNCHIE)
    press(page, Qt.Key.Key_Right, SHIFT)
    assert [(each.name, each.box.origin) for each in page.bench.strips.features] == [("scrunchie", "hand")]
    press(page, Qt.Key.Key_Right)
    assert page.look.name == PROMPTS[1]
    assert [(each.name, each.box.origin) for each in page.bench.strips.features] == [("scrunchie", "guess")]


def test_boxes_of_the_ledger_come_from_the_target(studio, page: EpochsPage) -> None:
    record = page.exhibitor.targets.record(page.look.prompt)
    studio.session.edit(lambda desk: desk.set("box", "box:ribbon", {record.id: CONTROL}))
    page.show_state()
    settle(studio, page)
    assert [(each.name, each.box) for each in page.bench.strips.features] == [("ribbon", CONTROL)]


def test_a_press_in_the_strip_goes_to_the_cell(studio, page: EpochsPage) -> None:
    boxed(studio, page, "scrunchie", SCRUNCHIE)
    band = page.bench.strips.strip.band
    QTest.mouseClick(band, Qt.MouseButton.LeftButton, pos=band.place_of(2).center())
    assert page.panes.leading == 2 and band.current == 2


def test_several_boxes_are_gone_through_ticked_undone_and_removed(studio, page: EpochsPage) -> None:
    strips = page.bench.strips
    boxed(studio, page, "scrunchie", SCRUNCHIE)
    boxed(studio, page, "blue", CONTROL)
    assert [each.name for each in strips.shown] == ["blue"]
    strips.list.item([strips.list.item(at).text() for at in range(2)].index("scrunchie")).setCheckState(
        Qt.CheckState.Checked)
    assert [each.name for each in strips.shown] == ["blue", "scrunchie"]
    press(page, Qt.Key.Key_V)
    assert strips.current == "scrunchie"
    press(page, Qt.Key.Key_Delete, SHIFT)
    assert [each.name for each in strips.features] == ["blue"]
    press(page, Qt.Key.Key_U)
    assert {each.name for each in strips.features} == {"blue", "scrunchie"}
    for _ in range(2):
        press(page, Qt.Key.Key_Z, CTRL)
    assert strips.features == () and strips.strip.band.columns == ()


def test_a_box_is_made_by_keys_alone(page: EpochsPage) -> None:
    for _ in range(5):
        press(page, Qt.Key.Key_Plus)
    for _ in range(3):
        press(page, Qt.Key.Key_Left, CTRL)
    near_x, near_y, far_x, far_y = page.parts.stage.viewer.view
    press(page, Qt.Key.Key_X, SHIFT)
    (feature,) = page.bench.strips.features
    assert (feature.box.left, feature.box.right) == pytest.approx((max(0, near_x), min(1, far_x)), abs=1e-5)
    assert (feature.box.top, feature.box.bottom) == pytest.approx((max(0, near_y), min(1, far_y)), abs=1e-5)


def test_a_hue_that_turns_moves_away_while_the_blue_control_stays(studio, page: EpochsPage) -> None:
    meter = page.bench.strips.drift.meter
    boxed(studio, page, "scrunchie", SCRUNCHIE)
    far = [each.distance for each in meter.drifts]
    assert [each.place for each in meter.drifts] == [0, *EPOCHS] and far == sorted(far) and far[1] < UNSEEN < far[2]
    boxed(studio, page, "blue", CONTROL)
    assert len(meter.drifts) == 6 and all(each.distance < UNSEEN for each in meter.drifts)
    assert not any(each.is_alarm for each in meter.drifts) and "within the limit" in page.bench.strips.drift.told.text()


def test_the_alarm_is_raised_at_the_chosen_limit(studio, page: EpochsPage) -> None:
    strips = page.bench.strips
    boxed(studio, page, "scrunchie", SCRUNCHIE)
    far = {each.place: each.distance for each in strips.drift.meter.drifts}
    strips.drift.limit.setValue(int(far[3]) + 1)
    settle(studio, page)
    assert [each.place for each in strips.drift.meter.drifts if each.is_alarm] == [4, 5]
    assert strips.drift.told.text().startswith("▲ over from epoch 4 on")
    assert studio.session.settings.state("drift_limit", 10.0) == strips.drift.limit.value()
    place = strips.drift.meter.point(strips.drift.meter.drifts[4]).toPoint()
    QTest.mouseClick(strips.drift.meter, Qt.MouseButton.LeftButton, pos=QPoint(place.x(), 40))
    assert page.panes.leading == 4


def test_folding_it_away_takes_the_frames_off_the_pictures(studio, page: EpochsPage) -> None:
    boxed(studio, page, "scrunchie", SCRUNCHIE)
    press(page, Qt.Key.Key_M)
    assert all(pane.viewer._boxes == {} for pane in page.parts.stage.panes)


def test_without_a_box_it_says_what_to_do(page: EpochsPage) -> None:
    assert page.bench.strips.strip.empty.isVisible() and "X draws a box" in page.bench.strips.strip.empty.text()
    assert not page.session.actions["epochs.box_remove"].isEnabled()


def test_a_part_four_times_as_large_is_the_same_in_every_pane_within_a_pixel(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_M)
    settle(studio, page)
    panes = [each.viewer for each in page.parts.stage.panes[1:4]]
    first = panes[0]
    place = first._place()
    at = place.topLeft() + QPointF(0.31 * place.width(), 0.22 * place.height())
    first.zoom_to(4 * first.scale, at)
    assert first.scale == pytest.approx(4 * place.width() / SIZE[0])
    for other in panes[1:]:
        for one, two in zip(first.view, other.view, strict=True):
            assert abs(one - two) * SIZE[1] * other.scale <= 1.0
        assert (other._share_at(at).x(), other._share_at(at).y()) == pytest.approx((0.31, 0.22), abs=1 / SIZE[0] / 4)


def test_the_colour_is_followed_through_strengths_where_a_sheet_has_several(studio, page: EpochsPage) -> None:
    strengths = (0.6, 0.8, 1.0, 1.2)
    place = studio.session.place
    sheet = Sheet("Strengths", (Axis("epoch", (5,)),), (Axis("composition", PROMPTS[:1]), Axis("strength", strengths)),
                  RenderSpec(prompt="1girl, miravelo, {composition}", width=SIZE[0], height=SIZE[1]),
                  epochs=((5, hash_of("a", 5)),))
    folder = sweeps.create_sheet(place, sheet)
    for cell in sheet.expand():
        paint(folder.cell(cell.key), 230 + 100 * (cell.value("strength") - 0.6))
    page.shelf.look()
    settle(studio, page)
    page.head.series_chosen.emit(folder.folder.name)
    settle(studio, page)
    assert page.series.id == folder.folder.name
    boxed(studio, page, "scrunchie", SCRUNCHIE)
    panel = page.bench.strips.drift
    panel.by.choose("strength")
    panel.by.chosen.emit("strength")
    settle(studio, page)
    far = [each.distance for each in panel.meter.drifts]
    assert [each.place for each in panel.meter.drifts] == list(strengths) and far == sorted(far)
    panel.meter.chosen.emit(1.2)
    assert page.shot.cell.value("strength") == 1.2


def test_the_mouse_may_draw_in_any_pane_and_escape_gives_it_up_in_all(page: EpochsPage) -> None:
    viewers = [each.viewer for each in page.parts.stage.panes]
    press(page, Qt.Key.Key_X)
    assert all(each.is_drawing for each in viewers)
    press(page, Qt.Key.Key_Escape)
    assert not any(each.is_drawing for each in viewers)
    press(page, Qt.Key.Key_X)
    drag(viewers[2], viewers[2].rect().center(), viewers[2].rect().center() + QPoint(30, 40))
    assert len(page.bench.strips.features) == 1 and not any(each.is_drawing for each in viewers)
