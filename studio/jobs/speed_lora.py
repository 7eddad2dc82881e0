"""Which file is meant by `turbo`? The one LoRA of that name where the base's own are kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import UserError

if TYPE_CHECKING:
    from studio.engine.anima.files import BaseFiles

TURBO = "turbo"
_FOLDERS = ("loras", "Anima-Official-LoRAs")  # ComfyUI's and the practice model's, and the public release's
_LEVELS_UP = 4  # models/diffusion_models/anima/file.safetensors lies three below models/


def with_turbo(loras: Iterable[tuple[Path, float]], files: BaseFiles) -> tuple[tuple[Path, float], ...]:
    """The LoRAs with their strengths, `turbo` replaced by its file. Raises UserError where that is none or two."""
    return tuple((turbo_of(files) if _is_turbo(path) else path, strength) for path, strength in loras)


def turbo_of(files: BaseFiles) -> Path:
    """The Turbo LoRA that lies nearest to the base. Raises UserError naming the flag, and both of two."""
    parents = files.transformer.absolute().parents[:_LEVELS_UP]
    for folder in (parent / name for parent in parents for name in _FOLDERS):
        found = sorted(path for path in folder.rglob("*.safetensors") if TURBO in path.name.lower())
        if len(found) > 1:
            raise UserError(f"Two Turbo LoRAs lie in {folder}: {found[0].name} and {found[1].name}",
                            "Choose one with --lora FILE.")
        if found:
            return found[0]
    raise UserError(f"No Turbo LoRA lies beside the base {files.transformer}",
                    "Put it into models/loras, or name it with --lora FILE.")


def _is_turbo(path: Path) -> bool:
    return str(path) == TURBO and not path.exists()
