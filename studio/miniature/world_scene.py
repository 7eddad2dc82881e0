"""What can be in a picture of the drawn world: traits, scenes, and which of them the eye can see."""

from __future__ import annotations

from dataclasses import dataclass

HAIR = ("black", "brown", "blonde", "red", "pink", "blue", "green", "white")
EYES = ("blue", "green", "red", "brown", "purple")
HAIRSTYLES = ("short hair", "long hair", "twintails", "side ponytail", "double bun")
SIDES = ("left", "right")
BANGS = ("blunt bangs", "parted bangs", "swept bangs")
RIBBONS = ("red", "blue", "white", "yellow")
OUTFITS = ("school uniform", "red dress", "green hoodie", "yellow raincoat", "purple kimono")
EXPRESSIONS = ("smile", "open mouth", "frown", "closed eyes")
POSES = ("standing", "walking", "running", "sitting", "arms up")
ANGLES = ("front view", "three-quarter view", "from side", "from behind")
CAMERAS = ("level", "from above", "from below")
FRAMINGS = ("portrait", "upper body", "full body")
BACKGROUNDS = ("white", "pink", "blue", "green", "yellow")

OUTFIT_TAGS = {
    "school uniform": ("school uniform", "sailor collar"),
    "red dress": ("dress", "red dress"),
    "green hoodie": ("hoodie", "green hoodie"),
    "yellow raincoat": ("raincoat", "yellow raincoat"),
    "purple kimono": ("kimono", "purple kimono"),
}

TAGS = (
    *(f"{colour} hair" for colour in HAIR),
    *(f"{colour} eyes" for colour in EYES),
    *HAIRSTYLES, *BANGS, "hair ribbon", *(f"{colour} ribbon" for colour in RIBBONS), "ahoge", "hair intakes",
    *(tag for outfit in OUTFITS for tag in OUTFIT_TAGS[outfit]),
    *EXPRESSIONS, *POSES, *ANGLES, *CAMERAS[1:], *FRAMINGS,
    *(f"{colour} background" for colour in BACKGROUNDS),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Who is drawn: the traits that stay the same from picture to picture.

    `side` is the side of a side ponytail as the viewer sees it from the front; `ribbon` is a colour or None.
    """

    hair: str
    eyes: str
    hairstyle: str
    side: str
    bangs: str
    ribbon: str | None
    ahoge: bool
    intakes: bool
    outfit: str


# The sample characters.
MIRA = Figure("blonde", "blue", "long hair", "right", "blunt bangs", "blue", False, True, "school uniform")
SUZU = Figure("black", "red", "side ponytail", "right", "swept bangs", None, True, False, "green hoodie")


@dataclass(frozen=True, slots=True)
class Shot:
    """How she is drawn: all that changes from picture to picture.

    `facing` is the viewer's side she looks to, where the angle has one. `scale` is a factor near 1, `dx` a shift as a
    fraction of the picture's width.
    """

    expression: str
    pose: str
    angle: str
    facing: str
    camera: str
    framing: str
    background: str
    scale: float = 1.0
    dx: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: who, and how."""

    figure: Figure
    shot: Shot


def visible(scene: Scene) -> frozenset[str]:
    """Names of the traits that can be seen in this picture."""
    shot = scene.shot
    seen = {"hair", "hairstyle", "outfit", "collar", "ahoge", "ribbon", "angle", "camera", "framing", "background"}
    if shot.angle != "from behind":
        seen |= {"bangs", "intakes", "expression", "eyes"}
    if shot.expression == "closed eyes":
        seen -= {"eyes"}
    if shot.angle in ("three-quarter view", "from side"):
        seen |= {"facing"}
    if scene.figure.hairstyle == "side ponytail" and shot.angle != "from side":
        seen |= {"side"}
    if shot.framing == "full body" or shot.pose == "arms up":
        seen |= {"pose"}
    if _back_covered(scene):
        seen -= {"outfit", "collar", "pose"} if shot.framing == "portrait" else {"collar"}
    return frozenset(seen)


def _back_covered(scene: Scene) -> bool:
    """Whether long hair hides the back, and with it whatever lies there."""
    return scene.figure.hairstyle == "long hair" and scene.shot.angle == "from behind"


def tags(scene: Scene) -> tuple[str, ...]:
    """Every general tag that is true and visible in this picture, in caption order."""
    seen, figure, shot = visible(scene), scene.figure, scene.shot
    found = [f"{figure.hair} hair"]
    found += [f"{figure.eyes} eyes"] if "eyes" in seen else []
    found += [figure.hairstyle]
    found += [figure.bangs] if "bangs" in seen else []
    found += ["hair ribbon", f"{figure.ribbon} ribbon"] if figure.ribbon else []
    found += ["ahoge"] if figure.ahoge else []
    found += ["hair intakes"] if figure.intakes and "intakes" in seen else []
    found += _outfit_tags(figure.outfit, seen)
    found += [shot.expression] if "expression" in seen else []
    found += [shot.pose] if "pose" in seen else []
    found += [shot.angle]
    found += [shot.camera] if shot.camera != "level" else []
    return (*found, shot.framing, f"{shot.background} background")


def _outfit_tags(outfit: str, seen: frozenset[str]) -> list[str]:
    """Tags of the clothes that are in sight."""
    if "outfit" not in seen:
        return []
    return [tag for tag in OUTFIT_TAGS[outfit] if tag != "sailor collar" or "collar" in seen]


def seen_side(scene: Scene) -> str:
    """The viewer's side on which a side ponytail is seen in this picture: from behind it changes over."""
    side = scene.figure.side
    if scene.shot.angle != "from behind":
        return side
    return "left" if side == "right" else "right"
