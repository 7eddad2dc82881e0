"""What a run is trained on: images with their captions, frozen under one digest."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath

from studio.core.errors import UserError, unknown
from studio.core.project import Character


@dataclass(frozen=True, slots=True)
class ImageItem:
    """One image of a character. `id` comes from its bytes; `path` is relative to the project; sides in upright pixels.

    `caption` is literal text; None as long as nobody wrote one, which an empty caption is not.
    """

    id: str
    path: Path
    width: int
    height: int
    character: str
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """The images of some characters, in the order of their ids."""

    characters: tuple[Character, ...]
    images: tuple[ImageItem, ...]

    @property
    def digest(self) -> str:
        """16 hex digits over all that training sees: image bytes, captions, triggers, repeats. Paths take no part."""
        facts = _facts(self)
        for image in facts["images"]:
            del image["path"]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]

    def character_of(self, image: ImageItem) -> Character:
        """Whose image it is."""
        for character in self.characters:
            if character.name == image.character:
                return character
        raise unknown("character", image.character, (each.name for each in self.characters), str(image.path))


def dataset_of(characters: Iterable[Character], images: Iterable[ImageItem]) -> Dataset:
    """The images in an order that does not depend on how they were found, and the characters that they show."""
    ordered = tuple(sorted(images, key=lambda image: (image.id, image.character)))
    shown = {image.character for image in ordered}
    return Dataset(tuple(each for each in characters if each.name in shown), ordered)


def require_captions(dataset: Dataset) -> None:
    """Raises `UserError` that names the images nobody captioned, and one for a dataset without images."""
    if not dataset.images:
        raise UserError("There is no image to train on", "Import some first.")
    missing = [str(image.path) for image in dataset.images if not (image.caption or "").strip()]
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise UserError(f"No caption for {shown}", "Write one, or let a tagger do it with the verb tag.")


def to_json(dataset: Dataset) -> str:
    """The text of `dataset.json`."""
    return json.dumps(_facts(dataset) | {"digest": dataset.digest}, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str, where: str = "dataset.json") -> Dataset:
    """The dataset of that text. Raises `UserError` if it was changed since it was frozen."""
    table = json.loads(text)
    characters = tuple(Character(**each) for each in table["characters"])
    dataset = Dataset(characters, tuple(_image(each) for each in table["images"]))
    if table["digest"] != dataset.digest:
        raise UserError(f"{where} was changed after its run had started", "Restore the file.")
    return dataset


def _facts(dataset: Dataset) -> dict[str, list[dict[str, object]]]:
    images = [asdict(image) | {"path": PurePosixPath(image.path).as_posix()} for image in dataset.images]
    return {"characters": [asdict(each) for each in dataset.characters], "images": images}


def _image(table: dict[str, object]) -> ImageItem:
    known = {field.name: table[field.name] for field in fields(ImageItem)}
    return ImageItem(**known | {"path": Path(str(table["path"]))})
