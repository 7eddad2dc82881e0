import dataclasses
from pathlib import Path

import pytest

from studio.core.dataset import ImageItem, dataset_of, from_json, require_captions, to_json
from studio.core.errors import UserError
from studio.core.project import Character

MIRA = Character("Mira", "mira", repeats=3)
KAI = Character("Kai", "kaix")
IMAGES = tuple(
    ImageItem(f"{number:016x}", Path("images", f"{number}.png"), 512, 640, whose, f"1girl, {number}")
    for number, whose in enumerate(("Mira", "Mira", "Mira", "Kai"))
)
DATASET = dataset_of((MIRA, KAI), IMAGES)


def test_a_dataset_survives_its_file():
    assert from_json(to_json(DATASET)) == DATASET


def test_the_digest_does_not_depend_on_how_images_were_found_or_called():
    renamed = [dataclasses.replace(image, path=Path("images/new") / image.path.name) for image in reversed(IMAGES)]
    assert dataset_of((MIRA, KAI), renamed).digest == DATASET.digest


@pytest.mark.parametrize(
    "changed",
    [
        dataset_of((MIRA, KAI), IMAGES[:3]),
        dataset_of((dataclasses.replace(MIRA, repeats=4), KAI), IMAGES),
        dataset_of((dataclasses.replace(MIRA, trigger="mirax"), KAI), IMAGES),
        dataset_of((MIRA, KAI), (dataclasses.replace(IMAGES[0], caption="else"), *IMAGES[1:])),
        dataset_of((MIRA, KAI), (dataclasses.replace(IMAGES[0], id="f" * 16), *IMAGES[1:])),
    ],
)
def test_the_digest_changes_with_all_that_training_sees(changed):
    assert changed.digest != DATASET.digest


def test_only_characters_that_are_shown_are_part_of_it():
    assert dataset_of((MIRA, KAI), IMAGES[:3]).characters == (MIRA,)


def test_a_frozen_dataset_that_was_changed_is_refused():
    with pytest.raises(UserError, match=r"dataset\.json was changed"):
        from_json(to_json(DATASET).replace("1girl, 2", "1girl, 9"))


@pytest.mark.parametrize("caption", [None, "", "  \n"])
def test_an_image_without_a_caption_is_named(caption):
    dataset = dataset_of((MIRA, KAI), (dataclasses.replace(IMAGES[1], caption=caption), IMAGES[0]))
    with pytest.raises(UserError, match=r"No caption for images/1\.png"):
        require_captions(dataset)


def test_of_many_images_without_a_caption_some_are_named_and_the_rest_counted():
    bare = [dataclasses.replace(IMAGES[0], id=f"{number:016x}", caption=None) for number in range(8)]
    with pytest.raises(UserError, match="and 3 more"):
        require_captions(dataset_of((MIRA,), bare))


def test_a_dataset_without_images_is_refused():
    with pytest.raises(UserError, match="no image to train on"):
        require_captions(dataset_of((MIRA,), ()))


def test_a_captioned_dataset_passes():
    require_captions(DATASET)
