"""Where in the cells of a prompt is a feature to be looked at: bangs, ribbon, mouth?

A box is drawn once, in shares of the picture, and holds for every cell of its prompt, whatever epoch or seed. Boxes are
kept among the marks, so that they are undone with them; where a prompt has none of a name, that of the target or of
another prompt is the first guess.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core.errors import UserError
from studio.core.marks import Mark
from studio.core.record import Box, checked_box
from studio.core.rubric import NOTE

BOX = "#box:"   # followed by the name of the feature, in the place of a trait
HIDDEN = "-"    # in the place of a box: not even that of the target is wanted

_PLACE = "prompt:"  # followed by a digest of the prompt, in the place of a cell's key
_DIGITS = 6

Boxes = Mapping[tuple[str, str], Box | None]  # by place and name, the one drawn last at the end; None for hidden


@dataclass(frozen=True, slots=True)
class Feature:
    """A name, its box in the cells of a prompt, and the one in their target. A guess has that as its origin."""

    name: str
    box: Box
    on_target: Box


def place_of(prompt: str) -> str:
    """What boxes of the cells of a prompt are filed under."""
    return _PLACE + hashlib.sha256(prompt.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def box_mark(prompt: str, name: str, box: Box | None, judge: str, time: float = 0.0) -> Mark:
    """The mark that puts a feature into a box; without one it is hidden."""
    text = HIDDEN if box is None else " ".join(str(round(side, _DIGITS)) for side in _sides(box))
    return Mark(place_of(prompt), BOX + name, NOTE, text, judge, time=time)


def boxes_in(marks: Iterable[Mark]) -> Boxes:
    """All that marks say of boxes, whoever drew them; what is none is passed over."""
    found: dict[tuple[str, str], Box | None] = {}
    for mark in sorted((each for each in marks if each.trait.startswith(BOX)), key=lambda each: each.time):
        name = mark.key, mark.trait.removeprefix(BOX)
        found.pop(name, None)
        if mark.value == HIDDEN:
            found[name] = None
        elif box := _box(str(mark.value)):
            found[name] = box
    return found


def features(prompt: str, boxes: Boxes, on_target: Mapping[str, Box]) -> tuple[Feature, ...]:
    """Every feature of a prompt: its own boxes, else those drawn in its target, else those of other prompts."""
    own = {name: box for (place, name), box in boxes.items() if place == place_of(prompt)}
    others = {name: dataclasses.replace(box, origin="guess") for (_, name), box in boxes.items() if box}
    found = others | dict(on_target) | own
    names = dict.fromkeys((*on_target, *others, *own))
    return tuple(Feature(name, box, on_target.get(name, box)) for name in names if (box := found[name]))


def pixels_of(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in the pixels of a picture, at least one pixel; alike in all of one size."""
    left, top = min(int(box.left * width), width - 1), min(int(box.top * height), height - 1)
    right, bottom = max(left + 1, round(box.right * width)), max(top + 1, round(box.bottom * height))
    return left, top, min(right, width), min(bottom, height)


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _box(text: str) -> Box | None:
    try:
        return checked_box(Box(*map(float, text.split())))
    except (ValueError, TypeError, UserError):
        return None
