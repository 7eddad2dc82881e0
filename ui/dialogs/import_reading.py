"""Where the bytes of a found picture are: on the disk, in an archive, in memory, or in the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from studio.core.errors import UserError

if TYPE_CHECKING:
    from studio.store.exchange.places import Archive


class Reading:
    """Reads pictures by the names that a survey gave them; from any thread."""

    def __init__(self, paths: Sequence[Path], clips: Mapping[str, bytes], project: Path | None) -> None:
        self._paths, self._clips, self._project = paths, clips, project
        self._archives: dict[Path, Archive] = {}
        self._lock = Lock()

    def content(self, where: str) -> bytes:
        """The bytes. Raises UserError or OSError where they are gone."""
        if where in self._clips:
            return self._clips[where]
        path = Path(where)
        if not path.is_absolute() and self._project and (self._project / path).is_file():
            return (self._project / path).read_bytes()
        if path.is_file():
            return path.read_bytes()
        return self._in_archive(where)

    def close(self) -> None:
        for archive in self._archives.values():
            archive.close()

    def _in_archive(self, where: str) -> bytes:
        from studio.store.exchange.places import Archive

        for path in self._paths:
            if where.startswith(f"{path}/"):
                with self._lock:
                    if path not in self._archives:
                        self._archives[path] = Archive(path)
                    return self._archives[path].read(where.removeprefix(f"{path}/"))
        raise UserError(f"{where} is gone", "Add it again.")
