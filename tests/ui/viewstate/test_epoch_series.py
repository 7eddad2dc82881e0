"""What there is to scrub through: sheets whose axes name epochs, and previews."""

from pathlib import Path

from studio.core.axes import BASE, EPOCH, Axis
from studio.core.events import PreviewReady
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from ui.viewstate.epoch_series import PREVIEWS, Series, chosen, ordered, series_of_previews, series_of_sheet

HERE = Path("sheets") / "0001"


def sheet(*axes: Axis, rows: tuple[Axis, ...] = (Axis(EPOCH, (BASE, 10, 20)),)) -> Sheet:
    return Sheet("A sheet", rows, axes, RenderSpec(prompt="1girl, {pose}", width=832, height=1216),
                 words=(("pose", "standing"),), epochs=((10, "a" * 64), (20, "b" * 64)))


def series(of: Sheet, missing: int = 0, run: str = "r") -> Series | None:
    keys = [cell.key for cell in of.expand()]
    return series_of_sheet(run, "0001", HERE, of, frozenset(keys[missing:]), HERE / "cells", {10: Path("e010")})


def test_each_prompt_and_seed_of_a_sheet_is_a_look_with_a_picture_of_each_epoch() -> None:
    found = series(sheet(Axis("pose", ("sitting", "running")), Axis("seed", (1, 2))))
    assert found.epochs == (BASE, 10, 20) and found.size == (832, 1216) and found.title == "A sheet"
    assert [(each.name, each.seed) for each in found.looks] == [
        ("sitting", 1), ("sitting", 2), ("running", 1), ("running", 2)]
    assert found.looks[2].prompt == "1girl, running" and len(found.shots) == 12
    shot = found.shot(found.looks[3], 20)
    assert shot.path == HERE / "cells" / f"{shot.cell.key}.png" and shot.cell.spec.loras == (("b" * 64, 1.0),)


def test_epochs_may_stand_in_columns_and_what_is_not_drawn_is_no_shot() -> None:
    found = series(sheet(Axis(EPOCH, (20, 10, BASE)), rows=(Axis("seed", (1, 2)),)), missing=1)
    assert found.epochs == (BASE, 10, 20) and found.shot(found.looks[0], 20) is None and len(found.shots) == 5
    assert series(sheet(Axis("seed", (1, 2)), rows=(Axis("cfg", (1.0, 4.0)),))) is None


def test_previews_are_a_series_whose_marks_stay_with_their_picture() -> None:
    drawn = [PreviewReady(epoch, f"1girl, {words}", 42, f"previews/{epoch}-{words}.png")
             for epoch in (0, 1, 2) for words in ("sitting", "running")]
    drawn.append(PreviewReady(2, "1girl, sitting", 42, "previews/within.png", step=15))
    found = series_of_previews("0001-mira", Path("run"), drawn, (512, 768), {})
    assert (found.id, found.epochs, [each.name for each in found.looks]) == (PREVIEWS, (BASE, 1, 2),
                                                                             ["sitting", "running"])
    keys = {shot.cell.key for shot in found.shots.values()}
    again = series_of_previews("0001-mira", Path("run"), drawn[::-1], (512, 768), {})
    assert len(keys) == 6 and {shot.cell.key for shot in again.shots.values()} == keys
    assert series_of_previews("0001-mira", Path("run"), [], (512, 768), {}) is None


def test_the_same_look_is_found_in_another_run_and_the_epoch_or_the_one_before() -> None:
    one, other = series(sheet(Axis("seed", (1, 2)))), series(sheet(Axis("seed", (2, 3))), run="s")
    assert other.same(one.looks[1]) == other.looks[0] and other.same(one.looks[0]) is None
    assert one.nearest(one.looks[0], 15) == 10 and one.nearest(one.looks[0], 20) == 20
    assert one.nearest(one.looks[0], 5) is None and one.nearest(one.looks[0], BASE) == BASE


def test_a_sheet_with_pictures_is_chosen_before_previews() -> None:
    drawn = series_of_previews("r", Path("run"), [PreviewReady(1, "a", 1, "b.png")], (8, 8), {})
    full, empty = series(sheet(Axis("seed", (1,)))), series(sheet(Axis("seed", (1,))), missing=3)
    assert chosen((drawn, full), "r", "") == full and chosen((drawn, empty), "r", "") in (drawn, empty)
    assert chosen((drawn, full), "r", PREVIEWS) == drawn and chosen((drawn,), "other", "") is None


def test_the_base_comes_before_all_epochs() -> None:
    assert ordered([20, BASE, 3]) == (BASE, 3, 20)
