"""What can a person choose about the window?"""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.knobs import knob


@dataclass(frozen=True, slots=True)
class Choices:
    """Each choice with its words; the first of several is what it is until somebody chooses."""

    appearance: str = knob("system", "Appearance", "Dark, light, or whatever the system shows.",
                           choices=("system", "dark", "light"))
    surround: str = knob("dark", "Surround of pictures", "The grey that pictures stand on.",
                         choices=("dark", "middle", "light"))
    language: str = knob("system", "Language", "Of the window; it changes with the next start.",
                         choices=("system", "English", "日本語"))
    comfyui: str = knob("", "ComfyUI folder", "Where bases and LoRAs are looked for, besides the usual places.")
    tags_file: str = knob("", "Tag list", "A Danbooru-format CSV that completes what is typed into captions.")
