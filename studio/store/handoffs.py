"""Where does a bundle for a judge lie, and what remembers it? The bundle goes wherever a person wants it; its key, and
a line for each answer that was taken in, stay in `handoffs/` of the sheet.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from studio.core.errors import UserError, shown
from studio.core.handoff import Bundle, Key, answer_schema, instructions, key_json, read_key
from studio.core.texts import read_text
from studio.core.typed import typed
from studio.store.atomic import replace_atomic, write_atomic
from studio.store.journal import heal
from studio.store.lines import append_line, lines_after

FOLDER, BUNDLE, SCHEMA, PAGE, ANSWER = "handoffs", "bundle.json", "answer.schema.json", "README.md", "answer.json"
CELLS, TARGETS, ANSWERS = "cells", "targets", "answers.jsonl"


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that became marks: who judged, when, which bundle, and the SHA-256 of the answer's own bytes."""

    judge: str
    bundle: str
    answer: str
    rows: int
    time: float


def write_picture(source: Path, target: Path) -> str:
    """Writes the pixels alone: what a picture says of itself would name its epoch. Returns the file's SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as picture, replace_atomic(target) as part:
        picture.convert("RGB").save(part, format="PNG", compress_level=1)
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_bundle(folder: Path, bundle: Bundle) -> None:
    """Writes all but the pictures, which lie there already; the bundle's own file comes last."""
    schema = json.dumps(answer_schema(bundle), indent=1, ensure_ascii=False)
    write_atomic(folder / SCHEMA, schema + "\n")
    write_atomic(folder / PAGE, instructions(bundle))
    write_atomic(folder / BUNDLE, bundle.json)


def keep_key(sheet: Path, key: Key) -> Path:
    """Remembers which cell is behind each number; it is on the disk when this returns."""
    path = _key_path(sheet, key.bundle)
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, key_json(key))
    return path


def keys_of(sheet: Path) -> tuple[Key, ...]:
    """The bundles that were written of a sheet, oldest first. Raises `UserError` for a key that is damaged."""
    found = [_read_key(path) for path in sorted((sheet / FOLDER).glob("*.key.json"))]
    return tuple(sorted(found, key=lambda key: key.time))


def key_of(sheet: Path, bundle: str) -> Key:
    """The key of a bundle. Raises `UserError` for one that was not written of this sheet."""
    for key in keys_of(sheet):
        if key.bundle == bundle:
            return key
    raise UserError(f"No bundle {shown(bundle[:12])} was written of sheet {sheet.name}",
                    "Choose the sheet that it was written of.")


def taken_of(sheet: Path) -> tuple[Taken, ...]:
    """The answers that were taken in, oldest first."""
    path = sheet / FOLDER / ANSWERS
    return tuple(_read_taken(path, *line) for line in lines_after(path)[0])


def remember_taken(sheet: Path, taken: Taken) -> None:
    """Writes down that an answer became marks."""
    path = sheet / FOLDER / ANSWERS
    heal(path)
    append_line(path, json.dumps(asdict(taken), ensure_ascii=False).encode("utf-8", "backslashreplace"))


def require_free(folder: Path) -> None:
    """Raises `UserError` if something lies in the folder that no bundle left."""
    ours = {BUNDLE, SCHEMA, PAGE, CELLS, TARGETS, ANSWER}
    others = [path.name for path in folder.iterdir() if path.name not in ours] if folder.is_dir() else []
    if folder.is_file() or others:
        raise UserError(f"{folder} holds something else", "Choose a new or an empty folder.")


def clear(folder: Path, kept: Iterable[str]) -> None:
    """Takes the pictures of an earlier bundle out of the folder."""
    names = set(kept)
    for path in (*(folder / CELLS).glob("*.png"), *(folder / TARGETS).glob("*.png")):
        if path.relative_to(folder).as_posix() not in names:
            path.unlink()


def _key_path(sheet: Path, bundle: str) -> Path:
    return sheet / FOLDER / f"{bundle[:16]}.key.json"


def _read_key(path: Path) -> Key:
    try:
        return read_key(read_text(path))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged: {shown(str(error))}", "Restore it, or write the bundle again.") from error


def _read_taken(path: Path, place: int, line: bytes) -> Taken:
    try:
        facts: Mapping[str, object] = json.loads(line.decode("utf-8"))
        return typed(Taken, facts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged at byte {place}: {shown(str(error))}",
                        "Remove that line in a text editor; the rest can still be read.") from error


def digest_of(text: str) -> str:
    """By which the bytes of an answer are known again."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def names_of(bundle: Bundle) -> Sequence[str]:
    """The files of its pictures, relative to its folder."""
    return [file for file, _ in bundle.pictures]
