from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.dataset import ImageItem, dataset_of
from studio.core.errors import UserError
from studio.core.preflight import require_ready
from studio.core.project import Character, Group
from studio.core.recipe import Recipe

MIRA, KAI = Character("Mira", "mira"), Character("Kai", "kaix", asymmetric=True)
PAIR = Group(("Mira", "Kai"))


def image(number, *names, caption):
    return ImageItem(f"{number:016x}", Path("images", f"{number}.png"), 512, 640, names, caption)


GOOD = (
    image(1, "Mira", caption="1girl, mira, smile"),
    image(2, "Kai", caption="1girl, kaix"),
    image(3, "Mira", "Kai", caption="2girls, mira, kaix. Mira holds Kaix."),
)


def check(*images, characters=(MIRA, KAI), **settings):
    require_ready(dataset_of(characters, images or GOOD, (PAIR,)), Recipe(**settings))


def refusal(*images, **more):
    with pytest.raises(UserError) as caught:
        check(*images, **more)
    return str(caught.value)


def test_images_that_call_whom_they_show_pass():
    check()


def test_an_image_that_calls_nobody_passes():
    check(image(1, "Mira", caption="1girl, smile"), *GOOD[1:])


@pytest.mark.parametrize("caption", [None, "", "  \n"])
def test_an_image_without_a_caption_is_named(caption):
    assert "No caption for images/2.png" in refusal(GOOD[0], image(2, "Kai", caption=caption))


def test_of_many_images_without_a_caption_some_are_named_and_the_rest_counted():
    assert "and 3 more" in refusal(*(image(number, "Mira", caption=None) for number in range(8)))


def test_a_dataset_without_images_is_refused():
    with pytest.raises(UserError, match="no image to train on"):
        require_ready(dataset_of((MIRA,), ()), Recipe())


@pytest.mark.parametrize("caption", ["1girl, mira, kaix", "1girl, mira. She looks like KAIX, or nearly."])
def test_a_caption_that_calls_somebody_else_is_named(caption):
    said = refusal(GOOD[1], image(7, "Mira", caption=caption))
    assert "'kaix' calls Kai" in said and "images/7.png" in said and "images/2.png" not in said


@pytest.mark.parametrize(("caption", "missing"), [("2girls, mira", "kaix"), ("2girls, kaix", "mira")])
def test_a_pair_whose_caption_leaves_one_out_is_named(caption, missing):
    said = refusal(*GOOD[:2], image(9, "Mira", "Kai", caption=caption))
    assert f"'{missing}'" in said and "is missing" in said and "images/9.png" in said


def test_triggers_that_share_a_word_are_refused_though_the_project_was_edited_by_hand():
    said = refusal(GOOD[0], image(2, "Kai", caption="mira sol"), characters=(MIRA, replace(KAI, trigger="Mira Sol")))
    assert "Mira ('mira')" in said and "Kai ('Mira Sol')" in said and "share a word" in said


def test_flips_are_refused_for_whom_they_would_change_and_she_is_named():
    said = refusal(flip=True)
    assert "Kai would come out mirrored" in said and "flip=no" in said


def test_flips_of_symmetric_characters_pass():
    check(characters=(MIRA, replace(KAI, asymmetric=False)), flip=True)


def test_flips_of_the_symmetric_one_alone_pass():
    check(GOOD[0], flip=True)
