"""Where do the rows of a grid stand, or its columns, when some stay in sight while the others scroll past?"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

RIFT = 8           # behind the pinned lines, and between two groups
PIN_SHARE = 0.16   # of the room that a pinned line may take
PIN_LEAST = 56     # pixels that it may take in any case


@dataclass(frozen=True, slots=True)
class Strip:
    """`count` lines of `size` pixels, `gap` apart, in a `room` that begins behind a head of `head` pixels.

    `pinned` lines stand first and do not scroll; they take no more than their share of the room. `breaks` are the
    lines that begin a group, 0 left out.
    """

    count: int
    size: int
    gap: int
    head: int
    room: int
    pinned: int = 0
    breaks: tuple[int, ...] = ()
    rift: int = RIFT
    offset: int = 0

    @property
    def step(self) -> int:
        return self.size + self.gap

    @property
    def pin_size(self) -> int:
        return max(1, min(self.size, most_pinned(self.room - self.head)))

    @property
    def pin_step(self) -> int:
        return self.pin_size + self.gap

    @property
    def start(self) -> int:
        """Where what scrolls begins."""
        return self.head + (self.pinned * self.pin_step + self.rift if self.pinned else 0)

    @property
    def extent(self) -> int:
        """All that scrolls."""
        return self.world(self.count - 1) + self.size if self.count else 0

    @property
    def furthest(self) -> int:
        """How far it can be scrolled."""
        return max(0, self.extent - max(0, self.room - self.start))

    def world(self, line: int) -> int:
        """From the beginning of what scrolls."""
        return line * self.step + bisect_right(self.breaks, line) * self.rift

    def size_of(self, line: int) -> int:
        return self.pin_size if line < 0 else self.size

    def at(self, line: int) -> int:
        """In the view; pinned lines count from -pinned to -1."""
        if line < 0:
            return self.head + (self.pinned + line) * self.pin_step
        return self.start + self.world(line) - self.offset

    def line_of(self, world: int) -> int:
        """The last line that begins at or before a place; 0 before all."""
        return max(0, bisect_right(range(self.count), world, key=self.world) - 1)

    def found(self, place: int) -> int | None:
        """The line at a place of the view; None on heads, in gaps and behind all."""
        if place < self.head:
            return None
        if place < self.start:
            line, inside = divmod(place - self.head, self.pin_step)
            return line - self.pinned if line < self.pinned and inside < self.pin_size else None
        world = place - self.start + self.offset
        line = self.line_of(world)
        return line if self.count and 0 <= world - self.world(line) < self.size else None

    def between(self, low: int, high: int) -> range:
        """The lines that touch a stretch of what scrolls, in its own measure."""
        first = bisect_left(range(self.count), low, key=lambda line: self.world(line) + self.size)
        return range(first, bisect_left(range(self.count), high, key=self.world))

    @property
    def in_sight(self) -> range:
        return self.between(self.offset, self.offset + max(0, self.room - self.start))

    def share_at(self, place: int) -> float:
        """Which line stands at a place of the view, and how far into it, as one number; it outlives zooming."""
        world = place - self.start + self.offset
        line = self.line_of(world)
        return line + min(1.0, max(0.0, (world - self.world(line)) / max(1, self.step)))

    def offset_for(self, share: float, place: int) -> int:
        """How far to scroll so that this share stands at that place."""
        line = min(max(0, int(share)), max(0, self.count - 1))
        world = self.world(line) + (share - line) * self.step
        return max(0, min(self.furthest, round(world - (place - self.start))))


def size_to_fit(room: int, count: int, pinned: int, breaks: int, gap: int, rift: int = RIFT) -> float:
    """How large a line may be for all of them to be in sight at once, at least 1."""
    free = room - rift * (breaks + bool(pinned))
    alike = free / max(1, count + pinned) - gap
    most = most_pinned(room)
    if pinned and alike > most:
        alike = (free - pinned * (most + gap)) / max(1, count) - gap
    return max(1.0, alike)


def most_pinned(room: int) -> int:
    """How large a pinned line may be where that much is left beside the heads."""
    return max(PIN_LEAST, int(PIN_SHARE * room))
