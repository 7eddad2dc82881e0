"""Two characters who were drawn alone come into one picture, as tall as they should be."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.core.lint.calls import order_of
from studio.core.lint.subject import Subject
from studio.core.project import Character, with_character
from studio.core.record import Box
from studio.store import workspace
from ui.dialogs.pair_builder import PairBuilder, open_pair_builder

FIGURES = {"Mira": ("miravelo", (40, 60, 200), 900), "Suzu": ("suzukaze", (30, 150, 70), 600)}


def figure(path: Path, colour: tuple[int, int, int], height: int) -> None:
    """A figure of so many pixels on a white page, with a mark on its left side."""
    image = Image.new("RGB", (500, 1000), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((150, 980 - height, 349, 979), fill=colour)
    pen.rectangle((170, 980 - height // 2, 220, 1020 - height // 2), fill=(240, 20, 20))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


@pytest.fixture
def two(app, tmp_path: Path):
    """A project of two characters, a picture each; Mira's figure is 900 px high, Suzu's 600."""
    folder = tmp_path / "two"
    with workspace.create(folder, "Two", "practice") as place:
        for name, (trigger, _, _) in FIGURES.items():
            place.save(with_character(place.project, Character(name, trigger)))
    for name, (trigger, colour, height) in FIGURES.items():
        path = folder / "images" / name / f"{name}.png"
        figure(path, colour, height)
        path.with_suffix(".txt").write_text(f"1girl, {trigger}, standing, {'smile' if name == 'Mira' else 'hat'}")
    app.open(folder)
    return app


def opened(two) -> PairBuilder:
    open_pair_builder(two.session, two.window)
    builder = two.window.findChild(PairBuilder)
    two.finish(lambda: not builder.preview.image.isNull())
    return builder


def made(two, builder: PairBuilder) -> list:
    before = {record.id for record in two.session.all}
    QTest.mouseClick(builder.make_button, Qt.MouseButton.LeftButton)
    two.finish()
    return [record for record in two.session.all if record.id not in before]


def extent(image: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Where a colour is, give or take what scaling blurs."""
    red, green, blue = ImageChops.difference(image, Image.new("RGB", image.size, colour)).split()
    apart = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return apart.point(lambda level: 255 * (level < 90)).getbbox()


def test_boxes_are_guessed_around_the_figures(two) -> None:
    builder = opened(two)
    assert (builder.left.box.left, builder.left.box.bottom) == pytest.approx((0.3, 0.98), abs=0.01)
    assert builder.left.box.origin == "guess"


def test_both_are_as_tall_and_do_not_overlap(two) -> None:
    [record, _] = made(two, opened(two))
    image = Image.open(two.session.place.folder / record.image.path).convert("RGB")
    mira, suzu = (extent(image, colour) for _, colour, _ in FIGURES.values())
    assert abs((mira[3] - mira[1]) - (suzu[3] - suzu[1])) <= 1
    assert mira[2] < suzu[0] or suzu[2] < mira[0]


def test_the_swapped_picture_changes_places_and_mirrors_nobody(two) -> None:
    pictures = made(two, opened(two))
    orders = {order_of(record, Subject((), two.session.project)) for record in pictures}
    assert orders == {("Mira", "Suzu"), ("Suzu", "Mira")}
    for record in pictures:
        image = Image.open(two.session.place.folder / record.image.path).convert("RGB")
        body = extent(image, FIGURES["Mira"][1])
        mark = extent(image.crop(body), (240, 20, 20))
        assert mark[0] < (body[2] - body[0]) / 2


def test_captions_call_both_and_say_who_is_where(two) -> None:
    builder = opened(two)
    assert "miravelo on the viewer's left" in builder.caption.toPlainText()
    assert "suzukaze on the viewer's left" in builder.other_caption.toPlainText()
    captions = {record.caption for record in made(two, builder)}
    assert captions == {builder.caption.toPlainText(), builder.other_caption.toPlainText()}
    assert all("miravelo" in text and "suzukaze" in text and "2girls" in text for text in captions)


def test_a_caption_written_by_hand_is_kept(two) -> None:
    builder = opened(two)
    builder.caption.setPlainText("2girls, miravelo, suzukaze. My own words.")
    builder.swap.setChecked(False)
    [record] = made(two, builder)
    assert record.caption == "2girls, miravelo, suzukaze. My own words."


def test_the_right_one_can_be_smaller(two) -> None:
    builder = opened(two)
    builder.taller.setValue(0.5)
    [record, _] = made(two, builder)
    heights = {name: record.figures[name].box.bottom - record.figures[name].box.top for name in FIGURES}
    shorter, taller = heights[builder.right.character], heights[builder.left.character]
    assert shorter == pytest.approx(taller / 2, rel=0.01)


def test_a_wider_gap_makes_a_wider_picture(two) -> None:
    builder = opened(two)
    [near, _] = made(two, builder)
    builder.gap.setValue(50)
    [far, _] = made(two, builder)
    assert far.image.width > near.image.width + 100


def test_a_box_is_drawn_by_mouse_and_moved_by_keys(two) -> None:
    builder = opened(two)
    editor = builder.left.editor
    room = editor._room()
    start, end = (QPoint(round(room.left() + share * room.width()), round(room.top() + share * room.height()))
                  for share in (0.1, 0.9))
    QTest.mousePress(editor, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(editor, (start + end) / 2)
    QTest.mouseMove(editor, end)
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=end)
    box = builder.left.box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((0.1, 0.1, 0.9, 0.9), abs=0.02)
    assert box.origin == "hand"
    QTest.keyClick(editor, Qt.Key.Key_Right)
    assert builder.left.box.left == pytest.approx(box.left + 0.01)
    QTest.keyClick(editor, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert builder.left.box.bottom == pytest.approx(box.bottom - 0.01)


def test_a_box_that_holds_nothing_is_told(two) -> None:
    builder = opened(two)
    builder.left.editor.choose(Box(0.5, 0.5, 0.501, 0.501))
    assert builder.error.text and not builder.make_button.isEnabled()
    builder.left.guess()
    assert not builder.error.text and builder.make_button.isEnabled()


def test_the_pictures_can_be_taken_out_again_and_that_undone(two) -> None:
    builder = opened(two)
    assert len(made(two, builder)) == 2
    QTest.mouseClick(builder.back_button, Qt.MouseButton.LeftButton)
    assert len(two.session.all) == 2
    two.session.undo()
    assert len(two.session.all) == 4


def test_one_character_alone_makes_no_pair(studio) -> None:
    told = []
    studio.session.noticed.connect(told.append)
    open_pair_builder(studio.session, studio.window)
    assert studio.window.findChild(PairBuilder) is None and "two characters" in told[0].text
