"""What does ComfyUI's graph in a picture say, and how is a picture of ours told as one?

ComfyUI writes the graph it ran as JSON into the PNG chunk `prompt` (its "API format"): nodes by id, each with a class
and inputs; an input is a value, or a link [id of a node, number of its output]. Dropped onto ComfyUI's window such a
picture brings its graph back, so a picture of ours carries the one that draws it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.core.spec import RenderSpec
from studio.store.png_chunks import text_chunk

CHUNK = "prompt"
SINK = "9"  # the number of the node that writes the picture

_FIRST_LORA = 10  # the number of its node; the others follow

Node = dict[str, object]


@dataclass(frozen=True, slots=True)
class ModelNames:
    """What the files of a base are called in ComfyUI's folders; by default as the public release calls them."""

    transformer: str = "anima-base-v1.0.safetensors"
    text_encoder: str = "qwen_3_06b_base.safetensors"
    vae: str = "qwen_image_vae.safetensors"


@dataclass(frozen=True, slots=True)
class Graph:
    """A picture as a graph describes it. `loras` are (file name, strength) in the order in which they are put on.

    `spec` holds no digests and no noise rule: a graph knows neither. `obstacles` are sentences on what this studio
    cannot draw as ComfyUI did; a setting that is concerned keeps its default.
    """

    spec: RenderSpec
    loras: tuple[tuple[str, float], ...] = ()
    models: ModelNames = ModelNames()
    obstacles: tuple[str, ...] = ()


def graph_of(path: Path) -> Graph:
    """The graph in a PNG. Raises UserError, naming the file, if it holds none that can be followed."""
    from studio.store.comfy_reader import read_graph

    text = text_chunk(path, CHUNK)
    if not text:
        raise UserError(f"{path} holds no ComfyUI graph", "Name a PNG that ComfyUI or this studio saved.")
    try:
        return read_graph(text)
    except UserError as error:
        raise UserError(f"{path}: {error.what}", error.remedy) from error


def graph_text(graph: Graph) -> str:
    """The text of the chunk: the nodes of ComfyUI's own Anima template, the LoRAs between its loader and its sampler.

    It is ASCII, as ComfyUI's own: a chunk in another encoding is not read by every version of its window.
    """
    return json.dumps(nodes_of(graph))


def nodes_of(graph: Graph, keep: bool = True) -> dict[str, Node]:
    """The nodes by id. Without `keep` the picture goes where ComfyUI clears up after itself, not into its output."""
    nodes = dict(_nodes(graph))
    return nodes if keep else nodes | {SINK: _node("PreviewImage", images=["8", 0])}


def _nodes(graph: Graph) -> Iterator[tuple[str, Node]]:
    spec, models = graph.spec, graph.models
    yield "1", _node("UNETLoader", unet_name=models.transformer, weight_dtype="default")
    yield "2", _node("CLIPLoader", clip_name=models.text_encoder, type="stable_diffusion", device="default")
    yield "3", _node("VAELoader", vae_name=models.vae)
    yield "4", _node("CLIPTextEncode", text=spec.prompt, clip=["2", 0])
    yield "5", _node("CLIPTextEncode", text=spec.negative, clip=["2", 0])
    yield "6", _node("EmptyLatentImage", width=spec.width, height=spec.height, batch_size=1)
    model = "1"
    for number, (name, strength) in enumerate(graph.loras, _FIRST_LORA):
        yield str(number), _node("LoraLoaderModelOnly", model=[model, 0], lora_name=name,
                                 strength_model=strength)
        model = str(number)
    yield "7", _node("KSampler", model=[model, 0], positive=["4", 0], negative=["5", 0], latent_image=["6", 0],
                     seed=spec.seed, steps=spec.steps, cfg=spec.cfg, sampler_name=spec.sampler,
                     scheduler=spec.scheduler, denoise=1.0)
    yield "8", _node("VAEDecode", samples=["7", 0], vae=["3", 0])
    yield SINK, _node("SaveImage", images=["8", 0], filename_prefix="Anima")


def _node(kind: str, **inputs: object) -> Node:
    return {"class_type": kind, "inputs": inputs}
