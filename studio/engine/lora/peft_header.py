"""Where diffusers' LoRA files keep alpha: one JSON object in the header, peft's LoraConfig for each component.

Every key carries the component's name: `transformer.lora_alpha`, `transformer.alpha_pattern`. Without the object
diffusers takes alpha = rank.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from studio.core.errors import UserError
from studio.engine.lora.factors import Factors
from studio.engine.lora.targets import to_diffusers_module

PEFT_HEADER = "lora_adapter_metadata"

_OTHER_SCALES = (".use_rslora", ".use_dora")


def header_text(modules: Mapping[str, Factors]) -> str:
    """The object for a file with these modules, given by their original names."""
    components: dict[str, dict[str, Factors]] = {}
    for name, factors in modules.items():
        component, _, module = to_diffusers_module(name).partition(".")
        components.setdefault(component, {})[module] = factors
    configs = {component: _config(found) for component, found in components.items()}
    flat = {f"{component}.{key}": value for component, config in configs.items() for key, value in config.items()}
    return json.dumps(flat, indent=2, sort_keys=True)


def read_header(header: Mapping[str, str], path: Path) -> dict[str, object]:
    """The object of a file, empty if it has none. UserError if it is damaged or asks for another scale."""
    try:
        config = dict(json.loads(header.get(PEFT_HEADER, "{}")))
    except (ValueError, TypeError) as error:
        raise UserError(f"{path} has a header that cannot be read ({error})", "Export it again.") from error
    for key, value in config.items():
        if key.endswith(_OTHER_SCALES) and value:
            raise UserError(f"{path} says {key}, which this studio does not read", "Export it as a plain LoRA.")
    return config


def default_alpha(name: str, rank: int, config: Mapping[str, object]) -> float:
    """Alpha of a module that has no `.alpha` of its own, looked up as peft does (`get_pattern_key`)."""
    component, _, module = to_diffusers_module(name).partition(".")
    patterns: Mapping[str, float] = config.get(f"{component}.alpha_pattern") or {}
    for pattern, alpha in patterns.items():
        if re.fullmatch(rf"(.*\.)?({pattern})", module):
            return float(alpha)
    return float(config.get(f"{component}.lora_alpha", rank))


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
