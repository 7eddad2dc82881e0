"""What does an image show, in words by which a set can be counted: framing, angle, camera, stance, pose and more?

A label is confirmed by a hand or guessed by a machine; what nobody said is unknown, and unknown is not "no".
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal

from studio.core.errors import UserError, at, unknown

FRAMINGS = ("portrait", "upper body", "cowboy shot", "full body")
ANGLES = ("front view", "three-quarter view", "from side", "from behind")
CAMERAS = ("level", "from above", "from below")
STANCES = ("upright", "posed")
POSES = ("standing", "sitting", "walking", "running", "kneeling", "lying", "arms up", "hand on own hip")
EXPRESSIONS = ("neutral", "smile", "open mouth", "angry", "sad", "surprised", "closed eyes", "blush")
OUTFITS = ("school uniform", "casual", "swimsuit", "dress", "kimono", "armor")

Origin = Literal["hand", "guess"]


@dataclass(frozen=True, slots=True)
class Label:
    """One word and who said it: a hand, or a machine that guesses until a hand confirms it."""

    value: str
    origin: Origin = "hand"


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of one image, or of one figure in it; None is unknown."""

    framing: Label | None = None
    angle: Label | None = None
    camera: Label | None = None
    stance: Label | None = None
    pose: Label | None = None
    expression: Label | None = None
    outfit: Label | None = None


LABEL_FIELDS = tuple(each.name for each in fields(Labels))

CLOSED: dict[str, tuple[str, ...]] = {"framing": FRAMINGS, "angle": ANGLES, "camera": CAMERAS, "stance": STANCES}
SUGGESTED: dict[str, tuple[str, ...]] = CLOSED | {"pose": POSES, "expression": EXPRESSIONS, "outfit": OUTFITS}


def confirmed(labels: Labels) -> Labels:
    """What a hand said; a guess counts as unknown."""
    return Labels(**{field: label for field, label in known(labels) if label.origin == "hand"})


def accepted(labels: Labels) -> Labels:
    """The labels once a hand has agreed to every guess."""
    return Labels(**{field: replace(label, origin="hand") for field, label in known(labels)})


def known(labels: Labels) -> Iterator[tuple[str, Label]]:
    """(field, label) for each field that somebody said something about."""
    for field in LABEL_FIELDS:
        if label := getattr(labels, field):
            yield field, label


def word(labels: Labels, field: str) -> str:
    """The value of a field; empty if it is unknown."""
    label = getattr(labels, field)
    return label.value if label else ""


def checked_label(field: str, value: str, origin: Origin = "hand", where: str = "") -> Label:
    """A label of a field. Raises `UserError` for a word that is not one of a closed field, or for none at all."""
    if field not in LABEL_FIELDS:
        raise unknown("label", field, LABEL_FIELDS, where)
    if field in CLOSED and value not in CLOSED[field]:
        raise unknown(field, value, CLOSED[field], where)
    if not value.strip():
        raise UserError(f"{at(where)}The {field} has no word", "Write one, or leave it unknown.")
    return Label(value.strip(), origin)
