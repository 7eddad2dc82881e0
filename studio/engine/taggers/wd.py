"""Taggers in the WD format: `model.onnx` with `selected_tags.csv` beside it.

Input convention of that format: a white square, bicubic to the model's own side, (batch, side, side, 3) float32 in
0 to 255, **BGR**, no mean and no deviation. Output: one probability a row of the tag file.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors
from PIL import Image

from studio.core.errors import UserError
from studio.core.tag_names import spelled
from studio.store.digests import sha256_of

MODEL_FILE = "model.onnx"
TAGS_FILE = "selected_tags.csv"
GENERAL = 0  # a tag's category; 4 is a character, 9 a rating
_BATCH = 8
# Faces made of characters; everywhere else an underscore stands for a space.
@dataclass(frozen=True, slots=True)
class TagRow:
    """One row of the tag file: the tag as captions spell it, and its category."""

    tag: str
    category: int


class Tagger:
    """A loaded tagger. `rows` are in the order of the network's outputs."""

    def __init__(self, session: onnxruntime.InferenceSession, rows: Sequence[TagRow], digest: str) -> None:
        self._session = session
        self._input = session.get_inputs()[0]
        self.rows = tuple(rows)
        self.digest = digest

    @classmethod
    def from_folder(cls, folder: Path, threads: int = 0) -> Tagger:
        """Opens `model.onnx` and `selected_tags.csv`; `threads` 0 leaves the number to onnxruntime.

        Raises UserError naming the file that is missing or does not fit.
        """
        model, tags = _present(folder / MODEL_FILE), _present(folder / TAGS_FILE)
        tagger = cls(_session(model, threads), read_tags(tags), _digest(model, tags))
        tagger._check(folder)
        return tagger

    @property
    def side(self) -> int:
        """The side of the network's square input, in pixels."""
        return int(self._input.shape[1])

    def predict(self, images: Sequence[Image.Image]) -> list[dict[str, float]]:
        """The probability of every tag, picture by picture."""
        return [self._named(row) for chunk in _chunks(images, self._batch) for row in self._run(chunk)]

    def tags(self, image: Image.Image, threshold: float, category: int = GENERAL) -> tuple[str, ...]:
        """The tags of one category at or above `threshold`, most likely first."""
        chances = self.predict([image])[0]
        kept = [row.tag for row in self.rows if row.category == category and chances[row.tag] >= threshold]
        return tuple(sorted(kept, key=lambda tag: -chances[tag]))

    @property
    def _batch(self) -> int:
        return self._input.shape[0] if isinstance(self._input.shape[0], int) else _BATCH

    def _run(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Probabilities (len(images), rows); a graph with a fixed batch is filled up with the last picture."""
        pixels = np.stack([prepare(image, self.side) for image in images])
        missing = self._batch - len(images) if isinstance(self._input.shape[0], int) else 0
        full = np.concatenate([pixels, np.repeat(pixels[-1:], missing, axis=0)])
        return self._session.run(None, {self._input.name: full})[0][: len(images)]

    def _named(self, row: np.ndarray) -> dict[str, float]:
        return {known.tag: float(chance) for known, chance in zip(self.rows, row, strict=True)}

    def _check(self, folder: Path) -> None:
        shape = self._input.shape
        if len(shape) != 4 or shape[3] != 3 or not isinstance(shape[1], int) or shape[1] != shape[2]:
            raise UserError(f"{folder / MODEL_FILE} takes an input of shape {shape}, not (batch, side, side, 3)",
                            "Choose a tagger in the WD format.")
        width = self._session.get_outputs()[0].shape[-1]
        if isinstance(width, int) and width != len(self.rows):
            raise UserError(f"{folder / TAGS_FILE} has {len(self.rows)} tags, {MODEL_FILE} answers {width}",
                            "Take both files from the same tagger.")


def prepare(image: Image.Image, side: int) -> np.ndarray:
    """(side, side, 3) float32, BGR, 0 to 255: transparency on white, padded to a centred white square, bicubic."""
    square = _on_white_square(image)
    small = square if square.width == side else square.resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(small, dtype=np.float32)[:, :, ::-1]


def read_tags(path: Path) -> tuple[TagRow, ...]:
    """The rows of a tag file, underscores made spaces except in faces such as `^_^`."""
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            return tuple(TagRow(spelled(row["name"]), int(row["category"])) for row in csv.DictReader(lines))
    except (KeyError, TypeError, ValueError) as problem:
        raise UserError(f"{path} is not a tag file: its columns must be tag_id, name, category, count",
                        "Take it from the tagger's own folder.") from problem


def _on_white_square(image: Image.Image) -> Image.Image:
    side = max(image.size)
    square = Image.new("RGB", (side, side), "white")
    opaque = image.convert("RGBA")
    square.paste(opaque, ((side - image.width) // 2, (side - image.height) // 2), opaque)
    return square


def _chunks(images: Sequence[Image.Image], size: int) -> Iterator[Sequence[Image.Image]]:
    return (images[start : start + size] for start in range(0, len(images), size))


def _session(model: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except (onnx_errors.Fail, onnx_errors.InvalidProtobuf, onnx_errors.InvalidGraph) as problem:
        raise UserError(f"{model} cannot be opened as an ONNX model", "Download it again.") from problem


def _present(path: Path) -> Path:
    if not path.is_file():
        raise UserError(f"{path} is missing", f"A tagger is a folder with {MODEL_FILE} and {TAGS_FILE}.")
    return path


def _digest(*paths: Path) -> str:
    """Names the version of a judge: 16 hex digits over its files' bytes."""
    return hashlib.sha256(json.dumps([sha256_of(path) for path in paths]).encode()).hexdigest()[:16]
