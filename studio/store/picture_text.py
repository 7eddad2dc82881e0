"""What does a rendered picture say about itself?

Three PNG text chunks: `parameters`, the text that AUTOMATIC1111's web UI writes and most tools read; `prompt`, the
graph that draws the picture in ComfyUI; and `charstudio`, JSON from which it can be rendered again here. Pictures come
from anywhere: their text is read within limits, and a chunk that makes no sense counts as absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image, PngImagePlugin

from studio.core.errors import UserError
from studio.core.knobs import build, to_mapping
from studio.core.spec import RenderSpec, spelled
from studio.store import comfy_graph
from studio.store.atomic import replace_atomic
from studio.store.comfy_graph import Graph, ModelNames, graph_text
from studio.store.png_chunks import LARGEST, text_chunk

PARAMETERS, OWN = "parameters", "charstudio"  # names of the chunks

_SETTING = re.compile(r'\s*(\w[\w \-/]{1,40}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')  # as A1111 reads its last line
_FEWEST_SETTINGS = 3  # a last line with fewer belongs to the prompt

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Origin:
    """What made a picture: its spec, the names of the files behind the digests, and facts that should decide no pixel.

    `lora_names` stand in the order of `spec.loras`; `facts` hold device, dtype, run, epoch and the like.
    """

    spec: RenderSpec
    base_name: str = ""
    lora_names: tuple[str, ...] = ()
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameters:
    """A1111's text taken apart; `settings` holds its last line, all values as text."""

    prompt: str
    negative: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


def write_png(path: Path, image: Image.Image, spec: RenderSpec, *, base_name: str = "",
              lora_names: Sequence[str] = (), facts: Facts | None = None, models: ModelNames | None = None) -> None:
    """Writes a rendered picture with all that made it (see `Origin`): lossless, whole or not at all.

    `models` is what ComfyUI calls the base's files; without it they have the base's name and the public release's.
    """
    origin = Origin(spec, base_name, tuple(lora_names), facts or {})
    text = PngImagePlugin.PngInfo()
    text.add_text(PARAMETERS, parameters_text(origin))
    text.add_text(comfy_graph.CHUNK, graph_text(graph_from(origin, models)))
    text.add_text(OWN, to_json(origin))
    with replace_atomic(path) as part:
        image.save(part, format="PNG", pnginfo=text, compress_level=1)


def read_origin(path: Path) -> Origin | None:
    """What the studio wrote into this picture; None for a picture from elsewhere."""
    return from_json(text_chunk(path, OWN))


def read_parameters(path: Path) -> Parameters | None:
    """A1111's text of a picture, whoever wrote it; None without one."""
    text = text_chunk(path, PARAMETERS)
    return parse_parameters(text) if text else None


def parameters_text(origin: Origin) -> str:
    """Prompt, negative prompt and one line of settings, LoRAs named in the prompt as A1111 does."""
    spec = origin.spec
    prompt = " ".join([spec.prompt, *(f"<lora:{name}:{strength:g}>" for name, _, strength in _loras(origin))])
    negative = [f"Negative prompt: {spec.negative}"] if spec.negative else []
    settings = ", ".join(f"{name}: {_quoted(value)}" for name, value in _settings(origin))
    return "\n".join([prompt, *negative, settings])


def parse_parameters(text: str) -> Parameters:
    """Takes A1111's text apart as A1111 does: a last line with three settings or more, a negative prompt before it."""
    lines = text[:LARGEST].strip().split("\n")
    settings = {name: _unquoted(value.strip()) for name, value in _SETTING.findall(lines[-1])}
    if len(settings) < _FEWEST_SETTINGS:
        settings = {}
    prompt, _, negative = "\n".join(lines[:-1] if settings else lines).partition("Negative prompt:")
    return Parameters(prompt.strip(), negative.strip(), settings)


def graph_from(origin: Origin, models: ModelNames | None = None) -> Graph:
    """The picture as a graph for ComfyUI."""
    named = ModelNames(f"{origin.base_name}.safetensors") if origin.base_name else ModelNames()
    loras = tuple((f"{name}.safetensors", strength) for name, _, strength in _loras(origin))
    return Graph(origin.spec, loras, models or named)


def to_json(origin: Origin) -> str:
    """The text of the `charstudio` chunk."""
    spec = to_mapping(origin.spec) | {"loras": origin.spec.loras, "base": origin.spec.base}
    spec |= {"drawn_by": origin.spec.drawn_by} if origin.spec.drawn_by else {}
    return json.dumps({"spec": spec, "base_name": origin.base_name, "lora_names": origin.lora_names,
                       "facts": dict(origin.facts)}, ensure_ascii=False)


def from_json(text: str) -> Origin | None:
    """The origin of that text; None unless it is one that this studio could have written."""
    try:
        return _origin(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, UserError):
        return None


def _origin(table: Mapping[str, object]) -> Origin:
    knobs = dict(table["spec"])
    loras = tuple((str(sha256), float(strength)) for sha256, strength in knobs.pop("loras"))
    base, drawn_by = str(knobs.pop("base")), str(knobs.pop("drawn_by", ""))
    spec = replace(build(RenderSpec, knobs, OWN), loras=loras, base=base, drawn_by=drawn_by)
    names = tuple(str(name) for name in table["lora_names"])
    if names and len(names) != len(loras):
        raise ValueError("as many names as LoRAs")
    return Origin(spec, str(table["base_name"]), names, dict(table["facts"]))


def _settings(origin: Origin) -> Iterator[tuple[str, str]]:
    """The last line, in A1111's words and order."""
    spec = origin.spec
    yield "Steps", str(spec.steps)
    yield "Sampler", spelled(spec.sampler)
    yield "Schedule type", spelled(spec.scheduler)
    yield "CFG scale", f"{spec.cfg:g}"
    yield "Seed", str(spec.seed)
    yield "Size", f"{spec.width}x{spec.height}"
    if spec.base:
        yield "Model hash", spec.base[:10]
    if origin.base_name:
        yield "Model", origin.base_name
    if spec.loras:
        yield "Lora hashes", ", ".join(f"{name}: {sha256[:12]}" for name, sha256, _ in _loras(origin))
    yield "Version", "Character LoRA Studio"


def _loras(origin: Origin) -> Iterator[tuple[str, str, float]]:
    """(name, SHA-256, strength) of each LoRA; one without a name is called by its hash."""
    names: Sequence[str] = origin.lora_names or [sha256[:12] for sha256, _ in origin.spec.loras]
    for name, (sha256, strength) in zip(names, origin.spec.loras, strict=True):
        yield name.removesuffix(".safetensors"), sha256, strength


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(sign in value for sign in ',:\n') else value


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(value)) if value.startswith('"') else value
    except ValueError:
        return value
