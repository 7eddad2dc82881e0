"""Puts shapes given in head heights onto a picture: projection, smooth curves, outlines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Points = list[tuple[float, float]]
Joint = tuple[float, float, float]

INK: Colour = (58, 38, 56)
_STEPS = 6  # straight pieces between two control points of a smooth curve


@dataclass(frozen=True, slots=True)
class View:
    """Where the eye is.

    The figure's frame, in head heights: x to the viewer's right, y down from the crown, z to the front.
    `yaw` turns it (radians), `pitch` is how far nearer things sink, `near` and `growth` are the scale at the crown and
    its change per head height downwards, `mirror` is -1 when she faces the viewer's left.
    """

    kind: str
    yaw: float
    mirror: int
    pitch: float
    near: float
    growth: float
    tilt: float  # how far the face moves down on the head, head heights

    def project(self, joint: Joint) -> tuple[float, float]:
        """A joint on the picture plane, before perspective."""
        x, y, z = joint
        return x * math.cos(self.yaw) + z * math.sin(self.yaw), y + self.pitch * self.depth(joint)

    def depth(self, joint: Joint) -> float:
        """How near a joint is to the eye; larger is nearer."""
        return joint[2] * math.cos(self.yaw) - joint[0] * math.sin(self.yaw)

    def fall(self, y: float) -> float:
        """Height on the picture plane after perspective: the integral of the scale."""
        return self.near * y + self.growth * y * y / 2


@dataclass(slots=True)
class Pen:
    """Draws in head heights onto a large picture that is reduced afterwards."""

    image: Image.Image
    ink: ImageDraw.ImageDraw
    view: View
    unit: float      # pixels per head height
    left: float      # pixels
    top: float       # head heights after perspective
    line: float      # outline width, pixels
    flat: bool       # True: everything is 255, for a mask

    def shape(self, points: Points, fill: Colour, *, smooth: bool = True, outline: bool = True) -> None:
        """A closed area, its corners rounded if `smooth`."""
        place = self._place(_curve(points) if smooth else np.asarray(points))
        self.ink.polygon(place, fill=self._paint(fill))
        if outline:
            self.ink.line(place + place[:4], fill=self._paint(INK), width=round(self.line))

    def toned(self, points: Points, fill: Colour, *, smooth: bool = True) -> None:
        """A closed convex area in two tones, lit from the upper left."""
        self.shape(points, shade(fill), smooth=smooth)
        self.shape(_lit(points), fill, smooth=smooth, outline=False)
        self.contour(points, smooth=smooth)

    def contour(self, points: Points, *, smooth: bool = True) -> None:
        """Only the outline of a closed area."""
        place = self._place(_curve(points) if smooth else np.asarray(points))
        self.ink.line(place + place[:4], fill=self._paint(INK), width=round(self.line))

    def stroke(self, points: Points, colour: Colour, width: float) -> None:
        """An open line; width in head heights."""
        pixels = max(1, round(width * self.unit))
        self.ink.line(self._place(_open_curve(points)), fill=self._paint(colour), width=pixels, joint="curve")

    def disc(self, x: float, y: float, rx: float, ry: float, fill: Colour, *, outline: bool = True) -> None:
        """An ellipse."""
        self.shape([(x + rx * c, y + ry * s) for c, s in _CIRCLE], fill, outline=outline)

    def limb(self, start: tuple[float, float], end: tuple[float, float], r0: float, r1: float, fill: Colour) -> None:
        """A rounded, tapered bar from one point to another."""
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        self.shape(_cap(start, r0, angle + math.pi / 2) + _cap(end, r1, angle - math.pi / 2), fill, smooth=False)

    def _place(self, points: np.ndarray) -> list[float]:
        """Pixels of points in head heights, flattened to x, y, x, y."""
        x, y = points[:, 0], points[:, 1]
        scale = np.maximum(self.view.near + self.view.growth * y, 0.05)
        across = self.left + self.view.mirror * x * scale * self.unit
        down = (self.view.near * y + self.view.growth * y * y / 2 - self.top) * self.unit
        return np.stack([across, down], 1).ravel().tolist()

    def _paint(self, colour: Colour) -> Colour | int:
        return 255 if self.flat else colour


def shade(colour: Colour, by: float = 0.78) -> Colour:
    """The shadow tone of a colour: darker and a little cooler."""
    red, green, blue = colour
    return int(red * by), int(green * by * 0.97), int(min(255, blue * by * 1.06))


def light(colour: Colour, by: float = 0.45) -> Colour:
    """The highlight tone of a colour."""
    red, green, blue = (int(part + (255 - part) * by) for part in colour)
    return red, green, blue


def mirrored(points: Points) -> Points:
    """The same outline on the other side."""
    return [(-x, y) for x, y in points]


def both(points: Points) -> Points:
    """A symmetric outline from its right half, which runs from top to bottom."""
    return points + [(-x, y) for x, y in reversed(points) if x > 1e-6]


_CIRCLE = [(math.cos(math.tau * i / 8), math.sin(math.tau * i / 8)) for i in range(8)]


def _cap(centre: tuple[float, float], radius: float, start: float) -> Points:
    turns = (start + math.pi * i / 6 for i in range(7))
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in turns]


def _lit(points: Points) -> Points:
    """A smaller copy inside a convex outline, moved to the upper left."""
    n = len(points)
    cx, cy = sum(p[0] for p in points) / n, sum(p[1] for p in points) / n
    wide = max(p[0] for p in points) - min(p[0] for p in points)
    return [(cx + (x - cx) * 0.84 - 0.05 * wide, cy + (y - cy) * 0.92 - 0.02) for x, y in points]


def _curve(points: Points) -> np.ndarray:
    return _closed_basis(len(points)) @ np.asarray(points)


def _open_curve(points: Points) -> np.ndarray:
    if len(points) < 3:
        return np.asarray(points)
    return _open_basis(len(points)) @ np.asarray(points)


def _weights(t: float) -> tuple[float, float, float, float]:
    """Catmull-Rom weights of four neighbouring control points."""
    return (-t**3 + 2 * t**2 - t) / 2, (3 * t**3 - 5 * t**2 + 2) / 2, (-3 * t**3 + 4 * t**2 + t) / 2, (t**3 - t**2) / 2


@lru_cache(maxsize=64)
def _closed_basis(n: int) -> np.ndarray:
    basis = np.zeros((n * _STEPS, n))
    for row in range(n * _STEPS):
        for offset, weight in enumerate(_weights(row % _STEPS / _STEPS), start=-1):
            basis[row, (row // _STEPS + offset) % n] += weight
    return basis


@lru_cache(maxsize=64)
def _open_basis(n: int) -> np.ndarray:
    basis = np.zeros(((n - 1) * _STEPS + 1, n))
    for row in range((n - 1) * _STEPS):
        for offset, weight in enumerate(_weights(row % _STEPS / _STEPS), start=-1):
            basis[row, min(max(row // _STEPS + offset, 0), n - 1)] += weight
    basis[-1, -1] = 1
    return basis
