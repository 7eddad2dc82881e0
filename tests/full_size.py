"""Writes a base of random weights in the release's true shapes, and measures what loading and using it takes.

    python tests/full_size.py FOLDER                       the transformer with its adapter at full size, 3.9 GiB
    python tests/full_size.py FOLDER --all                 text encoder and VAE too, 5.2 GiB
    python tests/full_size.py FOLDER --prefix "" --blocks 40
    python tests/full_size.py FOLDER --measure             loads what lies there, and takes a step of each kind

Weights are of variance 1/inputs, so that signals keep their size. They are written piece by piece: memory never holds
more than one piece. What is not at full size is small and fits the rest.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402
from diffusers import AutoencoderKLQwenImage  # noqa: E402
from PIL import Image  # noqa: E402

from resources import folder as resource  # noqa: E402
from studio.core.buckets import Bucket  # noqa: E402
from studio.core.recipe import Recipe  # noqa: E402
from studio.engine.anima import keys  # noqa: E402
from studio.engine.anima.checkpoint import Anima, load  # noqa: E402
from studio.engine.anima.files import BaseFiles, find_base  # noqa: E402
from studio.engine.anima.pipeline import Picture, encoded, flow_of, sample  # noqa: E402
from studio.engine.anima.shapes import empty_conditioner, empty_qwen, empty_transformer  # noqa: E402
from studio.engine.anima.vae import to_wan_key  # noqa: E402
from studio.engine.trainer import Trainer, TrainImage  # noqa: E402
from studio.store.weight_header import read_entries  # noqa: E402
from tests.bench.random_base import RELEASE, VOCAB  # noqa: E402

TOKENIZERS_VARIABLE = "CHARSTUDIO_TOKENIZERS"  # names a folder of qwen2/ and t5/; the practice model's serve without it

_PIECE = 2**24  # numbers drawn at once
_BYTES = 2  # of a bfloat16
_SMALL_VAE, _SMALL_QWEN = 8, replace(RELEASE.qwen, layers=2, vocab=VOCAB)
_STEP_SIDE = 256  # pixels of the picture that steps are taken on

Shapes = Mapping[str, Sequence[int]]


def write_base(folder: Path, prefix: str = "net.", blocks: int = 28, everything: bool = False) -> BaseFiles:
    """All files of a base below `folder`, laid out as the public release."""
    dit = empty_transformer(replace(RELEASE.transformer, layers=blocks)).state_dict()
    both = keys.original_keys(dit, empty_conditioner(RELEASE.adapter).state_dict())
    path = folder / "diffusion_models" / "anima-full-size.safetensors"
    write_random(path, {prefix + name.removeprefix(keys.PREFIX): value.shape for name, value in both.items()})
    qwen = empty_qwen(RELEASE.qwen if everything else _SMALL_QWEN).state_dict()
    text_encoder = folder / "text_encoders" / "qwen3-full-size.safetensors"
    write_random(text_encoder, {keys.QWEN_PREFIX + name: value.shape for name, value in qwen.items()})
    with torch.device("meta"):
        vae = AutoencoderKLQwenImage(base_dim=RELEASE.vae_width if everything else _SMALL_VAE).state_dict()
    vae_shapes = {to_wan_key(name): value.shape for name, value in vae.items()}
    write_random(folder / "vae" / "vae-full-size.safetensors", vae_shapes)
    source = Path(os.environ.get(TOKENIZERS_VARIABLE) or resource("miniature", "tokenizers"))
    shutil.copytree(source, folder / "tokenizers", dirs_exist_ok=True)
    return find_base(path)


def write_random(path: Path, shapes: Shapes, seed: int = 0) -> None:
    """A safetensors file of bfloat16 tensors with these names and shapes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(seed)
    with path.open("wb") as file:
        file.write(_header(shapes))
        for name, shape in shapes.items():
            for piece in _pieces(name, shape, generator):
                file.write(piece.to(torch.bfloat16).view(torch.uint8).numpy().data)


def write_with_prefix(source: Path, target: Path, prefix: str) -> None:
    """The same model in another tool's names: the header anew, the weights' bytes as they are."""
    entries = read_entries(source)
    [shared] = {entry.name[: entry.name.index(".") + 1] for entry in entries}
    with source.open("rb") as read, target.open("wb") as write:
        write.write(_header({prefix + entry.name.removeprefix(shared): entry.shape for entry in entries}))
        read.seek(entries[0].start)
        shutil.copyfileobj(read, write, 2**24)


def measured(files: BaseFiles, steps: bool, scratch: Path) -> dict[str, object]:
    """Seconds, and bytes of resident memory: before, at the peak of loading, after it, and at the peak of each step."""
    weights = sum(path.stat().st_size for path in (files.transformer, files.text_encoder, files.vae))
    _peak_bytes()  # what importing took for a moment is no matter
    before, start = _peak_bytes(), time.monotonic()
    anima = load(files, torch.device("cpu"), torch.bfloat16)
    load_s, peak = time.monotonic() - start, _peak_bytes()
    told = {"weights_bytes": weights, "before_bytes": before, "peak_bytes": peak, "load_s": load_s,
            "peak_share": (peak - before) / weights, "whole_share": peak / weights}  # fmt: skip
    return told | (_steps(anima, scratch) if steps else {})


def _steps(anima: Anima, scratch: Path) -> dict[str, object]:
    start = time.monotonic()
    moved = _denoised(anima)
    told: dict[str, object] = {"denoise_s": time.monotonic() - start, "denoise_peak_bytes": _peak_bytes(),
                               "denoise_finite": bool(torch.isfinite(moved).all())}  # fmt: skip
    start = time.monotonic()
    loss = _trained(anima, scratch)
    return told | {"train_s": time.monotonic() - start, "train_peak_bytes": _peak_bytes(), "loss": loss}


def _denoised(anima: Anima) -> torch.Tensor:
    """The latents after one step from noise."""
    picture = Picture("1girl, blue hair", steps=1, cfg=1.0, sampler="euler", width=_STEP_SIDE, height=_STEP_SIDE)
    return sample(flow_of(anima, [picture], encoded(anima.text, [picture])), [picture], anima.device)


def _trained(anima: Anima, scratch: Path) -> float:
    """The loss of one training step."""
    Image.new("RGB", (_STEP_SIDE, _STEP_SIDE), (60, 90, 200)).save(scratch / "plain.png")
    image = TrainImage("plain", scratch / "plain.png", "1girl, blue hair", Bucket(_STEP_SIDE, _STEP_SIDE))
    recipe = Recipe(precision="bf16", batch_size=1, accumulation=1, epochs=1, max_steps=1)
    with Trainer(anima, [image], recipe, scratch / "cache") as trainer:
        deque(trainer.prepare(), maxlen=0)
        return next(trainer.steps()).loss


def _pieces(name: str, shape: Sequence[int], generator: torch.Generator) -> Iterator[torch.Tensor]:
    mean, spread = _spread(name, shape)
    count = math.prod(shape)
    for start in range(0, count, _PIECE):
        yield torch.empty(min(_PIECE, count - start)).normal_(mean, spread, generator=generator)


def _spread(name: str, shape: Sequence[int]) -> tuple[float, float]:
    """(mean, standard deviation): norms near one, small biases, tables of unit length, the rest by its inputs."""
    if name.endswith("bias"):
        return 0.0, 0.1
    if len(shape) == 1 or name.endswith("gamma"):
        return 1.0, 0.1
    return 0.0, 1.0 if "embed" in name and "embedder" not in name else 1 / math.sqrt(math.prod(shape[1:]))


def _header(shapes: Shapes) -> bytes:
    table: dict[str, object] = {"__metadata__": {"format": "pt"}}
    place = 0
    for name, shape in shapes.items():
        stop = place + math.prod(shape) * _BYTES
        table[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [place, stop]}
        place = stop
    text = json.dumps(table).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _peak_bytes() -> int:
    """The most memory that was resident since this was last asked; Linux counts it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--prefix", default=keys.PREFIX, help="what stands before each name of the transformer")
    parser.add_argument("--blocks", type=int, default=RELEASE.transformer.layers)
    parser.add_argument("--all", action="store_true", help="text encoder and VAE at full size too")
    parser.add_argument("--measure", choices=("load", "steps"), nargs="?", const="steps", help="instead of writing")
    options = parser.parse_args()
    if options.measure:
        files = find_base(options.folder)
        print(json.dumps(measured(files, options.measure == "steps", options.folder)), flush=True)
    else:
        print(write_base(options.folder, options.prefix, options.blocks, options.all).transformer)


if __name__ == "__main__":
    main()
