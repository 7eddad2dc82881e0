"""The ways in which pictures of a sheet are made: as people make them in the end, or as a run draws its previews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.knobs import Setting

_SMALL = 0.25  # the share of a profile's area below which a run's previews tell that its base draws nothing larger


@dataclass(frozen=True, slots=True)
class Profile:
    """Settings of a render, and the LoRAs that every cell wears: (path or `turbo`, strength)."""

    settings: tuple[tuple[str, Setting], ...]
    loras: tuple[tuple[str, float], ...] = ()


_TURBO = {"steps": 8, "cfg": 1.0, "sampler": "er_sde", "scheduler": "simple", "width": 832, "height": 1216}
_BUILTIN = {"steps": 25, "cfg": 4.0, "sampler": "er_sde", "scheduler": "simple", "width": 1024, "height": 1024}
PROFILES: Mapping[str, Profile] = {
    "turbo": Profile(tuple(_TURBO.items()), (("turbo", 1.0),)),
    "turbo square": Profile(tuple((_TURBO | {"width": 832, "height": 832}).items()), (("turbo", 1.0),)),
    "builtin": Profile(tuple(_BUILTIN.items())),
}


def profiled(previews: Mapping[str, Setting], profile: Profile) -> dict[str, Setting]:
    """A run's preview settings under those of a profile; the size of much smaller previews stays."""
    settings = dict(profile.settings)
    if _area(previews) < _SMALL * _area(settings):
        settings |= {side: previews[side] for side in ("width", "height")}
    return dict(previews) | settings


def _area(settings: Mapping[str, Setting]) -> float:
    return float(settings["width"]) * float(settings["height"])
