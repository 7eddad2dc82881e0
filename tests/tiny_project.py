"""A project small enough to train within seconds: drawn images with captions, and a recipe for the tiny base."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from studio.core import toml
from studio.core.project import Character, Group, with_character, with_group
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


def write_images(folder: Path, count: int = 4, trigger: str = TRIGGER, colour: str = "orange") -> Path:
    """Images of two shapes with a caption each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        size = (64, 64) if number % 2 else (64, 80)
        image = Image.new("RGB", size, (40 * number % 256, 90, 200))
        ImageDraw.Draw(image).ellipse((8 + number, 8, 40 + number, 48), colour)
        image.save(folder / f"{number}.png")
        (folder / f"{number}.txt").write_text(f"1girl, {trigger}, standing, number {number}", encoding="utf-8")
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


def write_pair_project(folder: Path, base: Path | str) -> Path:
    """`write_project` with Kai, who is asymmetric, and one image of her and Mira together."""
    write_project(folder, base)
    kai = write_images(folder.parent / f"{folder.name}-kai", 2, "kaix", "purple")
    both = write_images(folder.parent / f"{folder.name}-both", 1, "both", "green") / "0.png"
    with workspace.open_project(folder) as place:
        project = with_character(place.project, Character("Kai", "kaix", 2, asymmetric=True))
        place.save(with_group(project, Group(("Mira", "Kai"), 3)))
        shelf = dataset.Shelf(place)
        for path in sorted(kai.glob("*.png")):
            shelf.keep(read_picture(path), path.name, "Kai", path.with_suffix(".txt").read_text(encoding="utf-8"))
        shelf.keep(read_picture(both), "both.png", "Mira+Kai", "2girls, mira, kaix, standing")
    return folder


def write_recipe(path: Path, recipe: Recipe = RECIPE) -> Path:
    """The recipe as a file."""
    path.write_text(recipe_text(recipe), encoding="utf-8")
    return path


def write_sample(folder: Path, name: str = "Mira", trigger: str = TRIGGER, colour: str = "orange",
                 core: Sequence[str] = ("blue hair", "red eyes")) -> Path:
    """A sample character as the shipped ones are, on `write_images`."""
    write_images(folder, trigger=trigger, colour=colour)
    prompts = [("standing, front view", ["standing", "front view"], "core"),
               ("sitting, from side", ["sitting", "from side"], "core"),
               ("blue ribbon, from behind", ["from behind"], "structure")]  # fmt: skip
    table = {
        "name": name, "trigger": trigger, "repeats": 1,
        "traits": {"core": list(core), "structure": ["blue ribbon"]},
        "prompt": [{"name": text, "text": f"1girl, {{trigger}}, {text}", "asked": asked, "scores": scores}
                   for text, asked, scores in prompts],
    }  # fmt: skip
    (folder / "character.toml").write_text(toml.dumps(table), encoding="utf-8")
    return folder


SAMPLE_TAGS = ("blue hair", "red eyes", "pink hair", "blue ribbon", "standing", "front view", "sitting", "from side",
               "from behind")
