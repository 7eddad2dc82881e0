"""The nodes of a ComfyUI graph and the links between them, from a text that a stranger may have written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from studio.core.errors import UserError, shown

REMEDY = "Name a picture of one sampler, from an empty latent to a saved image."

_MOST_NODES = 5000


@dataclass(frozen=True, slots=True)
class Node:
    """One node; its inputs may hold anything."""

    id: str
    kind: str
    inputs: Mapping[str, object]

    @property
    def name(self) -> str:
        """As a person finds it in ComfyUI."""
        return f"{shown(self.kind)} (node {shown(self.id)})"


@dataclass(frozen=True, slots=True)
class Nodes:
    """All nodes by id."""

    by_id: Mapping[str, Node]

    @classmethod
    def of(cls, text: str) -> Nodes:
        """Raises UserError for a text that is no graph; what in it is no node is left out."""
        try:
            table = json.loads(text)
        except (ValueError, RecursionError):
            raise UserError("The ComfyUI graph is not readable JSON", REMEDY) from None
        if not isinstance(table, dict) or len(table) > _MOST_NODES:
            raise UserError("The ComfyUI graph is no table of nodes", REMEDY)
        return cls({name: Node(name, node["class_type"], node["inputs"])
                    for name, node in table.items() if _is_node(node)})

    def behind(self, node: Node, key: str) -> Node | None:
        """The node that is linked to an input."""
        return self.by_id.get(_target(node.inputs.get(key)))

    def users(self, of: Node) -> Iterator[Node]:
        """The nodes that are linked to an output."""
        return (node for node in self.by_id.values() if of.id in map(_target, node.inputs.values()))

    def chain(self, node: Node | None, key: str) -> Iterator[Node]:
        """`node`, the one behind its input `key`, and so on; ends where it would go round in a circle."""
        seen: set[str] = set()
        while node is not None and node.id not in seen:
            seen.add(node.id)
            yield node
            node = self.behind(node, key)


def _is_node(node: object) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_type"), str) and isinstance(node.get("inputs"), dict)


def _target(link: object) -> str:
    """The id in a link [id, output]; empty for a value. Ids are texts, but some tools write them as numbers here."""
    if isinstance(link, list) and len(link) == 2 and isinstance(link[0], str | int) and isinstance(link[1], int):
        return str(link[0])
    return ""
