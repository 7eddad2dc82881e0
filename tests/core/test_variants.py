from dataclasses import replace

import pytest

from studio.core.caption import split_caption
from studio.core.recipe import Recipe
from studio.core.schedule import Sample
from studio.core.variants import DROPPED_VERSIONS, caption_of, captions_of

CAPTION = "safe, 1girl, mira, hat, red dress, smile, standing, front view. She holds a bag, a cup. It rains."
FOUR = Recipe(caption_variants=4)
DROPPING = Recipe(tag_dropout=0.5)
SENTENCES = ". She holds a bag, a cup. It rains."
TRIGGERS = ("mira",)


def shown(recipe, caption=CAPTION, triggers=TRIGGERS, image="a", epochs=40):
    """What an image's exposures show, in order."""
    samples = (Sample(image, repeat, epoch) for epoch in range(1, epochs + 1) for repeat in range(2))
    return [caption_of(recipe, caption, triggers, sample) for sample in samples]


def test_one_variant_is_the_caption_to_the_letter():
    odd = "mira,1girl ,  smile"
    assert set(shown(Recipe(), odd)) == {odd} == set(captions_of(Recipe(), odd, TRIGGERS, "a"))


def test_several_variants_are_orders_of_the_same_tags_and_the_first_is_as_written():
    found = captions_of(FOUR, CAPTION, TRIGGERS, "a")
    assert found[0] == CAPTION and len(found) == len(set(found)) == 4
    assert {tuple(sorted(split_caption(each)[0])) for each in found} == {tuple(sorted(split_caption(CAPTION)[0]))}


@pytest.mark.parametrize("recipe", [FOUR, DROPPING, replace(FOUR, tag_dropout=0.3)])
def test_exposures_show_exactly_what_was_to_be_encoded(recipe):
    assert set(shown(recipe, epochs=200)) == set(captions_of(recipe, CAPTION, TRIGGERS, "a"))


@pytest.mark.parametrize("recipe", [FOUR, DROPPING])
def test_what_calls_her_stays_first_and_sentences_stay_whole_and_last(recipe):
    for caption in captions_of(recipe, CAPTION, TRIGGERS, "a"):
        assert caption.startswith("safe, 1girl, mira")
        assert caption.endswith(SENTENCES) or recipe.tag_dropout and "She" not in caption


def test_tag_dropout_leaves_the_sentences_out_as_one_and_in_its_share():
    told = [caption.endswith(SENTENCES) for image in "abcdefgh"
            for caption in captions_of(Recipe(tag_dropout=0.3, caption_variants=64), CAPTION, TRIGGERS, image)]
    assert 0.64 < sum(told) / len(told) < 0.76


@pytest.mark.parametrize(
    ("caption", "triggers", "fixed"),
    [
        ("2girls, mira, kai, hat, bag, cup", ("mira", "kai"), "2girls, mira, kai, "),
        ("2girls, mira, kai, hat, bag, cup", ("kai", "mira"), "2girls, mira, kai, "),
        ("Mira, 1girl, safe, hat, bag, cup", ("mira",), "Mira, 1girl, safe, "),
        ("masterpiece, 1girl, hat, bag, cup", ("mira",), "masterpiece, 1girl, "),
        ("hat, mira, bag, cup, 1girl, x", ("mira",), "hat, mira, "),
        ("hat, bag, cup, x", ("mira",), ""),
    ],
)
def test_tags_keep_their_place_up_to_the_last_trigger_and_its_counts(caption, triggers, fixed):
    found = captions_of(Recipe(caption_variants=16), caption, triggers, "a")
    loose = split_caption(caption.removeprefix(fixed))[0]
    assert all(each.startswith(fixed) for each in found)
    assert {each.removeprefix(fixed).split(",")[0] for each in found} == set(loose)


def test_the_same_exposure_shows_the_same_words_and_others_vary():
    assert shown(FOUR) == shown(FOUR)
    assert shown(FOUR) != shown(replace(FOUR, seed=1)) and shown(FOUR) != shown(FOUR, image="b")


def test_images_and_seeds_have_orders_of_their_own():
    one, other, third = (captions_of(recipe, CAPTION, TRIGGERS, image)
                         for recipe, image in ((FOUR, "a"), (FOUR, "b"), (replace(FOUR, seed=1), "a")))
    assert one[1:] != other[1:] and one[1:] != third[1:]


def test_an_order_says_nothing_of_how_many_variants_there_are():
    more = captions_of(replace(FOUR, caption_variants=8), CAPTION, TRIGGERS, "a")
    assert more[:4] == captions_of(FOUR, CAPTION, TRIGGERS, "a")


def test_tag_dropout_leaves_out_its_share_and_only_loose_tags():
    recipe = Recipe(tag_dropout=0.3)
    many = "1girl, mira, " + ", ".join(f"tag{number}" for number in range(200))
    kept = [len(split_caption(each)[0]) - 2 for each in captions_of(recipe, many, TRIGGERS, "a")]
    assert len(kept) == DROPPED_VERSIONS
    assert 0.66 < sum(kept) / (200 * DROPPED_VERSIONS) < 0.74


def test_without_variants_tags_that_are_kept_stay_in_order():
    for caption in captions_of(DROPPING, CAPTION, TRIGGERS, "a"):
        places = [split_caption(CAPTION)[0].index(tag) for tag in split_caption(caption)[0]]
        assert places == sorted(places)


@pytest.mark.parametrize("caption", ["", "mira", "1girl, mira", "Only a sentence stands here, with a comma."])
def test_a_caption_with_nothing_to_move_stays_as_it_is(caption):
    assert set(captions_of(replace(FOUR, tag_dropout=0.5), caption, TRIGGERS, "a")) == {caption}
