"""One axis of a sheet, and how people write it: `seed=42, 100`, `epoch=base, 10, 20, ..., 100`, `outfit=dress | coat`.

Texts may hold commas, so they are separated by '|'; everything else is separated by commas, and three dots continue a
row of numbers. In files an axis may also be a list.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from studio.core.errors import UserError, at, shown
from studio.core.knobs import checked, knob_of, knobs_of, parse_set
from studio.core.spec import RenderSpec

Value = str | int | float

EPOCH, STRENGTH, SIZE, CHARACTER = "epoch", "strength", "size", "character"
# Words that stand for epochs: without the LoRA, each checkpoint, the last one. Each character is `all`, too.
BASE, ALL, LAST = "base", "all", "last"

SETTINGS = frozenset(each.name for each in knobs_of(RenderSpec))
KNOWN = SETTINGS | {EPOCH, STRENGTH, SIZE, CHARACTER}
TEXTS = ("prompt", "negative")
_DOTS = ("...", "…")
_MOST = 10_000
_SIDE = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Axis:
    """What varies, and the values it takes. A name that is no setting is a word of the prompt, written {name} there."""

    name: str
    values: tuple[Value, ...]

    def label(self, value: Value) -> str:
        """How a value is called beside its row or column."""
        if self.name == EPOCH:
            return str(value) if isinstance(value, str) else f"epoch {value}"
        return f"{self.name} {value:g}" if isinstance(value, float) else _named(self.name, value)


def parse_axis(text: str, where: str = "--axis") -> Axis:
    """The axis of "name=values"."""
    name, values = parse_set(text, where)
    return axis_of(name, values, where)


def axis_of(name: str, values: object, where: str = "") -> Axis:
    """The axis of a name and its values as text, as one value or as a list. Raises `UserError`."""
    listed = values if isinstance(values, (list, tuple)) else _split(name, str(values), where)
    if not listed:
        raise UserError(f"{at(where)}The axis {name} has no values", "Give at least one.")
    return Axis(name, tuple(dict.fromkeys(_value(name, value, where) for value in listed)))


def size_of(value: Value, where: str = "") -> tuple[int, int]:
    """(width, height) in pixels of "832x1216"."""
    width, cross, height = str(value).lower().partition("x")
    if not (cross and _SIDE.fullmatch(width.strip()) and _SIDE.fullmatch(height.strip())):
        raise UserError(f"{at(where)}'{shown(str(value))}' is not a size",
                        "Write width x height, for example 832x1216.")
    sides = (int(width), int(height))
    for name, side in zip(("width", "height"), sides, strict=True):
        checked(knob_of(RenderSpec, name), side, where)
    return sides


def is_text(name: str) -> bool:
    """Whether the axis of that name holds words of a prompt or whole prompts, which may hold commas."""
    return name in TEXTS or name not in KNOWN


def places(axes: Iterable[Axis]) -> list[tuple[tuple[str, Value], ...]]:
    """Every combination of the axes' values as (name, value) pairs, the last axis changing fastest."""
    return list(product(*([(axis.name, value) for value in axis.values] for axis in axes)))


def _split(name: str, text: str, where: str) -> list[str]:
    if is_text(name):
        return [part.strip() for part in text.split("|") if part.strip()]
    return _continued([part.strip() for part in text.split(",") if part.strip()], where)


def _continued(parts: list[str], where: str) -> list[str]:
    """The parts with each "..." replaced by the numbers that it stands for."""
    values: list[str] = []
    for place, part in enumerate(parts):
        values += _between(parts, place, where) if part in _DOTS else [part]
    return values


def _between(parts: list[str], place: int, where: str) -> list[str]:
    """The numbers that follow on the two before the dots and lie before the one behind them."""
    try:
        first, second, last = (Decimal(parts[at]) for at in (place - 2, place - 1, place + 1))
        step = second - first
        count = (last - second) / step - 1
    except (ArithmeticError, IndexError):
        step = count = Decimal("nan")
    if place < 2 or not count.is_finite() or not 0 <= count <= _MOST or count != int(count):
        raise UserError(f"{at(where)}'{shown(', '.join(parts))}' does not lead from number to number",
                        "Write two numbers, three dots and a number they reach: 10, 20, ..., 100.")
    return [str(second + step * at) for at in range(1, int(count) + 1)]


def _value(name: str, value: object, where: str) -> Value:
    if name == EPOCH:
        return _epoch(value, where)
    if name == STRENGTH:
        return _number(float, name, value, where)
    if name == SIZE:
        return "{}x{}".format(*size_of(str(value), where))
    if name not in SETTINGS:
        return str(value)
    setting = knob_of(RenderSpec, name)
    return checked(setting, value if setting.kind is str else _number(setting.kind, name, value, where), where)


def _epoch(value: object, where: str) -> Value:
    return str(value) if value in (BASE, ALL, LAST) else _number(int, EPOCH, value, where)


def _number(kind: type, name: str, value: object, where: str) -> int | float:
    try:
        number = kind(value if isinstance(value, str) else repr(value))
        if math.isfinite(number):
            return number
    except (ValueError, OverflowError, RecursionError):  # the latter two for thousands of digits and of brackets
        pass
    raise UserError(f"{at(where)}'{shown(str(value))}' is no value for the axis {name}", "Write a number.")


def _named(name: str, value: Value) -> str:
    return str(value) if isinstance(value, str) else f"{name} {value}"
