"""Which models did a ComfyUI graph load for the picture that it saved?

Only names are wanted, so any node is followed, known or not: back from whatever saves the picture, along every link.
Loaders of all makers name their files under the same few inputs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studio.core.errors import UserError
from studio.core.provenance import MODEL_ENDINGS
from studio.store.comfy_nodes import Node, Nodes

_SAVES = re.compile(r"save|preview|image ?output", re.IGNORECASE)
_MODEL = re.compile(r"(unet|ckpt|gguf|base_ckpt|diffusion_model)_?name")
_ANY_MODEL, _OF_MODELS = "model_name", re.compile(r"unet|checkpoint|diffusion.?model", re.IGNORECASE)
_LORA = re.compile(r"lora_name(_\d+)?|lora_\d+(_name)?")
_PART = re.compile(r"(clip|vae|text_encoder)_name\d?")
_TEXTS = ("value", "string", "text", "STRING")  # where nodes that only hold a text hold it
_IDLE = (2, 4)  # what the window writes into `mode` of nodes that are muted or bypassed


@dataclass(frozen=True, slots=True)
class Named:
    """File names by what they are loaded as, each once, the nearest to the saved picture first."""

    models: tuple[str, ...] = ()
    loras: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def of_graph(text: str) -> Named:
    """What the graph that ran names (the chunk `prompt`); nothing for a text that is no graph."""
    try:
        nodes = Nodes.of(text)
    except UserError:
        return Named()
    return _sorted(found for node in _that_take_part(nodes) for found in _files(nodes, node))


def of_workflow(text: str) -> Named:
    """What the graph as the window shows it names (the chunk `workflow`), which has values but no names for them."""
    try:
        nodes = json.loads(text)["nodes"]
        return _sorted(found for node in nodes for found in _shown_files(node))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Named()


def _that_take_part(nodes: Nodes) -> Iterator[Node]:
    """The nodes behind what is saved, nearest first; all of them where nothing is saved by a name that is known."""
    waiting = [node for node in nodes.by_id.values() if _SAVES.search(node.kind)]
    if not any(True for node in waiting for _ in _behind(nodes, node)):
        yield from nodes.by_id.values()
        return
    seen = {node.id for node in waiting}
    for node in waiting:  # it grows meanwhile
        yield node
        further = {each.id: each for each in _behind(nodes, node) if each.id not in seen}
        seen |= further.keys()
        waiting += further.values()


def _behind(nodes: Nodes, node: Node) -> Iterator[Node]:
    return (found for key in node.inputs if (found := nodes.behind(node, key)))


def _files(nodes: Nodes, node: Node) -> Iterator[tuple[str, str]]:
    """(what it is, its name) for each file that the node loads."""
    for key, value in node.inputs.items():
        what = _kind(key, node.kind)
        if what == "lora" and isinstance(value, dict):  # a list of LoRAs with a switch each
            value = value.get("lora") if value.get("on") else ""
        name = value if isinstance(value, str) else _held(nodes.behind(node, key))
        if what and name and name != "None" and node.inputs.get("strength_model", 1) != 0:
            yield what, name


def _kind(key: str, node: str) -> str:
    if _MODEL.fullmatch(key) or (key == _ANY_MODEL and _OF_MODELS.search(node)):
        return "model"
    if _LORA.fullmatch(key):
        return "lora"
    return "part" if _PART.fullmatch(key) else ""


def _held(node: Node | None) -> str:
    """The text that a node was made to hold."""
    texts = (node.inputs.get(key) for key in _TEXTS) if node else ()
    return next((text for text in texts if isinstance(text, str)), "")


def _shown_files(node: dict[str, object]) -> Iterator[tuple[str, str]]:
    kind, values = str(node["type"]).casefold(), node.get("widgets_values")
    if node.get("mode") in _IDLE or not isinstance(values, list):
        return
    what = "lora" if "lora" in kind else "part" if "clip" in kind or "vae" in kind else "model"
    yield from ((what, value) for value in values
                if isinstance(value, str) and value.casefold().endswith(MODEL_ENDINGS) and "load" in kind)


def _sorted(found: Iterable[tuple[str, str]]) -> Named:
    names: dict[str, dict[str, None]] = {"model": {}, "lora": {}, "part": {}}
    for what, name in found:
        names[what][name] = None
    return Named(tuple(names["model"]), tuple(names["lora"]), tuple(names["part"]))
