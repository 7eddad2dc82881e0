"""The sample sets obey the rules for captions and data sets, read from the files that ship."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.core import toml
from studio.miniature import samples, world, world_captions

SHIPPED = Path(__file__).parents[2] / "resources" / "samples"
SETS = {each.folder: each for each in samples.SETS}
NAMES = sorted(SETS)
CENSUS = {"mira": 32, "mira-posed": 32, "mira-plain": 32, "suzu": 28}
QUALITY = ["masterpiece", "best quality", "score_7", "safe"]
GENERAL = set(world.TAGS)
each_set = pytest.mark.parametrize("name", NAMES)


@cache
def captions(name: str) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted((SHIPPED / name).glob("*.txt"))}


@cache
def character(name: str) -> dict:
    return toml.load(SHIPPED / name / "character.toml")


def tags_of(caption: str) -> list[str]:
    return caption.partition(". ")[0].split(", ")


def sentences_of(caption: str) -> list[str]:
    return re.findall(r"[A-Z][^.]*\.", caption.partition(". ")[2])


def scenes(name: str) -> dict[str, world.Scene]:
    return {sample.stem: sample.scene for sample in samples.samples_of(SETS[name])}


@each_set
def test_every_picture_has_its_caption_and_no_caption_is_alone(name: str) -> None:
    pictures = {path.stem for path in (SHIPPED / name).glob("*.png")}
    assert pictures == set(captions(name))
    assert len(pictures) == CENSUS[name]


def test_the_sets_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) < 6_000_000


@each_set
def test_what_ships_is_what_the_code_writes(name: str) -> None:
    assert captions(name) == {sample.stem: sample.caption for sample in samples.samples_of(SETS[name])}
    table = toml.loads(toml.dumps(samples.character_table(SETS[name])))
    assert character(name) == table


@each_set
def test_what_ships_is_what_the_code_draws(name: str) -> None:
    for sample in samples.samples_of(SETS[name])[::9]:
        with Image.open(SHIPPED / name / f"{sample.stem}.png") as shipped:
            assert shipped.size == sample.size
            kept = np.asarray(shipped.convert("RGB"), dtype=float)
        assert np.abs(kept - np.asarray(world.draw(sample.scene, *sample.size))).mean() < 1.0


@pytest.mark.long
def test_all_that_ships_is_written_again_to_the_letter_and_the_pixel(tmp_path: Path) -> None:
    samples.write_samples(tmp_path)
    written, shipped = ({path.relative_to(top): path for path in top.rglob("*.*")} for top in (tmp_path, SHIPPED))
    assert written.keys() == shipped.keys()
    assert all(content_of(path) == content_of(written[name]) for name, path in shipped.items())


def content_of(path: Path) -> bytes:
    """A picture's pixels, as compressing them is another library's matter; any other file as it is."""
    return Image.open(path).convert("RGB").tobytes() if path.suffix == ".png" else path.read_bytes()


def test_drawing_a_set_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    few = replace(SETS["suzu"], shots=SETS["suzu"].shots[:2])
    for folder in ("one", "two"):
        samples.write_set(few, tmp_path / folder)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in ("one", "two"))
    assert one == two
    assert len(one) == 5


@each_set
def test_a_caption_runs_quality_safe_count_trigger_then_general_tags(name: str) -> None:
    for caption in captions(name).values():
        found = tags_of(caption)
        assert found[:6] == [*QUALITY, "1girl", character(name)["trigger"]]
        assert set(found[6:]) <= GENERAL
        assert len(set(found)) == len(found)


@each_set
def test_tags_are_lower_case_and_know_one_underscore_only(name: str) -> None:
    for caption in captions(name).values():
        words = caption.partition(". ")[0]
        assert words == words.lower()
        assert "_" not in caption.replace("score_7", "")
        assert not re.search(r"[()\\:@]", caption)


@each_set
def test_the_core_is_left_to_the_trigger(name: str) -> None:
    core = set(character(name)["traits"]["core"]) | {"hair intakes"}
    for caption in captions(name).values():
        assert not core & set(tags_of(caption))
        assert not any(trait in caption for trait in core)


@each_set
def test_structure_is_tagged_wherever_it_is_drawn_and_nowhere_else(name: str) -> None:
    structure = set(character(name)["traits"]["structure"])
    for stem, scene in scenes(name).items():
        assert structure & set(tags_of(captions(name)[stem])) == structure & set(world.tags(scene))


@each_set
def test_two_sentences_come_last(name: str) -> None:
    for caption in captions(name).values():
        told = sentences_of(caption)
        assert len(told) == 2 and told[0] != told[1]
        assert caption.endswith(". " + " ".join(told))


@each_set
def test_every_sentence_is_one_that_the_base_has_read(name: str) -> None:
    for stem, scene in scenes(name).items():
        known = {*world.facts(scene), *world.retold(scene).values()}
        assert set(sentences_of(captions(name)[stem])) <= known


@each_set
def test_sides_are_said_as_the_viewer_sees_them(name: str) -> None:
    for caption in captions(name).values():
        assert len(re.findall(r"\b(?:left|right)\b", caption)) == caption.count("viewer's ")


def test_the_side_of_a_ponytail_is_told_in_every_picture_that_shows_it() -> None:
    for stem, scene in scenes("suzu").items():
        said = re.search(r"ponytail is on the viewer's (\w+)", captions("suzu")[stem])
        assert (said is not None) == ("side" in world.visible(scene))
        assert said is None or said[1] == world.seen_side(scene)


@each_set
def test_standing_is_tagged_on_upright_turnarounds_only(name: str) -> None:
    for stem, scene in scenes(name).items():
        if "standing" in tags_of(captions(name)[stem]):
            assert (scene.shot.pose, scene.shot.framing, scene.shot.camera) == ("standing", "full body", "level")


@pytest.mark.parametrize("name", ["mira", "mira-plain", "suzu"])
def test_turnarounds_show_front_back_left_right_and_diagonal(name: str) -> None:
    upright = [scene for stem, scene in scenes(name).items() if "standing" in tags_of(captions(name)[stem])]
    assert {(scene.shot.angle, scene.shot.facing if scene.shot.angle == "from side" else "") for scene in upright} == {
        ("front view", ""), ("from behind", ""), ("from side", "left"), ("from side", "right"),
        ("three-quarter view", "")}
    assert len({scene.figure.outfit for scene in upright}) == 5
    assert len({scene.shot.expression for scene in upright}) >= 3


def test_the_posed_variant_differs_from_the_first_in_its_upright_bodies_only() -> None:
    pairs = list(zip(samples.samples_of(SETS["mira"]), samples.samples_of(SETS["mira-posed"]), strict=True))
    for one, other in pairs:
        shot = one.scene.shot
        upright = shot.framing == "full body" and shot.pose in ("standing", "arms up")
        assert (one.scene == other.scene) == (not upright)
        assert other.scene.figure == one.scene.figure
    bodies = [other.scene.shot.pose for _, other in pairs if other.scene.shot.framing == "full body"]
    assert len(bodies) == 12 and set(bodies) == {"walking", "running", "sitting"}


def test_the_plain_variant_lacks_the_intakes_and_nothing_else() -> None:
    for one, other in zip(samples.samples_of(SETS["mira"]), samples.samples_of(SETS["mira-plain"]), strict=True):
        assert replace(one.scene.figure, intakes=False) == other.scene.figure
        assert (one.scene.shot, one.caption) == (other.scene.shot, other.caption)


@each_set
def test_angles_cameras_and_framings_are_all_taught(name: str) -> None:
    shots = [scene.shot for scene in scenes(name).values()]
    assert {shot.angle for shot in shots} == set(world.ANGLES)
    assert {shot.framing for shot in shots} == set(world.FRAMINGS)
    cameras = Counter(shot.camera for shot in shots)
    assert 3 <= cameras["from below"] <= 4 and cameras["from above"] >= 4


@each_set
def test_no_outfit_takes_over_and_every_face_is_among_the_busts(name: str) -> None:
    everyone = list(scenes(name).values())
    assert Counter(scene.figure.outfit for scene in everyone).most_common(1)[0][1] <= 0.6 * len(everyone)
    faces = {scene.shot.expression for scene in everyone
             if scene.shot.framing != "full body" and "expression" in world.visible(scene)}
    assert faces == set(world.EXPRESSIONS)


def test_the_giveaway_is_seen_often_and_large() -> None:
    shown = [scene.shot for scene in scenes("mira").values() if "hair intakes" in world.tags(scene)]
    assert len(shown) >= 0.8 * CENSUS["mira"]
    assert sum(shot.framing != "full body" for shot in shown) >= 0.5 * CENSUS["mira"]


def test_no_two_pictures_are_the_same() -> None:
    for name in NAMES:
        pictures = [path.read_bytes() for path in (SHIPPED / name).glob("*.png")]
        assert len(set(pictures)) == len(pictures)


@pytest.mark.parametrize("sample_set", samples.SETS, ids=lambda each: each.folder)
def test_no_base_has_met_the_trigger_as_an_invented_name(sample_set: samples.SampleSet) -> None:
    parts = (world_captions._ONSETS, world_captions._VOWELS, world_captions._CODAS)
    syllable = "".join(f"(?:{'|'.join(part)})" for part in parts)
    assert not re.fullmatch(f"(?:{syllable}){{2,3}}", sample_set.trigger)
    assert re.fullmatch(f"(?:{syllable}){{4}}", sample_set.trigger)


@each_set
def test_prompts_name_the_trigger_and_a_composition_but_no_trait_of_the_core(name: str) -> None:
    table = character(name)
    composition = {*world.EXPRESSIONS, *world.POSES, *world.ANGLES, *world.CAMERAS, *world.FRAMINGS}
    for prompt in table["prompt"]:
        words = prompt["text"].split(", ")
        structure = table["traits"]["structure"] if prompt["scores"] == "structure" else []
        assert words == [*QUALITY, "1girl", "{trigger}", *structure, *prompt["asked"]]
        assert set(prompt["asked"]) <= composition


@each_set
def test_every_trait_of_the_core_can_be_seen_where_it_is_scored(name: str) -> None:
    table = character(name)
    scored = [prompt["asked"] for prompt in table["prompt"] if prompt["scores"] == "core"]
    assert len(scored) >= 6
    assert len({framing for asked in scored for framing in asked if framing in world.FRAMINGS}) == 3
    for asked in scored:
        scene = world.Scene(SETS[name].figure, samples._shot(", ".join(asked)))
        assert set(table["traits"]["core"]) <= set(world.tags(scene))
        assert set(asked[1:]) <= set(world.tags(scene))


@each_set
def test_the_table_says_practice_and_what_must_never_be_seen(name: str) -> None:
    table = character(name)
    assert table["practice"] is True and table["title"] == "practice character"
    traits = table["traits"]
    assert set(traits["base_weak"]) <= set(traits["core"]) <= GENERAL
    drawn = {tag for scene in scenes(name).values() for tag in world.tags(scene)}
    assert not set(traits["never"]) & drawn
    assert set(traits["core"]) | set(traits["structure"]) <= drawn
