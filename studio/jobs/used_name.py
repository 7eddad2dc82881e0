"""What is a LoRA called among those of other projects, in the folder where ComfyUI looks for it?"""

from __future__ import annotations

import re
from pathlib import Path

SOURCE_HASH = "charstudio_source_sha256"  # in the header of a file that was put there: that of the file it was made of

_RUN = re.compile(r"(?P<number>\d{4,})-(?P<subject>.+)-(?P<mark>[0-9a-f]{4})")


def used_name(path: Path) -> str:
    """`mira-0007-ab3f-e100.safetensors` for epoch 100 of the run 0007-mira-ab3f; others keep their names."""
    run = _RUN.fullmatch(path.parent.parent.name) if path.parent.name == "checkpoints" else None
    if run is None:
        return path.name
    return f"{run['subject']}-{run['number']}-{run['mark']}-{path.name}"
