"""Ten traps that a trainer of this model was seen to have. Ours has none of them, and each test would see its trap.

Every trap is a pair: what holds for us, and the mistake that it guards against. The mistake is put into our own code,
and then what holds must not hold any more.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from job_runs import run
from tiny_project import RECIPE as JOB_RECIPE
from tiny_project import write_project
from tiny_training import RECIPE, WIDE, painted, painted_images, same, trained

from studio.core import fold, preflight, schedule, variants
from studio.core.errors import UserError
from studio.core.events import PreviewReady, Started
from studio.core.previews import preview_specs
from studio.core.prompt import parse_weights
from studio.core.recipe import Recipe
from studio.core.spec import RenderSpec
from studio.engine import latent_cache, preview, trainer
from studio.engine.anima import pipeline, text
from studio.engine.anima.checkpoint import Anima
from studio.engine.latent_cache import LatentCache
from studio.engine.latents import latent_shape
from studio.engine.preview import render_previews
from studio.engine.trainer import Trainer, TrainImage
from studio.jobs.train import start_training
from studio.store.captions import caption_path
from studio.store.workspace import open_project


@dataclass(frozen=True)
class Place:
    """Where a trap is tried out."""

    folder: Path
    anima: Anima
    base: Path

    def images(self) -> tuple[TrainImage, ...]:
        return painted_images(self.folder)


@dataclass(frozen=True)
class Trap:
    """`mistaken` puts the mistake into the studio; `holds` asserts that it is not there."""

    holds: Callable[[Place], None]
    mistaken: Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def place(tmp_path: Path, tiny_anima: Anima, tiny_base) -> Place:
    return Place(tmp_path, tiny_anima, tiny_base.transformer)


def pictures(place: Place, recipe: Recipe) -> list[np.ndarray]:
    return [np.asarray(each.image).astype(int) for each in render_previews(place.anima, recipe, "mira", ("mira",))]


def equal(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


# --- a seed means the same picture at every epoch, whatever was drawn before ---


def a_seed_is_one_picture(place: Place) -> None:
    recipe = replace(RECIPE, preview_sampler="er_sde", preview_steps=4)
    torch.manual_seed(1)
    first = pictures(place, recipe)
    torch.manual_seed(2)
    assert equal(first, pictures(place, recipe))


def step_noise_without_a_seed(patch: pytest.MonkeyPatch) -> None:
    """The sampler is given no seed and draws its step noise from the global generator."""
    patch.setattr(pipeline, "sde_noise", lambda seed, *rest: lambda: torch.randn(latent_shape(*rest[:2])))


# --- a weight in a preview prompt acts ---


def a_weight_is_seen(place: Place) -> None:
    plain, strong = (replace(RECIPE, preview_prompts=(f"{{trigger}}, {words}",))
                     for words in ("from behind", "(from behind:1.6)"))
    assert not equal(pictures(place, plain), pictures(place, strong))


def weights_read_and_never_used(patch: pytest.MonkeyPatch) -> None:
    """Weights are parsed, and then every segment counts as one."""
    patch.setattr(text, "parse_weights",
                  lambda prompt: tuple(replace(each, weight=1.0) for each in parse_weights(prompt)))


# --- mirrored pictures are gone when mirroring is switched off ---


def nothing_stays_mirrored(place: Place) -> None:
    images, plain = place.images(), replace(RECIPE, flip=False, epochs=1)
    trained(place.anima, images, replace(plain, flip=True), place.folder / "shared")
    _, after = trained(place.anima, images, plain, place.folder / "shared")
    assert same(after, trained(place.anima, images, plain, place.folder / "own")[1])


def one_latent_for_both_sides(patch: pytest.MonkeyPatch) -> None:
    """A picture is encoded once, mirrored or not by the lot of that moment, and that file is used ever after."""
    key = latent_cache.latent_key
    patch.setattr(latent_cache, "latent_key", lambda content, bucket, flip, vae: key(content, bucket, False, vae))


# --- a latent is never older than its picture ---


def a_changed_picture_is_another_latent(place: Place) -> None:
    path = painted(place.folder / "a.png", 1)
    date = path.stat().st_mtime_ns
    before = LatentCache(place.anima, place.folder / "cache").get(path, WIDE, False)
    painted(path, 2)
    os.utime(path, ns=(date, date))
    assert not torch.equal(before, LatentCache(place.anima, place.folder / "cache").get(path, WIDE, False))


def a_date_stands_for_the_content(patch: pytest.MonkeyPatch) -> None:
    """A cached file counts as valid as long as the picture's date is the same."""
    patch.setattr(latent_cache, "sha256_of", lambda path: f"{path} {path.stat().st_mtime_ns}")


# --- sentences stay whole where tags are shuffled ---


def sentences_stay_whole_and_last(place: Place) -> None:
    sentence = "She wears a white shirt, a navy skirt, and loafers."
    images = [replace(image, caption=f"{image.caption}, red eyes, standing, {sentence}") for image in place.images()]
    recipe = replace(RECIPE, caption_variants=8, caption_dropout=0.0, epochs=4)
    with Trainer(place.anima, images, recipe, place.folder / "cache") as training:
        steps = range(1, training.plan.steps + 1)
        shown = {training._caption_of(sample) for step in steps for batch in training._batches_of(step)
                 for sample in batch}
    assert len(shown) > len(images) and all(caption.endswith(sentence) for caption in shown)


def every_comma_cuts(patch: pytest.MonkeyPatch) -> None:
    """A caption is cut at every comma, and the pieces of its sentences are shuffled among the tags."""
    patch.setattr(variants, "split_caption", lambda caption: (tuple(caption.split(", ")), ""))


# --- no picture is left out in silence ---


def a_picture_without_a_caption_is_told(place: Place) -> None:
    project, said = write_project(place.folder / "project", place.base), ""
    with open_project(project) as opened:
        image = next((project / "images").rglob("2.png"))
        caption_path(image).unlink()
        try:
            start_training(opened, JOB_RECIPE)
        except UserError as error:
            said = error.what
    assert "No caption for" in said and not list((project / "runs").iterdir())


def pictures_without_captions_are_skipped(patch: pytest.MonkeyPatch) -> None:
    """What has no caption is passed over without a word, and the data set is smaller than anybody believes."""
    patch.setattr(preflight, "require_captions", lambda dataset: None)


# --- every preview prompt is drawn each time ---


def every_epoch_shows_all_prompts(place: Place) -> None:
    prompts = ("{trigger}, smile", "{trigger}, standing", "{trigger}, sitting")
    recipe = replace(JOB_RECIPE, preview_prompts=prompts, preview_steps=1, epochs=2)
    with open_project(write_project(place.folder / "project", place.base)) as opened:
        events = run(start_training(opened, recipe))
    shown = defaultdict(list)
    for event in events:
        if isinstance(event, PreviewReady):
            shown[event.epoch].append(event.prompt)
    assert list(shown) == [0, 1, 2] and shown[0] == shown[1] == shown[2] and len(shown[0]) == 3


def prompts_take_turns(patch: pytest.MonkeyPatch) -> None:
    """Each time the next of the prompts is drawn, so that neighbouring epochs show different ones."""
    drawn = iter(range(1000))

    def one(recipe: Recipe, trigger: str, triggers: Sequence[str]) -> tuple[RenderSpec, ...]:
        specs = preview_specs(recipe, trigger, triggers)
        return (specs[next(drawn) % len(specs)],)

    patch.setattr(preview, "preview_specs", one)


# --- no preview is forgotten ---


def every_preview_of_a_long_run_is_listed(place: Place) -> None:
    drawn = [PreviewReady(epoch, "mira", seed, f"e{epoch:03d}/{seed}.png") for epoch in range(181) for seed in (1, 2)]
    live = fold.fold([Started("run", "train", 12_600)])
    for each in drawn:
        live = fold.fold([each], live)
    assert live.previews == tuple(drawn) == fold.fold(drawn).previews


def only_the_latest_are_kept(patch: pytest.MonkeyPatch) -> None:
    """The monitor keeps the last fifty pictures."""
    latest = fold._latest
    patch.setattr(fold, "_latest", lambda *arguments: latest(*arguments)[-50:])


# --- previews do not change what is learnt ---


def previews_change_no_bit(place: Place) -> None:
    learnt = []
    for drawing in (False, True):
        torch.manual_seed(5)
        with Trainer(place.anima, place.images(), RECIPE, place.folder / "cache") as training:
            for _ in training.steps():
                if drawing:
                    render_previews(place.anima, RECIPE, "mira")
            learnt.append({name: value.clone() for name, value in training.state().tensors.items()})
    assert same(*learnt)


def all_draw_from_one_generator(patch: pytest.MonkeyPatch) -> None:
    """Training and previews both draw from the global generator, and nobody puts it back."""

    @contextmanager
    def disturbing(anima: Anima, recipe: Recipe, adapter: bool) -> Iterator[None]:
        with torch.no_grad():
            yield

    patch.setattr(trainer, "draw_noise", lambda recipe, sample, shape: torch.randn(shape))
    patch.setattr(pipeline, "start_noise", lambda seed, width, height: torch.randn(latent_shape(width, height)))
    patch.setattr(preview, "_undisturbed", disturbing)


# --- exposures are counted, and no remainder is lost ---


def every_exposure_is_trained_and_counted(place: Place) -> None:
    recipe = replace(RECIPE, batch_size=1, accumulation=4, epochs=2)
    facts, _ = trained(place.anima, place.images(), recipe, place.folder / "cache")  # nine exposures an epoch
    assert [(each.step, each.exposures) for each in facts if each.epoch_done] == [(3, 9), (6, 18)]
    many = {"832x1216": [(str(number), 4) for number in range(70)]}
    length = schedule.plan(many, replace(recipe, epochs=180))
    assert (length.steps, length.exposures_per_epoch * 180) == (12_600, 50_400)


def the_remainder_is_dropped(patch: pytest.MonkeyPatch) -> None:
    """Steps are batches divided by accumulation, rounded down, and exposures nowhere."""
    whole = schedule.steps_per_epoch
    patch.setattr(schedule, "steps_per_epoch", lambda groups, size, sum_of: whole(groups, size, 1) // sum_of)


TRAPS = (
    Trap(a_seed_is_one_picture, step_noise_without_a_seed),
    Trap(a_weight_is_seen, weights_read_and_never_used),
    Trap(nothing_stays_mirrored, one_latent_for_both_sides),
    Trap(a_changed_picture_is_another_latent, a_date_stands_for_the_content),
    Trap(sentences_stay_whole_and_last, every_comma_cuts),
    Trap(a_picture_without_a_caption_is_told, pictures_without_captions_are_skipped),
    Trap(every_epoch_shows_all_prompts, prompts_take_turns),
    Trap(every_preview_of_a_long_run_is_listed, only_the_latest_are_kept),
    Trap(previews_change_no_bit, all_draw_from_one_generator),
    Trap(every_exposure_is_trained_and_counted, the_remainder_is_dropped),
)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.holds.__name__)
def test_the_studio_is_in_no_trap(trap: Trap, place: Place) -> None:
    trap.holds(place)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.mistaken.__name__)
def test_a_studio_in_the_trap_is_found_out(trap: Trap, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    trap.mistaken(monkeypatch)
    with pytest.raises(AssertionError):
        trap.holds(place)
