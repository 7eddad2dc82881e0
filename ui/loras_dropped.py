"""Is what is dragged or dropped a folder of LoRA files, or one of them?"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

from studio.core.foreign_run import WEIGHTS


def loras_in(mime: QMimeData) -> Path | None:
    """The folder, or the first file, that may be a LoRA by its name; None for pictures and everything else."""
    from studio.store.foreign_runs import holds_loras

    for path in (Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()):
        if path.suffix == WEIGHTS or path.is_dir() and holds_loras(path):
            return path
    return None
