"""Draws the figure below the neck: five poses and five outfits, from any side."""

from __future__ import annotations

from dataclasses import dataclass

from studio.miniature.world_pen import Colour, Joint, Pen, Points, light, shade

SKIN: Colour = (255, 223, 200)
_WOOD: Colour = (190, 140, 92)
FLOOR_Y = 2.57  # head heights from the crown to the ground, standing


@dataclass(frozen=True, slots=True)
class Arm:
    """Elbow and hand of one side, x counted outwards from the middle."""

    elbow: Joint
    hand: Joint


@dataclass(frozen=True, slots=True)
class Leg:
    """Knee and foot of one side, x counted outwards from the middle."""

    knee: Joint
    foot: Joint


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the limbs are. `lean` moves head and shoulders forward, `ground` is the height of the floor."""

    arms: tuple[Arm, Arm]   # her right (the viewer's left from the front), her left
    legs: tuple[Leg, Leg]
    lean: float = 0.0
    ground: float = FLOOR_Y


@dataclass(frozen=True, slots=True)
class Clothes:
    """An outfit in colours and lengths: `sleeve` and `hem` are fractions of the arm and leg they cover."""

    top: Colour
    sleeve: float
    cuff: float             # radius of the sleeve's end, head heights
    skirt: Colour | None
    hem: float
    flare: float            # how far the hem stands off the leg, head heights
    sock: Colour
    shoe: Colour
    boxy: float = 0.0       # added to the torso's half width at the hip


_HANG = Arm((0.37, 1.42, 0.0), (0.45, 1.72, 0.06))
_STRAIGHT = Leg((0.14, 2.11, 0.03), (0.15, 2.48, 0.0))
_RAISED = Arm((0.57, 0.92, 0.08), (0.80, 0.36, 0.12))
_SPREAD = Arm((0.72, 0.96, 0.04), (1.04, 0.38, 0.04))    # the same for the three-quarter view, clear of the head
_REACHING = Arm((0.30, 1.00, 0.42), (0.34, 0.40, 0.74))  # the same for the profile, before the face
_SEATED = Leg((0.17, 1.80, 0.46), (0.17, 2.20, 0.48))
_POSES = {
    "standing": Pose((_HANG, _HANG), (_STRAIGHT, _STRAIGHT)),
    "walking": Pose(
        (Arm((0.40, 1.40, 0.18), (0.34, 1.62, 0.42)), Arm((0.40, 1.38, -0.2), (0.52, 1.66, -0.4))),
        (Leg((0.14, 2.08, -0.12), (0.16, 2.34, -0.48)), Leg((0.14, 2.04, 0.28), (0.17, 2.44, 0.48))), lean=0.04),
    "running": Pose(
        (Arm((0.52, 1.40, 0.05), (0.40, 1.14, 0.45)), Arm((0.58, 1.32, -0.3), (0.66, 1.62, -0.4))),
        (Leg((0.20, 2.08, -0.08), (0.30, 2.06, -0.60)), Leg((0.17, 1.88, 0.46), (0.18, 2.28, 0.50))), lean=0.18),
    "sitting": Pose((Arm((0.40, 1.42, 0.05), (0.26, 1.68, 0.36)),) * 2, (_SEATED, _SEATED), ground=2.36),
    "arms up": Pose((_RAISED, _RAISED), (_STRAIGHT, _STRAIGHT)),
}
_RAISED_FROM = {
    "side": Pose((_REACHING, _REACHING), (_STRAIGHT, _STRAIGHT)),
    "three": Pose((_SPREAD, _SPREAD), (_STRAIGHT, _STRAIGHT)),
}
_CLOTHES = {
    "school uniform": Clothes((250, 250, 252), 0.5, 0.12, (52, 66, 130), 0.42, 0.2, (52, 66, 130), (120, 74, 52)),
    "red dress": Clothes((222, 48, 62), 0.4, 0.16, (222, 48, 62), 0.78, 0.3, (250, 250, 252), (150, 24, 44)),
    "green hoodie": Clothes((74, 172, 96), 1.0, 0.13, None, 0.42, 0.0, SKIN, (240, 240, 245), boxy=0.09),
    "yellow raincoat": Clothes((252, 212, 56), 1.0, 0.15, (252, 212, 56), 0.62, 0.26, SKIN, (236, 176, 30), boxy=0.1),
    "purple kimono": Clothes((150, 96, 196), 1.0, 0.12, (150, 96, 196), 0.84, 0.14, (250, 250, 252), (190, 70, 70)),
}
_SHORTS: Colour = (60, 62, 76)
_OBI: Colour = (250, 160, 180)
_SAILOR: Colour = (52, 66, 130)
_SCARF: Colour = (226, 52, 64)


def pose_named(name: str, kind: str = "front") -> Pose:
    """The limbs of a pose as they are best seen from an angle."""
    return _RAISED_FROM.get(kind, _POSES[name]) if name == "arms up" else _POSES[name]


def draw_body(pen: Pen, outfit: str, pose: Pose) -> None:
    """Legs, clothes and arms, the far ones first."""
    clothes = _CLOTHES[outfit]
    if pose.ground < FLOOR_Y:
        _seat(pen)
    sides = (-1, 1)
    for side in sorted(sides, key=lambda s: pen.view.depth(_at(pose.legs[s > 0].knee, s))):
        _leg(pen, clothes, pose.legs[side > 0], side)
    arms = sorted(sides, key=lambda s: _arm_depth(pen, pose, s))
    far = [s for s in arms if _arm_depth(pen, pose, s) < -0.06]
    for side in far:
        _arm(pen, outfit, clothes, pose, side)
    _trunk(pen, outfit, clothes, pose)
    for side in arms[len(far):]:
        _arm(pen, outfit, clothes, pose, side)


def _at(joint: Joint, side: int) -> Joint:
    return joint[0] * side, joint[1], joint[2]


def _arm_depth(pen: Pen, pose: Pose, side: int) -> float:
    arm = pose.arms[side > 0]
    return pen.view.depth(_at(arm.elbow, side)) + pen.view.depth(_at(arm.hand, side)) / 2


def _between(a: Joint, b: Joint, t: float) -> Joint:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t


def _along(start: Joint, middle: Joint, end: Joint, t: float) -> Joint:
    """The joint a fraction of the way along a limb of two pieces."""
    return _between(start, middle, t * 2) if t < 0.5 else _between(middle, end, t * 2 - 1)


def _hip(side: int) -> Joint:
    return 0.13 * side, 1.74, 0.0


def _wide(pen: Pen) -> float:
    """The torso's width seen from here, as a fraction of its width from the front."""
    return {"front": 1.0, "behind": 1.0, "three": 0.9, "side": 0.74}[pen.view.kind]


def _seat(pen: Pen) -> None:
    """The wooden box she sits on."""
    half, back = (0.6, 0.0) if pen.view.kind != "side" else (0.42, -0.1)
    corners: Points = [(back - half, 1.78), (back + half, 1.78), (back + half, 2.3), (back - half, 2.3)]
    pen.shape(corners, _WOOD, smooth=False)
    for y in (1.95, 2.12):
        pen.stroke([(back - half, y), (back + half, y)], shade(_WOOD), 0.02)


def _leg(pen: Pen, clothes: Clothes, leg: Leg, side: int) -> None:
    hip, knee, foot = _hip(side), _at(leg.knee, side), _at(leg.foot, side)
    put = pen.view.project
    toe = put((foot[0], foot[1] + 0.03, foot[2] + 0.09))
    pen.limb(put(knee), put(foot), 0.105, 0.085, clothes.sock)
    pen.limb(put(hip), put(knee), 0.13, 0.105, SKIN if clothes.skirt or clothes.hem < 0.5 else _SHORTS)
    if clothes.skirt is None:
        pen.limb(put(hip), put(_along(hip, knee, foot, clothes.hem)), 0.16, 0.15, _SHORTS)
    along = 0.15 if pen.view.kind == "side" else 0.11
    pen.disc(toe[0], toe[1], along, 0.085, clothes.shoe)
    if clothes.boxy and clothes.skirt:
        pen.limb(put(_between(knee, foot, 0.4)), put(foot), 0.12, 0.11, clothes.shoe)


def _arm(pen: Pen, outfit: str, clothes: Clothes, pose: Pose, side: int) -> None:
    arm, put = pose.arms[side > 0], pen.view.project
    shoulder: Joint = (0.22 * side, 1.14, pose.lean * 0.8)
    elbow, hand = _at(arm.elbow, side), _at(arm.hand, side)
    pen.limb(put(elbow), put(hand), 0.08, 0.075, SKIN)
    x, y = put(hand)
    pen.disc(x, y, 0.095, 0.095, SKIN)
    if clothes.sleeve < 0.5:
        pen.limb(put(shoulder), put(elbow), 0.08, 0.08, SKIN)
    if outfit == "purple kimono":
        return _wide_sleeve(pen, clothes.top, put(shoulder), put(elbow), put(_between(elbow, hand, 0.7)))
    if clothes.sleeve > 0.5:
        pen.limb(put(elbow), put(_between(elbow, hand, 0.75)), clothes.cuff * 0.85, clothes.cuff, clothes.top)
    pen.limb(put(shoulder), put(_between(shoulder, elbow, min(1.0, clothes.sleeve * 2))), 0.11, clothes.cuff,
             clothes.top)


def _wide_sleeve(pen: Pen, colour: Colour, shoulder: tuple[float, float], elbow: tuple[float, float],
                 wrist: tuple[float, float]) -> None:
    """A kimono's sleeve: a bag that hangs from the forearm."""
    bag: Points = [(x + dx, y + dy) for x, y in (elbow, wrist) for dx in (-0.13, 0.13) for dy in (-0.08, 0.08)]
    low = max(elbow[1], wrist[1]) + 0.16
    outwards = 0.2 if wrist[0] > 0 else -0.2
    bag += [(elbow[0], low), (wrist[0], low), (max(elbow, wrist, key=lambda p: abs(p[0]))[0] + outwards, low - 0.05)]
    pen.limb(shoulder, elbow, 0.12, 0.13, colour)
    pen.toned(_hull(bag), colour, smooth=False)


def _trunk(pen: Pen, outfit: str, clothes: Clothes, pose: Pose) -> None:
    """Neck, torso, skirt and what makes the outfit."""
    wide, front = _wide(pen), pen.view.kind != "behind"
    shift = pen.view.project((0.0, 0.0, pose.lean))[0]
    pen.limb((shift, 0.95), (shift * 0.9, 1.1), 0.1, 0.11, shade(SKIN, 0.88))
    if clothes.boxy:
        pen.disc(shift * 0.9, 1.06, 0.36 * wide, 0.13, shade(clothes.top))
    hip = 0.23 + clothes.boxy
    torso: Points = [(0.11 * wide + shift, 1.02), (0.28 * wide + shift * 0.9, 1.09), (0.25 * wide + shift * 0.4, 1.45),
                     (hip * wide, 1.82), (-hip * wide, 1.82), (-0.25 * wide + shift * 0.4, 1.45),
                     (-0.28 * wide + shift * 0.9, 1.09), (-0.11 * wide + shift, 1.02)]
    pen.toned(torso, clothes.top, smooth=False)
    if clothes.skirt:
        _skirt(pen, clothes, pose, wide, shift)
    _TRIM[outfit](pen, wide, shift, front)


def _skirt(pen: Pen, clothes: Clothes, pose: Pose, wide: float, shift: float) -> None:
    """Everything from the waist to the hem, around both legs wherever they are."""
    put, colour = pen.view.project, clothes.skirt or clothes.top
    points: Points = [(0.23 * wide + shift * 0.4, 1.48), (-0.23 * wide + shift * 0.4, 1.48)]
    for side in (-1, 1):
        leg = pose.legs[side > 0]
        hip, knee, foot = _hip(side), _at(leg.knee, side), _at(leg.foot, side)
        for part in (0.35, 0.7, 1.0):
            x, y = put(_along(hip, knee, foot, clothes.hem * part))
            spread = 0.12 + clothes.flare * part * wide
            points += [(x - spread, y), (x + spread, y), (x, y + 0.05)]
    pen.toned(_hull(points), colour, smooth=False)


def _hull(points: Points) -> Points:
    """The convex hull, by Andrew's monotone chain."""
    ordered = sorted(set(points))
    return _half_hull(ordered) + _half_hull(ordered[::-1])


def _half_hull(points: Points) -> Points:
    kept: Points = []
    for x, y in points:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], (x, y)) <= 0:
            kept.pop()
        kept.append((x, y))
    return kept[:-1]


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _mid(pen: Pen) -> float:
    """Where the middle of the chest is seen: 0 from the front, towards the facing side otherwise."""
    return {"front": 0.0, "behind": 0.0, "three": 0.12, "side": 0.17}[pen.view.kind]


def _uniform(pen: Pen, wide: float, shift: float, front: bool) -> None:
    if not front:
        flap: Points = [(0.3, 1.05), (0.3, 1.38), (-0.3, 1.38), (-0.3, 1.05)]
        pen.shape(flap, _SAILOR, smooth=False)
        return pen.stroke([(-0.25, 1.33), (0.25, 1.33)], (255, 255, 255), 0.025)
    mid = _mid(pen) + shift
    pen.shape([(mid, 1.34), (0.3 * wide + shift, 1.16), (0.27 * wide + shift, 1.03), (mid, 1.08),
               (-0.27 * wide + shift, 1.03), (-0.3 * wide + shift, 1.16)], _SAILOR, smooth=False)
    pen.shape([(mid, 1.26), (mid + 0.17, 1.22), (mid + 0.13, 1.46), (mid, 1.32), (mid - 0.13, 1.46),
               (mid - 0.17, 1.22)], _SCARF, smooth=False)


def _dress(pen: Pen, wide: float, shift: float, front: bool) -> None:
    pen.disc(shift, 1.08, 0.25 * wide, 0.075, (255, 255, 255))
    pen.shape([(-0.25 * wide + shift * 0.4, 1.44), (0.25 * wide + shift * 0.4, 1.44),
               (0.26 * wide + shift * 0.3, 1.55), (-0.26 * wide + shift * 0.3, 1.55)], (255, 255, 255), smooth=False)


def _hoodie(pen: Pen, wide: float, shift: float, front: bool) -> None:
    green = _CLOTHES["green hoodie"].top
    if not front:
        return pen.toned([(-0.28, 1.04), (0.28, 1.04), (0.2, 1.36), (0.0, 1.46), (-0.2, 1.36)], green)
    mid = _mid(pen) * 0.7 + shift * 0.4
    pen.shape([(mid - 0.12, 1.5), (mid + 0.12, 1.5), (mid + 0.19, 1.74), (mid - 0.19, 1.74)],
              shade(green), smooth=False)
    for side in (-0.06, 0.06):
        pen.stroke([(mid + side + shift * 0.6, 1.1), (mid + side + shift * 0.6, 1.32)], (255, 255, 255), 0.035)


def _raincoat(pen: Pen, wide: float, shift: float, front: bool) -> None:
    yellow = _CLOTHES["yellow raincoat"].top
    if not front:
        return pen.toned([(-0.3, 1.03), (0.3, 1.03), (0.22, 1.36), (0.0, 1.5), (-0.22, 1.36)], yellow)
    mid = _mid(pen)
    pen.stroke([(mid + shift, 1.1), (mid, 1.98)], shade(yellow, 0.6), 0.025)
    for y in (1.24, 1.46, 1.68, 1.9):
        pen.disc(mid + shift * (1.9 - y), y, 0.05, 0.05, (255, 255, 255))


def _kimono(pen: Pen, wide: float, shift: float, front: bool) -> None:
    pen.shape([(-0.26 * wide + shift * 0.5, 1.32), (0.26 * wide + shift * 0.5, 1.32),
               (0.27 * wide + shift * 0.3, 1.62), (-0.27 * wide + shift * 0.3, 1.62)], _OBI, smooth=False)
    if not front:
        return pen.toned([(-0.24, 1.26), (0.24, 1.26), (0.24, 1.68), (-0.24, 1.68)], light(_OBI), smooth=False)
    mid = _mid(pen)
    pen.stroke([(mid * 0.5 + shift - 0.16 * wide, 1.03), (mid + shift * 0.8, 1.3)], (255, 255, 255), 0.06)
    pen.stroke([(mid * 0.5 + shift + 0.16 * wide, 1.03), (mid + shift * 0.8, 1.3)], (255, 255, 255), 0.06)


_TRIM = {"school uniform": _uniform, "red dress": _dress, "green hoodie": _hoodie, "yellow raincoat": _raincoat,
         "purple kimono": _kimono}
