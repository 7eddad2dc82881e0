"""A setting is declared once: its default, its words and its limits. Forms, flags, files and checks all read it here.

    @dataclass(frozen=True, slots=True)
    class Recipe:
        rank: int = knob(32, "Rank", "How much the LoRA can learn.", lo=1, hi=256)
"""

import dataclasses
import math
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from studio.core.errors import UserError, at, shown, unknown
from studio.core.texts import is_text

Setting = bool | int | float | str | tuple[str, ...] | tuple[int, ...] | tuple[float, ...]
T = TypeVar("T")

_MARK = "knob"
_YES = ("true", "yes", "on", "1")
_NO = ("false", "no", "off", "0")


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting as declared. `kind` is the type of one value; `many` says that the setting is a tuple of them."""

    name: str
    kind: type
    many: bool
    default: Setting
    label: str
    help: str
    lo: float | None = None
    hi: float | None = None
    choices: tuple[str, ...] | None = None
    unit: str = ""
    multiple: int = 1


def knob(default: Setting, label: str, help: str, *, lo: float | None = None, hi: float | None = None,
         choices: tuple[str, ...] | None = None, unit: str = "", multiple: int = 1) -> Any:
    """A dataclass field that is a setting. Limits are inclusive and hold for each value of a tuple."""
    words = {"label": label, "help": help, "lo": lo, "hi": hi, "choices": choices, "unit": unit, "multiple": multiple}
    return dataclasses.field(default=default, metadata={_MARK: words})


@cache
def knobs_of(cls: type) -> tuple[Knob, ...]:
    """The settings of a dataclass in the order of their declaration; its other fields are left out."""
    hints = typing.get_type_hints(cls)
    return tuple(_declared(field, hints[field.name]) for field in dataclasses.fields(cls) if _MARK in field.metadata)


def knob_of(cls: type, name: str, where: str = "") -> Knob:
    """The setting of that name. Raises `UserError` with the nearest name there is."""
    found = {each.name: each for each in knobs_of(cls)}
    if name not in found:
        raise unknown("setting", name, found, where)
    return found[name]


def build(cls: type[T], mapping: Mapping[str, object], where: str = "") -> T:
    """An instance of `cls` from settings as a file holds them; what is not named keeps its default.

    `where` names the file or flag in errors. Raises `UserError` for an unknown name, a wrong type or an excess.
    """
    return cls(**{name: checked(knob_of(cls, name, where), value, where) for name, value in mapping.items()})


def changed(settings: T, assignments: Iterable[str], where: str = "--set") -> T:
    """`settings` with "key=value" texts applied in order; a later one wins."""
    cls = type(settings)
    pairs = [parse_set(text, where) for text in assignments]
    changes = {name: from_text(knob_of(cls, name, where), text, where) for name, text in pairs}
    return dataclasses.replace(settings, **changes)


def parse_set(text: str, where: str = "--set") -> tuple[str, str]:
    """Splits "key=value" at its first equals sign."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UserError(f"{where}: '{text}' is not of the form key=value", "Write for example rank=16.")
    return name.strip(), value.strip()


def from_text(setting: Knob, text: str, where: str = "") -> Setting:
    """A typed and checked value. Numbers of a tuple are separated by commas, texts (which hold commas) by '|'."""
    if not setting.many:
        return checked(setting, _read(setting, text, where), where)
    parts = [part.strip() for part in text.split("|" if setting.kind is str else ",")]
    return checked(setting, tuple(_read(setting, part, where) for part in parts if part), where)


def checked(setting: Knob, value: object, where: str = "") -> Setting:
    """The value in its declared type, or a `UserError` that says what is allowed."""
    if not setting.many:
        return _one(setting, value, where)
    if not isinstance(value, (list, tuple)):
        raise _refused(setting, value, "a list", where)
    return tuple(_one(setting, each, where) for each in value)


def to_mapping(settings: object) -> dict[str, Setting]:
    """Every setting by name, complete: nothing is left to a default."""
    return {each.name: getattr(settings, each.name) for each in knobs_of(type(settings))}


def _declared(field: dataclasses.Field, hint: object) -> Knob:
    many = get_origin(hint) is tuple
    kind = get_args(hint)[0] if many else hint
    return Knob(name=field.name, kind=kind, many=many, default=field.default, **field.metadata[_MARK])


def _one(setting: Knob, value: object, where: str) -> bool | int | float | str:
    value = _typed(setting, value, where)
    if setting.choices is not None and value not in setting.choices:
        raise _refused(setting, value, f"one of {', '.join(setting.choices)}", where)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        _limits(setting, value, where)
    return value


def _typed(setting: Knob, value: object, where: str) -> bool | int | float | str:
    # True is an int to Python; a rank of True is a mistake to a person.
    if isinstance(value, bool) and setting.kind is not bool:
        raise _refused(setting, value, _a(setting.kind), where)
    if setting.kind is float and isinstance(value, int):
        return _as_float(setting, value, where)
    if not isinstance(value, setting.kind) or isinstance(value, str) and not is_text(value):
        raise _refused(setting, value, _a(setting.kind), where)
    return value


def _as_float(setting: Knob, value: int, where: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise _refused(setting, value, "a smaller number", where) from None


def _limits(setting: Knob, value: float, where: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise _refused(setting, value, "a finite number", where)
    if setting.lo is not None and value < setting.lo:
        raise _refused(setting, value, f"at least {_number(setting.lo)}{_unit(setting)}", where)
    if setting.hi is not None and value > setting.hi:
        raise _refused(setting, value, f"at most {_number(setting.hi)}{_unit(setting)}", where)
    if setting.multiple > 1 and value % setting.multiple:
        raise _refused(setting, value, f"a multiple of {setting.multiple}{_unit(setting)}", where)


def _read(setting: Knob, text: str, where: str) -> object:
    if setting.kind is bool:
        return _truth(setting, text, where)
    try:
        return setting.kind(text)
    except ValueError:
        raise _refused(setting, text, _a(setting.kind), where) from None


def _truth(setting: Knob, text: str, where: str) -> bool:
    if text.lower() in _YES + _NO:
        return text.lower() in _YES
    raise _refused(setting, text, "true or false", where)


def _refused(setting: Knob, value: object, wanted: str, where: str) -> UserError:
    return UserError(f"{at(where)}{setting.name} cannot be {_spelled(value)}", f"It must be {wanted}.")


def _spelled(value: object) -> str:
    """As Python writes it, cut short; Python refuses to write numbers of 5,000 digits and lists in a thousand lists."""
    try:
        return shown(repr(value))
    except (ValueError, RecursionError):
        return "that"


def _a(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "true or false", str: "text"}[kind]


def _number(value: float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unit(setting: Knob) -> str:
    return f" {setting.unit}" if setting.unit else ""
