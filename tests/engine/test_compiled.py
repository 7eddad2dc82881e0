"""Compiled blocks: the same training but for the last bits, and none the worse where compiling fails."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from tiny_training import RECIPE, factors_of, painted_images, same, trained

from studio.engine.anima.checkpoint import Anima
from studio.engine.compiled import Blocks, reason_of
from studio.engine.preview import render_previews
from studio.engine.state import differences
from studio.engine.trainer import StepFacts, Trainer, TrainImage, Uncompiled

COMPILED = replace(RECIPE, compile=True, gradient_checkpointing=True)
PLAIN = replace(COMPILED, compile=False)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainImage, ...]:
    return painted_images(tmp_path_factory.mktemp("images"))


@pytest.fixture
def nothing_compiled_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "inductor"))
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def assert_plain(anima: Anima) -> None:
    assert not any("forward" in vars(block) for block in anima.transformer.transformer_blocks)


@pytest.mark.long
def test_a_broken_compiler_costs_a_sentence_and_no_bit(
    tiny_anima: Anima, images: tuple[TrainImage, ...], cache: Path, nothing_compiled_yet: None
) -> None:
    wanted, weights = trained(tiny_anima, images, PLAIN, cache)
    with (torch._inductor.config.patch({"cpp.cxx": (None, "/bin/false")}),
          Trainer(tiny_anima, images, COMPILED, cache) as trainer):  # fmt: skip
        before = trainer.state()
        failure, *facts = trainer.steps()
        assert isinstance(failure, Uncompiled) and "compiler" in failure.reason and "\n" not in failure.reason
        assert facts == wanted and same(factors_of(trainer), weights)
        assert differences(before, trainer.machine) == ("blocks was compiled, is plain",)
        assert_plain(tiny_anima)


def test_a_broken_compiler_is_one_of_the_failures(nothing_compiled_yet: None) -> None:
    model = nn.Module()
    model.transformer_blocks = nn.ModuleList([nn.Linear(3, 3)])
    blocks = Blocks(model, wanted=True)
    with torch._inductor.config.patch({"cpp.cxx": (None, "/bin/false")}), pytest.raises(blocks.failures) as failed:
        model.transformer_blocks[0](torch.ones(2, 3).sin()).sum().backward()
    assert "compiler" in reason_of(failed.value)


def test_a_step_that_fails_half_way_back_is_made_again_from_its_start(
    tiny_anima: Anima, images: tuple[TrainImage, ...], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, weights = trained(tiny_anima, images, RECIPE, cache)
    accumulate, calls = Trainer._accumulate, []

    def failing(trainer: Trainer, batches):
        calls.append(len(batches))
        if len(calls) == 2:
            accumulate(trainer, batches[:1])
            raise NotADirectoryError("no compiler\nand more")
        return accumulate(trainer, batches)

    monkeypatch.setattr(Trainer, "_accumulate", failing)
    monkeypatch.setattr(Blocks, "failures", (NotADirectoryError,))
    with Trainer(tiny_anima, images, RECIPE, cache) as trainer:
        first, failure, *others = trainer.steps()
        assert failure == Uncompiled("no compiler")
        assert [first, *others] == wanted and same(factors_of(trainer), weights)


def test_other_errors_are_not_taken_for_a_compiler_s(tiny_anima: Anima) -> None:
    assert Blocks(tiny_anima.transformer, wanted=False).failures == ()
    blocks = Blocks(tiny_anima.transformer, wanted=True)
    try:
        assert not issubclass(torch.OutOfMemoryError, blocks.failures)
    finally:
        blocks.restore()
    assert_plain(tiny_anima)


@pytest.mark.parametrize(("text", "reason"), [("a\nb", "a"), ("\n\n  c\n", "c"), ("", "RuntimeError")])
def test_a_reason_is_one_line(text: str, reason: str) -> None:
    assert reason_of(RuntimeError(text)) == reason


@pytest.mark.long
def test_a_compiled_run_is_a_plain_one_but_for_the_last_bits_and_draws_the_same_previews(
    tiny_anima: Anima, images: tuple[TrainImage, ...], cache: Path, nothing_compiled_yet: None
) -> None:
    one_by_one = replace(COMPILED, batch_size=1, max_steps=4, blocks_to_swap=1)  # pairs would be compiled once more
    wanted, weights = trained(tiny_anima, images, replace(one_by_one, compile=False), cache)
    with Trainer(tiny_anima, images, one_by_one, cache) as trainer:
        assert trainer.machine["blocks"] == "compiled"
        with trainer.shown():
            blank = [each.image.tobytes() for each in render_previews(tiny_anima, COMPILED, "mira", adapter=False)]
        steps = trainer.steps()
        facts = [next(steps)]
        graphs = torch._dynamo.utils.counters["stats"]["unique_graphs"]
        with trainer.shown():
            render_previews(tiny_anima, COMPILED, "mira")
        assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == graphs > 0
        facts += steps
        assert all(isinstance(fact, StepFacts) for fact in facts)
        assert [fact.loss for fact in facts] == pytest.approx([fact.loss for fact in wanted], rel=1e-4)
        there, wanted_there = (torch.cat([value.flatten() for value in each.values()])
                               for each in (factors_of(trainer), weights))  # fmt: skip
        assert (there - wanted_there).norm() < 0.02 * wanted_there.norm()
    assert_plain(tiny_anima)
    with Trainer(tiny_anima, images, PLAIN, cache):
        assert blank == [each.image.tobytes() for each in render_previews(tiny_anima, PLAIN, "mira", adapter=False)]
