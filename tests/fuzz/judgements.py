"""Marks, verdicts and rubrics, wrong on purpose."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from random import Random

from studio.core import marks as marked
from studio.core import rubric as rubrics
from studio.core import verdict_journal as journal
from studio.core.feature_boxes import box_mark
from studio.core.marks import Entry, Mark, cause, keeper, note
from studio.core.record import Box
from studio.core.rubric import OBTAINED, PASSED, POINTS, Item, Rubric
from studio.core.verdict_journal import Judgement, Retraction
from tests.fuzz.mutate import encoded, mutated, rotten, spelled
from tests.fuzz.texts import spoilt_toml

_MARKS = (
    Entry(1, (Mark("ab", "as asked", OBTAINED, 2, "me", "", 1.5), keeper("ab", True, "me", 2.0))),
    Entry(2, (Mark("ab", "face", POINTS, 5, "me", "blind 1", 3.0),
              Mark("ab", "face", POINTS, 4, "me", "blind 1", 9.0, 1))),
    Entry(3, undoes=2), Entry(4, undoes=3),
    Entry(5, (note("cd", "脚が曲がる", "codex"), cause("cd", "interleave", True, "codex", 4.0))),
    Entry(6, (box_mark("smile", "bangs", Box(0.1, 0.1, 0.4, 0.3), "me", 5.0), Mark("cd", "face", POINTS, None, "me"))),
)  # fmt: skip
_VERDICTS = (Judgement(1, "ep180", "ep180 it is.", "me", (("0001", "ab"),), 1.0),
             Retraction(2, 1, "one seed", "ep100", "me", (("0001", "cd"),), 2.0),
             Judgement(3, "ep100", "雪", "", (), 3.0))
_RUBRIC = Rubric("R-A", (Item("face"), Item("ribbon", PASSED), Item("目", OBTAINED)))


def marks(chance: Random) -> tuple[bytes, bool]:
    return _lines([marked.to_json(entry).encode() for entry in _MARKS], chance)


def verdicts(chance: Random) -> tuple[bytes, bool]:
    return _lines([journal.to_json(line).encode() for line in _VERDICTS], chance)


def rubric(chance: Random) -> tuple[bytes, bool]:
    return spoilt_toml(tomllib.loads(rubrics.to_toml(_RUBRIC)), chance)


def _lines(whole: Sequence[bytes], chance: Random) -> tuple[bytes, bool]:
    """Lines of JSON that are doubled, swapped and changed, with an end that a crash may leave."""
    lines = [*whole]
    if chance.random() < 0.25:
        return rotten(b"\n".join(lines) + b"\n", chance), False
    for _ in range(chance.choice((1, 1, 3))):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines.insert(other, lines[at])
            case 1:
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                lines[at] = encoded(spelled(mutated(json.loads(whole[at % len(whole)]), chance)))
    return b"\n".join(lines) + chance.choice((b"\n", b"\n", b"", b"\n{", b"\n\0\0\0\n")), True
