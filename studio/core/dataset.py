"""What a run is trained on: images with their captions, frozen under one digest."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path, PurePosixPath

from studio.core.errors import UserError, reading, unknown
from studio.core.knobs import build
from studio.core.project import Character, Group, together
from studio.core.typed import typed


@dataclass(frozen=True, slots=True)
class ImageItem:
    """One image. `id` comes from its bytes; `path` is relative to the project; sides in upright pixels.

    `characters` are the names of all it shows, mostly one. `caption` is literal text; None as long as nobody wrote one,
    which an empty caption is not.
    """

    id: str
    path: Path
    width: int
    height: int
    characters: tuple[str, ...]
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """The images of some characters, alone or in groups, in the order of their ids."""

    characters: tuple[Character, ...]
    images: tuple[ImageItem, ...]
    groups: tuple[Group, ...] = ()

    @property
    def digest(self) -> str:
        """16 hex digits over all that training sees: image bytes, captions, triggers, repeats. Paths take no part."""
        facts = _facts(self)
        for image in facts["images"]:
            del image["path"]
        for character in facts["characters"]:
            del character["asymmetric"]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def triggers(self) -> tuple[str, ...]:
        """Those of all its characters."""
        return tuple(each.trigger for each in self.characters)

    def characters_of(self, image: ImageItem) -> tuple[Character, ...]:
        """Whom it shows."""
        return tuple(self._character(name, image) for name in image.characters)

    def triggers_of(self, image: ImageItem) -> tuple[str, ...]:
        """What its caption may call."""
        return tuple(each.trigger for each in self.characters_of(image))

    def repeats_of(self, image: ImageItem) -> int:
        """How often an epoch shows it: as its character says, or the group of those whom it shows."""
        if len(image.characters) == 1:
            return self._character(image.characters[0], image).repeats
        return next(each.repeats for each in self.groups if set(each.characters) == set(image.characters))

    def _character(self, name: str, image: ImageItem) -> Character:
        for character in self.characters:
            if character.name == name:
                return character
        raise unknown("character", name, (each.name for each in self.characters), str(image.path))


def dataset_of(characters: Iterable[Character], images: Iterable[ImageItem], groups: Iterable[Group] = ()) -> Dataset:
    """The images in an order that does not depend on how they were found, and the characters that they show."""
    ordered = tuple(sorted(images, key=lambda image: (image.id, image.characters)))
    shown = {name for image in ordered for name in image.characters}
    casts = {frozenset(image.characters) for image in ordered}
    return Dataset(
        tuple(each for each in characters if each.name in shown), ordered,
        tuple(each for each in groups if frozenset(each.characters) in casts),
    )  # fmt: skip


def shown_an_epoch(dataset: Dataset) -> dict[str, int]:
    """The exposures of an epoch for each character alone and each group, by their names: {"Mira": 240, "Suzu": 160}."""
    exposures: dict[str, int] = {}
    for image in dataset.images:
        name = together(image.characters)
        exposures[name] = exposures.get(name, 0) + dataset.repeats_of(image)
    order = (*(each.name for each in dataset.characters), *(each.name for each in dataset.groups))
    return {name: exposures[name] for name in order if name in exposures}


def to_json(dataset: Dataset) -> str:
    """The text of `dataset.json`."""
    return json.dumps(_facts(dataset) | {"digest": dataset.digest}, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str, where: str = "dataset.json") -> Dataset:
    """The dataset of that text. Raises `UserError` if it was changed since it was frozen."""
    with reading(where):
        table = json.loads(text)
        characters = tuple(build(Character, each, where) for each in table["characters"])
        groups = tuple(build(Group, each, where) for each in table.get("groups", ()))
        dataset = Dataset(characters, tuple(_image(each) for each in table["images"]), groups)
        if table["digest"] != dataset.digest:
            raise UserError(f"{where} was changed after its run had started", "Restore the file.")
        _check_casts(dataset)
        return dataset


def _check_casts(dataset: Dataset) -> None:
    """Raises ValueError or `UserError` for an image whose characters nobody introduced."""
    casts = {frozenset(each.characters) for each in dataset.groups}
    for image in dataset.images:
        if len(dataset.characters_of(image)) > 1 and frozenset(image.characters) not in casts:
            raise ValueError(f"nothing is said of {together(image.characters)}")


def _facts(dataset: Dataset) -> dict[str, list[dict[str, object]]]:
    """Groups are named only where there are some: without them the digest is as it always was."""
    facts = {"characters": [asdict(each) for each in dataset.characters],
             "images": [_image_facts(image) for image in dataset.images]}
    return facts | ({"groups": [asdict(each) for each in dataset.groups]} if dataset.groups else {})


def _image_facts(image: ImageItem) -> dict[str, object]:
    facts = asdict(image) | {"path": PurePosixPath(image.path).as_posix()}
    shown = facts.pop("characters")
    return facts | ({"character": shown[0]} if len(shown) == 1 else {"characters": list(shown)})


def _image(table: dict[str, object]) -> ImageItem:
    shown = tuple(table.get("characters") or [table["character"]])
    known = {field.name: table[field.name] for field in fields(ImageItem) if field.name in table}
    image = typed(ImageItem, known | {"characters": shown})
    if min(image.width, image.height) < 1:
        raise ValueError(f"an image of {image.width} x {image.height} pixels")
    return replace(image, path=Path(image.path))
