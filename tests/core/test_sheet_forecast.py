"""How long a sheet takes."""

import pytest

from studio.core.events import CellReady, Started
from studio.core.recipe import Recipe
from studio.core.sheet_forecast import PictureRate, looks, measured_rate, preview_rate, render_seconds
from studio.core.spec import RenderSpec
from studio.core.speed import ASSUMED, Speed

SPEC = RenderSpec(steps=8, cfg=1.0, width=1000, height=1000)
SPECS = {key: SPEC for key in "abcdef"}


def ready(key, time, attempt=1, **facts):
    return CellReady(key, "x.png", 0, 0, facts, time=time, attempt=attempt)


def test_a_negative_that_takes_part_costs_as_much_again():
    assert looks(SPEC) == 8 and looks(RenderSpec(steps=8, cfg=4.0, width=1000, height=500)) == 8


def test_each_base_is_loaded_once():
    specs = [SPEC, SPEC, RenderSpec(steps=8, cfg=1.0, width=1000, height=1000, base="other")]
    assert render_seconds(specs, PictureRate(0.5, 10.0, True, "")) == 3 * 8 * 0.5 + 2 * 10


def test_the_last_attempt_that_rendered_tells_the_speed_and_the_load():
    told = [Started("1", "sheet", 6, {"device": "cuda"}, time=0.0), ready("a", 24.0, device="cuda"),
            *(ready(key, 24.0 + 4 * place, device="cuda") for place, key in enumerate("bcdef", 1)),
            Started("1", "sheet", 6, {}, time=99.0, attempt=2), ready("a", 99.0, 2), ready("b", 99.0, 2)]
    rate = measured_rate(told, SPECS, "0001")
    assert (rate.look_s, rate.load_s) == (0.5, 20.0) and rate.source == "as measured in sheet 0001 on cuda"


def test_pictures_that_were_there_already_tell_nothing():
    told = [Started("1", "sheet", 6, {}), *(ready(key, 0.1) for key in "abcdef")]
    assert measured_rate(told, SPECS, "0001") is None


def test_before_the_first_sheet_previews_tell_the_speed():
    recipe = Recipe(preview_steps=10, preview_cfg=1.0, preview_width=1000, preview_height=1000)
    rate = preview_rate((Speed(recipe, 1.0, "as measured", preview_s=5.0), ASSUMED))
    assert rate == PictureRate(0.5, ASSUMED.load_s, True, "as measured")
    assumed = preview_rate((ASSUMED,))
    assert not assumed.measured
    assert assumed.look_s * looks(RenderSpec(width=832, height=1216)) == pytest.approx(ASSUMED.preview_s)
