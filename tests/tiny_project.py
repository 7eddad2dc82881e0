"""A project small enough to train within seconds: drawn images with captions, and a recipe for the tiny base."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from studio.core import toml
from studio.core.project import Character, with_character
from studio.core.recipe import Recipe
from studio.core.recipe import to_toml as recipe_text
from studio.store import dataset, workspace
from studio.store.images import read_picture

TRIGGER = "mira"
RECIPE = Recipe(
    name="tiny", rank=2, alpha=2.0, learning_rate=1e-2, batch_size=2, epochs=2, resolution=64, bucket_step=16,
    area_band=0.5, gradient_checkpointing=False, preview_prompts=("1girl, {trigger}, standing",), preview_seeds=(1,),
    preview_steps=2, preview_cfg=1.0, preview_width=64, preview_height=64, caption_dropout=0.2, transferable=False,
)  # fmt: skip


def write_images(folder: Path, count: int = 4) -> Path:
    """Images of two shapes with a caption each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        size = (64, 64) if number % 2 else (64, 80)
        image = Image.new("RGB", size, (40 * number % 256, 90, 200))
        ImageDraw.Draw(image).ellipse((8 + number, 8, 40 + number, 48), "orange")
        image.save(folder / f"{number}.png")
        (folder / f"{number}.txt").write_text(f"1girl, {TRIGGER}, standing, number {number}", encoding="utf-8")
    return folder


def write_project(folder: Path, base: Path | str, count: int = 4, repeats: int = 1) -> Path:
    """A project of one captioned character on `base`."""
    images = write_images(folder.parent / f"{folder.name}-images", count)
    with workspace.create(folder, "Tiny", str(base)) as place:
        place.save(with_character(place.project, Character("Mira", TRIGGER, repeats)))
        shelf = dataset.Shelf(place)
        for path in sorted(images.glob("*.png")):
            shelf.keep(read_picture(path), path.name, "Mira", path.with_suffix(".txt").read_text(encoding="utf-8"))
    return folder


def write_recipe(path: Path, recipe: Recipe = RECIPE) -> Path:
    """The recipe as a file."""
    path.write_text(recipe_text(recipe), encoding="utf-8")
    return path


def write_sample(folder: Path) -> Path:
    """A sample character as the shipped ones are, on `write_images`."""
    write_images(folder)
    prompts = [("standing, front view", ["standing", "front view"], "core"),
               ("sitting, from side", ["sitting", "from side"], "core"),
               ("blue ribbon, from behind", ["from behind"], "structure")]  # fmt: skip
    table = {
        "name": "Mira", "trigger": TRIGGER, "repeats": 1,
        "traits": {"core": ["blue hair", "red eyes"], "structure": ["blue ribbon"]},
        "prompt": [{"name": text, "text": f"1girl, {{trigger}}, {text}", "asked": asked, "scores": scores}
                   for text, asked, scores in prompts],
    }  # fmt: skip
    (folder / "character.toml").write_text(toml.dumps(table), encoding="utf-8")
    return folder


SAMPLE_TAGS = ("blue hair", "red eyes", "blue ribbon", "standing", "front view", "sitting", "from side", "from behind")
