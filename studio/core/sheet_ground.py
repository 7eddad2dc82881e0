"""What does a run offer to a sheet, and what do `last`, `best` or a LoRA's file stand for there?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TypeVar

from studio.core.axes import (
    ALL,
    BASE,
    BEST,
    CHARACTER,
    EPOCH,
    LAST,
    LORA,
    MODEL,
    STRENGTH,
    THIS,
    Axis,
    Pairs,
    Value,
    share_of,
)
from studio.core.errors import UserError, unknown
from studio.core.formats import Wording
from studio.core.project import Character
from studio.core.worn import lora_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ground:
    """`checkpoints` are epoch -> SHA-256, `best` the epoch that was chosen, `base` the digest of the run's own base.

    `loras` are other files by the path a plan names: SHA-256. `bases` are other bases by name: (title, digest).
    """

    characters: Sequence[Character]
    checkpoints: Mapping[int, str]
    base: str
    best: int | None = None
    loras: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    wordings: tuple[Wording, ...] = ()

    def resolved(self, axes: Iterable[Axis]) -> tuple[Axis, ...]:
        """The axes with all that their words stand for. Raises `UserError` for an epoch without a checkpoint."""
        return tuple(self._resolved(axis) for axis in axes)

    def _resolved(self, axis: Axis) -> Axis:
        if axis.sets:
            return Axis(axis.name, axis.values, tuple((value, self._pairs(pairs)) for value, pairs in axis.sets))
        read: dict[str, Callable[[Axis], Axis]] = {
            EPOCH: lambda axis: Axis(EPOCH, self._epochs(axis.values)),
            CHARACTER: lambda axis: Axis(CHARACTER, self._names(axis.values)),
            LORA: self._files, MODEL: self._models,
        }  # fmt: skip
        return read[axis.name](axis) if axis.name in read else axis

    def _pairs(self, pairs: Pairs) -> Pairs:
        return tuple(pair for name, value in pairs for pair in self._meant(name, value))

    def _meant(self, name: str, value: Value) -> Pairs:
        if name == EPOCH:
            return ((EPOCH, _only(self._epochs((value,)), value)),)
        if name == CHARACTER:
            return ((CHARACTER, _only(self._names((value,)), value)),)
        if name == LORA and value != THIS:
            path, strength = lora_of(str(value))
            return ((LORA, _found("LoRA", self.loras, path)),) + (((STRENGTH, strength),) if path != value else ())
        if name == MODEL:
            return ((MODEL, self.base if value == THIS else _found("base", self.bases, str(value))[1]),)
        return ((name, value),)

    def _files(self, axis: Axis) -> Axis:
        names = _short([str(value) for value in axis.values])
        return Axis(LORA, names, tuple(zip(names, (self._meant(LORA, value) for value in axis.values), strict=True)))

    def _models(self, axis: Axis) -> Axis:
        titles = [THIS if value == THIS else _found("base", self.bases, str(value))[0] for value in axis.values]
        names = tuple(dict.fromkeys(titles)) if len(set(titles)) == len(titles) else tuple(map(str, axis.values))
        return Axis(MODEL, names, tuple(zip(names, (self._meant(MODEL, value) for value in axis.values), strict=True)))

    def _names(self, values: Iterable[Value]) -> tuple[Value, ...]:
        """Characters may be called by name, in any case, or by trigger; an unknown one stays, to be refused."""
        there = [each.name for each in self.characters]
        called = {word.casefold(): [each.name] for each in self.characters for word in (each.trigger, each.name)}
        meant = {ALL: there} | called
        names = (name for value in values for name in meant.get(str(value).casefold(), [value]))
        return tuple(dict.fromkeys(names))

    def _epochs(self, values: Sequence[Value]) -> tuple[Value, ...]:
        there = sorted(self.checkpoints)
        best = self.best if self.best in self.checkpoints else None
        meant = {BASE: [BASE], ALL: there, LAST: there[-1:], BEST: there[-1:] if best is None else [best]}
        meant |= dict(_shares(values, there))
        epochs = [epoch for value in values for epoch in meant.get(value, [value])]
        missing = [epoch for epoch in epochs if epoch != BASE and epoch not in self.checkpoints]
        if missing or not epochs:
            has = ", ".join(map(str, there)) or "none"
            raise UserError(f"The run has no checkpoint of epoch {missing[0] if missing else 1}", f"It has: {has}.")
        return tuple(dict.fromkeys(epochs))


def _shares(values: Iterable[Value], there: Sequence[int]) -> Iterator[tuple[Value, list[int]]]:
    """For each share of the run the checkpoint nearest to it, as many different ones as there are."""
    asked = sorted({share: value for value in values if (share := share_of(value)) is not None}.items())
    free = list(there)
    for place, (share, value) in enumerate(asked):
        behind = len(asked) - place - 1
        choice = free[:len(free) - behind] or free[:1] or there[-1:]
        found = min(choice, key=lambda epoch: abs(epoch - share * there[-1]), default=None)
        free = [epoch for epoch in free if epoch > (found or 0)]
        yield value, [] if found is None else [found]


def _found(kind: str, there: Mapping[str, T], name: str) -> T:
    if name not in there:
        raise unknown(kind, name, there)
    return there[name]


def _only(values: Sequence[Value], written: Value) -> Value:
    if len(values) != 1:
        raise UserError(f"'{written}' stands for {len(values)} values, and one of several settings takes one",
                        "Name one, or make it an axis of its own.")
    return values[0]


def _short(paths: Sequence[str]) -> tuple[str, ...]:
    """File names without their endings; with their folders where two are called alike."""
    plain = [PurePath(lora_of(path)[0]).stem if path != THIS else path for path in paths]
    return tuple(plain) if len(set(plain)) == len(plain) else tuple(paths)
