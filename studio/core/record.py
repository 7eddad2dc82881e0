"""All that is known of one image of a project, in one place: what it is, what it shows, what a person said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from studio.core.caption import split_caption
from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.labels import Labels, Origin

PROVENANCES = ("same base", "same family", "other generator", "unknown")
SIGHTS = ("visible", "hidden")
MOST_STARS = 5

Sight = Literal["visible", "hidden"]


@dataclass(frozen=True, slots=True)
class Box:
    """A part of an image, in shares of its upright width and height from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    origin: Origin = "hand"

    @property
    def area(self) -> float:
        """Its share of the image."""
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an image comes from, seen from the base that is trained, and the line that shows it.

    `origin` tells who said so: a hand, a rule for its folder, or the metadata in the file.
    """

    kind: Literal["same base", "same family", "other generator", "unknown"] = "unknown"
    generator: str = ""
    model: str = ""
    evidence: str = ""
    origin: Literal["hand", "folder", "metadata"] = "hand"


@dataclass(frozen=True, slots=True)
class Figure:
    """One of several characters in an image: where she is, and what she does."""

    box: Box | None = None
    labels: Labels = Labels()


@dataclass(frozen=True, slots=True)
class Record:
    """One image with everything that was said of it. `repeats` is how often an epoch shows it.

    `traits` and `boxes` go by the tags of the ledger, `figures` by the names of the characters. `silenced` are the lint
    rules that a person does not want to hear about this image.
    """

    image: ImageItem
    labels: Labels = Labels()
    provenance: Provenance | None = None
    stars: int = 0
    rejected: bool = False
    traits: Mapping[str, Sight] = field(default_factory=dict)
    boxes: Mapping[str, Box] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    silenced: frozenset[str] = frozenset()
    repeats: int = 1

    @property
    def id(self) -> str:
        """That of its image."""
        return self.image.id

    @property
    def caption(self) -> str:
        """Its text; empty without one."""
        return self.image.caption or ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Those of its caption."""
        return _parts(self.caption)[0]

    @property
    def sentences(self) -> str:
        """Those of its caption, as one text."""
        return _parts(self.caption)[1]


def checked_box(box: Box) -> Box:
    """The box with its sides in order. Raises `UserError` for one that lies outside the image or is empty."""
    left, right = sorted((box.left, box.right))
    top, bottom = sorted((box.top, box.bottom))
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise UserError("That box is empty or lies outside the image", "Draw it within the image.")
    return Box(left, top, right, bottom, box.origin)


@lru_cache(maxsize=50_000)
def _parts(caption: str) -> tuple[tuple[str, ...], str]:
    """Rules and filters ask for the tags of the same captions again and again."""
    return split_caption(caption)
