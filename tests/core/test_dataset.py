import dataclasses
from pathlib import Path

import pytest

from studio.core.dataset import Dataset, ImageItem, dataset_of, from_json, shown_an_epoch, to_json
from studio.core.errors import UserError
from studio.core.project import Character, Group

MIRA = Character("Mira", "mira", repeats=3)
KAI = Character("Kai", "kaix")
IMAGES = tuple(
    ImageItem(f"{number:016x}", Path("images", f"{number}.png"), 512, 640, (whose,), f"1girl, {number}")
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


@pytest.mark.parametrize(
    ("there", "instead"),
    [('"width": 512', '"width": "wide"'), ('"images"', '"imagse"'), ('"repeats": 3', '"repeats": 0'), ("{", "[")],
)
def test_a_frozen_dataset_that_was_damaged_is_refused_by_name(there, instead):
    with pytest.raises(UserError, match=r"runs/1/dataset\.json"):
        from_json(to_json(DATASET).replace(there, instead), "runs/1/dataset.json")


OLD = """{
 "characters": [{"name": "Mira", "trigger": "mira", "repeats": 3}],
 "images": [{"id": "00", "path": "images/Mira/0.png", "width": 512, "height": 640, "character": "Mira",
             "caption": "1girl, mira"}],
 "digest": "DIGEST"
}"""
OLD_DIGEST = "fc17a221bdfd93de"


def test_a_dataset_from_before_groups_still_loads_and_keeps_its_digest():
    found = from_json(OLD.replace("DIGEST", OLD_DIGEST))
    assert found.images[0].characters == ("Mira",) and found.groups == ()
    assert found.characters == (Character("Mira", "mira", 3),)


def both(repeats: int = 5, **changes: object) -> Dataset:
    """The dataset with an image of the two together."""
    pair = ImageItem("f" * 16, Path("images/Mira+Kai/p.png"), 512, 512, ("Mira", "Kai"), "2girls, mira, kaix")
    images = (*IMAGES, dataclasses.replace(pair, **changes))
    return dataset_of((MIRA, KAI), images, (Group(("Mira", "Kai"), repeats),))


def test_a_dataset_with_a_pair_survives_its_file():
    assert from_json(to_json(both())) == both()
    assert '"characters": [\n    "Mira",\n    "Kai"\n   ]' in to_json(both())


def test_an_image_of_a_pair_has_the_repeats_of_the_pair():
    assert [both().repeats_of(image) for image in both().images] == [3, 3, 3, 1, 5]


def test_an_image_of_a_pair_calls_both():
    assert both().triggers_of(both().images[-1]) == ("mira", "kaix")
    assert both().triggers == ("mira", "kaix")


def test_who_is_in_a_picture_and_how_often_decides_the_digest():
    assert len({DATASET.digest, both().digest, both(6).digest, both(characters=("Mira",)).digest}) == 4


def test_a_mark_of_asymmetry_is_kept_and_changes_no_digest():
    marked = dataset_of((MIRA, dataclasses.replace(KAI, asymmetric=True)), IMAGES)
    assert marked.digest == DATASET.digest
    assert from_json(to_json(marked)).characters[1].asymmetric


def test_only_groups_that_are_shown_are_part_of_it():
    assert dataset_of((MIRA, KAI), IMAGES, (Group(("Mira", "Kai"), 2),)).groups == ()


def test_the_exposures_of_an_epoch_are_shared_out_by_who_is_shown():
    assert shown_an_epoch(both()) == {"Mira": 9, "Kai": 1, "Mira+Kai": 5}
