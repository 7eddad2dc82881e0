"""Writes all that a rented machine needs to train one run into one archive: studio, data set, recipe, checksums.

The base model stays out of it: its files are fetched there, and only what has the checksum of the person's own file is
taken. `start.py` in the archive is `packaging/pod.py`, which needs nothing but Python.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.core import project as projects
from studio.core import recipe as recipes
from studio.core.dataset import Dataset
from studio.core.errors import UserError
from studio.core.project import Project
from studio.core.recipe import Recipe
from studio.store.atomic import replace_atomic
from studio.store.captions import caption_path
from studio.store.digests import sha256_of
from studio.store.images import id_of_file

KIT, CHECKSUMS, START, SOURCES = "kit.json", "checksums.txt", "start.py", "sources.json"

_HUB = "https://huggingface.co/circlestone-labs"
_RELEASE = f"{_HUB}/Anima/resolve/main/split_files"
_PARTS = f"{_HUB}/Anima-Base-v1.0-Diffusers/resolve/main"
_FOLDERS = {
    "transformer": ("diffusion_models", _RELEASE), "text_encoder": ("text_encoders", _RELEASE),
    "vae": ("vae", _RELEASE), "qwen_tokenizer": ("tokenizer", _PARTS), "t5_tokenizer": ("t5_tokenizer", _PARTS),
}  # fmt: skip
_SOURCE = ("pyproject.toml", "README.md", "LICENSE", "packaging", "studio", "ui", "resources")


@dataclass(frozen=True, slots=True)
class BaseFile:
    """One file of the base model: its part in it, where it lies in the kit's `base/`, and where it comes from."""

    role: str
    path: str
    size: int
    sha256: str
    url: str


@dataclass(frozen=True, slots=True)
class Kit:
    """What goes into an archive. `name` is its only folder, `studio` where the program's source lies."""

    name: str
    studio: Path
    project: Project
    place: Path
    dataset: Dataset
    recipe: Recipe
    base: tuple[BaseFile, ...]


def base_files(parts: Mapping[str, Path], source: str = "") -> tuple[BaseFile, ...]:
    """The files of each part, read for their checksums. They come from the public release, or from below `source`.

    Raises UserError for a part in diffusers' layout, which lies in no single file.
    """
    found: dict[Path, BaseFile] = {}
    for role, path in parts.items():
        folder, release = _FOLDERS[role]
        if path.is_dir() and not role.endswith("tokenizer"):
            raise UserError(f"{path} is a folder of parts", "Name a base model whose parts are one file each.")
        for file in _files_of(path):
            place = f"{folder}/{file.name}"
            found.setdefault(file, BaseFile(role, place, file.stat().st_size, sha256_of(file),
                                            f"{(source or release).rstrip('/')}/{place}"))
    return tuple(found.values())


def studio_source(package: Path) -> Path:
    """The folder that the studio's source lies in. Raises UserError where only the installed package is there."""
    root = package.resolve().parent
    if not all((root / name).exists() for name in ("pyproject.toml", "packaging/pod.py")):
        raise UserError("The studio's source is not here, only the installed program",
                        "Run pack from a folder that holds the source.")
    return root


def files_in(kit: Kit) -> int:
    """How many files `writing` will write."""
    return sum(1 for _ in _content(kit)) + 1


def writing(kit: Kit, target: Path) -> Iterator[str]:
    """Writes the archive; yields the name of each file when it is in. It appears whole or not at all.

    Raises UserError for an image that is not the one the run was frozen with.
    """
    sums: dict[str, str] = {}
    with replace_atomic(target) as part, tarfile.open(part, "w:gz", compresslevel=3) as archive:
        for name, content in _content(kit):
            sums[name] = _add(archive, f"{kit.name}/{name}", content)
            yield name
        listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
        _add(archive, f"{kit.name}/{CHECKSUMS}", listed.encode())
        yield CHECKSUMS


def _content(kit: Kit) -> Iterator[tuple[str, Path | bytes]]:
    """(name, file or bytes) of everything but the checksums."""
    yield START, kit.studio / "packaging" / "pod.py"
    yield KIT, _json({"name": kit.name, "base": [dataclasses.asdict(each) for each in kit.base]})
    yield SOURCES, _json({each.path: each.url for each in kit.base})
    yield "recipe.toml", recipes.to_toml(kit.recipe).encode()
    yield "project/project.toml", projects.to_toml(kit.project).encode()
    for image in kit.dataset.images:
        name = PurePosixPath("project", *image.path.parts)
        yield str(name), kit.place / image.path
        if image.caption is not None:
            yield str(name.parent / caption_path(image.path).name), image.caption.encode()
    yield from _program(kit.studio)


def _program(root: Path) -> Iterator[tuple[str, Path]]:
    for name in _SOURCE:
        for path in sorted((root / name).rglob("*")) if (root / name).is_dir() else [root / name]:
            parts = path.relative_to(root).parts
            is_miniature = parts[:2] == ("resources", "miniature")
            if path.is_file() and "__pycache__" not in parts and not is_miniature:
                yield "/".join(("studio", *parts)), path


def require_same_images(kit: Kit) -> None:
    """Raises UserError for an image that is gone, or another one than the run was frozen with."""
    for image in kit.dataset.images:
        path = kit.place / image.path
        if not path.is_file() or id_of_file(path) != image.id:
            raise UserError(f"{path} is not the image that this run was made with", "Restore it, or start a new run.")


def _files_of(path: Path) -> list[Path]:
    return sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]


def _add(archive: tarfile.TarFile, name: str, content: Path | bytes) -> str:
    """Adds a file that nobody needs rights for, and returns its SHA-256."""
    data = content.read_bytes() if isinstance(content, Path) else content
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o644
    archive.addfile(info, io.BytesIO(data))
    return hashlib.sha256(data).hexdigest()


def _json(table: object) -> bytes:
    return (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode()
