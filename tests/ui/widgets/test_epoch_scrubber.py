"""All epochs on one line."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QToolTip

from studio.core.axes import BASE
from ui import theme
from ui.widgets.epoch_scrubber import EpochScrubber, Tally, Track, gap_between

EPOCHS = (BASE, *range(1, 181))


def scrubber(**facts) -> EpochScrubber:
    made = EpochScrubber()
    made.resize(900, made.sizeHint().height())
    made.show_track(Track(EPOCHS, frozenset(EPOCHS), **facts))
    return made


def test_every_epoch_can_be_reached_by_the_mouse(application) -> None:
    line = scrubber()
    assert [line.at(line.x(epoch)) for epoch in EPOCHS] == list(EPOCHS)
    assert (line.at(-50), line.at(5000)) == (BASE, 180)
    chosen = QSignalSpy(line.chosen)
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x(90)), 40))
    assert chosen.at(0)[0] == 90


def test_the_band_the_marks_and_the_panes_are_painted_where_their_epochs_stand(application) -> None:
    line = scrubber(band=(100, 180), handles={150: [3]}, lead=150, tallies={20: Tally(0, 0.0, 1), 120: Tally(2, 1.0, 1)})
    image, now = line.grab().toImage(), theme.current()

    def colours(epoch) -> set[str]:
        x = round(line.x(epoch) * image.devicePixelRatio())
        return {image.pixelColor(x + by, y).name() for by in (-1, 0, 1) for y in range(image.height())}

    assert now.tint in colours(110) and now.tint not in colours(60)
    assert now.accent in colours(150) and now.accent not in colours(140)
    assert now.edge in colours(120)


def test_what_stands_under_the_mouse_is_told(application) -> None:
    line = scrubber(tallies={90: Tally(1, 0.5, 4)})
    line.show()
    place = QPoint(round(line.x(90)), 40)
    QApplication.sendEvent(line, QHelpEvent(QEvent.Type.ToolTip, place, line.mapToGlobal(place)))
    assert QToolTip.text() == "epoch 90 · 4 marked, 50 % of the best"


def test_a_name_stands_where_no_handle_covers_it() -> None:
    assert gap_between([], 100, 300, 50) == 104
    assert gap_between([110], 100, 300, 50) == 124
    assert gap_between([110, 200, 290], 100, 300, 50) == 124
    assert gap_between([110, 150, 190, 230, 270], 100, 300, 50) is None
