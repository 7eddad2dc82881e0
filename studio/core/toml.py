"""Writes TOML; reading is `tomllib`. Values are text, numbers, truths, lists of these, tables and lists of tables."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.core.texts import is_text, read_text

LARGEST = 2**20  # bytes of a file that people write by hand

_DEEPEST = 64
# tomllib takes the square of a dotted key's length: 40 kB of it are seconds, a megabyte is half an hour.
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){%d}""" % _DEEPEST)
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_LINE = 110


def dumps(table: Mapping[str, object]) -> str:
    """TOML text: plain values first, then the tables, each in the order given."""
    return "\n\n".join(_blocks(table, "")) + "\n"


def loads(text: str, where: str = "") -> dict[str, object]:
    """`tomllib.loads` whose error names the file and the place in it."""
    if _DEEP_KEY.search(text):
        raise UserError(f"{where} holds a key of more than {_DEEPEST} parts", "Correct that line, or restore the file.")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # the latter two for thousands of digits and of brackets
        raise UserError(f"{where} is not valid TOML: {error}", "Correct that line, or restore the file.") from None


def load(path: Path) -> dict[str, object]:
    """The tables of a file. Raises `UserError` if it is missing, too large, not text or not TOML."""
    return loads(read_text(path, LARGEST), str(path))


def _blocks(table: Mapping[str, object], path: str, heading: str = "") -> list[str]:
    plain = [f"{_key(name)} = {_value(value)}" for name, value in table.items() if not _is_table(value)]
    blocks = ["\n".join([heading] * bool(heading) + plain)] if plain or heading else []
    for name, value in table.items():
        below = f"{path}{_key(name)}"
        if isinstance(value, Mapping):
            blocks += _blocks(value, f"{below}.", f"[{below}]")
        elif _is_table(value):
            for each in value:
                blocks += _blocks(each, f"{below}.", f"[[{below}]]")
    return blocks


def _is_table(value: object) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, (list, tuple)) and len(value) > 0 and all(isinstance(each, Mapping) for each in value)


def _key(name: str) -> str:
    return name if name and _BARE.issuperset(name) else _text(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        return _list([_value(each) for each in value])
    raise TypeError(f"TOML has no place for {value!r}")


def _list(values: list[str]) -> str:
    short = f"[{', '.join(values)}]"
    return short if len(short) <= _LINE else "[\n" + "".join(f"    {value},\n" for value in values) + "]"


def _text(text: str) -> str:
    if not is_text(text):
        raise UserError(f"'{shown(text)}' is not text", "Write it with characters that your keyboard has.")
    # JSON's escapes are all TOML's; only DEL is allowed by the one and not by the other.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
