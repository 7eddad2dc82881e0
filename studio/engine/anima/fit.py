"""Does this file fit this model? Every tensor there, none too many, every shape right, told from headers alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from studio.core.errors import UserError
from studio.engine.anima.headers import Entry, read_tensors

Config = TypeVar("Config")
Listing = Mapping[str, Entry]

_SHOWN = 2  # names of each fault, one where there are several faults: an error stays a sentence
_COMPLETE = "Use a complete file in the layout of the public release."


@dataclass(frozen=True, slots=True)
class Source:
    """One model's tensors in a file: bare original name -> entry, and how the file itself spells such a name."""

    path: Path
    listing: Listing
    spell: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A model without storage and the tensors that fill it, known to fit."""

    model: nn.Module
    listing: Listing

    def filled(self, device: torch.device, dtype: torch.dtype) -> nn.Module:
        """The model with its weights, frozen, in eval mode. Constant buffers keep their own precision."""
        values = read_tensors(self.listing.values(), device, dtype)
        self.model.load_state_dict({key: values[entry] for key, entry in self.listing.items()}, assign=True)
        return self.model.to(device).eval().requires_grad_(False)


def inferred(read_config: Callable[[Listing], Config], source: Source) -> Config:
    """The dimensions that `source` describes; UserError if the tensors that tell them are missing or absurd."""
    try:
        return read_config(source.listing)
    except KeyError as missing:
        raise UserError(f"{source.path} has no tensor {source.spell(missing.args[0])}", _COMPLETE) from missing
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise _absurd(source, error) from error


def empty(build: Callable[[Config], nn.Module], config: Config, source: Source) -> nn.Module:
    """A model without storage; UserError where no model has such dimensions."""
    try:
        return build(config)
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise _absurd(source, config) from error


def fitted(model: nn.Module, source: Source, listing: Listing, bare: Callable[[str], str]) -> Part:
    """`listing` (in the model's names) as the model's part. `bare` turns a model's name into an original one.

    UserError names the first few missing, unexpected and mis-shaped tensors as the file spells them, and counts them.
    """
    wanted = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    missing = [source.spell(bare(key)) for key in wanted if key not in listing]
    unexpected = [entry.name for key, entry in listing.items() if key not in wanted]
    mis_shaped = [
        f"{entry.name} is {list(entry.shape)}, not {list(wanted[key])}"
        for key, entry in listing.items()
        if key in wanted and entry.shape != wanted[key]
    ]
    found = {"missing": missing, "unexpected": unexpected, "mis-shaped": mis_shaped}
    faults = {fault: names for fault, names in found.items() if names}
    if faults:
        told = "; ".join(_counted(fault, names, 1 if len(faults) > 1 else _SHOWN) for fault, names in faults.items())
        raise UserError(f"{source.path} does not fit: {told}", _COMPLETE)
    return Part(model, listing)


def _absurd(source: Source, reason: object) -> UserError:
    return UserError(f"{source.path} holds tensors whose shapes describe no such model ({reason})", _COMPLETE)


def _counted(fault: str, names: Sequence[str], shown: int) -> str:
    return f"{len(names)} {fault}: {', '.join(names[:shown])}{', ...' if len(names) > shown else ''}"
