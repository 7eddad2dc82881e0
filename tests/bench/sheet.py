"""A sheet drawn by the studio against the same cells drawn one by one by diffusers' own pipeline.

Both begin with prompts and seeds and end with images; loading is left out of both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from diffusers.modular_pipelines import ModularPipeline
from PIL import Image

from studio.core.previews import preview_specs
from studio.engine.anima.pipeline import Picture, render
from studio.engine.latents import start_noise
from tests.bench.pairs import timed_pairs
from tests.bench.stand import TRIGGER, Stand
from tests.bench.table import Row, at_least
from tests.diffusers_anima import reference, resize_without_torchvision

CFG = 4.0  # diffusers' own default for Anima


def rows(stand: Stand) -> Iterator[Row]:
    pictures, drawn = cells(stand, stand.effort.sheet_steps), {}
    anima, pipeline = stand.load(), reference(stand.files)

    def theirs() -> None:
        drawn["theirs"] = [one_cell(pipeline, picture) for picture in pictures]

    def ours() -> None:
        drawn["ours"] = render(anima, pictures)

    with resize_without_torchvision():
        one_cell(pipeline, pictures[0])
        pairs = timed_pairs(theirs, ours, stand.effort.sheet_pairs, warm_ups=0)
    what = f"{len(pictures)} cells, diffusers one by one / a sheet"
    note = f"{pairs.note}; the images differ by at most {largest_difference(**drawn)} of 255 levels"
    yield Row("sheet", what, pairs.ratios, at_least(1.5), note=note)


def cells(stand: Stand, steps: int) -> list[Picture]:
    """The recipe's preview prompts with as many seeds as fill the sheet."""
    seeds = tuple(range(-(-stand.effort.cells // len(stand.recipe.preview_prompts))))
    recipe = replace(stand.recipe, preview_seeds=seeds, preview_steps=steps, preview_cfg=CFG,
                     preview_sampler="euler", preview_scheduler="simple")  # fmt: skip
    return [Picture.of(spec) for spec in preview_specs(recipe, TRIGGER)][: stand.effort.cells]


def one_cell(pipeline: ModularPipeline, picture: Picture) -> Image.Image:
    """The picture as diffusers draws it; its Euler schedule with shift 3 is the studio's euler and simple."""
    state = pipeline(
        prompt=picture.prompt, negative_prompt=picture.negative, width=picture.width, height=picture.height,
        latents=start_noise(picture.seed, picture.width, picture.height), num_inference_steps=picture.steps,
    )  # fmt: skip
    return state.get("images")[0]


def largest_difference(ours: Sequence[Image.Image], theirs: Sequence[Image.Image]) -> int:
    """In levels of 255, over all pixels."""
    pairs = ((np.asarray(one, np.int16), np.asarray(other, np.int16)) for one, other in zip(ours, theirs, strict=True))
    return max(int(np.abs(one - other).max()) for one, other in pairs)
