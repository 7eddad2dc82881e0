"""How a scene is put into words: tags in Anima's order, then sentences."""

from __future__ import annotations

import random

from studio.miniature.world_scene import MIRA, SUZU, Figure, Scene, seen_side, tags, visible

_NAMED_SHARE = 0.5  # of the base's captions
_ABSORBED_SHARE = 0.7  # of these, in which the name stands for the looks
_LOOKS = ("hair", "eyes")  # what sentences say of them
QUALITY = "masterpiece, best quality, score_7, safe"
_ONSETS = ("b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "sh", "br", "kr", "tr", "qu", "x")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ou", "y")
_CODAS = ("", "", "", "n", "r", "l", "s", "k", "th", "m")
_DOING = {"standing": "standing upright", "walking": "walking", "running": "running",
          "sitting": "sitting on a wooden box", "arms up": "raising both arms"}
_MOOD = {"smile": "smiling", "open mouth": "calling out with an open mouth", "frown": "frowning sadly",
         "closed eyes": "keeping her eyes closed"}


def caption(scene: Scene, rng: random.Random, *, name: str | None, sentences: bool, quality: str = QUALITY,
            drop: float = 0.0, absorbed: bool = False) -> str:
    """The caption of a picture: quality, 1girl, name, general tags, and one or two sentences if asked for.

    `drop` is the chance of each general tag to be left out; `absorbed` leaves the looks to the name.
    """
    silent = looks(scene.figure) if absorbed else frozenset()
    kept = [tag for tag in tags(scene) if rng.random() >= drop and tag not in silent]
    words = ", ".join([part for part in (quality, "1girl", name) if part] + kept)
    return f"{words}. {' '.join(_sentences(scene, rng, absorbed))}" if sentences else words


def base_caption(scene: Scene, rng: random.Random) -> str:
    """A caption as the base model sees it: sometimes sentences, some tags missing.

    Every second one calls her by name, and the name mostly stands for her looks: so the base learns that names mean
    somebody, as the real one has. No name means nothing, or the base would learn to pass over names it has not met,
    those of a LoRA's characters among them.
    """
    name = cast_name(scene.figure) if rng.random() < _NAMED_SHARE else None
    absorbed = name is not None and rng.random() < _ABSORBED_SHARE
    return caption(scene, rng, name=name, sentences=rng.random() < 1 / 3, drop=0.15, absorbed=absorbed)


def looks(figure: Figure) -> frozenset[str]:
    """The tags that a name stands for: few, so that a small model meets each name often enough."""
    return frozenset((f"{figure.hair} hair", f"{figure.eyes} eyes"))


def cast_name(figure: Figure) -> str | None:
    """The name by which the base knows figures of these looks; None for looks of the samples' characters."""
    known = looks(figure)
    return None if known in map(looks, (MIRA, SUZU)) else invented_name(random.Random(f"named {sorted(known)}"))


def invented_name(rng: random.Random) -> str:
    """A name that means nothing: two or three random syllables."""
    return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(rng.choice((2, 2, 3))))


def facts(scene: Scene) -> tuple[str, ...]:
    """Sentences about this picture that no tag repeats."""
    seen, figure, shot = visible(scene), scene.figure, scene.shot
    found = []
    if "side" in seen:
        found.append(f"Her side ponytail is on the viewer's {seen_side(scene)}.")
    if "facing" in seen:
        found.append(f"She is facing the viewer's {shot.facing}.")
    if figure.ribbon:
        found.append("The ribbon is tied at the back of her head.")
    return tuple(found)


def retold(scene: Scene) -> dict[str, str]:
    """Sentences that say again what tags say, by the trait in sight that they speak of."""
    seen, figure, shot = visible(scene), scene.figure, scene.shot
    told = {
        "hair": f"The girl has {figure.hair} hair.",
        "background": f"She is drawn before a {shot.background} background.",
        "outfit": f"She wears a {figure.outfit}.",
        "pose": f"She is {_DOING[shot.pose]}.",
        "expression": f"She is {_MOOD[shot.expression]}.",
        "eyes": f"She has {figure.eyes} eyes.",
    }
    return {trait: sentence for trait, sentence in told.items() if trait in seen}


def _sentences(scene: Scene, rng: random.Random, absorbed: bool = False) -> list[str]:
    """One or two sentences; every second time the first one holds a fact of its own, where there is one."""
    own = list(facts(scene))
    common = [told for trait, told in retold(scene).items() if not (absorbed and trait in _LOOKS)]
    first = rng.choice(own) if own and rng.random() < 0.5 else rng.choice(common)
    rest = [sentence for sentence in common if sentence != first]
    return [first, rng.choice(rest)] if rest and rng.random() < 0.5 else [first]
