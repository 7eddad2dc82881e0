"""Where peft's LoraConfig keeps alpha: in the header of diffusers' files, beside peft's own.

diffusers writes one JSON object into the header, every key with the component's name: `transformer.lora_alpha`,
`transformer.alpha_pattern`. peft writes `adapter_config.json` into the same folder, keys as they are. Without either
alpha = rank, as diffusers has it.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from studio.core.errors import UserError, reading
from studio.engine.lora.factors import Factors
from studio.engine.lora.targets import to_diffusers_module

PEFT_HEADER = "lora_adapter_metadata"
PEFT_CONFIG = "adapter_config.json"

_OTHER_SCALES = ("use_rslora", "use_dora")


def header_text(modules: Mapping[str, Factors]) -> str:
    """The object for a file with these modules, given by their original names."""
    components: dict[str, dict[str, Factors]] = {}
    for name, factors in modules.items():
        component, _, module = to_diffusers_module(name).partition(".")
        components.setdefault(component, {})[module] = factors
    configs = {component: _config(found) for component, found in components.items()}
    flat = {f"{component}.{key}": value for component, config in configs.items() for key, value in config.items()}
    return json.dumps(flat, indent=2, sort_keys=True)


def read_config(header: Mapping[str, str], path: Path) -> dict[str, object]:
    """The object of a file, or the one beside it; empty without. UserError if it is damaged or asks for another scale.

    The file beside counts for peft's own file names only: a folder of LoRAs may hold one that belongs to another.
    """
    beside = path.with_name(PEFT_CONFIG)
    text = header.get(PEFT_HEADER) or (beside.read_text("utf-8", "replace") if _is_pefts(path, beside) else "{}")
    with reading(f"The LoRA configuration of {path}"):
        config = dict(json.loads(text))
    for key, value in config.items():
        if key.endswith(_OTHER_SCALES) and value:
            raise UserError(f"{path} says {key}, which this studio does not read", "Export it as a plain LoRA.")
    return config


def default_alpha(module: str, rank: int, config: Mapping[str, object], path: Path) -> float:
    """Alpha of a module, called as in its file, that has no `.alpha` of its own. Patterns are names or their ends."""
    component, _, below = module.partition(".")
    patterns = config.get(f"{component}.alpha_pattern", config.get("alpha_pattern"))
    with reading(f"The LoRA configuration of {path}"):
        for pattern, alpha in dict(patterns or {}).items():
            if f".{below}".endswith(f".{_plain_name(pattern)}"):
                return _finite(alpha)
        return _finite(config.get(f"{component}.lora_alpha", config.get("lora_alpha", rank)))


def _is_pefts(path: Path, beside: Path) -> bool:
    return path.name == "adapter_model.safetensors" and beside.is_file()


def _finite(alpha: object) -> float:
    if not math.isfinite(number := float(alpha)):
        raise ValueError(f"an alpha of {number}")
    return number


def _plain_name(pattern: str) -> str:
    """peft takes patterns for regular expressions; what is written is module names, and no other is guessed at."""
    name = pattern.removeprefix("^").removesuffix("$").replace("\\.", ".")
    if re.search(r"[^\w.]", name):
        raise ValueError(f"the pattern {pattern} is no module's name")
    return name


def _config(modules: Mapping[str, Factors]) -> dict[str, object]:
    """`r` and `lora_alpha` are the commonest values; the exceptions are listed by module."""
    rank = _commonest(factors.rank for factors in modules.values())
    alpha = _commonest(factors.alpha for factors in modules.values())
    return {
        "r": rank,
        "lora_alpha": _plain(alpha),
        "rank_pattern": {name: factors.rank for name, factors in modules.items() if factors.rank != rank},
        "alpha_pattern": {name: _plain(factors.alpha) for name, factors in modules.items() if factors.alpha != alpha},
        "target_modules": sorted(modules),
    }


def _commonest(values: Iterable[float]) -> float:
    return Counter(values).most_common(1)[0][0]


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number
