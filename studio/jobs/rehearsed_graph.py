"""The picture from ComfyUI that a rehearsal draws again: its settings, and where its LoRAs lie here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.core.errors import UserError, shown
from studio.core.spec import RenderSpec
from studio.store.comfy_graph import Graph, graph_of
from studio.store.comfyui import LORAS, model_folders
from studio.store.images import open_rgb
from studio.store.picture_text import read_origin

_LEVELS_UP = 3  # .../models/diffusion_models/anima/file.safetensors is three below models/
_STOCHASTIC = ("er_sde", "euler_ancestral")


@dataclass(frozen=True, slots=True)
class RehearsedGraph:
    """`spec` has its noise rule; `rule` says in words where that comes from."""

    graph: Graph
    spec: RenderSpec
    rule: str

    @property
    def told(self) -> str:
        """The settings in a line."""
        spec = self.spec
        how = f"{spec.steps} steps, CFG {spec.cfg:g}, {spec.sampler}, {spec.scheduler}"
        return f"{spec.width}x{spec.height}, {how}, seed {spec.seed}"

    @property
    def loras_told(self) -> str:
        return "; ".join(f"{shown(name)} at {strength:g}" for name, strength in self.graph.loras) or "none"


def rehearsed_graph(match: Path, device: str) -> RehearsedGraph:
    """Raises UserError if the file holds no graph that can be followed."""
    graph = graph_of(match)
    rule, told = _noise_rule(match, graph.spec, device)
    return RehearsedGraph(graph, dataclasses.replace(graph.spec, noise_rule=rule), told)


def require_drawable(match: Path, graph: Graph) -> None:
    """Raises UserError naming all that this studio cannot draw as ComfyUI did."""
    if graph.obstacles:
        raise UserError(" ".join(graph.obstacles), "Save a picture without it, and rehearse with that one.")
    size, drawn = open_rgb(match).size, (graph.spec.width, graph.spec.height)
    if size != drawn:
        raise UserError(f"{match} is {size[0]}x{size[1]}, its graph draws {drawn[0]}x{drawn[1]}",
                        "Take a picture that was saved as it was drawn.")


def lora_paths(graph: Graph, folder: Path | None, beside: Iterable[Path]) -> tuple[tuple[Path, float], ...]:
    """The files of the graph's LoRAs with their strengths. Raises UserError naming the first that is not found."""
    folders = [folder] if folder else [place for each in beside for place in _places(each)]
    return tuple((_found(name, folders), strength) for name, strength in graph.loras)


def _places(file: Path) -> Iterator[Path]:
    """Where LoRAs lie that go with this file: beside it, or in the folders of the ComfyUI it belongs to."""
    yield file.parent
    for root in file.absolute().parents[:_LEVELS_UP]:
        yield from model_folders(root, LORAS)


def _found(name: str, folders: Iterable[Path]) -> Path:
    """A graph's names are a stranger's: none leads out of the folders."""
    parts = PurePosixPath(name.replace("\\", "/"))
    inside = not parts.is_absolute() and ".." not in parts.parts and ":" not in name
    names = [parts, parts.name] if inside else [parts.name]
    for path in (folder / each for folder in folders for each in names if each):
        if path.is_file():
            return path
    raise UserError(f"The LoRA {shown(name)} was not found", "Name its folder with --lora-folder.")


def _noise_rule(match: Path, spec: RenderSpec, device: str) -> tuple[str, str]:
    """A graph does not say what drew its step noise; our own pictures do."""
    if spec.sampler not in _STOCHASTIC:
        return spec.noise_rule, f"{spec.sampler} draws none"
    origin = read_origin(match)
    if origin is not None:
        return origin.spec.noise_rule, f"by the {origin.spec.noise_rule} rule, as the picture itself says"
    rule = "cuda" if device == "cuda" else "cpu"
    return rule, f"by the {rule} rule, as ComfyUI draws it on this device"
