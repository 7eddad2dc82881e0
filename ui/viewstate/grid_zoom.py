"""How large is a cell of a grid at a zoom, and how far can one zoom?"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from ui.viewstate.grid_strip import RIFT, size_to_fit

MOST = 8.0             # pixels of the screen for one of the picture
NOTCH = 1.25           # a turn of the wheel

_LEAST = 3             # pixels of the shorter side
_TIGHT, _AIRY = 5, 24  # pixels of a cell from which on there are gaps, and whole ones
_GROUPED = 12


@dataclass(frozen=True, slots=True)
class CellSize:
    """A cell on the screen, and what lies between two of them, and between two groups."""

    width: int
    height: int
    gap: int
    rift: int


@dataclass(frozen=True, slots=True)
class Zoom:
    """`scale` is how many pixels of the screen one of the picture is; a picture is `width` x `height`."""

    width: int
    height: int
    scale: float = 1.0

    @property
    def size(self) -> CellSize:
        wide, high = round(self.width * self.scale), round(self.height * self.scale)
        side = min(wide, high)
        gap = 0 if side < _TIGHT else 1 if side < _AIRY else 2
        return CellSize(max(1, wide), max(1, high), gap, RIFT if side >= _GROUPED else 3)

    def to(self, scale: float) -> Zoom:
        return Zoom(self.width, self.height, max(_LEAST / min(self.width, self.height), min(MOST, scale)))

    def fitting(self, rooms: tuple[int, int], counts: tuple[int, int], pinned: tuple[int, int],
                breaks: tuple[int, int]) -> Zoom:
        """As large as all cells can be in sight at once, but not larger than the pictures are."""
        roomy = self._fitted(rooms, counts, pinned, breaks, (2, RIFT))
        size = roomy.size
        tight = self._fitted(rooms, counts, pinned, breaks, (size.gap, size.rift))  # narrower gaps leave more room
        return tight if (tight.size.gap, tight.size.rift) == (size.gap, size.rift) else roomy

    def _fitted(self, rooms: tuple[int, int], counts: tuple[int, int], pinned: tuple[int, int],
                breaks: tuple[int, int], between: tuple[int, int]) -> Zoom:
        sides = self.width, self.height
        gap, rift = between
        return self.to(min(1.0, *(floor(size_to_fit(room, count, pins, rifts, gap, rift)) / side
                                  for room, count, pins, rifts, side in
                                  zip(rooms, counts, pinned, breaks, sides, strict=True))))
