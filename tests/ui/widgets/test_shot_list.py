import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.shot_list import Shot
from ui.widgets.shot_list import ShotList

BACK = Shot(("Mira",), (("angle", "from behind"),))


@pytest.fixture
def shots(application) -> ShotList:
    made = ShotList()
    made.show()
    yield made
    made.close()


def test_before_anything_is_labelled_nobody_says_that_nothing_is_lacking(shots: ShotList) -> None:
    shots.show_shots((), (), unknown=44)
    assert shots._empty.isHidden() and shots._blind.isVisible()
    assert shots._blind.what.text() == "Of 44 pictures nobody said what they show"
    shots.show_shots((), ())
    assert shots._empty.isVisible() and shots._blind.isHidden()


def test_beside_pictures_to_make_it_is_told_that_more_may_be_lacking(shots: ShotList) -> None:
    asked: list[bool] = []
    shots.labels_asked.connect(lambda: asked.append(True))
    shots.show_shots((BACK,), ("back view",), unknown=3)
    assert shots._unknown.isVisible() and "3 pictures lack labels" in shots._told_unknown.text()
    [label] = [each for each in shots._unknown.children() if hasattr(each, "clicked")]
    QTest.mouseClick(label, Qt.MouseButton.LeftButton)
    assert asked == [True] and len(shots.rows) == 1
    shots.show_shots((BACK,), ("back view",))
    assert shots._unknown.isHidden()
