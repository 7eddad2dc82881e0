"""One axis of a sheet, and how people write it: `seed=42, 100`, `epoch=base, 10, 20, ..., 100`, `outfit=dress | coat`.

Texts may hold commas, so they are separated by '|'; everything else is separated by commas (see `axis_grammar`). In
files an axis may also be a list, or a table of names and what each of them sets:

    [rows.arm]
    "without trigger" = {epoch = "base", format = "BASE"}
    "trigger at 0.3" = {format = "K", strength = 0.3}
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from studio.core.axis_grammar import continued, parts_of, ranges, split_skipped
from studio.core.errors import UserError, at, shown
from studio.core.knobs import checked, knob_of, knobs_of, parse_set
from studio.core.spec import RenderSpec

Value = str | int | float
Pairs = tuple[tuple[str, Value], ...]

EPOCH, STRENGTH, SIZE, CHARACTER = "epoch", "strength", "size", "character"
FORMAT, LORA, MODEL = "format", "lora", "base"
# Words that stand for epochs: without the LoRA, each checkpoint, the last one, the one that was chosen. Each character
# is `all`, too.
BASE, ALL, LAST, BEST = "base", "all", "last", "best"
THIS = "this"  # the run's own LoRA, or the base that it was trained on

SETTINGS = frozenset(each.name for each in knobs_of(RenderSpec))
KNOWN = SETTINGS | {EPOCH, STRENGTH, SIZE, CHARACTER, FORMAT, LORA, MODEL}
TEXTS = ("prompt", "negative")
_SIDE = re.compile(r"\d{1,9}")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?) ?%")


@dataclass(frozen=True, slots=True)
class Axis:
    """What varies, and the values it takes. A name that is no setting is a word of the prompt, written {name} there.

    `sets` hold, for values that are only names, what each of them sets: several things at once, or the words it means.
    """

    name: str
    values: tuple[Value, ...]
    sets: tuple[tuple[Value, Pairs], ...] = ()

    def label(self, value: Value) -> str:
        """How a value is called beside its row or column."""
        if self.name == EPOCH:
            return str(value) if isinstance(value, str) else f"epoch {value}"
        return f"{self.name} {value:g}" if isinstance(value, float) else _named(self.name, value)

    def means(self, value: Value) -> Pairs:
        """All that a value sets, most often itself."""
        return dict(self.sets).get(value, ((self.name, value),))


def parse_axis(text: str, where: str = "--axis") -> Axis:
    """The axis of "name=values"."""
    name, values = parse_set(text, where)
    return axis_of(name, values, where)


def axis_of(name: str, values: object, where: str = "") -> Axis:
    """The axis of a name and its values as text, as one value, as a list or as a table. Raises `UserError`."""
    if isinstance(values, Mapping):
        return _named_axis(name, values, where)
    listed = values if isinstance(values, (list, tuple)) else _split(name, str(values), where)
    kept, skipped = split_skipped(listed)
    left_out = {value_of(name, value, where) for value in skipped}
    typed = dict.fromkeys(value_of(name, value, where) for value in kept)
    return _filled(Axis(name, tuple(value for value in typed if value not in left_out)), where)


def typed(axis: Axis) -> str:
    """The values as `parse_axis` reads them; of an axis of names the names."""
    texts = [f"{value:g}" if isinstance(value, float) else str(value) for value in axis.values]
    return (" | " if is_text(axis.name) or any("," in text for text in texts) else ", ").join(texts)


def share_of(value: Value) -> float | None:
    """0.25 for "25%", an epoch by its share of the run; None for any other value."""
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    return float(found[1]) / 100 if found else None


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


def value_of(name: str, value: object, where: str = "") -> Value:
    """One value of the axis of that name, typed and checked. Raises `UserError`."""
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


def _named_axis(name: str, table: Mapping[str, object], where: str) -> Axis:
    """The axis of a table: what each name sets, or the words that it means."""
    kept, skipped = split_skipped(table)
    labels = tuple(str(label) for label in kept if label not in skipped)
    return _filled(Axis(name, labels, tuple((label, _pairs(name, table[label], where)) for label in labels)), where)


def _pairs(name: str, meant: object, where: str) -> Pairs:
    table = meant if isinstance(meant, Mapping) else {name: meant}
    for each, value in table.items():
        if isinstance(value, bool) or not isinstance(value, Value):
            raise UserError(f"{at(where)}'{shown(str(value))}' is no value for {each}", "Give a text or a number.")
    return tuple((each, value_of(each, value, where)) for each, value in table.items())


def _filled(axis: Axis, where: str) -> Axis:
    if not axis.values:
        raise UserError(f"{at(where)}The axis {axis.name} has no values", "Give at least one.")
    return axis


def _split(name: str, text: str, where: str) -> list[str]:
    if is_text(name):
        return parts_of(text, "|")
    parts = parts_of(text, "|" if "|" in text else ",")
    return ranges(continued(parts, where), where) if _is_number(name) else parts


def _is_number(name: str) -> bool:
    return name in (EPOCH, STRENGTH) or name in SETTINGS and knob_of(RenderSpec, name).kind in (int, float)


def _epoch(value: object, where: str) -> Value:
    if value in (BASE, ALL, LAST, BEST):
        return str(value)
    share = share_of(str(value))
    return f"{100 * share:g}%" if share is not None and share <= 1 else _number(int, EPOCH, value, where)


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
