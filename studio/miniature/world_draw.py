"""Draws a scene at any size, in unit coordinates: background, figure, and the window the framing asks for."""

from __future__ import annotations

from PIL import Image, ImageDraw

from studio.miniature.world_body import FLOOR_Y, draw_body, pose_named
from studio.miniature.world_head import draw_back_hair, draw_head
from studio.miniature.world_pen import Colour, Pen, View, shade
from studio.miniature.world_scene import Scene, Shot

_BACKGROUND: dict[str, Colour] = {
    "white": (246, 246, 246), "pink": (255, 204, 220), "blue": (190, 220, 252), "green": (200, 238, 200),
    "yellow": (255, 240, 180),
}
_YAW = {"front view": 0.0, "three-quarter view": 0.7, "from side": 1.5708, "from behind": 3.14159}
_KIND = {"front view": "front", "three-quarter view": "three", "from side": "side", "from behind": "behind"}
_CAMERA = {  # pitch, scale at the crown, its growth per head height, how far the face moves down
    "level": (0.2, 1.0, 0.0, 0.0), "from above": (0.38, 1.3, -0.26, 0.11), "from below": (-0.3, 0.78, 0.22, -0.12)}
_WINDOW = {"portrait": (-0.47, 1.33, 1.5), "upper body": (-0.47, 1.80, 1.75), "full body": (-0.47, 2.76, 2.15)}
_SIDEWAYS = 0.09  # head heights: a profile is moved forward to make room for the hair behind it
_LARGEST = 4096  # pixels along the longer side of the picture drawn before it is reduced


def draw(scene: Scene, width: int, height: int) -> Image.Image:
    """The picture, RGB, width x height pixels."""
    factor = _oversampling(width, height)
    image = Image.new("RGB", (width * factor, height * factor), _BACKGROUND[scene.shot.background])
    pen = _pen(scene, image, flat=False)
    _room(pen, scene.shot)
    _figure(pen, scene)
    return image.reduce(factor)


def figure_mask(scene: Scene, width: int, height: int) -> Image.Image:
    """Where the figure is: L, width x height pixels, 255 on the figure and 0 elsewhere."""
    factor = _oversampling(width, height)
    image = Image.new("L", (width * factor, height * factor), 0)
    _figure(_pen(scene, image, flat=True), scene)
    return image.reduce(factor)


def face_mask(scene: Scene, width: int, height: int) -> Image.Image:
    """Where eyes, brows and mouth lie: L, width x height pixels, 255 on the face and 0 elsewhere; empty from behind."""
    factor = _oversampling(width, height)
    image = Image.new("L", (width * factor, height * factor), 0)
    pen = _pen(scene, image, flat=True)
    if pen.view.kind != "behind":
        _at_the_head(pen, scene)
        middle = {"front": 0.0, "three": 0.14, "side": 0.28}[pen.view.kind]
        pen.disc(middle, 0.64 + pen.view.tilt, 0.4, 0.34, (255, 255, 255), outline=False)
    return image.reduce(factor)


def _oversampling(width: int, height: int) -> int:
    return max(1, min(4, _LARGEST // max(width, height)))


def _pen(scene: Scene, image: Image.Image, *, flat: bool) -> Pen:
    """A pen whose window shows what the framing asks for, wide enough for a narrow picture."""
    shot, view = scene.shot, _view(scene.shot)
    first, last, across = _WINDOW[shot.framing]
    lower = FLOOR_Y - pose_named(shot.pose).ground if shot.framing == "full body" else 0.0
    top, bottom = view.fall(first - lower), view.fall(last - lower)
    wide = across * (view.near if shot.framing != "full body" else max(view.near, view.near + view.growth * 2) * 0.9)
    tall = max(bottom - top, wide * image.height / image.width) / shot.scale
    unit = image.height / tall
    spare = tall - (bottom - top)
    return Pen(image=image, ink=ImageDraw.Draw(image), view=view, unit=unit,
               left=image.width * (0.5 + shot.dx), top=top - spare * 0.5,
               line=max(1.0, 0.0085 * min(image.height, image.width * 1.2)), flat=flat)


def _view(shot: Shot) -> View:
    pitch, near, growth, tilt = _CAMERA[shot.camera]
    mirror = -1 if shot.facing == "left" and shot.angle in ("three-quarter view", "from side") else 1
    return View(_KIND[shot.angle], _YAW[shot.angle], mirror, pitch, near, growth, tilt)


def _figure(pen: Pen, scene: Scene) -> None:
    lean = _at_the_head(pen, scene)
    draw_back_hair(pen, scene.figure)
    pen.left -= lean
    draw_body(pen, scene.figure.outfit, pose_named(scene.shot.pose, pen.view.kind))
    pen.left += lean
    draw_head(pen, scene.figure, scene.shot.expression)


def _at_the_head(pen: Pen, scene: Scene) -> float:
    """Moves the pen to the head's middle; returns how far that lies from the hip's, in pixels."""
    lean = pen.view.project((0.0, 0.0, pose_named(scene.shot.pose, pen.view.kind).lean))[0]
    scale = pen.view.near * pen.unit * pen.view.mirror
    pen.left += _SIDEWAYS * scale if pen.view.kind == "side" else 0.0
    pen.left += lean * scale if scene.shot.framing == "full body" else 0.0
    return lean * scale


def _room(pen: Pen, shot: Shot) -> None:
    """A wall and a floor; from above only tiles, from below only sky over a low horizon."""
    wall = _BACKGROUND[shot.background]
    if shot.camera == "from above":
        return _tiles(pen, wall)
    if shot.camera == "from below":
        return _rays(pen, wall)
    _floor(pen, wall, pose_named(shot.pose).ground - 0.25)


def _floor(pen: Pen, wall: Colour, y: float) -> None:
    width, height = pen.image.size
    line = (pen.view.fall(y) - pen.top) * pen.unit
    if line < height:
        pen.ink.rectangle((0, line, width, height), fill=shade(wall, 0.9))
        pen.disc(0.0, y + 0.22, 0.5, 0.09, shade(wall, 0.75), outline=False)


def _tiles(pen: Pen, wall: Colour) -> None:
    """A floor seen from above: lines that run together downwards."""
    width, height = pen.image.size
    line = max(1, round(pen.line * 1.2))
    for step in range(-4, 5):
        x = width * (0.5 + step * 0.28)
        pen.ink.line((x, 0, width * 0.5 + (x - width * 0.5) * 0.45, height), fill=shade(wall, 0.86), width=line)
    for y in (0.12, 0.42, 0.66, 0.85):
        pen.ink.line((0, height * y, width, height * y), fill=shade(wall, 0.86), width=line)


def _rays(pen: Pen, wall: Colour) -> None:
    """A sky seen from below: bright bands that run together upwards, and a strip of ground."""
    width, height = pen.image.size
    for step in (-3, -1, 1, 3):
        x = width * (0.5 + step * 0.3)
        top, half = width * (0.5 + step * 0.1), width * 0.14
        corners = (top - half / 3, 0, top + half / 3, 0, x + half, height, x - half, height)
        pen.ink.polygon(corners, fill=shade(wall, 0.93))
    pen.ink.rectangle((0, height * 0.93, width, height), fill=shade(wall, 0.75))
