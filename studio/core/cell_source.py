"""Where do the pictures of a sheet come from: this computer, a ComfyUI, or a folder of pictures?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from studio.core.errors import UserError, unknown

Kind = Literal["here", "comfyui", "folder"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PROGRAMS = {"here": "", "comfyui": "ComfyUI"}  # what a spec says of who draws it; of a folder its pictures tell


@dataclass(frozen=True, slots=True)
class Source:
    """`where` is the address of a ComfyUI, or a folder; empty for this computer.

    `loras` is the folder where that ComfyUI keeps LoRAs, if it can be written to from here; empty if not.
    """

    kind: Kind = "here"
    where: str = ""
    loras: str = ""


HERE = Source()


def source_of(kind: str, where: str, loras: str = "") -> Source:
    """Raises UserError for a kind that there is not, and for one without its place."""
    if kind not in KINDS:
        raise unknown("source of pictures", kind, KINDS)
    if kind == "here":
        return HERE
    if not where.strip():
        what = "address of ComfyUI" if kind == "comfyui" else "folder of the pictures"
        raise UserError(f"The {what} is missing", "Give it, or render on this computer.")
    return Source(kind, where.strip(), loras.strip() if kind == "comfyui" else "")
