"""Where the pictures of a sheet come from, and where a chosen epoch goes to, as they are typed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from studio.cli.flags import base_flags
from studio.core.cell_source import HERE, Source
from studio.core.errors import UserError

FLAGS = ("via", "loras_to", "from")

Make = Callable[[str, str], argparse.ArgumentParser]


def add_flags(sheet: argparse._ArgumentGroup) -> None:
    """Those of `render`."""
    sheet.add_argument("--via", metavar="URL",
                       help="lets a ComfyUI draw the sheet, at this address: http://127.0.0.1:8188")
    sheet.add_argument("--loras-to", type=Path, metavar="FOLDER",
                       help="puts the LoRAs that this ComfyUI lacks where it keeps its own (default: it is told what "
                            "is missing)")
    sheet.add_argument("--from", type=Path, metavar="FOLDER",
                       help="takes the pictures from PNGs that were rendered before, by what they say of themselves; "
                            "without --sheet they make a sheet of their own")


def add_verbs(make: Make) -> None:
    made = make("use", "Puts an epoch into ComfyUI's loras folder, and shows that the file there draws the same.")
    made.add_argument("dir", type=Path, metavar="DIR", help="the folder of the project")
    made.add_argument("run", metavar="RUN|DIR",
                      help="its number, its whole name, or latest; or a folder of LoRA files, whoever trained them")
    made.add_argument("--epoch", type=int, required=True, metavar="N", help="which of its LoRAs")
    made.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where your ComfyUI keeps its LoRAs")
    made.add_argument("--cell", default="", metavar="KEY", help="the cell that is drawn again (default: the newest)")
    made.add_argument("--trigger", metavar="WORD", help="calls the character of a folder; needed the first time")
    base_flags(made, otherwise="that of the run")


def source_typed(chosen: argparse.Namespace) -> Source:
    """Raises UserError where two sources are named."""
    folder = getattr(chosen, "from")
    if chosen.via and folder:
        raise UserError("--via and --from are given, and pictures come from one place", "Leave one of the two out.")
    if folder:
        return Source("folder", str(folder))
    if chosen.loras_to and not chosen.via:
        raise UserError("--loras-to is for a ComfyUI, and none is named", "Name its address with --via.")
    return Source("comfyui", chosen.via, str(chosen.loras_to or "")) if chosen.via else HERE
