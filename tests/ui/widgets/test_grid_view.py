"""Hundreds of cells are painted from tiles, decoded by threads, and painted over when one of them changes."""

from pathlib import Path
from threading import current_thread, main_thread

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QPixmap

from studio.core.axes import Axis
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from ui.images import decode
from ui.images.cache import ThumbnailCache
from ui.viewstate.grid_arrangement import first_arrangement
from ui.viewstate.grid_sheets import spots_of
from ui.viewstate.grid_strip import Strip
from ui.viewstate.grid_table import Table
from ui.viewstate.grid_tallies import Tallies
from ui.widgets.grid_paint import Seen, paint_cell
from ui.widgets.grid_pictures import GridPictures, level_for
from ui.widgets.grid_tiles import MOST, Tiles
from ui.widgets.grid_view import GridView

SIDE, SIZE = 24, (64, 96)
SURROUND = QColor("#222222")


@pytest.fixture
def table() -> Table:
    sheet = Sheet("s", (Axis("composition", tuple(f"look {n}" for n in range(SIDE))),),
                  (Axis("seed", tuple(range(SIDE))),),
                  RenderSpec(prompt="{composition}", width=SIZE[0], height=SIZE[1]))
    return Table(sheet, spots_of(sheet), first_arrangement(sheet))


@pytest.fixture
def files(table: Table, tmp_path: Path) -> dict[str, tuple[str, Path]]:
    found = {}
    for key, (row, column) in table.places.items():
        path = tmp_path / f"{key}.png"
        Image.new("RGB", SIZE, (8 * row + 20, 8 * column + 20, 120)).save(path)
        found[key] = key, path
    return found


@pytest.fixture
def view(application, table: Table, files, tmp_path: Path, qtbot) -> GridView:
    pictures = GridPictures(ThumbnailCache(tmp_path / "cache"), None)
    made = GridView(pictures, SURROUND)
    made.resize(900, 700)
    made.show()
    made.show_table(table, SIZE, files)
    yield made
    made.hide()
    pictures.close()


def settle(view: GridView, qtbot) -> None:
    qtbot.waitUntil(lambda: view.is_complete and not view._pictures.is_busy, timeout=20_000)


def middle(view: GridView, place) -> QColor:
    return view.viewport().grab().toImage().pixelColor(view.box(place).center())


def test_no_picture_is_decoded_by_the_thread_that_paints(view: GridView, qtbot, monkeypatch) -> None:
    threads = []
    real = decode.open_rgb
    monkeypatch.setattr(decode, "open_rgb", lambda path: threads.append(current_thread()) or real(path))
    view.viewport().repaint()
    settle(view, qtbot)
    for _ in range(3):
        view.zoom_by(2, QPoint(500, 300))
        view.viewport().repaint()
        settle(view, qtbot)
    assert threads and main_thread() not in threads


def test_what_is_not_there_yet_is_a_placeholder_and_comes_by_itself(view: GridView, qtbot) -> None:
    assert middle(view, (5, 5)).red() == pytest.approx(SURROUND.red(), abs=30)
    settle(view, qtbot)
    for row, column in ((0, 0), (5, 5), (23, 23)):
        found = middle(view, (row, column))
        assert (found.red(), found.green()) == pytest.approx((8 * row + 20, 8 * column + 20), abs=6)


def test_a_mark_is_painted_over_its_cell_and_nowhere_else(view: GridView, table: Table, qtbot) -> None:
    settle(view, qtbot)
    before = view.viewport().grab().toImage()
    key = table.spot(3, 4).key
    view.show_marks({key: 2}, Tallies())
    after, box = view.viewport().grab().toImage(), view.box((3, 4))
    assert after.pixelColor(box.center().x(), box.bottom()).green() > before.pixelColor(
        box.center().x(), box.bottom()).green() + 30
    other = view.box((3, 5)).center()
    assert after.pixelColor(other) == before.pixelColor(other)
    view.show_marks({}, Tallies())
    assert view.viewport().grab().toImage() == before


def test_panned_cells_are_the_same_cells(view: GridView, qtbot) -> None:
    view.zoom_to(1.5)
    settle(view, qtbot)
    for x, y in ((0, 0), (137, 91), (400, 800), (9_999, 9_999)):
        view.horizontalScrollBar().setValue(x)
        view.verticalScrollBar().setValue(y)
        settle(view, qtbot)
        at = QPoint(view.sight.across.start + 150, view.sight.down.start + 200)
        row, column = view.at(at) or view.at(at + QPoint(4, 4))
        box, room = view.box((row, column)), view.viewport().rect()
        assert room.intersects(box)
        found = view.viewport().grab().toImage().pixelColor(at + QPoint(4, 4))
        row, column = view.at(at + QPoint(4, 4))
        assert (found.red(), found.green()) == pytest.approx((8 * row + 20, 8 * column + 20), abs=6)


def test_tiles_are_no_more_than_may_be_kept() -> None:
    drawn = []
    tiles = Tiles(lambda painter, row, column, room: drawn.append((row, column)))
    canvas = QPixmap(1000, 800)
    for offset in range(0, 60_000, 700):
        painter = QPainter(canvas)
        tiles.place(Strip(2_000, 40, 2, 100, 1000, offset=offset), Strip(2_000, 40, 2, 60, 800, offset=offset),
                    SURROUND, 1.0)
        tiles.paint(painter)
        painter.end()
    assert tiles.bytes <= MOST * 384 * 384 * 4 and len(set(drawn)) < 120_000


@pytest.mark.parametrize("pixels, level", [(10, 64), (80, 64), (81, 256), (320, 256), (600, 512), (641, 0), (5_000, 0)])
def test_pictures_are_asked_for_in_the_size_that_is_seen(pixels: float, level: int) -> None:
    assert level_for(pixels) == level


@pytest.mark.parametrize("mark, share", [(0, 0.25), (1, 0.6), (2, 1.0)])
def test_marks_differ_in_length_as_well_as_in_colour(application, mark: int, share: float) -> None:
    canvas = QPixmap(40, 60)
    canvas.fill(QColor("black"))
    painter = QPainter(canvas)
    picture = QPixmap(40, 60)
    picture.fill(QColor("#808080"))
    paint_cell(painter, QRect(0, 0, 40, 60), Seen(picture, True, mark), 1.0)
    painter.end()
    line = [canvas.toImage().pixelColor(x, 59) for x in range(40)]
    coloured = sum(max(each.getRgb()[:3]) - min(each.getRgb()[:3]) > 40 for each in line)
    assert coloured == pytest.approx(40 * share, abs=1)
