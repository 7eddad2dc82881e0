"""The drawn world: labels say what is seen, sets have their shape, drawing looks alike at every size."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from studio.miniature import world
from studio.miniature.world import MIRA, SUZU, Figure, Scene, Shot

FRONT = Shot("smile", "standing", "front view", "right", "level", "full body", "pink")
DRAWN = 20_000


def _scene(figure: Figure = MIRA, **changes: str | float) -> Scene:
    return Scene(figure, replace(FRONT, **changes))  # type: ignore[arg-type]


def _pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=np.float32)


def _scenes(sample: object, count: int) -> list[Scene]:
    rng = random.Random(7)
    return [sample(rng) for _ in range(count)]  # type: ignore[operator]


@pytest.fixture(scope="module")
def base() -> list[Scene]:
    return _scenes(world.sample_base, DRAWN)


@pytest.fixture(scope="module")
def whole() -> list[Scene]:
    return _scenes(world.sample_world, DRAWN)


def test_the_same_seed_draws_the_same_pictures_and_captions() -> None:
    first, again = ((world.sample_world(rng), world.base_caption(world.sample_world(rng), rng))
                    for rng in (random.Random(3), random.Random(3)))
    assert first == again
    assert world.draw(first[0], 128, 128).tobytes() == world.draw(again[0], 128, 128).tobytes()


@pytest.mark.parametrize("size", [(64, 64), (128, 128), (112, 144), (144, 112), (104, 152), (2048, 2048)])
def test_a_picture_has_the_size_and_mode_asked_for(size: tuple[int, int]) -> None:
    picture = world.draw(_scene(), *size)
    assert (picture.size, picture.mode) == (size, "RGB")


@pytest.mark.parametrize("seed", range(6))
def test_a_large_picture_made_small_looks_like_a_small_one(seed: int) -> None:
    scene = world.sample_world(random.Random(seed))
    large = world.draw(scene, 640, 640).reduce(5)
    assert np.abs(_pixels(large) - _pixels(world.draw(scene, 128, 128))).mean() < 2.5


@pytest.mark.parametrize("size", [(128, 128), (96, 144), (144, 96)])
@pytest.mark.parametrize("camera", world.CAMERAS)
def test_a_full_figure_fits_into_the_picture(size: tuple[int, int], camera: str) -> None:
    for angle in world.ANGLES:
        left, top, right, bottom = world.figure_mask(_scene(SUZU, angle=angle, camera=camera), *size).getbbox()
        assert left > 0 and top > 0 and right < size[0] and bottom < size[1]
        assert bottom - top > 0.55 * size[1]


def test_the_mask_covers_all_that_differs_from_an_empty_room() -> None:
    scene = _scene()
    other = _scene(replace(MIRA, hair="red", outfit="red dress"))
    changed = np.abs(_pixels(world.draw(scene, 128, 128)) - _pixels(world.draw(other, 128, 128))).sum(2) > 60
    mask = _pixels(world.figure_mask(scene, 128, 128)) + _pixels(world.figure_mask(other, 128, 128))
    assert changed.any() and (mask[changed] > 0).all()


@pytest.mark.parametrize("angle", ["front view", "three-quarter view", "from side"])
def test_the_face_mask_covers_what_another_expression_and_other_eyes_change(angle: str) -> None:
    scene = _scene(MIRA, angle=angle)
    other = _scene(replace(MIRA, eyes="red"), angle=angle, expression="open mouth")
    changed = np.abs(_pixels(world.draw(scene, 128, 128)) - _pixels(world.draw(other, 128, 128))).sum(2) > 60
    mask = _pixels(world.face_mask(scene, 128, 128))
    assert changed.any() and (mask[changed] > 0).mean() > 0.97
    assert (mask > 0).mean() < 0.3


def test_from_behind_there_is_no_face() -> None:
    assert world.face_mask(_scene(angle="from behind"), 128, 128).getbbox() is None


VARIED = [("figure", "hair", "red"), ("figure", "eyes", "red"), ("figure", "hairstyle", "twintails"),
          ("figure", "bangs", "parted bangs"), ("figure", "ribbon", None), ("figure", "ahoge", True),
          ("figure", "intakes", False), ("figure", "outfit", "red dress"), ("shot", "expression", "frown"),
          ("shot", "pose", "walking"), ("shot", "angle", "three-quarter view"), ("shot", "camera", "from below"),
          ("shot", "framing", "upper body"), ("shot", "background", "green")]


@pytest.mark.parametrize(("part", "trait", "value"), VARIED, ids=[trait for _, trait, _ in VARIED])
def test_each_trait_changes_the_picture(part: str, trait: str, value: object) -> None:
    scene = _scene()
    other = replace(scene, **{part: replace(getattr(scene, part), **{trait: value})})
    difference = np.abs(_pixels(world.draw(scene, 128, 128)) - _pixels(world.draw(other, 128, 128))).sum(2)
    assert (difference > 60).sum() > 25


@pytest.mark.parametrize("angle", ["front view", "three-quarter view", "from side"])
@pytest.mark.parametrize("framing", world.FRAMINGS)
def test_hair_intakes_cover_a_good_part_of_the_head(angle: str, framing: str) -> None:
    with_them = world.draw(_scene(angle=angle, framing=framing), 128, 128)
    without = world.draw(_scene(replace(MIRA, intakes=False), angle=angle, framing=framing), 128, 128)
    assert (np.abs(_pixels(with_them) - _pixels(without)).sum(2) > 60).sum() > 80


def test_what_a_label_hides_does_not_change_the_picture() -> None:
    behind = [_scene(replace(MIRA, eyes=eyes, bangs=bangs, intakes=intakes), angle="from behind", expression=expression)
              for eyes, bangs, intakes, expression in zip(world.EYES, world.BANGS, (True, False, True),
                                                          world.EXPRESSIONS, strict=False)]
    assert len({world.draw(scene, 64, 64).tobytes() for scene in behind}) == 1
    asleep = [_scene(replace(MIRA, eyes=eyes), expression="closed eyes") for eyes in world.EYES]
    assert len({world.draw(scene, 64, 64).tobytes() for scene in asleep}) == 1


def test_from_behind_only_the_back_is_labelled() -> None:
    found = world.tags(_scene(angle="from behind"))
    assert {"blonde hair", "hair ribbon", "blue ribbon", "from behind"} <= set(found)
    assert not {"hair intakes", "blue eyes", "blunt bangs", "smile", "sailor collar"} & set(found)


def test_closed_eyes_have_no_colour() -> None:
    assert not any(tag in world.tags(_scene(expression="closed eyes")) for tag in ("blue eyes",))


@pytest.mark.parametrize("pose", world.POSES)
def test_a_pose_is_labelled_only_where_it_can_be_seen(pose: str) -> None:
    assert pose in world.tags(_scene(pose=pose))
    assert (pose in world.tags(_scene(pose=pose, framing="portrait"))) == (pose == "arms up")


def test_every_tag_of_the_vocabulary_occurs_and_no_other(whole: list[Scene]) -> None:
    assert len(set(world.TAGS)) == len(world.TAGS)
    assert {tag for scene in whole for tag in world.tags(scene)} == set(world.TAGS)


def test_tags_keep_the_order_of_the_vocabulary(whole: list[Scene]) -> None:
    place = {tag: i for i, tag in enumerate(world.TAGS)}
    for scene in whole[:500]:
        order = [place[tag] for tag in world.tags(scene)]
        assert order == sorted(set(order))


def test_the_base_set_never_has_hair_intakes(base: list[Scene]) -> None:
    assert not any(scene.figure.intakes for scene in base)


def test_the_base_set_has_a_favourite_angle_and_hardly_looks_up(base: list[Scene]) -> None:
    angles, cameras = (Counter(getattr(scene.shot, trait) for scene in base) for trait in ("angle", "camera"))
    assert 0.53 < angles["three-quarter view"] / DRAWN < 0.57
    assert 0.0 < cameras["from below"] / DRAWN < 0.01
    assert 0.10 < cameras["from above"] / DRAWN < 0.14


def test_the_whole_world_knows_every_trait_about_equally(whole: list[Scene]) -> None:
    cameras = Counter(scene.shot.camera for scene in whole)
    assert min(cameras.values()) > 0.31 * DRAWN
    assert 0.48 < sum(scene.figure.intakes for scene in whole) / DRAWN < 0.52


def test_traits_are_independent_of_each_other(base: list[Scene]) -> None:
    columns = [[getattr(scene.figure, trait) for scene in base] for trait in ("hair", "eyes", "hairstyle", "ribbon")]
    columns += [[getattr(scene.shot, trait) for scene in base] for trait in ("angle", "framing", "pose")]
    for i, first in enumerate(columns):
        for second in columns[:i]:
            assert _contingency(first, second) < 0.05


def _contingency(first: list[str], second: list[str]) -> float:
    """Cramér's V: 0 for independent columns, 1 for columns that decide each other."""
    ones, twos, pairs = Counter(first), Counter(second), Counter(zip(first, second, strict=True))
    expected = {(a, b): ones[a] * twos[b] / len(first) for a in ones for b in twos}
    chi2 = sum((pairs[key] - value) ** 2 / value for key, value in expected.items())
    return float((chi2 / len(first) / (min(len(ones), len(twos)) - 1)) ** 0.5)


def test_a_caption_keeps_the_order_of_its_sections() -> None:
    text = world.caption(_scene(), random.Random(0), name="mira", sentences=False)
    assert text.startswith("masterpiece, best quality, score_7, safe, 1girl, mira, blonde hair, blue eyes, long hair")
    assert text.split("1girl, mira, ")[1] == ", ".join(world.tags(_scene()))


def test_sentences_stand_after_the_tags() -> None:
    text = world.caption(_scene(), random.Random(0), name=None, sentences=True)
    words, _, sentences = text.partition(". ")
    assert words.endswith("pink background") and sentences.endswith(".")


def test_dropping_leaves_quality_and_name_alone() -> None:
    text = world.caption(_scene(), random.Random(0), name="mira", sentences=False, drop=1.0)
    assert text == "masterpiece, best quality, score_7, safe, 1girl, mira"


def test_base_captions_are_often_named_and_sometimes_told(base: list[Scene]) -> None:
    rng = random.Random(1)
    texts = [world.base_caption(scene, rng) for scene in base[:3000]]
    told = [text for text, scene in zip(texts, base, strict=False) if ". " in text]
    with_facts = [text for text, scene in zip(texts, base, strict=False) if any(f in text for f in world.facts(scene))]
    assert 0.30 < len(told) / 3000 < 0.37
    assert 0.38 < len(with_facts) / len(told) < 0.55
    known = set(world.TAGS)
    named = [text for text in texts if text.split("1girl, ")[-1].split(", ")[0].split(". ")[0] not in known]
    assert 0.42 < len(named) / 3000 < 0.56


def test_a_name_always_means_the_same_looks_and_mostly_stands_for_them(base: list[Scene]) -> None:
    rng = random.Random(2)
    cast = [scene for scene in base if world.cast_name(scene.figure)]
    owners = {world.cast_name(scene.figure): world.looks(scene.figure) for scene in cast}
    assert all(owners[world.cast_name(scene.figure)] == world.looks(scene.figure) for scene in cast)
    assert len(owners) == len(world.HAIR) * len(world.EYES) - 2 and len(cast) > 0.9 * len(base)
    told = [(world.cast_name(scene.figure), scene.figure, world.base_caption(scene, rng)) for scene in cast]
    silent = [f"{figure.hair} hair" not in text for name, figure, text in told if f", {name}" in text]
    assert 0.65 < sum(silent) / len(silent) < 0.85


@pytest.mark.parametrize("figure", [MIRA, SUZU])
def test_the_base_knows_nobody_who_looks_like_a_sample_character(figure: world.Figure) -> None:
    assert world.cast_name(figure) is None


def test_a_side_ponytail_changes_over_when_seen_from_behind() -> None:
    tail = replace(SUZU, hair="green", outfit="red dress", ahoge=False)
    for angle, side in (("front view", "right"), ("three-quarter view", "right"), ("from behind", "left")):
        for facing in world.SIDES:
            scene = _scene(tail, angle=angle, facing=facing)
            assert world.seen_side(scene) == side
            assert _heavier_side(scene) == side
            assert f"Her side ponytail is on the viewer's {side}." in world.facts(scene)


def _heavier_side(scene: Scene) -> str:
    """The side on which a ponytail widens the figure, compared with the same figure without one."""
    bare = replace(scene, figure=replace(scene.figure, hairstyle="double bun"))
    more = _pixels(world.figure_mask(scene, 128, 128)) - _pixels(world.figure_mask(bare, 128, 128))
    more = np.maximum(more[40:], 0)
    return "right" if more[:, 64:].sum() > more[:, :64].sum() else "left"
