"""Which pixel shows a colour of L*a*b*? The way back of `colour_drift.lab`, cut off where a screen cannot show it."""

from __future__ import annotations

from studio.core.colour_drift import Lab

_WHITE = (0.95047, 1.0, 1.08883)  # D65
_SRGB = ((3.2404542, -1.5371385, -0.4985314), (-0.9692660, 1.8760108, 0.0415560), (0.0556434, -0.2040259, 1.0572252))
_EDGE = 6 / 29


def srgb(colour: Lab) -> tuple[int, int, int]:
    """Red, green and blue from 0 to 255 (IEC 61966-2-1)."""
    lightness, a, b = colour
    y = (lightness + 16) / 116
    xyz = tuple(white * _cube(root) for white, root in zip(_WHITE, (y + a / 500, y, y - b / 200), strict=True))
    return tuple(_byte(sum(part * value for part, value in zip(row, xyz, strict=True))) for row in _SRGB)


def _cube(root: float) -> float:
    return root**3 if root > _EDGE else 3 * _EDGE**2 * (root - 4 / 29)


def _byte(linear: float) -> int:
    bent = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return max(0, min(255, round(255 * bent)))
