"""A dataclass from what a file says of it: every name known, every value of the type that was declared.

Journals hold a million lines, so the types are looked up once for each class.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TypeVar, get_args, get_origin

from studio.core.errors import shown

T = TypeVar("T")

_AS_JSON: Mapping[type, tuple[type, ...]] = {float: (float, int), Mapping: (dict,), Path: (str,)}
_LARGEST = 2**63  # whole numbers beyond it are no step, size, seed or time of anything


def typed(cls: type[T], facts: Mapping[str, object]) -> T:
    """An instance of `cls`. Raises ValueError for a value of another type, KeyError or TypeError for names."""
    kinds = _kinds_of(cls)
    for name, value in facts.items():
        if not isinstance(value, kinds[name]) or type(value) is int and abs(value) > _LARGEST:
            raise ValueError(f"{name} cannot be {shown(repr(value)[:200])}")
    return cls(**facts)


@cache
def _kinds_of(cls: type) -> Mapping[str, tuple[type, ...]]:
    """The types that each field may have where it is read."""
    hints = typing.get_type_hints(cls)
    return {field.name: _kinds(hints[field.name]) for field in fields(cls)}


def _kinds(hint: object) -> tuple[type, ...]:
    if isinstance(hint, types.UnionType):
        return tuple(kind for part in get_args(hint) for kind in _kinds(part))
    kind = get_origin(hint) or hint
    return _AS_JSON.get(kind, (kind,))
