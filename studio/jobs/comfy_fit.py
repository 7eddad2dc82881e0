"""Can a ComfyUI draw these pictures? Its nodes and its files are looked at before anything is sent.

A LoRA is found by its name, and held to be the same where the headers on both sides tell the same checksum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.core.lint.phrases import listed
from studio.core.spec import RenderSpec
from studio.jobs.used_name import SOURCE_HASH, used_name
from studio.store.comfy_graph import Graph, ModelNames, nodes_of
from studio.store.comfy_server import ComfyServer
from studio.store.digests import sha256_of
from studio.store.lora_header import read_lora_header

_FILES = (("transformer", "UNETLoader", "unet_name", "models/diffusion_models"),
          ("text_encoder", "CLIPLoader", "clip_name", "models/text_encoders"),
          ("vae", "VAELoader", "vae_name", "models/vae"))  # fmt: skip
_LORA = ("LoraLoaderModelOnly", "lora_name")
Put = Callable[[Path], object]

_SETTINGS = ("sampler", "sampler_name"), ("scheduler", "scheduler")


@dataclass(frozen=True, slots=True)
class Fit:
    """How the server calls the base's files, and each LoRA by its SHA-256."""

    models: ModelNames
    loras: Mapping[str, str]

    def graph(self, spec: RenderSpec) -> Graph:
        return Graph(spec, tuple((self.loras[sha256], strength) for sha256, strength in spec.loras), self.models)


def fit(server: ComfyServer, specs: Sequence[RenderSpec], models: ModelNames, loras: Mapping[str, Path],
        put: Put | None = None) -> Fit:
    """`put` writes a LoRA where the server finds it.

    Raises UserError, in one sentence, for the node, the model, the sampler or the LoRA that the server lacks.
    """
    _require_nodes(server, specs)
    named = {part: _file(server, part, kind, name, folder, getattr(models, part))
             for part, kind, name, folder in _FILES}
    for setting, name in _SETTINGS:
        _require_choices(server, setting, name, {str(getattr(spec, setting)) for spec in specs})
    worn = dict.fromkeys(sha256 for spec in specs for sha256, _ in spec.loras)
    return Fit(ModelNames(**named), _loras(server, {sha256: loras[sha256] for sha256 in worn}, put))


def _require_nodes(server: ComfyServer, specs: Iterable[RenderSpec]) -> None:
    wears = any(spec.loras for spec in specs)
    graph = nodes_of(Graph(RenderSpec(), (("any", 1.0),) if wears else ()), keep=False)
    kinds = dict.fromkeys(str(node["class_type"]) for node in graph.values())
    if missing := [kind for kind in kinds if not server.node(kind)]:
        raise UserError(f"ComfyUI at {server.host} has no node {listed(missing)}", "Update it: these are its own.")


def _file(server: ComfyServer, part: str, kind: str, name: str, folder: str, wanted: str) -> str:
    there = server.choices(kind, name)
    if there is None:
        return wanted
    if found := _called(there, wanted):
        return found[0]
    raise UserError(f"ComfyUI at {server.host} has no {part.replace('_', ' ')} {wanted}",
                    f"Copy that file of the base into its {folder}.")


def _require_choices(server: ComfyServer, setting: str, name: str, wanted: set[str]) -> None:
    there = server.choices("KSampler", name)
    if there is not None and (missing := sorted(wanted - set(there))):
        raise UserError(f"ComfyUI at {server.host} has no {setting} {listed(missing)}",
                        f"Update it, or choose another {setting}.")


def _loras(server: ComfyServer, files: Mapping[str, Path], put: Put | None) -> dict[str, str]:
    found = _found(server, files)
    if put and None in found.values():
        for sha256, path in files.items():
            if found[sha256] is None:
                put(path)
        found = _found(server, files)
    if missing := [files[sha256] for sha256, name in found.items() if not name]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UserError(f"ComfyUI at {server.host} has no LoRA {used_name(missing[0])}{more}; here it is {missing[0]}",
                        "Copy it into models/loras of that ComfyUI under that name, as Use it does.")
    return {sha256: name for sha256, name in found.items() if name}


def _found(server: ComfyServer, files: Mapping[str, Path]) -> dict[str, str | None]:
    there = server.choices(*_LORA) or () if files else ()
    return {sha256: _lora(server, there, sha256, path) for sha256, path in files.items()}


def _lora(server: ComfyServer, there: Sequence[str], sha256: str, path: Path) -> str | None:
    """Its name on the server. Raises UserError where something else goes by that name there."""
    named = [*_called(there, used_name(path)), *_called(there, path.name)]
    for name in dict.fromkeys(named):
        if _is_same(server.lora_metadata(name), sha256, path):
            return name
    if named:
        raise UserError(f"The LoRA {named[0]} of ComfyUI at {server.host} is another one than {path}",
                        f"Copy that file there as {used_name(path)}.")
    return None


def _is_same(there: Mapping[str, object], sha256: str, path: Path) -> bool:
    """By what both headers tell; where the server tells nothing, the name has to do."""
    from studio.engine.lora.metadata import MODEL_HASH

    here = read_lora_header(path).metadata
    if there.get(SOURCE_HASH):
        return there[SOURCE_HASH] in (sha256, here.get(SOURCE_HASH), sha256_of(path))
    if there.get(MODEL_HASH) and here.get(MODEL_HASH):
        return there[MODEL_HASH] == here[MODEL_HASH]
    return True


def _called(there: Iterable[str], wanted: str) -> list[str]:
    """Those that are called so, in whatever folder of the server; Windows writes its folders with backslashes."""
    return [each for each in there if _last(each) == wanted.casefold()]


def _last(name: str) -> str:
    return re.split(r"[\\/]", name)[-1].casefold()
