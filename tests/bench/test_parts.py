"""Every part of the bench does what it says, told by a few turns on the tiny base; never how fast."""

import json
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path

import pytest
import torch
from tiny_project import RECIPE, write_images

from studio.engine.anima.pipeline import render
from studio.engine.trainer import Trainer
from tests.bench import __main__ as bench
from tests.bench.bare import BareLoop, batches, with_lora
from tests.bench.sheet import cells, largest_difference, one_cell
from tests.bench.stand import Effort, Stand
from tests.diffusers_anima import reference, resize_without_torchvision

LEAST = Effort(step_pairs=2, sheet_pairs=1, cells=3, sheet_steps=2, vae_pairs=1, vae_sides=(32,), swap_pairs=1,
               cell_steps=2, rounds=1, turn_s=0.05, starts=1)  # fmt: skip
TARGETS = {"train": [1.10], "sheet": [1.5], "vae": [None, None], "text": [None], "swap": [0.02, 0.02], "beside": [0.35],
           "window": [1.5]}
RATIOS = {"train": 2, "sheet": 1, "vae": 1, "text": 2, "swap": 1, "beside": 2, "window": 1}


@pytest.fixture(scope="module")
def stand(tiny_base, tmp_path_factory: pytest.TempPathFactory) -> Stand:
    scratch = tmp_path_factory.mktemp("bench")
    recipe = replace(RECIPE, caption_dropout=0.0)
    base = tiny_base.transformer.parents[1]
    return Stand(scratch, base, recipe, write_images(scratch / "images"), LEAST)


@pytest.mark.parametrize("part", bench.PARTS)
def test_a_part_compares_what_it_names(stand: Stand, part: str) -> None:
    rows = list(import_module(f"tests.bench.{part}").rows(stand))
    assert [row.target and row.target.bound for row in rows] == TARGETS[part]
    for row in rows:
        assert row.part == part and row.note
        assert len(row.ratios) == RATIOS[part] and min(row.ratios) > 0


def test_both_sheets_show_the_same_pictures(stand: Stand) -> None:
    pictures = cells(stand, steps=2)
    with resize_without_torchvision():
        theirs = [one_cell(reference(stand.files), picture) for picture in pictures]
    assert largest_difference(render(stand.load(), pictures), theirs) <= 1
    assert largest_difference(theirs[:1], theirs[1:2]) > 1


def test_the_bare_loop_takes_the_trainers_own_first_step(stand: Stand) -> None:
    anima = stand.load()
    with Trainer(stand.load(), stand.images, stand.recipe, stand.cache) as trainer:
        theirs = next(trainer.steps()).loss
    [batch] = islice(batches(anima, stand.images, stand.recipe, stand.cache), 1)
    ours = BareLoop(anima.transformer, with_lora(anima.transformer, stand.recipe), stand.recipe)(batch)
    assert ours.item() == pytest.approx(theirs, rel=1e-5)


def test_the_bare_loop_learns_the_lora_and_leaves_the_base_alone(stand: Stand) -> None:
    anima = stand.load()
    parameters = with_lora(anima.transformer, stand.recipe)
    loop = BareLoop(anima.transformer, parameters, stand.recipe)
    base = [value for value in anima.transformer.parameters() if not value.requires_grad]
    frozen = [value.clone() for value in base]
    before = [value.detach().clone() for value in parameters]
    for batch in islice(batches(anima, stand.images, stand.recipe, stand.cache), 2):
        loop(batch)
    assert all(not torch.equal(old, new) for old, new in zip(before, parameters, strict=True))
    assert base and all(torch.equal(old, new) for old, new in zip(frozen, base, strict=True))


def test_the_chosen_parts_are_told_and_written(
        stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench, "measured", lambda part, scratch: list(import_module(f"tests.bench.{part}").rows(stand)))
    assert bench.main(["text", "vae", "--json", str(tmp_path / "bench.json")]) == 0
    told = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert [row["part"] for row in told["rows"]] == ["text", "vae", "vae"]
    assert told["machine"]["threads"] >= 1
    assert "steps a second, cache on / off" in capsys.readouterr().out


def test_a_part_that_is_none_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["speed"])
    assert "there is no part speed" in capsys.readouterr().err
