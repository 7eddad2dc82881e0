"""The training loop: exact resume, honest accumulation, no trace of previews, and that it learns."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_training import RECIPE, WIDE, factors_of, painted, painted_images, same, trained
from torch import Tensor

from studio.core.buckets import Bucket
from studio.core.errors import UserError
from studio.core.recipe import ADAPTERS, OPTIMIZERS, Recipe
from studio.core import schedule
from studio.engine.anima.checkpoint import Anima, load
from studio.engine.anima.files import BaseFiles
from studio.engine.flow import draw_time, loss_weights
from studio.engine.lora.formats import read_lora
from studio.engine.lora.inject import adapter_layers
from studio.engine.preview import render_previews
from studio.engine.state import SLOTS, newest_state, write_state
from studio.engine.trainer import Trainer, TrainImage
from tests.engine.test_devices_without_float64 import NoFloat64

@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def anima(tiny_base: BaseFiles) -> Anima:
    """Shared: every trainer gives it back as it came."""
    return load(tiny_base, torch.device("cpu"), torch.float32)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainImage, ...]:
    return painted_images(tmp_path_factory.mktemp("images"))


# --- the page itself ---


def test_steps_tell_epochs_and_exposures(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    facts, _ = trained(anima, images, RECIPE, cache)
    assert [fact.step for fact in facts] == [1, 2, 3, 4, 5, 6]
    assert [fact.epoch for fact in facts] == [1, 1, 1, 2, 2, 2]
    assert [fact.epoch_done for fact in facts] == [False, False, True] * 2
    assert facts[2].exposures == 9 and facts[5].exposures == 18
    assert [fact.lr for fact in facts[:4]] == pytest.approx([1e-2 / 3, 2e-2 / 3, 1e-2, 1e-2])


def test_a_step_tells_its_buckets_and_the_loss_of_each_character(anima, images, cache, tmp_path) -> None:
    two = [replace(image, triggers=triggers)
           for image, triggers in zip(images, (("mira",), ("kai",), ("mira",), ("mira", "kai"), ()), strict=True)]
    with Trainer(anima, two, RECIPE, cache) as trainer:
        batches = trainer._batches_of(1)
        with torch.no_grad():
            alone = {(sample.image_id, sample.repeat): trainer._losses((sample,)).item()
                     for batch in batches for sample in batch}
        facts = next(trainer.steps())
    wanted = {trigger: [loss for (image, _), loss in alone.items() if trigger in trainer._images[image].triggers]
              for trigger in ("mira", "kai")}
    assert facts.losses == {trigger: pytest.approx(sum(each) / len(each), rel=1e-4)
                            for trigger, each in wanted.items() if each}
    assert set(facts.buckets) == {trainer._images[batch[0].image_id].bucket for batch in batches}


def test_where_one_character_is_taught_its_loss_is_the_loss(anima, images, cache) -> None:
    assert trained(anima, images, replace(RECIPE, max_steps=1), cache)[0][0].losses == {}


def test_an_epoch_is_laid_out_once(anima, images, cache, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: list[int] = []

    def noted(groups, recipe, epoch):
        numbers.append(epoch)
        return schedule.laid_out(groups, recipe, epoch)

    monkeypatch.setattr("studio.engine.trainer.laid_out", noted)
    trained(anima, images, RECIPE, cache)
    assert numbers == sorted(set(numbers))


def test_max_steps_ends_a_run_inside_an_epoch(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    facts, _ = trained(anima, images, replace(RECIPE, max_steps=4), cache)
    assert len(facts) == 4 and not facts[-1].epoch_done


def test_the_loss_falls_on_one_image(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    plain = replace(RECIPE, caption_dropout=0.0, flip=False, rank=8, alpha=8.0)
    recipe = replace(plain, batch_size=8, accumulation=1, epochs=60)
    one = TrainImage("one", images[0].path, "mira", Bucket(32, 32), repeats=8)
    losses = [fact.loss for fact in trained(anima, [one], recipe, cache)[0]]
    assert sum(losses[-10:]) < 0.7 * sum(losses[:10])


def test_a_run_repeats_itself_bit_for_bit(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path
) -> None:
    first = trained(anima, images, RECIPE, cache)
    torch.manual_seed(1234)
    second = trained(anima, images, RECIPE, tmp_path / "cold cache")
    assert first[0] == second[0] and same(first[1], second[1])


def test_another_seed_is_another_run(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    assert not same(trained(anima, images, RECIPE, cache)[1], trained(anima, images, replace(RECIPE, seed=8), cache)[1])


def test_the_order_in_which_images_are_given_does_not_matter(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    assert same(trained(anima, images, RECIPE, cache)[1], trained(anima, images[::-1], RECIPE, cache)[1])


def test_gradient_checkpointing_changes_no_bit(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    saving = replace(RECIPE, gradient_checkpointing=True)
    assert same(trained(anima, images, RECIPE, cache)[1], trained(anima, images, saving, cache)[1])


def test_training_draws_nothing_from_the_global_generator(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    before = torch.get_rng_state()
    trained(anima, images, RECIPE, cache)
    assert torch.equal(torch.get_rng_state(), before)


# --- accumulation ---


def one_step(
    anima: Anima, images: Sequence[TrainImage], recipe: Recipe, cache: Path
) -> tuple[float, dict[str, Tensor]]:
    """The loss and the gradients of step 1."""
    with Trainer(anima, images, recipe, cache) as trainer:
        loss, _ = trainer._accumulate(trainer._batches_of(1))
        names = trainer._names
        return loss.item(), {name: value.grad.clone() for name, value in zip(names, trainer._parameters, strict=True)}


@pytest.mark.parametrize(("batch", "accumulation"), [(1, 9), (2, 5), (4, 3)])
def test_an_accumulated_step_is_one_large_batch(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, batch: int, accumulation: int
) -> None:
    square = [TrainImage(image.id, image.path, image.caption, Bucket(32, 32), image.repeats) for image in images]
    whole = one_step(anima, square, replace(RECIPE, batch_size=9, accumulation=1), cache)
    parts = one_step(anima, square, replace(RECIPE, batch_size=batch, accumulation=accumulation), cache)
    assert parts[0] == pytest.approx(whole[0], rel=1e-5)
    assert all(torch.allclose(parts[1][name], whole[1][name], rtol=1e-3, atol=1e-6) for name in whole[1])


def test_every_sample_weighs_the_same_whatever_its_bucket(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    recipe = replace(RECIPE, batch_size=4, accumulation=8)  # one step: batches of 4, 1 and 4 samples
    with Trainer(anima, images, recipe, cache) as trainer:
        batches = trainer._batches_of(1)
        assert sorted(map(len, batches)) == [1, 4, 4]
        with torch.no_grad():
            singles = torch.cat([trainer._losses((sample,)) for batch in batches for sample in batch])
        assert trainer._accumulate(batches)[0].item() == pytest.approx(singles.mean().item(), rel=1e-5)


def test_the_tail_of_an_epoch_is_trained(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    with Trainer(anima, images, RECIPE, cache) as trainer:
        shown = [sample for step in (1, 2, 3) for batch in trainer._batches_of(step) for sample in batch]
    assert len(shown) == len(set(shown)) == 9


# --- resume ---


@pytest.mark.parametrize("cut", [1, 2, 3, 5])
def test_stopped_and_resumed_equals_uninterrupted_bit_for_bit(
    anima: Anima, tiny_base: BaseFiles, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path, cut: int
) -> None:
    whole_facts, whole = trained(anima, images, RECIPE, cache)
    with Trainer(anima, images, RECIPE, cache) as stopped:
        steps = stopped.steps()
        first_facts = [next(steps) for _ in range(cut)]
        write_state(tmp_path, stopped.state())
    fresh = load(tiny_base, torch.device("cpu"), torch.float32)
    with Trainer(fresh, images, RECIPE, cache) as resumed:
        resumed.restore(newest_state(tmp_path))
        assert first_facts + list(resumed.steps()) == whole_facts
        assert same(factors_of(resumed), whole)


def test_a_run_may_be_stopped_at_every_step(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path
) -> None:
    whole_facts, whole = trained(anima, images, RECIPE, cache)
    facts = []
    for _ in whole_facts:
        with Trainer(anima, images, RECIPE, cache) as trainer:
            if state := newest_state(tmp_path):
                trainer.restore(state)
            facts.append(next(trainer.steps()))
            write_state(tmp_path, trainer.state())
            last = factors_of(trainer)
    assert facts == whole_facts and same(last, whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(SLOTS)


def test_a_run_may_be_prolonged(anima: Anima, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path) -> None:
    whole = trained(anima, images, RECIPE, cache)[1]
    with Trainer(anima, images, replace(RECIPE, epochs=1), cache) as short:
        list(short.steps())
        write_state(tmp_path, short.state())
    with Trainer(anima, images, RECIPE, cache) as longer:
        longer.restore(newest_state(tmp_path))
        list(longer.steps())
        assert same(factors_of(longer), whole)


def test_a_state_of_another_recipe_or_other_captions_is_refused(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    with Trainer(anima, images, RECIPE, cache) as trainer:
        state = trainer.state()
    recaptioned = [TrainImage(image.id, image.path, "1girl", image.bucket, image.repeats) for image in images]
    for others, recipe in ((images, replace(RECIPE, learning_rate=1e-3)), (recaptioned, RECIPE)):
        with Trainer(anima, others, recipe, cache) as other, pytest.raises(UserError):
            other.restore(state)


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_resumes_every_adapter_bit_for_bit(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path, optimizer: str, adapter: str
) -> None:
    if optimizer == "adamw_8bit":
        pytest.importorskip("bitsandbytes")
    ema = 0.0 if optimizer == "adamw_schedulefree" else 0.9
    recipe = replace(RECIPE, optimizer=optimizer, adapter=adapter, lokr_factor=4, train_adaln=True, epochs=1, ema=ema,
                     learning_rate=1.0 if optimizer == "prodigy" else 1e-2, caption_variants=3)  # fmt: skip
    with Trainer(anima, images, recipe, cache) as whole:
        whole_facts = list(whole.steps())
        wanted = {name: value.clone() for name, value in whole.state().tensors.items()}
        whole.export(tmp_path / "whole")
    facts = []
    for _ in whole_facts:
        with Trainer(anima, images, recipe, cache) as trainer:
            if state := newest_state(tmp_path / "state"):
                trainer.restore(state)
            facts.append(next(trainer.steps()))
            write_state(tmp_path / "state", trainer.state())
            last = {name: value.clone() for name, value in trainer.state().tensors.items()}
            trainer.export(tmp_path / "resumed")
    assert facts == whole_facts and same(last, wanted)
    assert (tmp_path / "resumed").read_bytes() == (tmp_path / "whole").read_bytes()


def test_a_run_whose_rate_falls_cannot_be_prolonged(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    falling = replace(RECIPE, lr_schedule="cosine")
    with Trainer(anima, images, replace(falling, epochs=1), cache) as short:
        state = short.state()
    with Trainer(anima, images, falling, cache) as longer, pytest.raises(UserError):
        longer.restore(state)


def test_a_falling_rate_reaches_its_floor_with_the_last_step(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    recipe = replace(RECIPE, lr_schedule="linear", lr_floor=0.1, warmup_steps=0)
    assert trained(anima, images, recipe, cache)[0][-1].lr == pytest.approx(1e-3)


# --- averages ---


def test_an_average_is_exported_and_drawn_and_training_goes_on_as_if_it_were_not(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    plain_facts, plain = trained(anima, images, RECIPE, cache)
    recipe = replace(RECIPE, ema=0.8)
    walked: list[dict[str, Tensor]] = []
    with Trainer(anima, images, recipe, cache) as trainer:
        for facts, wanted in zip(trainer.steps(), plain_facts, strict=True):
            assert facts == wanted
            walked.append(factors_of(trainer))
            with trainer.shown():
                average = factors_of(trainer)
                render_previews(anima, recipe, "mira")
            exported = trainer.lora()
        assert same(factors_of(trainer), plain)
    shares = [0.8 ** (len(walked) - place) for place in range(1, len(walked) + 1)]
    for name, value in average.items():
        wanted = sum(share * each[name] for share, each in zip(shares, walked, strict=True)) / sum(shares)
        assert torch.allclose(value, wanted, atol=1e-6)
        module, _, part = name.rpartition(".")
        assert torch.equal(getattr(exported.modules[module], part), value)
    assert not same(average, plain)


def test_schedule_free_shows_its_average_and_goes_on_to_the_bit(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    recipe = replace(RECIPE, optimizer="adamw_schedulefree")
    plain_facts, plain = trained(anima, images, recipe, cache)
    with Trainer(anima, images, recipe, cache) as trainer:
        facts = []
        with trainer.shown():
            start = factors_of(trainer)
        assert same(start, factors_of(trainer))
        for fact in trainer.steps():
            facts.append(fact)
            with trainer.shown():
                shown = factors_of(trainer)
            trainer.lora()
        assert facts == plain_facts and same(factors_of(trainer), plain)
    assert not same(shown, plain)


def test_the_average_is_kept_in_float32_on_a_bfloat16_base(
    tiny_base: BaseFiles, images: tuple[TrainImage, ...], cache: Path
) -> None:
    half = load(tiny_base, torch.device("cpu"), torch.bfloat16)
    with Trainer(half, images, replace(RECIPE, precision="bf16", ema=0.9), cache) as trainer:
        next(trainer.steps())
        averages = {name: value for name, value in trainer.state().tensors.items() if name.startswith("ema.")}
    assert len(averages) == 40 and {value.dtype for value in averages.values()} == {torch.float32}


# --- weights, captions ---


@pytest.mark.parametrize("scheme", ["sigma_sqrt", "cosmap"])
def test_a_weighted_loss_is_each_sample_s_loss_times_its_weight(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, scheme: str
) -> None:
    with Trainer(anima, images, RECIPE, cache) as plain, torch.no_grad():
        (batch, *_) = plain._batches_of(1)
        losses = plain._losses(batch)
    recipe = replace(RECIPE, loss_weighting=scheme)
    with Trainer(anima, images, recipe, cache) as weighted, torch.no_grad():
        t = torch.stack([draw_time(recipe, sample) for sample in batch])
        assert torch.allclose(weighted._losses(batch), losses * loss_weights(scheme, t))


def test_every_variant_of_a_caption_is_encoded_before_the_first_step(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, caption_variants=4, tag_dropout=0.3, caption_dropout=0.0, epochs=4)
    many = [replace(image, caption=f"{image.caption}, red eyes, standing") for image in images]
    with Trainer(anima, many, recipe, cache) as trainer:
        list(trainer.prepare())
        with monkeypatch.context() as patched:
            patched.setattr(type(trainer._contexts), "_encoded", lambda cache, caption: pytest.fail(caption))
            shown = {trainer._caption_of(sample) for step in range(1, trainer.plan.steps + 1)
                     for batch in trainer._batches_of(step) for sample in batch}  # fmt: skip
            assert len(list(trainer.steps())) == trainer.plan.steps
    assert len(shown) > len(images) and all(caption.startswith("1girl, mira") for caption in shown)


def test_training_makes_no_float64(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    """Apple's devices have none. What goes to disk lies in main memory, where there is."""
    recipe = replace(RECIPE, ema=0.9, lr_schedule="cosine", loss_weighting="cosmap", timestep_sampling="shifted")
    with Trainer(anima, images, recipe, cache) as trainer, NoFloat64():
        list(trainer.prepare())
        list(trainer.steps())
        with trainer.shown():
            render_previews(anima, recipe, "mira")


# --- previews ---


@pytest.mark.parametrize("every", [1, 2])
def test_previews_change_nothing(anima: Anima, images: tuple[TrainImage, ...], cache: Path, every: int) -> None:
    plain_facts, plain = trained(anima, images, RECIPE, cache)
    base = {name: value.clone() for name, value in anima.transformer.state_dict().items()}
    with Trainer(anima, images, RECIPE, cache) as trainer:
        render_previews(anima, RECIPE, "mira", adapter=False)
        facts = []
        for fact in trainer.steps():
            facts.append(fact)
            if fact.step % every == 0:
                render_previews(anima, RECIPE, "mira")
        assert facts == plain_facts and same(factors_of(trainer), plain)
    assert same(base, dict(anima.transformer.state_dict()))


# --- what comes out, what stays behind ---


def test_the_export_is_the_live_adapter(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path
) -> None:
    with Trainer(anima, images, RECIPE, cache) as trainer:
        list(trainer.steps())
        trainer.export(tmp_path / "l.safetensors", metadata={"trigger": "mira"})
        found = read_lora(tmp_path / "l.safetensors")
        live = factors_of(trainer)
    assert len(found.modules) == 20 and found.format == "comfy"
    assert all(torch.equal(each.up, live[f"{name}.up"]) and torch.equal(each.down, live[f"{name}.down"])
               for name, each in found.modules.items())  # fmt: skip
    assert found.metadata["trigger"] == "mira" and found.metadata["ss_network_dim"] == "2"


def test_an_export_has_the_same_bytes_each_time(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        with Trainer(anima, images, RECIPE, cache) as trainer:
            next(trainer.steps())
            trainer.export(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert all(value.dtype == torch.float32 for value in load_file(tmp_path / "a").values())


def test_the_base_is_untouched_and_bare_again_after_training(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    before = {name: value.clone() for name, value in anima.transformer.state_dict().items()}
    trained(anima, images, replace(RECIPE, gradient_checkpointing=True), cache)
    assert same(before, dict(anima.transformer.state_dict()))
    assert adapter_layers(anima.transformer) == {}
    assert not any(value.requires_grad for value in anima.transformer.parameters())
    assert not anima.transformer.is_gradient_checkpointing


def test_moments_and_factors_are_float32_on_a_bfloat16_base(
    tiny_base: BaseFiles, images: tuple[TrainImage, ...], cache: Path
) -> None:
    half = load(tiny_base, torch.device("cpu"), torch.bfloat16)
    with Trainer(half, images, replace(RECIPE, precision="bf16"), cache) as trainer:
        facts = next(trainer.steps())
        assert facts.loss > 0
        assert {value.dtype for value in trainer.state().tensors.values()} == {torch.float32}
        assert {each.down.dtype for each in trainer.lora().modules.values()} == {torch.bfloat16}


def test_images_smaller_than_their_bucket_are_reported(anima: Anima, cache: Path, tmp_path: Path) -> None:
    small = TrainImage("small", painted(tmp_path / "s.png", 1, (32, 40)), "mira", Bucket(64, 64))
    large = TrainImage("large", painted(tmp_path / "l.png", 2, (128, 96)), "mira", Bucket(64, 64))
    with Trainer(anima, [small, large], RECIPE, cache) as trainer:
        assert [(each.image_id, each.factor) for each in trainer.upscaled] == [("small", 2.0)]


def test_one_image_given_twice_is_refused(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    with pytest.raises(UserError, match="0.png"):
        Trainer(anima, [*images, TrainImage("id0", images[0].path, "2girls", WIDE)], RECIPE, cache)
    assert adapter_layers(anima.transformer) == {}


def test_preparing_counts_images(anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    with Trainer(anima, images, RECIPE, cache) as trainer:
        assert [facts.done for facts in trainer.prepare()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("place", range(20))
def test_a_run_that_diverges_says_so(
    anima: Anima, images: tuple[TrainImage, ...], cache: Path, place: int
) -> None:
    with Trainer(anima, images, RECIPE, cache) as trainer:
        with torch.no_grad():
            trainer._parameters[2 * place + 1].fill_(float("nan"))
        with pytest.raises(UserError, match="step 1"):
            next(trainer.steps())
