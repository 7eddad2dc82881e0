"""What stands beside the recipe follows from one look, so that no two figures belong to different plans."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from studio.core.dataset import ImageItem
from studio.core.draft import Draft
from studio.core.project import Character, Project
from studio.core.recipe import load_recipe
from studio.core.record import Provenance, Record
from studio.core.run_diff import RunFacts
from studio.core.speed import ASSUMED
from ui.viewstate.outlook import Sight, look_ahead
from ui.widgets.exposure_bands import ExposureBands

OFFICIAL = load_recipe("official")
KEI = Project("Kei", (Character(name="Kei", trigger="keichan", repeats=4),), base="practice")


def pictures(count: int, who: tuple[str, ...] = ("Kei",), kind: str = "other generator") -> Iterable[Record]:
    for number in range(count):
        image = ImageItem(f"{who}{number}", Path(f"{number}.png"), 1024, 1024, who, f"keichan, smile, {number}")
        yield Record(image, provenance=Provenance(kind), repeats=4)


@pytest.fixture
def sight() -> Sight:
    draft = Draft(OFFICIAL, OFFICIAL).with_setting("epochs", 180)
    return Sight(draft, KEI, tuple(pictures(70)), (ASSUMED,), price_per_hour=1.0)


def test_exposures_steps_hours_and_price_agree(sight: Sight) -> None:
    seen = look_ahead(sight)
    assert (seen.told.exposures_per_image, seen.told.exposures, seen.told.steps) == (720, 50_400, 12_600)
    assert seen.told.hours == pytest.approx(10.29, abs=0.01) and seen.told.price == pytest.approx(
        seen.told.total_s / 3600)
    assert seen.why_not == ""


def test_rejected_pictures_and_characters_that_are_left_out_take_no_part(sight: Sight) -> None:
    two = replace(KEI, characters=(*KEI.characters, Character(name="Kana", trigger="kanachan", repeats=4)))
    rejected = (replace(each, rejected=True) for each in pictures(5))
    records = (*pictures(10), *rejected, *pictures(7, ("Kana",)), *pictures(3, ("Kei", "Kana")))
    both = replace(sight, project=two, records=records)
    assert len(look_ahead(replace(both, draft=replace(sight.draft, characters=("Kei",)))).dataset.images) == 10


def test_reports_depend_on_where_the_pictures_come_from(sight: Sight) -> None:
    own = replace(sight, records=tuple(pictures(70, kind="same base")))
    assert [each.hi for each in look_ahead(own).priors] == [80]
    late = replace(sight, draft=replace(sight.draft, late_feature=True))
    assert {(each.lo, each.hi) for each in look_ahead(late).priors} == {(480, 600), (600, 720), (600, 600)}


def test_the_word_of_a_person_goes_before_the_ledgers(sight: Sight) -> None:
    ledger = replace(sight, late=True)
    person = replace(ledger, draft=replace(sight.draft, late_feature=False))
    assert look_ahead(ledger).priors != look_ahead(person).priors


def test_without_a_base_or_a_picture_it_says_so(sight: Sight) -> None:
    assert "base" in look_ahead(replace(sight, project=replace(KEI, base=""))).why_not
    empty = look_ahead(replace(sight, records=()))
    assert "no image" in empty.why_not and empty.told.total_s == 0


def test_a_plan_is_compared_in_epochs_exposures_steps_and_hours_at_once(sight: Sight) -> None:
    """150 epochs of 53 pictures against 20 of 91: 7.5 times the epochs are 4.4 times the night."""
    before = look_ahead(replace(sight, records=tuple(pictures(91)), draft=sight.draft.with_setting("epochs", 20)))
    parent = RunFacts("0001-kei", "practice model", before.dataset, sight.draft.with_setting("epochs", 20).recipe)
    longer = replace(sight, records=tuple(pictures(53)), draft=sight.draft.with_setting("epochs", 150), parent=parent)
    times = look_ahead(longer).compared
    assert (times.epochs, times.exposures) == (7.5, 7.5)
    assert times.steps == pytest.approx(4.37, abs=0.01) == times.hours


def test_settings_that_leave_no_bucket_are_told_and_nothing_breaks(sight: Sight) -> None:
    half_typed = replace(sight, draft=sight.draft.with_setting("resolution", 102))
    seen = look_ahead(half_typed)
    assert "no bucket" in seen.why_not and seen.told.total_s == 0


def test_bands_show_each_report_and_how_many_agree(sight: Sight, application: QApplication) -> None:
    seen, bands = look_ahead(sight), ExposureBands()
    bands.show_plan(seen.told.exposures_per_image, seen.priors)
    assert bands.told == seen.priors and bands.remark.text().startswith("720 planned; 1 of")
    bands.show_plan(40, (), is_practice=True)
    assert bands.told == () and "practice model" in bands.remark.text()
