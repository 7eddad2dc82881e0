"""Every file that ships is read by what will read it; a new kind of file has to be given its reader here."""

import csv
import json
import tomllib
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import onnxruntime
import pytest
from PIL import Image
from safetensors import safe_open

from studio.core.recipe import from_toml, load_recipe, to_toml
from studio.core.sheet_plan import load_plan
from studio.store.captions import read_caption
from studio.store.tokenizers import Tokenizer
from tests.architecture.tree import ROOT, files

RESOURCES = ROOT / "resources"
MINIATURE = RESOURCES / "miniature"
SHIPPED = tuple(path for path in files("resources") if path.suffix != ".py")


def read_recipe(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe.name == path.stem
    assert from_toml(to_toml(recipe)) == recipe


def read_toml(path: Path) -> None:
    assert tomllib.loads(path.read_text("utf-8"))


def read_sheet(path: Path) -> None:
    plan = load_plan(path)
    assert plan.rows and plan.columns


def read_weights(path: Path) -> None:
    with safe_open(path, "np") as weights:
        assert all(weights.get_slice(name).get_shape() is not None for name in weights.keys())
        assert list(weights.keys())


def read_tagger(path: Path) -> None:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape[3] == 3, "pictures go in as (batch, height, width, channel)"


def read_rows(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        assert all(None not in row for row in csv.DictReader(file, strict=True))


def read_json(path: Path) -> None:
    assert json.loads(path.read_text("utf-8"))


def read_tokenizer(path: Path) -> None:
    tokenizer = Tokenizer.from_folder(path.parent)
    assert tokenizer.encode("1girl, 髪") and isinstance(tokenizer.pad_id, int)


def read_image(path: Path) -> None:
    with Image.open(path) as image:
        image.load()


def read_text(path: Path) -> None:
    assert path.read_text("utf-8").strip()


def read_drawing(path: Path) -> None:
    assert xml.parse(path).getroot().tag.endswith("svg")


BY_FOLDER: dict[str, Callable[[Path], None]] = {"recipes": read_recipe, "sheets": read_sheet}
BY_NAME: dict[str, Callable[[Path], None]] = {"tokenizer_config.json": read_tokenizer}
BY_SUFFIX: dict[str, Callable[[Path], None]] = {
    ".toml": read_toml, ".safetensors": read_weights, ".onnx": read_tagger, ".csv": read_rows, ".json": read_json,
    ".png": read_image, ".webp": read_image, ".jpg": read_image, ".txt": read_text, ".md": read_text,
    ".svg": read_drawing, ".qss": read_text, ".html": read_text,
}


def reader_of(path: Path) -> Callable[[Path], None] | None:
    folder = path.relative_to(RESOURCES).parts[0]
    return BY_FOLDER.get(folder) or BY_NAME.get(path.name) or BY_SUFFIX.get(path.suffix)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(RESOURCES).as_posix())
def test_every_resource_loads(path: Path) -> None:
    reader = reader_of(path)
    assert reader, f"nothing here reads a {path.suffix} file"
    reader(path)


def test_every_sample_picture_has_its_caption() -> None:
    pictures = [path for path in SHIPPED if path.is_relative_to(RESOURCES / "samples") and path.suffix == ".png"]
    assert [path.name for path in pictures if not read_caption(path)] == []


def test_the_practice_model_is_at_most_60_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED if path.is_relative_to(MINIATURE)) <= 60e6


def test_the_tagger_has_a_row_for_each_of_its_outputs() -> None:
    model, table = MINIATURE / "tagger" / "model.onnx", MINIATURE / "tagger" / "selected_tags.csv"
    if not model.exists():
        pytest.skip("the practice model's tagger has not been built")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    assert session.get_outputs()[0].shape[-1] == len(rows)
