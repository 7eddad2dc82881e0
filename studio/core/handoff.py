"""What is handed to a judge who is no person, and what may come back?

A bundle holds pictures under numbers whose order nobody can guess, the questions, and the form of the answer as JSON
Schema; which number is which cell stays here. An answer has one row for each number and question.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from studio.core import blind
from studio.core.blind import REPEATS, Turn
from studio.core.errors import UserError
from studio.core.json_schema import DIALECT, Schema, read_json
from studio.core.marks import REMARK, Mark, checked_judge
from studio.core.rubric import AS_ASKED, NOTE, SCALES, Item, Rubric, check_value
from studio.core.typed import typed

VERSION = 1

_LONGEST = 2_000  # characters of a name or a note


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a bundle: its number, what it was asked for, and its files; an empty target is none."""

    cell: str
    file: str
    prompt: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What the judge gets. `pictures` are (file, SHA-256) of all pictures, so that the id stands for every pixel."""

    rubric: Rubric
    cells: tuple[Shown, ...]
    pictures: tuple[tuple[str, str], ...]

    @property
    def id(self) -> str:
        """The SHA-256 of all of it, 64 hex digits."""
        return hashlib.sha256(_canonical(self._facts).encode()).hexdigest()

    @property
    def _facts(self) -> dict[str, object]:
        return {
            "version": VERSION,
            "questions": [_question(item) for item in self.rubric.items],
            "cells": [asdict(each) for each in self.cells],
            "pictures": [{"file": file, "sha256": sha256} for file, sha256 in self.pictures],
        }

    @property
    def json(self) -> str:
        """The text of `bundle.json`."""
        return json.dumps({"bundle": self.id} | self._facts, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Key:
    """What stays here: which cell is behind each number. `cells` are (number, cell key, repeat)."""

    bundle: str
    rubric: Rubric
    cells: tuple[tuple[str, str, int], ...]
    time: float

    def turns(self) -> dict[str, Turn]:
        """The look behind each number."""
        return {label: Turn(number, key, repeat) for number, (label, key, repeat) in enumerate(self.cells, 1)}


@dataclass(frozen=True, slots=True)
class Row:
    """What a judge says of one question about one picture."""

    cell: str
    trait: str
    value: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that came back; `missing` counts the questions that were left out."""

    judge: str
    rows: tuple[Row, ...]
    missing: int


def shuffled(keys: Iterable[str], seed: int, repeats: float = REPEATS) -> tuple[Turn, ...]:
    """The looks of a bundle in the order in which they are numbered, some cells twice (see `blind`)."""
    return blind.turns(keys, seed, repeats)


def answer_schema(bundle: Bundle) -> Schema:
    """The form of the answer: a judge who follows it cannot give a value off the scale."""
    of_scale: defaultdict[str, list[str]] = defaultdict(list)
    for item in bundle.rubric.items:
        of_scale[item.scale].append(item.trait)
    row = {
        "cell": {"type": "string", "enum": [each.cell for each in bundle.cells]},
        "trait": {"type": "string", "enum": [item.trait for item in bundle.rubric.items]},
        "value": {"type": "integer", "minimum": 0},
        "note": {"type": "string"},
    }
    scales = [{"properties": {"trait": {"enum": traits}, "value": {"maximum": SCALES[scale].most}}}
              for scale, traits in of_scale.items()]
    return _schema(row, {"type": "string", "enum": [bundle.id]}, scales)


def read_answer(text: str, key: Key, judge: str = "", where: str = "answer") -> Answer:
    """The answer to that bundle; `judge` goes before the name that the answer gives.

    Raises `UserError` naming the row and the field of what is malformed, off its scale, unknown or said twice, and for
    an answer to another bundle.
    """
    found = read_json(text, _loose(), where)
    if found["bundle"] != key.bundle:
        raise UserError(f"{where} answers another bundle, {found['bundle'][:12]}", "Import it where that was written.")
    labels = {label for label, _, _ in key.cells}
    rows = tuple(_row(number, each, key.rubric, labels, where) for number, each in enumerate(found["scores"], 1))
    _check_once(rows, where)
    asked = len(key.cells) * len(key.rubric.items)
    return Answer(checked_judge(judge or _sound(found.get("judge", ""))), rows, asked - len(rows))


def marks_of(answer: Answer, key: Key, time: float) -> tuple[Mark, ...]:
    """The answer as marks of that judge; the bundle's id is the version, so that another bundle is another row."""
    version, turns = key.bundle[:12], key.turns()
    scales = {item.trait: item.scale for item in key.rubric.items}
    marks = [turns[row.cell].mark(row.trait, scales[row.trait], row.value, answer.judge, version, time)
             for row in answer.rows]
    notes: defaultdict[str, list[str]] = defaultdict(list)
    for row in answer.rows:
        turn = turns[row.cell]
        if row.note.strip() and turn.repeat == 0:
            notes[turn.key].append(row.note.strip())
    remarks = (Mark(cell, REMARK, NOTE, "; ".join(dict.fromkeys(texts)), answer.judge, version, time)
               for cell, texts in notes.items())
    return (*marks, *remarks)


def key_json(key: Key) -> str:
    """The text of a key's file."""
    facts = {"bundle": key.bundle, "time": key.time, "rubric": {"name": key.rubric.name, "items": [
        [item.trait, item.scale] for item in key.rubric.items]}, "cells": [list(each) for each in key.cells]}
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def read_key(text: str) -> Key:
    """The key of that text. Raises ValueError, TypeError or KeyError for anything else."""
    facts = json.loads(text)
    items = tuple(Item(trait, scale) for trait, scale in facts["rubric"]["items"])
    rubric = Rubric(str(facts["rubric"]["name"]), items)
    cells = tuple((str(label), str(key), int(repeat)) for label, key, repeat in facts["cells"])
    return typed(Key, {"bundle": facts["bundle"], "rubric": rubric, "cells": cells, "time": facts["time"]})


def instructions(bundle: Bundle) -> str:
    """What is asked of the judge, in words, for a page beside the pictures."""
    return "\n".join((
        "# Judging pictures of one character", "",
        f"`bundle.json` lists {len(bundle.cells)} pictures of the folder `cells` in the order in which to look at "
        "them. Numbers say nothing about how a picture was made; some pictures come twice, on purpose.", "",
        "Look at each picture beside its target, where it has one, and at its prompt. Answer every question for every "
        "picture, from that picture alone:", "",
        *(f"- **{item.trait}**: {_meaning(item)}" for item in bundle.rubric.items), "",
        "Write `answer.json` in the form of `answer.schema.json` and nothing else:", "",
        "```json", _example(bundle), "```", ""))


def _question(item: Item) -> dict[str, object]:
    scale = SCALES[item.scale]
    return {"trait": item.trait, "least": 0, "most": scale.most, "meaning": _meaning(item)}


def _meaning(item: Item) -> str:
    scale = SCALES[item.scale]
    what = "pose, angle and framing are those of the prompt" if item.trait == AS_ASKED else "as in the target"
    words = "" if scale.words == tuple(map(str, range(scale.most + 1))) else f" ({', '.join(scale.words)})"
    return f"{what}; from 0, not at all, to {scale.most}, wholly{words}"


def _example(bundle: Bundle) -> str:
    row = {"cell": bundle.cells[0].cell, "trait": bundle.rubric.items[0].trait, "value": 0, "note": ""}
    return json.dumps({"bundle": bundle.id, "judge": "your name and version", "scores": [row]}, indent=1,
                      ensure_ascii=False)


def _loose() -> Schema:
    """The form without the lists of what is known, whose errors are told by row and field with what is known."""
    text: Schema = {"type": "string"}
    row = {"cell": text, "trait": text, "value": {"type": "integer"}, "note": text}
    return _schema(row, text)


def _schema(row: Mapping[str, Schema], bundle: Schema, scales: Sequence[Schema] = ()) -> Schema:
    """`scales` say how far the values of some traits go; a row has to fit one of them."""
    of_row = {"type": "object", "additionalProperties": False, "required": ["cell", "trait", "value"],
              "properties": row} | ({"anyOf": list(scales)} if scales else {})
    rows = {"type": "array", "items": of_row}
    return {"$schema": DIALECT, "title": "Answer", "type": "object", "additionalProperties": False,
            "required": ["bundle", "scores"],
            "properties": {"bundle": bundle, "judge": {"type": "string"}, "scores": rows}}


def _row(number: int, found: Mapping[str, object], rubric: Rubric, cells: set[str], where: str) -> Row:
    row = Row(found["cell"], found["trait"], found["value"], _sound(found.get("note", "")))
    at = f"{where}, row {number}"
    if row.cell not in cells:
        raise UserError(f"{at}, field cell: there is no picture '{row.cell}'", "Use the numbers of bundle.json.")
    traits = [item.trait for item in rubric.items]
    if row.trait not in traits:
        raise UserError(f"{at}, field trait: nobody asked for '{row.trait}'", f"Asked for: {', '.join(traits)}.")
    check_value(rubric.item(row.trait).scale, row.value, f"{at}, field value")
    return row


def _sound(text: str) -> str:
    """A text of a machine's on one line that every file can hold."""
    return " ".join(text[:_LONGEST].encode("utf-8", "replace").decode("utf-8").split())


def _check_once(rows: Sequence[Row], where: str) -> None:
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(rows, 1):
        if (row.cell, row.trait) in seen:
            raise UserError(f"{where}, row {number}: '{row.trait}' of {row.cell} is answered twice",
                            "Leave one of the two.")
        seen.add((row.cell, row.trait))


def _canonical(facts: Mapping[str, object]) -> str:
    return json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
