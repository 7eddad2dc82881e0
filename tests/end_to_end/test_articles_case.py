"""The case that cost a night: 44 posed bodies and 26 small busts, found before training, mended, and found no more."""

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run

from studio.core.edits import value_change
from studio.core.events import Finished
from studio.core.labels import Label, Labels, accepted, known
from studio.core.ledger import Ledger, Trait
from studio.core.lint.finding import Finding
from studio.core.shot_list import Shot, filled, shot_list
from studio.core.tag_table import labels_of
from studio.jobs.import_images import ImportImages
from studio.jobs.lint import look_at
from studio.jobs.samples import read_sample
from studio.miniature import world
from studio.store import ledgers, workspace
from studio.store.edits import Desk
from studio.store.records import records
from tests.architecture.tree import ROOT

BODY, SMALL, LARGE = (832, 1216), (495, 495), (896, 896)
POSES = ("walking", "running", "sitting", "arms up")
SAMPLES = ROOT / "resources" / "samples"


def write_case(folder: Path) -> Path:
    """44 posed full bodies and 26 busts of 495 px, with captions."""
    rng = random.Random(7)
    folder.mkdir()
    for number in range(44):
        write_picture(folder / f"body-{number:02}", scene(rng, number, "full body", POSES[number % 4]), BODY, rng)
    write_busts(folder, SMALL)
    return folder


def write_busts(folder: Path, size: tuple[int, int]) -> None:
    rng = random.Random(8)
    folder.mkdir(exist_ok=True)
    for number in range(26):
        framing = ("portrait", "upper body")[number % 2]
        write_picture(folder / f"bust-{number:02}", scene(rng, number, framing, "standing"), size, rng)


def scene(rng: random.Random, number: int, framing: str, pose: str, angle: str = "") -> world.Scene:
    """Mira in the clothes and with the face whose turn it is."""
    figure = replace(world.MIRA, outfit=world.OUTFITS[number % 5])
    shot = replace(world.sample_shot(rng), framing=framing, pose=pose, expression=world.EXPRESSIONS[number % 4],
                   angle=angle or world.ANGLES[number // 4 % 3])
    return world.Scene(figure, shot)


def write_picture(path: Path, scene: world.Scene, size: tuple[int, int], rng: random.Random) -> None:
    world.draw(scene, *size).save(path.with_suffix(".jpg"), quality=80)
    text = world.caption(scene, rng, name="miravelo", sentences=True, absorbed=True)
    path.with_suffix(".txt").write_text(text, encoding="utf-8")


def import_set(folder: Path, source: Path, name: str = "Mira", trigger: str = "miravelo", base: str = "") -> Path:
    if not folder.exists():
        workspace.create(folder, "Case", base).close()
    assert isinstance(run(ImportImages(folder, (source,), name, trigger))[-1], Finished)
    return folder


@contextmanager
def desk_of(folder: Path) -> Iterator[Desk]:
    with workspace.open_project(folder) as place, Desk(place) as desk:
        yield desk


def say_stance(folder: Path, stances: Mapping[str, str]) -> None:
    """A hand says the stance of images, by how their names begin."""
    with desk_of(folder) as desk:
        said = {each.id: Label(stance) for each in records(desk.place) for start, stance in stances.items()
                if each.image.path.name.startswith(start)}
        desk.set("Stance", "stance", said)


def names(found: Iterable[Finding], rule: str) -> set[str]:
    [finding] = (each for each in found if each.rule == rule and each.severity != "note")
    return {image.path.stem for image in finding.images}


def alarms(found: Iterable[Finding]) -> list[str]:
    return [f"{each.rule} {each.message}" for each in found if each.severity != "note"]


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Path:
    return write_case(tmp_path_factory.mktemp("drawn") / "case")


@pytest.fixture
def project(tmp_path: Path, case: Path) -> Path:
    return import_set(tmp_path / "project", case)


BODIES = {f"body-{number:02}" for number in range(44)}
BUSTS = {f"bust-{number:02}" for number in range(26)}


def test_bodies_without_a_stance_are_asked_for_before_anything_is_judged(project: Path) -> None:
    first, *rest = look_at(project, "official")
    assert first.message == "44 full bodies have no stance: label them, about 2 minutes."
    assert (first.rule, first.severity) == ("D01", "note")
    assert {image.path.stem for image in first.images} == BODIES
    assert [each[:3] for each in alarms(rest)] == ["D07"]


def test_the_labelled_case_raises_three_alarms_with_exactly_their_files(project: Path) -> None:
    say_stance(project, {"body": "posed"})
    found = look_at(project, "official")
    assert [(each.rule, each.severity) for each in found[:3]] == [
        ("D01", "error"), ("D02", "warning"), ("D07", "warning")]
    assert [each[:3] for each in alarms(found)] == ["D01", "D02", "D07"]
    assert names(found, "D01") == names(found, "D02") == BODIES
    assert names(found, "D07") == BUSTS
    assert "26 images are only 495 px on the short side and enlarged up to 2.07 times" in found[2].message


def test_the_same_set_is_large_enough_for_a_smaller_recipe(project: Path) -> None:
    assert alarms(look_at(project, "practice")) == []


def test_filling_the_shot_list_and_drawing_larger_repairs_the_set(project: Path, tmp_path: Path) -> None:
    say_stance(project, {"body": "posed"})
    shots = shot_list(look_at(project, "official"))
    assert [shot.text for shot in shots] == [
        f"upright, {view}, full body, plain background" for view in
        ("front view", "three-quarter view", "side view", "side view the other way", "back view")]
    for number, shot in enumerate(shots):
        fill(project, tmp_path / f"shot-{number}", shot, number)
    with desk_of(project) as desk:
        desk.trash("Too small", [each.image for each in records(desk.place) if each.image.path.name.startswith("bust")])
    write_busts(tmp_path / "large", LARGE)
    import_set(project, tmp_path / "large")
    assert alarms(look_at(project, "official")) == []


def test_one_upright_picture_in_its_slot_clears_the_error(project: Path, tmp_path: Path) -> None:
    say_stance(project, {"body": "posed"})
    before = shot_list(look_at(project, "official"))
    fill(project, tmp_path / "one", before[0], 0)
    found = look_at(project, "official")
    assert [each[:3] for each in alarms(found)] == ["D07"]
    assert [shot.slot for shot in shot_list(found)] == [shot.slot for shot in before[1:]]


def fill(project: Path, folder: Path, shot: Shot, number: int) -> None:
    """Draws what a slot asks for, imports it, and puts it in the slot."""
    asked = dict(shot.labels)
    rng = random.Random(f"{number}")
    folder.mkdir()
    path = folder / f"upright-{number}"
    write_picture(path, scene(rng, number, asked["framing"], "standing", asked["angle"]), BODY, rng)
    import_set(project, folder)
    with desk_of(project) as desk:
        [new] = (each for each in records(desk.place) if each.image.path.stem == path.stem)
        desk.apply("Fill a slot", filled(shot, new.id, desk.state))


@pytest.fixture(params=["mira", "suzu"])
def sample(request, tmp_path: Path) -> Path:
    known_sample = read_sample(SAMPLES / request.param)
    return import_set(tmp_path / "project", known_sample.folder, known_sample.name, known_sample.trigger, "practice")


def test_a_clean_sample_as_it_ships_raises_no_alarm(sample: Path) -> None:
    assert alarms(look_at(sample)) == []


def test_a_clean_sample_with_labels_and_a_ledger_raises_no_alarm(sample: Path) -> None:
    with desk_of(sample) as desk:
        name = desk.place.project.characters[0].name
        traits = read_sample(SAMPLES / name.lower())
        bins = [*(Trait(tag, "absorb") for tag in traits.core),
                *(Trait(tag, "vary", structure=True) for tag in traits.structure)]
        ledgers.write_ledger(desk.place, Ledger(name, tuple(bins)))
        changes = [value_change(desk.state, each.id, field, label) for each in records(desk.place)
                   for field, label in known(fully_labelled(each.tags))]
        desk.apply("Label", changes)
    found = look_at(sample)
    assert alarms(found) == []
    assert not any("has no ledger" in each.message or "stance" in each.message for each in found)


def fully_labelled(tags: tuple[str, ...]) -> Labels:
    """What the tags of a drawn picture tell, and what whoever drew it knows."""
    labels = accepted(labels_of(tags))
    stance = "upright" if "standing" in tags else "posed"
    return replace(labels, stance=Label(stance), camera=labels.camera or Label("level"))


def test_the_samples_posed_variant_is_what_the_rules_are_for(tmp_path: Path) -> None:
    sample = read_sample(SAMPLES / "mira-posed")
    folder = import_set(tmp_path / "project", sample.folder, sample.name, sample.trigger, "practice")
    with desk_of(folder) as desk:
        bodies = [each.id for each in records(desk.place) if "full body" in each.tags]
        desk.set("Stance", "stance", dict.fromkeys(bodies, Label("posed")))
    assert [each[:3] for each in alarms(look_at(folder))] == ["D01", "D02"]
