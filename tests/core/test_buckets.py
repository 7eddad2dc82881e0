import pytest

from studio.core.buckets import Bucket, bucket_of, buckets, is_upscaled, upscale
from studio.core.errors import UserError
from studio.core.recipe import Recipe, load_recipe

RECIPES = [load_recipe("official"), load_recipe("practice"), Recipe(resolution=512, bucket_step=32)]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: f"{recipe.resolution}")
def test_every_bucket_keeps_the_grid_the_area_and_the_shape(recipe):
    for bucket in buckets(recipe):
        assert bucket.width % recipe.bucket_step == bucket.height % recipe.bucket_step == 0
        assert abs(bucket.area / recipe.resolution**2 - 1) <= recipe.area_band
        assert recipe.min_aspect <= bucket.aspect <= recipe.max_aspect


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: f"{recipe.resolution}")
def test_buckets_come_in_both_orientations(recipe):
    found = set(buckets(recipe))
    assert {Bucket(each.height, each.width) for each in found} == found


def test_the_practice_recipe_spans_128_to_160():
    found = buckets(load_recipe("practice"))
    assert {Bucket(128, 128), Bucket(144, 144), Bucket(160, 160), Bucket(128, 160)} <= set(found)
    assert not {Bucket(112, 112), Bucket(176, 176)} & set(found)


@pytest.mark.parametrize(
    ("size", "bucket"),
    [
        ((1024, 1024), Bucket(1024, 1024)),
        ((4000, 4000), Bucket(1024, 1024)),
        ((832, 1216), Bucket(832, 1216)),
        ((1664, 2432), Bucket(832, 1216)),
        ((1216, 832), Bucket(1216, 832)),
        ((10, 1000), Bucket(704, 1408)),
    ],
)
def test_a_picture_goes_where_its_shape_is(size, bucket):
    assert bucket_of(*size, Recipe()) == bucket


@pytest.mark.parametrize(("side", "bucket"), [(1024, 144), (144, 144), (128, 128), (60, 128)])
def test_of_one_shape_the_recipes_area_is_taken_unless_the_picture_is_smaller(side, bucket):
    assert bucket_of(side, side, load_recipe("practice")) == Bucket(bucket, bucket)


def test_upscaling_is_the_factor_that_covers_the_bucket():
    assert upscale((495, 495), Bucket(1024, 1024)) == pytest.approx(2.0687, abs=1e-4)
    assert upscale((2048, 1024), Bucket(1024, 1024)) == 1.0
    assert upscale((2048, 2048), Bucket(1024, 1024)) == 0.5


@pytest.mark.parametrize(("side", "told"), [(495, True), (970, True), (1000, False), (2000, False)])
def test_only_an_enlargement_that_shows_is_told(side, told):
    assert is_upscaled((side, side), Bucket(1024, 1024)) is told


def test_settings_that_leave_no_bucket_are_refused_with_a_remedy():
    with pytest.raises(UserError, match="no bucket has an area near 100 x 100. Make bucket_step smaller"):
        buckets(Recipe(resolution=100, bucket_step=64))
