"""Does JSON from outside have the shape that was asked for? The part of JSON Schema (2020-12) that the studio writes.

What does not fit is told with its place: `scores[3].value is 7, and the most is 5`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import NoneType

from studio.core.errors import UserError, shown

Schema = Mapping[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_KINDS: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (NoneType,),
}  # fmt: skip
_MOST = 3  # problems that are told at once


def read_json(text: str, schema: Schema, where: str) -> object:
    """The value of a JSON text that fits the schema. Raises `UserError` naming line and column, or the place and what
    is wrong with it."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{where} is no JSON: {error.msg} in line {error.lineno}, column {error.colno}",
                        "Ask for the answer again, or correct it there.") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is no JSON: {shown(str(error))}", "Ask for the answer again.") from error
    check(found, schema, where)
    return found


def check(found: object, schema: Schema, where: str) -> None:
    """Raises `UserError` that tells the first few things that do not fit."""
    first = []
    for problem in problems(found, schema):
        first.append(problem)
        if len(first) == _MOST:
            break
    if first:
        raise UserError(f"{where}: {'; '.join(first)}", "Correct it there, or ask for the answer again.")


def problems(found: object, schema: Schema, place: str = "") -> Iterator[str]:
    """Each thing that does not fit, with its place."""
    named = place or "it"
    if "enum" in schema and found not in schema["enum"]:
        yield f"{named} is {_told(found)}, and none of {', '.join(map(_told, schema['enum']))}"
        return
    kind = str(schema.get("type", ""))
    if kind and not _is(found, kind):
        yield f"{named} is {_told(found)}, and no {kind}"
        return
    yield from _bounds(found, schema, named)
    if isinstance(found, dict):
        yield from _properties(found, schema, place)
    elif isinstance(found, list) and "items" in schema:
        for number, each in enumerate(found, 1):
            yield from problems(each, schema["items"], f"{place}[{number}]")


def _bounds(found: object, schema: Schema, named: str) -> Iterator[str]:
    if isinstance(found, int | float) and not isinstance(found, bool):
        if found < schema.get("minimum", found):
            yield f"{named} is {_told(found)}, and the least is {schema['minimum']}"
        if found > schema.get("maximum", found):
            yield f"{named} is {_told(found)}, and the most is {schema['maximum']}"
    if isinstance(found, str) and len(found.strip()) < schema.get("minLength", 0):
        yield f"{named} is empty"


def _properties(found: Mapping[str, object], schema: Schema, place: str) -> Iterator[str]:
    known: Mapping[str, Schema] = schema.get("properties", {})
    at = f"{place}." if place else ""
    for name in schema.get("required", ()):
        if name not in found:
            yield f"{at}{name} is missing"
    for name, value in found.items():
        if name in known:
            yield from problems(value, known[name], f"{at}{name}")
        elif schema.get("additionalProperties", True) is False:
            yield f"{at}{shown(name)} is no field that was asked for"


def _is(found: object, kind: str) -> bool:
    if isinstance(found, bool):
        return kind == "boolean"
    return isinstance(found, _KINDS[kind])


def _told(found: object) -> str:
    return shown(json.dumps(found, ensure_ascii=False, default=str))
