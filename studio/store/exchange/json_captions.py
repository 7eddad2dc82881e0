"""What does a JSON caption of AnimaLoraToolkit or AnimaLoraStudio say, and how is one written?

Both read the same two shapes, documented by their authors: a flat table of quality, count, character, series, artist,
appearance, tags, environment and nl, or the same fields in the sections fixed, character, from_path and ai_output. The
trainer joins them in that order, the natural language last. AnimaLoraStudio's editor adds a list `tags` on top of the
sections, which then holds every tag; its first taggers wrote no more than `tags` and `meta.trigger`.

A caption is taken apart only as far as its own order allows, so that joining the fields gives it back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

from studio.core.caption import is_heading, join_caption, split_caption

Table = dict[str, object]
Category = Callable[[str], str]  # of a tag: "appearance", "tags" or "environment"

_SECTIONS = ("fixed", "from_path", "ai_output")
_ONE = ("quality", "count", "character", "series", "artist")
_MANY = ("appearance", "tags", "environment")
_HELD = (*_ONE, *_MANY, "name", "variant", "trigger")  # whatever holds tags, in any section


@dataclass(frozen=True, slots=True)
class Fields:
    """A caption in the fields of both tools, in the order in which they are joined."""

    quality: tuple[str, ...] = ()
    count: tuple[str, ...] = ()
    character: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    artist: tuple[str, ...] = ()
    appearance: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    nl: str = ""

    @property
    def caption(self) -> str:
        """As it is trained."""
        return join_caption((tag for each in fields(self)[:-1] for tag in getattr(self, each.name)), self.nl)


def read_fields(text: str) -> Fields | None:
    """The fields of a JSON caption; None for a text that is none."""
    table = _loaded(text)
    return _fields(table) if table is not None and _is_caption(table) else None


def fields_of(caption: str, triggers: Iterable[str], category: Category = lambda tag: "tags") -> Fields:
    """A caption taken apart. What stands where its field would not be joined again stays among the tags."""
    tags, sentences = split_caption(caption)
    called = {trigger.casefold() for trigger in triggers}
    heads: dict[str, tuple[str, ...]] = {}
    for field, fits in _HEADS:
        count = _length(tags, lambda tag: fits(tag, called))
        heads[field], tags = tags[:count], tags[count:]
    first = _length(tags, lambda tag: category(tag) == "appearance")
    last = len(tags) - _length(tags[first:][::-1], lambda tag: category(tag) == "environment")
    return Fields(**heads, appearance=tags[:first], tags=tags[first:last], environment=tags[last:], nl=sentences)


def flat_json(found: Fields) -> str:
    """The flat shape."""
    one = {field: ", ".join(getattr(found, field)) for field in _ONE}
    return _dumped(one | {field: list(getattr(found, field)) for field in _MANY} | {"nl": found.nl})


def nested_json(found: Fields) -> str:
    """The shape with sections."""
    joined = {field: ", ".join(getattr(found, field)) for field in _ONE}
    return _dumped({
        "fixed": {field: joined[field] for field in ("quality", "series", "artist")},
        "character": {"name": joined["character"], "variant": ""},
        "from_path": {"appearance": []},
        "ai_output": {"count": joined["count"], **{field: list(getattr(found, field)) for field in _MANY},
                      "nl": found.nl},
    })  # fmt: skip


def updated_json(text: str, caption: str) -> str | None:
    """A JSON caption with what changed in its caption, all else as it stands; None where it has to be written anew.

    Tags that went are taken out of their field, new ones join the tags; the very text comes back where nothing changed.
    """
    table, found = _loaded(text), read_fields(text)
    if table is None or found is None:
        return None
    if found.caption == caption:
        return text
    tags, sentences = split_caption(caption)
    kept = _without(table, frozenset(tags))
    new = [tag for tag in tags if tag not in _every_tag(_fields(kept))]
    changed = _with_sentences(_with_tags(kept, new), sentences)
    return _dumped(changed) if _fields(changed).caption == caption else None


def _loaded(text: str) -> Table | None:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) else None


def _is_caption(table: Table) -> bool:
    """Any of the fields that only these tools have, with a value of its kind."""
    sections = any(isinstance(table.get(name), dict) for name in _SECTIONS)
    return sections or isinstance(table.get("tags"), list) or isinstance(table.get("nl"), str)


def _fields(table: Table) -> Fields:
    if _is_overruled(table):
        return Fields(tags=_tags(table["tags"]), nl=_first(table, "nl"))
    if isinstance(table.get("meta"), dict) and not any(name in table for name in (*_ONE, *_SECTIONS)):
        return Fields(character=_tags(table["meta"].get("trigger")), tags=_tags(table.get("tags")))
    one = {field: _tags(_first(table, field)) for field in _ONE if field != "character"}
    many = {field: tuple(tag for part in _parts(table) for tag in _tags(part.get(field))) for field in _MANY}
    return Fields(**one, character=_character(table.get("character")), **many, nl=_first(table, "nl"))


def _is_overruled(table: Table) -> bool:
    """Whether an editor wrote all tags into one list, beside the sections in which they once were."""
    return isinstance(table.get("tags"), list) and any(isinstance(table.get(name), dict) for name in _SECTIONS)


def _parts(table: Table) -> list[Table]:
    """Where fields may stand: in the sections, or in the table itself."""
    sections = [table[name] for name in _SECTIONS if isinstance(table.get(name), dict)]
    return [*sections, table]


def _first(table: Table, field: str) -> str:
    """The first text under this name."""
    return next((value for part in _parts(table) if isinstance(value := part.get(field), str) and value.strip()), "")


def _character(value: object) -> tuple[str, ...]:
    if isinstance(value, dict):
        return _tags(value.get("name")) + _tags(value.get("variant"))
    return _tags(value)


def _tags(value: object) -> tuple[str, ...]:
    """Tags in a list, or in a text with commas."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return ()
    return tuple(tag for each in value if isinstance(each, str) and (tag := " ".join(each.split())))


def _every_tag(found: Fields) -> set[str]:
    return {tag for each in fields(found)[:-1] for tag in getattr(found, each.name)}


def _without(table: Table, tags: frozenset[str]) -> Table:
    """The table with only such tags; what holds none stays as it is."""
    return {name: {inner: _pruned(inner, each, tags) for inner, each in value.items()} if isinstance(value, dict)
            else _pruned(name, value, tags) for name, value in table.items()}


def _pruned(name: str, value: object, tags: frozenset[str]) -> object:
    there = _tags(value) if name in _HELD else ()
    left = [tag for tag in there if tag in tags]
    if len(left) == len(there):
        return value
    return left if isinstance(value, list) else ", ".join(left)


def _with_tags(table: Table, new: Sequence[str]) -> Table:
    """The new tags behind those of the field `tags`, wherever it stands."""
    inner = table.get("ai_output")
    if isinstance(inner, dict) and not _is_overruled(table):
        return table | {"ai_output": inner | {"tags": [*_tags(inner.get("tags")), *new]}}
    return table | {"tags": [*_tags(table.get("tags")), *new]}


def _with_sentences(table: Table, sentences: str) -> Table:
    inner = table.get("ai_output")
    if isinstance(inner, dict) and not isinstance(table.get("nl"), str):
        return table | {"ai_output": inner | {"nl": sentences}}
    return table | {"nl": sentences} if sentences or "nl" in table else table


def _length(tags: Sequence[str], fits: Callable[[str], bool]) -> int:
    """How many tags at the beginning fit."""
    return next((place for place, tag in enumerate(tags) if not fits(tag)), len(tags))


def _is_count(tag: str) -> bool:
    return is_heading(tag) and tag.removesuffix("s").endswith(("girl", "boy", "other", "human"))


_HEADS: tuple[tuple[str, Callable[[str, set[str]], bool]], ...] = (
    ("quality", lambda tag, called: is_heading(tag) and not _is_count(tag)),
    ("count", lambda tag, called: _is_count(tag)),
    ("character", lambda tag, called: tag.casefold() in called),
    ("artist", lambda tag, called: tag.startswith("@")),
)


def _dumped(table: Table) -> str:
    return json.dumps(table, ensure_ascii=False, indent=2) + "\n"
