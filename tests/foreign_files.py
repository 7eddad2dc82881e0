"""Files as other trainers leave them, written by hand: safetensors of a few numbers, and pictures of a few pixels."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image

LAYER = "lora_unet_blocks_0_self_attn_q_proj"
LONG_AGO = 1_700_000_000


def lora_bytes(mark: int = 0, metadata: Mapping[str, str] | None = None, rank: int = 4, names: str = "kohya") -> bytes:
    """A whole LoRA of one module; another `mark` is another content."""
    down, up = (("lora_down", "lora_up") if names == "kohya" else ("lora_A", "lora_B"))
    module = LAYER if names == "kohya" else "diffusion_model.blocks.0.self_attn.q_proj"
    content, table = b"", {"__metadata__": dict(metadata)} if metadata else {}
    for name, shape in ((f"{module}.{down}.weight", (rank, 8)), (f"{module}.{up}.weight", (8, rank))):
        numbers = struct.pack(f"<{rank * 8}f", *((mark + 1) / 1000 for _ in range(rank * 8)))
        table[name] = {"dtype": "F32", "shape": shape, "data_offsets": (len(content), len(content) + len(numbers))}
        content += numbers
    header = json.dumps(table).encode()
    return struct.pack("<Q", len(header)) + header + content


def write_lora(path: Path, mark: int = 0, metadata: Mapping[str, str] | None = None, **how: object) -> Path:
    """`lora_bytes` in a file that has long been left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lora_bytes(mark, metadata, **how))
    return left_alone(path)


def picture_bytes(colour: int = 0) -> bytes:
    """A whole PNG."""
    written = BytesIO()
    Image.new("RGB", (8, 8), (colour % 256, 0, 0)).save(written, "PNG")
    return written.getvalue()


def write_picture(path: Path, colour: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture_bytes(colour))
    return left_alone(path)


def left_alone(path: Path) -> Path:
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path
