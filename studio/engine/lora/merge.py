"""LoRAs merged into a base for as long as a render lasts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from studio.core.errors import UserError
from studio.engine.anima.keys import ADAPTER_PREFIX
from studio.engine.lora.factors import Delta, Factors
from studio.engine.lora.formats import LoraFile
from studio.engine.lora.targets import weighted

_REMEDY = "Choose a base model of the family and size it was trained on."
_LOT = 2**24  # numbers that are merged at once: 64 MiB in float32


@contextmanager
def merged(
    transformer: nn.Module,
    loras: Sequence[tuple[LoraFile, float]],
    conditioner: nn.Module | None = None,
) -> Iterator[None]:
    """Runs the body with `weight + sum(strength * delta(weight))`, summed in float32, rounded once.

    Merged weights are new tensors put in the place of the base's own, which come back untouched: the base cannot drift,
    whatever happens inside. Each delta is that of the pristine weight, so the LoRAs' order decides rounding at most.
    Strength 0 is no LoRA, bit for bit. Modules of the LLM adapter take part if `conditioner` is given. UserError names
    a module that this base does not have or whose shape differs.
    """
    places = weighted(transformer, conditioner)
    active = [(lora, strength) for lora, strength in loras if strength != 0]
    for lora, _ in active:
        check_fits(lora, places)
    touched = [name for name in places if any(name in lora.modules for lora, _ in active)]
    pristine = {name: places[name].weight.data for name in touched}
    waiting = _room_beside(pristine.values())
    try:
        for names in _in_company(pristine, active):
            for name, weight in zip(names, _merged_weights(names, pristine, active)):
                places[name].weight.data = weight
                pristine[name] = pristine[name].to(waiting or weight.device)
        yield
    finally:
        for name, weight in pristine.items():
            place = places[name].weight
            place.data = weight.to(place.device)


def check_fits(lora: LoraFile, places: Mapping[str, nn.Module]) -> None:
    """UserError naming the first module that `places` lacks, or the first whose shape differs.

    Modules of the LLM adapter are passed over where `places` has none of it.
    """
    with_adapter = any(name.startswith(ADAPTER_PREFIX) for name in places)
    for name, delta in lora.modules.items():
        if name in places:
            _require_same_shape(lora, name, tuple(places[name].weight.shape), delta.shape)
        elif with_adapter or not name.startswith(ADAPTER_PREFIX):
            raise UserError(f"The LoRA {lora.name} changes {name}, which this base model does not have", _REMEDY)


def waiting_room(needed: int, free: int) -> torch.device | None:
    """Where pristine weights wait: main memory if a second copy would take more than half of what a card has left.

    Moving them costs time at each change of LoRAs, a card that is full costs the picture. None leaves them in place.
    """
    return torch.device("cpu") if needed > free / 2 else None


def _require_same_shape(lora: LoraFile, name: str, here: tuple[int, ...], there: tuple[int, ...]) -> None:
    if here != there:
        sizes = f"{name} is {_size(here)} here, {_size(there)} in the LoRA"
        raise UserError(f"The LoRA {lora.name} does not fit this base model: {sizes}", _REMEDY)


def _in_company(weights: Mapping[str, Tensor], loras: Sequence[tuple[LoraFile, float]]) -> Iterator[tuple[str, ...]]:
    """The names in lots of equal places and deltas, no larger than `_LOT`.

    One large product costs less than many small ones.
    """
    lots: dict[object, list[str]] = {}
    for name, weight in weights.items():
        place = weight.shape, weight.dtype, weight.device
        lot = lots.setdefault((*place, *(_kind(lora.modules.get(name)) for lora, _ in loras)), [])
        lot.append(name)
        if len(lot) * weight.numel() >= _LOT:
            yield tuple(lot)
            lot.clear()
    yield from (tuple(lot) for lot in lots.values() if lot)


def _kind(delta: Delta | None) -> object:
    """Deltas of one kind can be added in one go; of those that are no thin factors each is its own."""
    if isinstance(delta, Factors):
        return tuple(delta.down.shape), delta.scale
    return None if delta is None else id(delta)


@torch.no_grad()
def _merged_weights(names: Sequence[str], weights: Mapping[str, Tensor],
                    loras: Sequence[tuple[LoraFile, float]]) -> Sequence[Tensor]:
    """New tensors in the weights' own type, summed in float32, which share one storage."""
    total = torch.stack([weights[name].float() for name in names])
    for lora, strength in loras:
        deltas = [lora.modules[name] for name in names if name in lora.modules]
        if deltas and all(isinstance(each, Factors) for each in deltas):
            up, down = (torch.stack(parts).to(total.device, torch.float32)
                        for parts in zip(*((each.up, each.down) for each in deltas)))
            total.baddbmm_(up, down, alpha=strength * deltas[0].scale)
        elif deltas:
            [name], [delta] = names, deltas
            total[0].add_(delta.delta(weights[name].float()), alpha=strength)
    return total.to(weights[names[0]].dtype).unbind()


def _room_beside(weights: Iterable[Tensor]) -> torch.device | None:
    if not any(weight.is_cuda for weight in weights):
        return None
    return waiting_room(sum(weight.nbytes for weight in weights), torch.cuda.mem_get_info()[0])


def _size(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))
