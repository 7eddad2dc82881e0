"""Draws the head: face, hair and everything tied into it, from any side.

All coordinates are head heights around the crown's middle: the face spans y 0 to 1, and she faces the viewer's right.
"""

from __future__ import annotations

import math

from studio.miniature.world_body import SKIN
from studio.miniature.world_pen import INK, Colour, Pen, Points, both, light, mirrored, shade
from studio.miniature.world_scene import Figure

_HAIR: dict[str, Colour] = {
    "black": (66, 62, 78), "brown": (146, 94, 58), "blonde": (250, 216, 104), "red": (212, 56, 44),
    "pink": (252, 148, 190), "blue": (76, 128, 228), "green": (84, 188, 112), "white": (238, 240, 248),
}
_EYES: dict[str, Colour] = {
    "blue": (36, 112, 240), "green": (24, 168, 72), "red": (228, 32, 44), "brown": (140, 80, 30),
    "purple": (150, 60, 214),
}
_RIBBON: dict[str, Colour] = {
    "red": (226, 40, 56), "blue": (40, 84, 214), "white": (255, 255, 255), "yellow": (255, 204, 30),
}
_WHITE: Colour = (255, 255, 255)
_MOUTH: Colour = (186, 44, 60)
_TONGUE: Colour = (250, 140, 140)
_BLUSH: Colour = (255, 186, 176)
_UNDERSIDE: Colour = (238, 184, 162)


def draw_back_hair(pen: Pen, figure: Figure) -> None:
    """What lies behind the body: hair that falls down the back, and the ribbon behind the head."""
    if pen.view.kind == "behind":
        return
    if figure.ribbon:
        _bow(pen, _RIBBON[figure.ribbon])
    _fall(pen, figure)
    for part in _tails(pen, figure):
        if not part[0]:
            _tail(pen, figure, part[1], part[2])


def draw_head(pen: Pen, figure: Figure, expression: str) -> None:
    """Everything from the neck up that lies before the body."""
    if pen.view.kind == "behind":
        return _from_behind(pen, figure)
    hair = _HAIR[figure.hair]
    _buns(pen, figure, hair)
    _skin(pen)
    _face(pen, figure, expression)
    _cap_of_hair(pen, figure, hair)
    _brows(pen, expression)
    if figure.intakes:
        _intakes(pen, hair)
    for part in _tails(pen, figure):
        if part[0]:
            _tail(pen, figure, part[1], part[2])
    if figure.ahoge:
        _ahoge(pen, hair)


def _from_behind(pen: Pen, figure: Figure) -> None:
    hair = _HAIR[figure.hair]
    _buns(pen, figure, hair)
    _fall(pen, figure)
    pen.toned(_RING, hair)
    _strands(pen, hair)
    for _, root, sign in _tails(pen, figure):
        _tail(pen, figure, root, sign)
    if figure.ahoge:
        _ahoge(pen, hair)
    if figure.ribbon:
        _bow(pen, _RIBBON[figure.ribbon])


_RING: Points = [(0.55 * math.sin(math.tau * i / 12), 0.47 - 0.54 * math.cos(math.tau * i / 12)) for i in range(12)]
_CHIN: dict[str, Points] = {
    "front": both([(0.0, 0.02), (0.36, 0.1), (0.5, 0.42), (0.47, 0.68), (0.28, 0.92), (0.0, 1.0)]),
    "three": [(0.0, 0.02), (0.36, 0.1), (0.5, 0.42), (0.46, 0.6), (0.46, 0.72), (0.34, 0.92), (0.12, 1.0),
              (-0.22, 0.9), (-0.44, 0.68), (-0.5, 0.42), (-0.36, 0.1)],
    "side": [(0.0, 0.02), (0.36, 0.12), (0.47, 0.4), (0.47, 0.55), (0.55, 0.68), (0.48, 0.76), (0.46, 0.86),
             (0.36, 0.98), (0.1, 0.96), (-0.3, 0.82), (-0.5, 0.45), (-0.36, 0.1)],
}


def _skin(pen: Pen) -> None:
    pen.shape(_CHIN[pen.view.kind], SKIN)
    if pen.view.tilt < 0:  # seen from below: the underside of the chin
        middle = {"front": 0.0, "three": 0.12, "side": 0.18}[pen.view.kind]
        pen.shape([(middle - 0.28, 0.88), (middle, 0.84), (middle + 0.26, 0.88), (middle + 0.12, 0.98),
                   (middle - 0.12, 0.98)], _UNDERSIDE, outline=False)
        pen.contour(_CHIN[pen.view.kind])


def _face(pen: Pen, figure: Figure, expression: str) -> None:
    tilt, colour = pen.view.tilt, _EYES[figure.eyes]
    for x, wide in {"front": ((-0.22, 1.0), (0.22, 1.0)), "three": ((-0.03, 1.0), (0.345, 0.66)),
                    "side": ((0.30, 0.72),)}[pen.view.kind]:
        if expression == "closed eyes":
            _closed_eye(pen, x, 0.62 + tilt, wide)
        else:
            _eye(pen, x, 0.6 + tilt, wide, colour)
    middle = {"front": 0.0, "three": 0.19, "side": 0.36}[pen.view.kind]
    if pen.view.kind != "side":
        for x in (middle - 0.28, middle + 0.27 - middle * 0.7):
            pen.disc(x, 0.8 + tilt, 0.07, 0.035, _BLUSH, outline=False)
    _mouth(pen, expression, middle, 0.845 + tilt * 0.8, {"front": 1.0, "three": 0.9, "side": 0.62}[pen.view.kind])


def _eye(pen: Pen, x: float, y: float, wide: float, colour: Colour) -> None:
    pen.disc(x, y, 0.145 * wide, 0.155, _WHITE, outline=False)
    pen.disc(x, y + 0.005, 0.115 * wide, 0.15, shade(colour, 0.7), outline=False)
    pen.disc(x, y + 0.025, 0.1 * wide, 0.12, colour, outline=False)
    pen.disc(x, y + 0.0, 0.042 * wide, 0.06, (20, 14, 30), outline=False)
    pen.disc(x - 0.04 * wide, y - 0.06, 0.042 * wide, 0.045, _WHITE, outline=False)
    pen.stroke([(x - 0.17 * wide, y - 0.04), (x - 0.1 * wide, y - 0.145), (x + 0.1 * wide, y - 0.145),
                (x + 0.17 * wide, y - 0.04)], INK, 0.05)


def _closed_eye(pen: Pen, x: float, y: float, wide: float) -> None:
    pen.stroke([(x - 0.16 * wide, y - 0.02), (x - 0.08 * wide, y + 0.06), (x + 0.08 * wide, y + 0.06),
                (x + 0.16 * wide, y - 0.02)], INK, 0.055)


def _mouth(pen: Pen, expression: str, x: float, y: float, wide: float) -> None:
    if expression == "open mouth":
        pen.shape([(x - 0.13 * wide, y - 0.06), (x, y - 0.075), (x + 0.13 * wide, y - 0.06),
                   (x + 0.08 * wide, y + 0.08), (x, y + 0.11), (x - 0.08 * wide, y + 0.08)], _MOUTH)
        return pen.disc(x, y + 0.05, 0.05 * wide, 0.03, _TONGUE, outline=False)
    bend = {"smile": 0.07, "frown": -0.06, "closed eyes": 0.0}[expression]
    half = (0.06 if expression == "closed eyes" else 0.15) * wide
    pen.stroke([(x - half, y - bend * 0.6), (x - half * 0.5, y + bend * 0.5), (x + half * 0.5, y + bend * 0.5),
                (x + half, y - bend * 0.6)], _MOUTH, 0.042)


def _brows(pen: Pen, expression: str) -> None:
    """Sad brows lie over the bangs, as in anime, and rise towards the middle."""
    if expression != "frown":
        return
    y, slope = 0.38 + pen.view.tilt, 0.055
    places = {"front": ((-0.22, 1), (0.22, -1)), "three": ((-0.03, 1), (0.345, -1)), "side": ((0.30, -1),)}
    for x, inner in places[pen.view.kind]:
        half = 0.1 if inner == 1 or pen.view.kind == "front" else 0.075
        pen.stroke([(x - half, y + slope * inner), (x + half, y - slope * inner)], INK, 0.045)


_EDGES: dict[str, Points] = {
    "blunt bangs": [(0.47, 0.7), (0.41, 0.44), (0.2, 0.44), (0.0, 0.44), (-0.2, 0.44), (-0.41, 0.44), (-0.47, 0.7)],
    "parted bangs": [(0.47, 0.74), (0.4, 0.5), (0.24, 0.4), (0.1, 0.24), (0.0, 0.1), (-0.1, 0.24), (-0.24, 0.4),
                     (-0.4, 0.5), (-0.47, 0.74)],
    "swept bangs": [(0.47, 0.74), (0.43, 0.58), (0.22, 0.47), (-0.03, 0.33), (-0.2, 0.18), (-0.27, 0.08), (-0.34, 0.26),
                    (-0.43, 0.48), (-0.47, 0.74)],
}
_SIDE_EDGES: dict[str, Points] = {
    "blunt bangs": [(0.53, 0.44), (0.3, 0.44), (0.14, 0.44), (0.1, 0.86), (-0.04, 0.92), (-0.1, 0.95)],
    "parted bangs": [(0.40, 0.14), (0.3, 0.36), (0.18, 0.46), (0.1, 0.86), (-0.04, 0.92), (-0.1, 0.95)],
    "swept bangs": [(0.56, 0.56), (0.42, 0.46), (0.34, 0.24), (0.16, 0.5), (0.1, 0.86), (-0.04, 0.92), (-0.1, 0.95)],
}


def _cap_of_hair(pen: Pen, figure: Figure, hair: Colour) -> None:
    """Crown and bangs in one piece, with a band of light."""
    pen.shape(_cap_points(pen, figure.bangs), hair, smooth=False)
    band = 0.24 + pen.view.tilt * 0.5
    middle = 0.0 if pen.view.kind == "front" else 0.06
    pen.stroke([(middle - 0.4, band + 0.08), (middle - 0.2, band - 0.03), (middle - 0.05, band - 0.05)],
               light(hair, 0.55), 0.05)
    if pen.view.tilt > 0:  # seen from above: the whorl on the crown
        pen.stroke([(middle, 0.02), (middle + 0.01, 0.12), (middle - 0.02, 0.2)], shade(hair, 0.6), 0.03)
    if figure.bangs == "blunt bangs" and pen.view.kind != "side":
        for x in (-0.2, 0.0, 0.2):
            pen.stroke([(x + middle, 0.33), (x + middle, 0.44 + pen.view.tilt * 0.8)], shade(hair, 0.6), 0.02)


def _cap_points(pen: Pen, bangs: str) -> Points:
    drop = pen.view.tilt * 0.8
    if pen.view.kind == "side":
        arc = _arc(-160, 78 if bangs != "parted bangs" else 48)
        return arc + [(x, y + drop * (x > 0.12)) for x, y in _SIDE_EDGES[bangs]]
    edge = _EDGES[bangs]
    if bangs == "swept bangs" and pen.view.mirror < 0:
        edge = mirrored(edge)[::-1]
    lean = 0.0 if pen.view.kind == "front" else 0.16
    moved = [(x + lean * (1 - max(x, 0.0) / 0.47), y + drop) for x, y in edge]
    return _arc(-112, 112) + moved


def _arc(start: float, stop: float) -> Points:
    """The outer edge of the hair, degrees clockwise from the crown."""
    turns = [math.radians(start + (stop - start) * i / 20) for i in range(21)]
    return [(0.55 * math.sin(a), 0.47 - 0.54 * math.cos(a)) for a in turns]


def _strands(pen: Pen, hair: Colour) -> None:
    for x in (-0.25, 0.0, 0.25):
        pen.stroke([(x * 0.4, 0.1), (x, 0.4), (x * 1.15, 0.8)], shade(hair, 0.7), 0.02)
    pen.stroke([(-0.4, 0.26), (-0.2, 0.16), (0.0, 0.14)], light(hair, 0.55), 0.05)


def _fall(pen: Pen, figure: Figure) -> None:
    """Loose hair behind the head: down to the chin, or to the hip."""
    hair, kind = _HAIR[figure.hair], pen.view.kind
    if figure.hairstyle not in ("short hair", "long hair"):
        return
    length = 1.0 if figure.hairstyle == "short hair" else 1.95
    if kind == "side":
        far = -0.6 if length < 1.5 else -0.72
        return pen.toned([(-0.1, 0.1), (-0.5, 0.25), (far, 0.7), (far, length - 0.12), (-0.4, length + 0.02),
                          (-0.12, length - 0.08), (0.05, 0.8)], hair)
    wide = 0.6 if length < 1.5 or kind == "behind" else 0.7
    points = both([(0.0, -0.02), (0.45, 0.12), (0.6, 0.5), (wide, length * 0.85), (wide * 0.8, length),
                   (wide * 0.4, length - 0.06), (0.0, length)])
    pen.toned(points, hair)
    if kind == "behind" and length > 1.5:
        for x in (-0.3, 0.0, 0.3):
            pen.stroke([(x, 0.9), (x * 1.1, 1.8)], shade(hair, 0.65), 0.02)


def _tails(pen: Pen, figure: Figure) -> list[tuple[bool, tuple[float, float], int]]:
    """The tied tails to be drawn: whether before the head, where the root is, to which side it swings."""
    kind, mirror = pen.view.kind, pen.view.mirror
    if figure.hairstyle == "twintails":
        sides = [-1, 1]
    elif figure.hairstyle == "side ponytail":
        sides = [mirror if figure.side == "right" else -mirror]
    else:
        return []
    if kind == "side":  # her nearer side is the one away from where she looks
        return [(s < 0, (-0.22, 0.28) if s < 0 else (-0.42, 0.24), -1) for s in sides]
    if kind == "behind":
        return [(True, (-0.5 * s, 0.26), -s) for s in sides]
    if kind == "three":
        return [(s < 0, (0.5 * s + (0.03 if s < 0 else 0), 0.26), s) for s in sides]
    return [(False, (0.5 * s, 0.26), s) for s in sides]


def _tail(pen: Pen, figure: Figure, root: tuple[float, float], sign: int) -> None:
    hair, (x, y) = _HAIR[figure.hair], root
    outline = [(0.0, -0.06), (0.16, -0.08), (0.36, 0.2), (0.44, 0.62), (0.34, 1.05), (0.2, 1.3), (0.16, 1.0),
               (0.06, 0.6), (0.02, 0.2)]
    if figure.hairstyle == "side ponytail":
        outline = [(px * 1.15, py) for px, py in outline]
    pen.toned([(x + px * sign, y + py) for px, py in outline], hair)
    pen.disc(x + 0.06 * sign, y, 0.07, 0.1, shade(hair, 0.45))


def _buns(pen: Pen, figure: Figure, hair: Colour) -> None:
    if figure.hairstyle != "double bun":
        return
    places = {"front": (-0.4, 0.4), "behind": (-0.4, 0.4), "three": (0.44, -0.36), "side": (-0.32, -0.14)}
    for x in places[pen.view.kind]:
        pen.disc(x, 0.0, 0.22, 0.21, shade(hair))
        pen.disc(x - 0.03, -0.03, 0.16, 0.15, hair, outline=False)


def _bow(pen: Pen, colour: Colour) -> None:
    """A large bow at the back of the head; from the front its loops stand out beyond the hair."""
    kind = pen.view.kind
    loop: Points = [(0.05, 0.0), (0.35, -0.24), (0.74, -0.36), (0.86, -0.12), (0.8, 0.14), (0.4, 0.1)]
    tail: Points = [(0.02, 0.0), (0.16, 0.02), (0.4, 0.56), (0.28, 0.62), (0.18, 0.54)]
    x, y, sides = {"front": (0.0, 0.3, (-1.0, 1.0)), "three": (-0.16, 0.3, (-0.86, 1.0)),
                   "side": (-0.5, 0.36, (-0.62, 0.4)), "behind": (0.0, 0.34, (-0.8, 0.8))}[kind]
    for sign in sides:
        if kind in ("side", "behind"):
            pen.toned([(x + px * sign, y + py) for px, py in tail], colour, smooth=False)
    for sign in sides:
        pen.toned([(x + px * sign, y + py) for px, py in loop], colour)
    if kind in ("side", "behind"):
        pen.disc(x, y, 0.11, 0.12, shade(colour, 0.9))


def _ahoge(pen: Pen, hair: Colour) -> None:
    x = {"front": 0.0, "three": 0.04, "side": 0.08, "behind": 0.0}[pen.view.kind]
    pen.shape([(x - 0.07, 0.0), (x - 0.09, -0.18), (x + 0.02, -0.36), (x + 0.22, -0.38), (x + 0.36, -0.22),
               (x + 0.2, -0.26), (x + 0.09, -0.2), (x + 0.07, -0.0)], hair)


def _intakes(pen: Pen, hair: Colour) -> None:
    """Flaps of hair at both temples: they bulge beyond the head, curl inwards, and leave a dark gap."""
    for x, turn, wide in {"front": ((-0.46, -1, 1.0), (0.46, 1, 1.0)), "three": ((-0.34, -1, 1.0), (0.5, 1, 0.8)),
                          "side": ((0.02, -1, 1.1),)}[pen.view.kind]:
        _flap(pen, hair, x, turn * wide)


def _flap(pen: Pen, hair: Colour, x: float, turn: float) -> None:
    y = pen.view.tilt * 0.5
    flap: Points = [(-0.06, 0.06), (0.12, 0.1), (0.25, 0.3), (0.22, 0.52), (0.02, 0.74), (-0.16, 0.7), (-0.04, 0.58),
                    (0.02, 0.4), (-0.04, 0.22)]
    gap: Points = [(-0.1, 0.16), (0.0, 0.2), (0.07, 0.36), (0.03, 0.54), (-0.1, 0.62), (-0.05, 0.45), (-0.06, 0.3)]
    pen.shape([(x + px * turn, y + py) for px, py in flap], light(hair, 0.2))
    pen.shape([(x + px * turn, y + py) for px, py in gap], shade(hair, 0.3), outline=False)
    pen.stroke([(x + 0.13 * turn, y + 0.2), (x + 0.17 * turn, y + 0.36)], light(hair, 0.7), 0.04)
