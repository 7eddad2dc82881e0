"""Follows a ComfyUI graph backwards from its sampler to all that decided the picture.

Only nodes whose effect is known are followed. Every other one that takes part is named as an obstacle; nothing is
guessed.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio.core.errors import UserError
from studio.core.knobs import Setting, build, checked, knob_of
from studio.core.spec import RenderSpec
from studio.store.comfy_graph import Graph, ModelNames
from studio.store.comfy_nodes import REMEDY, Node, Nodes

_KSAMPLER = {"steps": "steps", "cfg": "cfg", "sampler": "sampler_name", "scheduler": "scheduler", "model": "model",
             "positive": "positive", "negative": "negative", "latent": "latent_image"}
_CUSTOM = {"steps": "sigmas.steps", "scheduler": "sigmas.scheduler", "sampler": "sampler.sampler_name",
           "latent": "latent_image"}
# Where a sampler's settings stand: in an input of its own, or ("sigmas.steps") in one of the node behind an input.
_SAMPLERS: Mapping[str, Mapping[str, str]] = {
    "KSampler": {**_KSAMPLER, "seed": "seed"},
    "KSamplerAdvanced": {**_KSAMPLER, "seed": "noise_seed"},
    "SamplerCustom": {**_KSAMPLER, **_CUSTOM, "seed": "noise_seed"},
    "SamplerCustomAdvanced": {
        **_CUSTOM, "seed": "noise.noise_seed", "cfg": "guider.cfg", "model": "guider.model",
        "positive": "guider.positive", "negative": "guider.negative",
    },
}  # fmt: skip
_BEHIND = {"noise": ("RandomNoise",), "sampler": ("KSamplerSelect",), "sigmas": ("BasicScheduler",),
           "guider": ("CFGGuider", "BasicGuider")}
_REQUIRED: Mapping[str, Mapping[str, object]] = {  # any other value makes another picture
    "KSampler": {"denoise": 1},
    "KSamplerAdvanced": {"add_noise": "enable", "start_at_step": 0, "return_with_leftover_noise": "disable"},
    "SamplerCustom": {"add_noise": True},
    "BasicScheduler": {"denoise": 1},
    "UNETLoader": {"weight_dtype": "default"},
    "ModelSamplingAuraFlow": {"shift": 3},  # Anima's own
    "EmptyLatentImage": {"batch_size": 1},
    "EmptySD3LatentImage": {"batch_size": 1},
    "EmptyHunyuanLatentVideo": {"batch_size": 1, "length": 1},
}
_LATENTS = ("EmptyLatentImage", "EmptySD3LatentImage", "EmptyHunyuanLatentVideo")
_LORAS = ("LoraLoaderModelOnly", "LoraLoader")
_LOADERS = {"UNETLoader": "unet_name", "CheckpointLoaderSimple": "ckpt_name", "CLIPLoader": "clip_name",
            "VAELoader": "vae_name"}
_VALUES = ("PrimitiveInt", "PrimitiveFloat", "PrimitiveString", "PrimitiveStringMultiline", "PrimitiveBoolean")
_STRONGEST = 100.0  # as far as ComfyUI's own slider goes
_SINKS = ("Save", "Preview")  # the names of nodes that change no pixel begin so


def read_graph(text: str) -> Graph:
    """What such a text describes. Raises UserError for what is no graph, or has not exactly one sampler."""
    nodes = Nodes.of(text)
    samplers = [node for node in nodes.by_id.values() if node.kind in _SAMPLERS]
    if not samplers:
        raise UserError("The ComfyUI graph has no sampler that this studio knows", REMEDY)
    if len(samplers) > 1:
        both = f"{samplers[0].name} and {samplers[1].name}"
        raise UserError(f"The ComfyUI graph samples {len(samplers)} times, in {both}", REMEDY)
    return _Reader(nodes, samplers[0]).graph()


class _Reader:
    """One walk through the graph; what stands in the way is gathered and the walk goes on."""

    def __init__(self, nodes: Nodes, sampler: Node) -> None:
        self._nodes, self._sampler = nodes, sampler
        self._obstacles: list[str] = []

    def graph(self) -> Graph:
        self._require(self._sampler)
        loras, transformer = self._model()
        words = {"prompt": self._words("positive"), "negative": self._negative()}
        settings = self._settings() | self._size() | {name: text for name, text in words.items() if text is not None}
        models = ModelNames(transformer, self._text_encoder(), self._vae())
        return Graph(build(RenderSpec, settings), loras, models, tuple(dict.fromkeys(self._obstacles)))

    def _settings(self) -> dict[str, Setting]:
        names = ("seed", "steps", "cfg", "sampler", "scheduler")
        found = {name: self._setting(name, *place) for name in names if (place := self._place(name))}
        return {name: value for name, value in found.items() if value is not None}

    def _size(self) -> dict[str, Setting]:
        latent = self._linked("latent", _LATENTS)
        found = {side: self._setting(side, latent, side) for side in ("width", "height") if latent}
        return {name: value for name, value in found.items() if value is not None}

    def _words(self, name: str) -> Setting | None:
        """The text behind the sampler's positive or negative input."""
        node = self._linked(name, ("CLIPTextEncode",))
        text = self._setting("prompt", node, "text") if node else None
        if text is not None and "embedding:" in text:
            self._obstacles.append(f"{node.name} asks for an embedding, which this studio does not read.")
        return text

    def _negative(self) -> Setting | None:
        """The negative prompt; where it is inactive, nothing that is wrong with it stands in the way."""
        so_far = list(self._obstacles)
        place = self._place("cfg")
        is_active = place is not None and self._setting("cfg", *place) != 1
        text = self._words("negative")
        if not is_active:
            self._obstacles = so_far
        return text

    def _model(self) -> tuple[tuple[tuple[str, float], ...], str]:
        """The LoRAs in the order in which they are put on, and the transformer's file."""
        loras: list[tuple[str, float]] = []
        for node in self._nodes.chain(self._linked("model"), "model"):
            self._require(node)
            if node.kind in _LOADERS:
                return tuple(reversed(loras)), self._file(node)
            if node.kind in _LORAS:
                loras.append((_text(node, "lora_name"), self._strength(node)))
            elif node.kind != "ModelSamplingAuraFlow":
                self._object_to(node)
        self._obstacles.append("The model's file is not named.")
        return tuple(reversed(loras)), ""

    def _text_encoder(self) -> str:
        place = self._place("positive")
        words = self._nodes.behind(*place) if place else None
        for node in self._nodes.chain(words and self._nodes.behind(words, "clip"), "clip"):
            if node.kind in _LOADERS:
                return self._file(node)
            if node.kind != "LoraLoader":
                self._object_to(node)
        return ""

    def _vae(self) -> str:
        """The VAE's file; on the way every node is named that works on the picture after the sampler."""
        decoders = [node for node in self._nodes.users(self._sampler) if not self._objects_to(node, ("VAEDecode",))]
        for decoder in decoders:
            for user in self._nodes.users(decoder):
                if not user.kind.startswith(_SINKS):
                    self._object_to(user)
        loaders = [self._nodes.behind(decoder, "vae") for decoder in decoders]
        return next((self._file(loader) for loader in loaders if loader and loader.kind in _LOADERS), "")

    def _place(self, name: str) -> tuple[Node, str] | None:
        """The node that holds a setting of the sampler, and its input; None where an unknown node stands before it."""
        first, _, key = _SAMPLERS[self._sampler.kind][name].partition(".")
        if not key:
            return self._sampler, first
        node = self._nodes.behind(self._sampler, first)
        if node is None or self._objects_to(node, _BEHIND[first]):
            return None
        self._require(node)
        return node, "conditioning" if node.kind == "BasicGuider" and key == "positive" else key

    def _linked(self, name: str, kinds: tuple[str, ...] = ()) -> Node | None:
        """The node behind an input of the sampler, if it is of a known kind."""
        place = self._place(name)
        node = self._nodes.behind(*place) if place else None
        if node is None:
            self._obstacles.append(f"Nothing that can be followed is linked to the sampler's {name}.")
            return None
        if kinds and self._objects_to(node, kinds):
            return None
        self._require(node)
        return node

    def _setting(self, name: str, node: Node, key: str) -> Setting | None:
        """A value as the knob of this name takes it; a BasicGuider guides by nothing, which is CFG 1."""
        if node.kind == "BasicGuider" and key == "cfg":
            return 1.0
        source = self._nodes.behind(node, key)
        if source is not None and self._objects_to(source, _VALUES):
            return None
        value = source.inputs.get("value") if source else node.inputs.get(key)
        try:
            return checked(knob_of(RenderSpec, name), value, node.name)
        except UserError as error:
            self._obstacles.append(str(error))
            return None

    def _strength(self, node: Node) -> float:
        value = node.inputs.get("strength_model")
        if isinstance(value, int | float) and abs(value) <= _STRONGEST:
            return float(value)
        self._obstacles.append(f"{node.name} has a strength that no LoRA is worn at.")
        return 1.0

    def _file(self, loader: Node) -> str:
        return _text(loader, _LOADERS[loader.kind])

    def _require(self, node: Node) -> None:
        for key, wanted in _REQUIRED.get(node.kind, {}).items():
            if node.inputs.get(key, wanted) != wanted:
                self._obstacles.append(f"{node.name} has another {key} than {wanted}.")
        ends, steps = node.inputs.get("end_at_step"), node.inputs.get("steps")
        if isinstance(ends, int) and isinstance(steps, int) and ends < steps:
            self._obstacles.append(f"{node.name} ends before its last step.")

    def _objects_to(self, node: Node, known: tuple[str, ...]) -> bool:
        """Whether the node is of none of these kinds, which is then an obstacle."""
        if node.kind in known:
            return False
        self._object_to(node)
        return True

    def _object_to(self, node: Node) -> None:
        self._obstacles.append(f"{node.name} takes part, and this studio does not know what it does.")


def _text(node: Node, key: str) -> str:
    value = node.inputs.get(key)
    return value if isinstance(value, str) else ""
