"""The colour of a boxed detail against its target, epoch by epoch, as sentences tell it."""

import pytest
from PIL import Image

from studio.core.axes import BASE, Axis
from studio.core.feature_boxes import place_of
from studio.core.record import Box
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.jobs.evidence import Marked
from studio.jobs.evidence_colour import Colours

BLUE, YELLOW, ORANGE, PINK = (30, 60, 220), (230, 210, 40), (240, 140, 40), (240, 120, 180)
CORNER = Box(0.0, 0.0, 0.5, 0.5)


@pytest.fixture
def drawn(tmp_path):
    def draw(colours, axis="epoch", seeds=(1, 2)):
        """A sheet whose scrunchie has these colours, by the value of an axis; the ribbon stays blue."""
        target = tmp_path / "target.png"
        Image.new("RGB", (64, 64), BLUE).save(target)
        epochs = tuple((each, str(each)) for each in colours if isinstance(each, int)) or ((1, "1"),)
        sheet = Sheet("t", (Axis(axis, tuple(colours)),), (Axis("seed", seeds),), RenderSpec(prompt="kei"),
                      epochs=epochs, characters=(("Kei", "kei"),))  # fmt: skip
        cells, pictures = sheet.expand(), {}
        for cell in cells:
            image = Image.new("RGB", (64, 64), BLUE)
            image.paste(colours[cell.value(axis)], (0, 0, 32, 32))
            pictures[cell.key] = tmp_path / f"{cell.key}.png"
            image.save(pictures[cell.key])
        marked = Marked(("0001",), "run", sheet, cells, pictures, dict.fromkeys(pictures, "0001"))
        boxes = {(place_of("kei"), "scrunchie"): CORNER, (place_of("kei"), "ribbon"): Box(0.6, 0.6, 0.9, 0.9)}
        return {each.name: each for each in Colours().of(marked, boxes, {"kei": (target, {})})}

    return draw


def test_a_colour_that_turns_is_told_from_where_on_it_lasts(drawn):
    found = drawn({BASE: PINK, 1: BLUE, 2: BLUE, 3: YELLOW, 4: ORANGE})
    scrunchie = found["scrunchie"]
    assert [each.place for each in scrunchie.drifts] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert (scrunchie.since.place, scrunchie.worst.place) == (3.0, 3.0)
    assert [len(keys) for keys in scrunchie.keys.values()] == [2] * 5
    assert not found["ribbon"].has_alarm and found["ribbon"].worst.distance < 2


def test_the_base_is_no_fault_of_the_lora(drawn):
    found = drawn({BASE: PINK, 1: BLUE, 2: BLUE})["scrunchie"]
    assert found.drifts[0].is_alarm and not found.has_alarm and found.since is None


def test_a_colour_that_comes_back_does_not_last(drawn):
    found = drawn({1: BLUE, 2: YELLOW, 3: BLUE})["scrunchie"]
    assert found.has_alarm and found.since is None


def test_by_strength_it_drifts_from_blue_over_yellow_and_orange_to_pink(drawn):
    found = drawn({0.6: BLUE, 0.8: YELLOW, 1.0: ORANGE, 1.2: PINK}, "strength")["scrunchie"]
    assert found.by == "strength" and found.since.place == 0.8
