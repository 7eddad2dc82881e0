"""What does a rendered PNG say of its making? The studio's own text first, then ComfyUI's graph, then A1111's text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from studio.core.drawn import FIELDS, Drawn, LeftOver, WornLora
from studio.core.errors import UserError
from studio.core.knobs import Setting, checked, knob_of
from studio.core.spec import SAMPLERS, SCHEDULERS, RenderSpec, spelled
from studio.store import comfy_graph
from studio.store.comfy_reader import read_graph
from studio.store.exchange.embedded import made_by_a1111
from studio.store.images import BROKEN, is_image, opened
from studio.store.picture_text import OWN, PARAMETERS, Parameters, from_json, parse_parameters

COMFYUI = "ComfyUI"
MOST = 20_000  # pictures of a folder

_LARGEST = 2**18  # characters of a text
_LORA_TAG = re.compile(r"\s*<lora:([^:<>]{1,200}):(-?[\d.]{1,12})>")
_SPELT = {spelled(name).casefold(): name for name in (*SAMPLERS, *SCHEDULERS)}
_WORDS = {"steps": "Steps", "cfg": "CFG scale", "sampler": "Sampler", "scheduler": "Schedule type", "seed": "Seed"}
_CHANGED = ("Hires upscale", "Denoising strength", "Refiner", "ADetailer model")  # settings of what is no plain render


def drawn_in(folder: Path) -> Iterator[Drawn | LeftOver]:
    """Every picture below a folder, in the order of their names. Raises UserError where there is no such folder."""
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}", "Name the folder of the rendered pictures.")
    for count, path in enumerate(sorted(each for each in folder.rglob("*") if is_image(each) and each.is_file())):
        if count >= MOST:
            yield LeftOver(path, f"stands behind {MOST:,} others: name a smaller folder")
            return
        yield read_drawn(path)


def read_drawn(path: Path) -> Drawn | LeftOver:
    """What a picture says, or why it cannot be taken."""
    if path.suffix.lower() != ".png":
        return LeftOver(path, "is no PNG, and only PNGs are lossless and tell their settings")
    try:
        with opened(path) as image:
            texts = {name: _text(image.info.get(name)) for name in (OWN, comfy_graph.CHUNK, PARAMETERS)}
            size = image.size
    except BROKEN:
        return LeftOver(path, "cannot be read")
    return _own(path, texts[OWN], size) or _graph(path, texts[comfy_graph.CHUNK], size) or (
        _parameters(path, texts[PARAMETERS], size) or LeftOver(path, "says nothing of its settings"))


def split(found: Iterable[Drawn | LeftOver]) -> tuple[tuple[Drawn, ...], tuple[LeftOver, ...]]:
    """Those that tell their settings, and the others."""
    listed = list(found)
    return (tuple(each for each in listed if isinstance(each, Drawn)),
            tuple(each for each in listed if isinstance(each, LeftOver)))


def _own(path: Path, text: str, size: tuple[int, int]) -> Drawn | None:
    origin = from_json(text)
    if origin is None:
        return None
    spec = origin.spec
    names = origin.lora_names or tuple(sha256[:12] for sha256, _ in spec.loras)
    loras = tuple(WornLora(name, strength, sha256) for name, (sha256, strength) in zip(names, spec.loras, strict=True))
    settings = {name: getattr(spec, name) for name in FIELDS} | {"width": size[0], "height": size[1]}
    return Drawn(path, spec.drawn_by, settings, loras, spec.base or origin.base_name, base_name=origin.base_name)


def _graph(path: Path, text: str, size: tuple[int, int]) -> Drawn | None:
    try:
        graph = read_graph(text) if text else None
    except UserError as error:
        return Drawn(path, COMFYUI, obstacle=error.what)
    if graph is None:
        return None
    settings = {name: getattr(graph.spec, name) for name in FIELDS} | {"width": size[0], "height": size[1]}
    loras = tuple(WornLora(name, strength) for name, strength in graph.loras)
    return Drawn(path, COMFYUI, settings, loras, graph.models.transformer,
                 graph.obstacles[0].rstrip(".") if graph.obstacles else "")


def _parameters(path: Path, text: str, size: tuple[int, int]) -> Drawn | None:
    said, made = parse_parameters(text), made_by_a1111(text)
    if not text or made is None:
        return None
    changed = next((f"was changed after it was drawn ({word})" for word in _CHANGED if word in said.settings), "")
    loras = tuple(WornLora(name, float(strength)) for name, strength in _LORA_TAG.findall(said.prompt)
                  if strength.replace(".", "", 1).lstrip("-").isdigit())
    return Drawn(path, made.generator, dict(_settings(said)) | {"width": size[0], "height": size[1]}, loras,
                 said.settings.get("Model", ""), changed)


def _settings(said: Parameters) -> Iterator[tuple[str, Setting]]:
    yield "prompt", _LORA_TAG.sub("", said.prompt).strip()
    yield "negative", said.negative
    for name, word in _WORDS.items():
        if text := said.settings.get(word, ""):
            yield name, _value(name, text)


def _value(name: str, text: str) -> Setting:
    """As the knob of this name takes it; a word that it does not know stays, and will fit nothing."""
    knob = knob_of(RenderSpec, name)
    try:
        return checked(knob, _SPELT.get(text.casefold(), text) if knob.kind is str else knob.kind(text), name)
    except (UserError, ValueError):
        return text


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _LARGEST else ""
