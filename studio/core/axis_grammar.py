"""How a row of values is written: `42, 100`, `1, 2, ..., 10`, `1-4`, `10-50 (+10)`, and `SKIP: 30` for one left out."""

import re
from collections.abc import Iterable
from decimal import Decimal

from studio.core.errors import UserError, at, shown

SKIP = "SKIP:"

_DOTS = ("...", "…")
_MOST = 10_000
_NUMBER = r"\d{1,12}(?:\.\d{1,9})?"
_RANGE = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})\s*(?:\(\s*([+-]{_NUMBER})\s*\))?")


def parts_of(text: str, mark: str) -> list[str]:
    """The pieces between the marks, without empty ones."""
    return [part.strip() for part in text.split(mark) if part.strip()]


def continued(parts: list[str], where: str) -> list[str]:
    """The parts with each "..." replaced by the numbers that it stands for."""
    values: list[str] = []
    for place, part in enumerate(parts):
        values += _between(parts, place, where) if part in _DOTS else [part]
    return values


def ranges(parts: Iterable[str], where: str) -> list[str]:
    """The parts with each range of numbers, `1-4` or `0.4-1.2 (+0.2)`, replaced by its numbers."""
    values: list[str] = []
    for part in parts:
        found = _RANGE.fullmatch(part)
        values += _range(found, where) if found else [part]
    return values


def split_skipped(values: Iterable[object]) -> tuple[list[object], list[object]]:
    """Those that are meant, and those that stand behind SKIP: and are left out wherever they stand."""
    listed = list(values)
    skipped = [value for value in listed if _is_skipped(value)]
    return ([value for value in listed if not _is_skipped(value)],
            [str(value).removeprefix(SKIP).strip() for value in skipped])


def _is_skipped(value: object) -> bool:
    return isinstance(value, str) and value.startswith(SKIP)


def _range(found: re.Match[str], where: str) -> list[str]:
    """The numbers of a range, in steps of 1 up or down unless it says another step."""
    first, last = Decimal(found[1]), Decimal(found[2])
    step = Decimal(found[3] or (1 if first <= last else -1))
    count = (last - first) / step if step else Decimal(-1)
    if not 0 <= count <= _MOST or count != int(count):
        raise UserError(f"{at(where)}'{shown(found[0])}' does not lead from number to number",
                        "Write first, last and a step that leads there: 10-50 (+10).")
    return [str(first + step * place) for place in range(int(count) + 1)]


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
