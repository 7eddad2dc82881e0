"""Weight files that are wrong on purpose: a header of JSON with its length put right, over numbers of any kind."""

import copy
import json
import math
import struct
from random import Random

from tests.fuzz.mutate import EDGES, WORDS, encoded, mutated, odd_value, rotten, spelled

_MODULES = ("blocks.0.self_attn.q_proj", "blocks.1.cross_attn.output_proj", "blocks.0.mlp.layer1",
            "llm_adapter.blocks.0.self_attn.q_proj")  # fmt: skip
_DIFFUSERS = dict(zip(_MODULES, (
    "transformer.transformer_blocks.0.attn1.to_q", "transformer.transformer_blocks.1.attn2.to_out.0",
    "transformer.transformer_blocks.0.ff.net.0.proj", "text_conditioner.blocks.0.self_attn.q_proj"), strict=True))
_WIDTHS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1}
_STRANGE_KEYS = ("lora_unet_nothing.lora_down.weight", "unet.down.0", "transformer.x.lora_A.weight", "x", "",
                 "lora_te_text_model_encoder.lora_up.weight", "diffusion_model.blocks.0.mlp.layer1.dora_scale",
                 "diffusion_model.blocks.99999999999999999999.mlp.layer1.lora_A.weight", "blocks.0", "a" * 3000,
                 "lora_unet_blocks_0_mlp_layer1.diff", "lora_unet_blocks_0_mlp_layer1.hada_w1_a", "é.alpha",
                 "lora_unet_blocks_0_mlp_layer1.lokr_w1")


def lora(chance: Random) -> tuple[bytes, bool]:
    """A LoRA file, and whether its header still is one."""
    header, numbers = _lora(chance)
    if chance.random() < 0.2:
        return rotten(safetensors(header, numbers), chance), False
    return spoilt(header, numbers, chance), True


def spoilt(header: dict, numbers: bytes, chance: Random) -> bytes:
    """The file after one structured mishap."""
    match chance.randrange(9):
        case 0:
            return safetensors(mutated(header, chance), numbers)
        case 1:
            return safetensors(mutated(header, chance, _odd_in_header), numbers)
        case 2:
            return safetensors(*_packed(_with_shape(header, chance), chance))
        case 3:
            return safetensors(_renamed(header, chance), numbers)
        case 4:
            return safetensors(header, _with_odd_numbers(numbers, chance))
        case 5:
            return _with_length(header, numbers, chance)
        case 6:
            return safetensors(_overlapping(header, chance), numbers)
        case 7:
            return safetensors(_told(header, chance), numbers)
        case _:
            left = numbers[:chance.randrange(len(numbers) + 1)]
            return safetensors(header, left + bytes(chance.choice((0, 1, 4096))))


def safetensors(header: object, numbers: bytes) -> bytes:
    """The file of a header, its length and padding right."""
    text = encoded(spelled(header))
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + numbers


def taken_apart(content: bytes) -> tuple[dict, bytes]:
    """(header, numbers) of a sound file."""
    size = struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8:8 + size]), content[8 + size:]


def _lora(chance: Random) -> tuple[dict, bytes]:
    """A sound LoRA of rank 2 in one of the namings."""
    form = chance.choice(("kohya", "comfy", "diffusers", "lokr"))
    shapes: dict[str, tuple[int, ...]] = {}
    for module in chance.sample(_MODULES, chance.choice((1, 2, 4))):
        shapes |= _shapes(module, form)
    metadata = {"format": "pt", "ss_network_module": "networks.lora", "ss_tag_frequency": '{"1_mira": {"1girl": 3}}'}
    if form == "diffusers":
        metadata["lora_adapter_metadata"] = json.dumps({"transformer.r": 2, "transformer.lora_alpha": 2})
    header, numbers = _packed({name: {"dtype": "F32", "shape": list(shape)} for name, shape in shapes.items()}, chance)
    return {"__metadata__": metadata} | header, numbers


def _shapes(module: str, form: str) -> dict[str, tuple[int, ...]]:
    if form == "kohya":
        name = "lora_unet_" + module.replace(".", "_")
        return {f"{name}.lora_down.weight": (2, 64), f"{name}.lora_up.weight": (64, 2), f"{name}.alpha": ()}
    if form == "lokr":
        name = "lora_unet_" + module.replace(".", "_")
        return {f"{name}.lokr_w1": (4, 4), f"{name}.lokr_w2": (16, 16), f"{name}.alpha": ()}
    name = _DIFFUSERS[module] if form == "diffusers" else "diffusion_model." + module
    return {f"{name}.lora_A.weight": (2, 64), f"{name}.lora_B.weight": (64, 2)}


def _packed(header: dict, chance: Random) -> tuple[dict, bytes]:
    """The header with offsets that fit its shapes, and as many numbers."""
    packed, end = {}, 0
    for name, entry in header.items():
        if name == "__metadata__":
            packed[name] = entry
            continue
        size = _WIDTHS.get(entry["dtype"], 4) * min(max(math.prod(entry["shape"]), 0), 10**6)
        packed[name] = {**entry, "data_offsets": [end, end + size]}
        end += size
    return packed, chance.randbytes(64) * (end // 64) + bytes(end % 64)


def _with_shape(header: dict, chance: Random) -> dict:
    spoilt = copy.deepcopy(header)
    name = chance.choice([name for name in spoilt if name != "__metadata__"])
    spoilt[name]["shape"] = chance.choice(([], [0], [1], [2, 0], [3, 64], [2, 2, 2], [1] * 70, [64, 64], [2, 64, 1, 1]))
    spoilt[name]["dtype"] = chance.choice((*_WIDTHS, "F32", "F32"))
    return spoilt


def _odd_in_header(chance: Random) -> object:
    return chance.choice((
        odd_value(chance), [-1, 64], [2**32, 2**32], [2**62, 4], [2**64], [1.5, 2], [0, 2**63], [8, 0], "F33", "I4",
        {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}, [chance.choice(EDGES), chance.choice(EDGES)],
    ))  # fmt: skip


def _renamed(header: dict, chance: Random) -> dict:
    old = chance.choice([name for name in header if name != "__metadata__"])
    new = chance.choice((*_STRANGE_KEYS, *WORDS, old + "x", old[:-1], old.replace("lora", "lokr"), old.upper()))
    return {new if name == old else name: entry for name, entry in header.items()}


def _with_odd_numbers(numbers: bytes, chance: Random) -> bytes:
    odd = struct.pack("<f", chance.choice((math.nan, math.inf, -math.inf, 3e38, 1e-45)))
    at = 4 * chance.randrange(max(len(numbers) // 4, 1))
    return numbers[:at] + odd + numbers[at + 4:]


def _with_length(header: dict, numbers: bytes, chance: Random) -> bytes:
    text = json.dumps(header).encode()
    length = chance.choice((0, 1, 2**60, 2**63, 2**64 - 1, 100_000_001, len(text) + 1, len(text) - 1, *EDGES))
    return struct.pack("<Q", length) + text + numbers


def _overlapping(header: dict, chance: Random) -> dict:
    spoilt = copy.deepcopy(header)
    names = [name for name in spoilt if name != "__metadata__"]
    one, other = chance.choice(names), chance.choice(names)
    spoilt[one]["data_offsets"] = list(spoilt[other]["data_offsets"])
    return spoilt


def _told(header: dict, chance: Random) -> dict:
    """Free text that means something to a reader, spoilt inside."""
    spoilt = copy.deepcopy(header)
    told = spoilt.setdefault("__metadata__", {"format": "pt"})
    tree = {"transformer.r": 2, "transformer.lora_alpha": 2, "transformer.rank_pattern": {"x": 1}, "r": 2,
            "lora_alpha": {}}
    told[chance.choice(("lora_adapter_metadata", "ss_tag_frequency", "config", "adapter_config"))] = (
        spelled(mutated(tree, chance)))
    return spoilt
