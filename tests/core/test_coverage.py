import pytest
from tests.core.lint.sets import image, several, wanting

from studio.core.coverage import coverage, spread
from studio.core.labels import ANGLES, CAMERAS, FRAMINGS
from studio.core.ledger import Ledger
from studio.core.shot_list import gap_shots
from studio.core.showing import origin, showings

NOBODY = Ledger("Mira")
FRONT = {"framing": "portrait", "angle": "front view"}


def test_every_cell_counts_exposures_and_holds_its_images():
    shown = showings([*several(2, "front", repeats=3, **FRONT), image("side", framing="full body", angle="from side")])
    seen = coverage(shown, NOBODY)
    assert (seen.rows, seen.columns, len(seen.cells)) == (FRAMINGS, ANGLES, 16)
    cell = seen.cell("portrait", "front view")
    assert (cell.exposures, len(cell.images), cell.standing) == (6, 2, "taught")
    assert seen.cell("full body", "from side").exposures == 1 and seen.cell("full body", "front view").exposures == 0


def test_images_without_one_of_the_labels_are_counted_apart():
    shown = showings([image("known", **FRONT), image("unknown", framing="portrait")])
    seen = coverage(shown, NOBODY)
    assert [each.image.path.stem for each in seen.unknown] == ["unknown"]
    assert sum(each.exposures for each in seen.cells) == 1


def test_an_empty_cell_is_unknown_until_the_base_was_probed_and_then_free():
    shown = showings([image("front", **FRONT)])
    assert coverage(shown, NOBODY).cell("full body", "from side").standing == "unknown"
    probed = {("framing", "full body"): True, ("angle", "from side"): True, ("angle", "from behind"): False}
    seen = coverage(shown, NOBODY, probed=probed)
    assert seen.cell("full body", "from side").standing == "free"
    assert seen.cell("full body", "from behind").standing == "unknown"


def test_only_what_is_wanted_and_empty_is_a_gap():
    seen = coverage(showings([image("front", **FRONT)]), wanting(("angle", "from behind"), ("angle", "front view")))
    assert {(cell.row, cell.column) for cell in seen.gaps} == {(framing, "from behind") for framing in FRAMINGS}
    back = showings([image("back", framing="portrait", angle="from behind")])
    assert coverage(back, wanting(("angle", "from behind"))).gaps == ()


def test_two_wanted_words_that_cross_want_their_cell():
    shown = showings([image("a", framing="full body", angle="front view"),
                      image("b", framing="portrait", angle="from behind")])
    seen = coverage(shown, wanting(("framing", "full body"), ("angle", "from behind")))
    assert [(cell.row, cell.column) for cell in seen.gaps] == [("full body", "from behind")]
    assert [shot.text for shot in gap_shots("Mira", seen)] == ["back view, full body, plain background"]


def test_one_picture_fills_a_whole_row_or_column():
    seen = coverage(showings([image("front", **FRONT)]), wanting(("angle", "from behind"), ("framing", "cowboy shot")))
    texts = [shot.text for shot in gap_shots("Mira", seen)]
    assert "back view, plain background" in texts and "cowboy shot, plain background" in texts and len(texts) <= 3


def test_the_bars_of_what_is_known_come_to_a_whole():
    above = image("above", camera="from above", repeats=2)
    shown = showings([*several(3, "level", camera="level"), above, image("none")])
    bars, unknown = spread(shown, wanting(("camera", "from below")), "camera")
    assert [bar.word for bar in bars] == list(CAMERAS) and sum(bar.share for bar in bars) == pytest.approx(1)
    assert [(bar.exposures, bar.standing) for bar in bars] == [(3, "taught"), (2, "taught"), (0, "gap")]
    assert [each.image.path.stem for each in unknown] == ["none"]


def test_free_words_stand_behind_the_usual_ones():
    shown = showings([image("a", outfit="cloak"), image("b", outfit="kimono"), image("c", outfit="dress")])
    bars, _ = spread(shown, wanting(("outfit", "swimsuit")), "outfit")
    assert [bar.word for bar in bars] == ["swimsuit", "dress", "kimono", "cloak"]


def test_a_set_of_which_nothing_is_known_has_bars_too():
    bars, unknown = spread(showings(several(2)), NOBODY, "framing")
    assert sum(bar.share for bar in bars) == 0 and len(unknown) == 2


def test_it_is_told_who_said_a_word():
    [shown] = showings([image("one", "front view", "standing", framing="portrait")])
    assert (origin(shown, "framing"), origin(shown, "angle"), origin(shown, "stance")) == ("hand", "caption", None)
