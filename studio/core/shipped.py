"""Files that people name: one of their own by its path, or one that ships with the studio by its name."""

from pathlib import Path

import resources
from studio.core.errors import UserError, unknown


def find(kind: str, folder: str, path_or_name: str | Path) -> Path:
    """The TOML file meant. `kind` is its word in errors, `folder` its place below `resources`."""
    path = Path(path_or_name)
    if path.is_file():
        return path
    if path.suffix == ".toml" or len(path.parts) > 1:
        raise UserError(f"There is no {kind} file {path}", "Check the path.")
    if str(path_or_name) not in names(folder):
        raise unknown(kind, str(path_or_name), names(folder))
    return resources.folder(folder, f"{path_or_name}.toml")


def names(folder: str) -> tuple[str, ...]:
    """What ships in that folder of `resources`."""
    return tuple(sorted(path.stem for path in resources.folder(folder).glob("*.toml")))
