"""Swapped blocks: the same bits, away whenever their block does not run, and back at the end."""

import weakref
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_training import RECIPE, factors_of, painted_images, same, trained
from torch import Tensor

from studio.core.errors import UserError
from studio.core.recipe import ADAPTERS
from studio.engine.anima.checkpoint import Anima, load
from studio.engine.anima.files import BaseFiles
from studio.engine.block_swap import BlockSwap
from studio.engine.preview import render_previews
from studio.engine.trainer import Trainer, TrainImage

KEPT = replace(RECIPE, gradient_checkpointing=True, epochs=1)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainImage, ...]:
    return painted_images(tmp_path_factory.mktemp("images"))


@pytest.mark.parametrize("count", [1, 2, 99])
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_swapping_changes_no_bit(
    tiny_anima: Anima, images: tuple[TrainImage, ...], cache: Path, adapter: str, count: int
) -> None:
    recipe = replace(KEPT, adapter=adapter)
    plain = trained(tiny_anima, images, recipe, cache)
    swapped = trained(tiny_anima, images, replace(recipe, blocks_to_swap=count), cache)
    assert plain[0] == swapped[0] and same(plain[1], swapped[1])


def test_previews_are_drawn_with_swapped_blocks(
    tiny_anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    drawn = []
    for count in (0, 2):
        with Trainer(tiny_anima, images, replace(KEPT, blocks_to_swap=count), cache) as trainer:
            next(trainer.steps())
            drawn.append([preview.image.tobytes() for preview in render_previews(tiny_anima, KEPT, "mira")])
    assert drawn[0] == drawn[1]


def test_a_run_may_go_on_with_more_blocks_swapped(
    tiny_anima: Anima, images: tuple[TrainImage, ...], cache: Path
) -> None:
    whole = trained(tiny_anima, images, KEPT, cache)[1]
    with Trainer(tiny_anima, images, KEPT, cache) as roomy:
        next(roomy.steps())
        state = roomy.state()
        state = replace(state, tensors={name: value.clone() for name, value in state.tensors.items()})
    with Trainer(tiny_anima, images, replace(KEPT, blocks_to_swap=2), cache) as cramped:
        cramped.restore(state)
        list(cramped.steps())
        assert same(factors_of(cramped), whole)


def test_without_checkpointing_it_is_refused(tiny_anima: Anima, images: tuple[TrainImage, ...], cache: Path) -> None:
    with pytest.raises(UserError, match="checkpointing"):
        Trainer(tiny_anima, images, replace(RECIPE, blocks_to_swap=1), cache)


def test_weights_are_away_unless_their_block_runs_and_one_block_is_there_at_a_time(
    tiny_anima: Anima, images: tuple[TrainImage, ...], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits: list[weakref.ref[Tensor]] = []
    crowds: list[int] = []
    visit = BlockSwap._visit

    def noted(swap: BlockSwap, place: int):
        made = visit(swap, place)
        crowds.append(sum(other() is not None for other in visits))
        visits.append(weakref.ref(made.weights[0]))
        return made

    monkeypatch.setattr(BlockSwap, "_visit", noted)
    transformer = tiny_anima.transformer
    weight = transformer.transformer_blocks[0].ff.net[2].weight
    with Trainer(tiny_anima, images, replace(KEPT, blocks_to_swap=2, max_steps=1), cache) as trainer:
        home = weight.data_ptr()
        seen = []
        hook = transformer.transformer_blocks[0].ff.register_forward_hook(lambda *_: seen.append(weight.data_ptr()))
        list(trainer.steps())
        hook.remove()
        assert seen and home not in seen and weight.data_ptr() == home
    assert len(visits) == 2 * 2 * 2  # two batches, two blocks, forward and again for backward
    assert max(crowds) == 0


def test_what_is_trained_stays_and_the_base_comes_back_byte_for_byte(
    tiny_base: BaseFiles, images: tuple[TrainImage, ...], cache: Path
) -> None:
    anima = load(tiny_base, torch.device("cpu"), torch.float32)
    before = {name: value.clone() for name, value in anima.transformer.state_dict().items()}
    with Trainer(anima, images, replace(KEPT, blocks_to_swap=2), cache) as trainer:
        places = [value.data_ptr() for value in trainer._parameters]
        list(trainer.steps())
        assert [value.data_ptr() for value in trainer._parameters] == places
    assert same(before, dict(anima.transformer.state_dict()))
    assert not any(block._forward_hooks or block._forward_pre_hooks for block in anima.transformer.transformer_blocks)


@pytest.mark.gpu
@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize("count", [1, 2])
def test_swapping_changes_no_bit_on_a_card(
    tiny_base: BaseFiles, images: tuple[TrainImage, ...], cache: Path, tmp_path: Path, count: int, adapter: str
) -> None:
    anima, recipe = load(tiny_base, torch.device("cuda"), torch.float32), replace(KEPT, adapter=adapter)
    plain = trained(anima, images, recipe, cache)
    with Trainer(anima, images, replace(recipe, blocks_to_swap=count), cache) as trainer:
        swapped = anima.transformer.transformer_blocks[-1].ff.net[2].base_layer.weight
        assert swapped.device.type == "cpu" and swapped.is_pinned()
        facts = list(trainer.steps())
        assert {value.device.type for value in trainer._parameters} == {"cuda"}
        assert facts == plain[0] and same(factors_of(trainer), plain[1])
        trainer.export(tmp_path / "lora")
    assert {value.device.type for value in anima.transformer.parameters()} == {"cuda"}
