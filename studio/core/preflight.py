"""What has to be right before a run may start? Each rule names the images, characters or settings that break it."""

from collections.abc import Collection, Iterable
from itertools import combinations

from studio.core.caption import names_trigger
from studio.core.dataset import Dataset, ImageItem
from studio.core.errors import UserError
from studio.core.project import Character, trigger_clash
from studio.core.recipe import Recipe
from studio.core.soundness import require_sound

_MOST_NAMED = 5


def require_ready(dataset: Dataset, recipe: Recipe, refused: Collection[str] = ()) -> None:
    """Raises `UserError` for the first rule that is broken; `refused` are rules that a person overruled, by their ids.
    """
    require_sound(recipe)
    require_captions(dataset)
    require_distinct_triggers(dataset)
    require_own_triggers(dataset)
    if "R01" not in refused:
        require_no_mirror(dataset, recipe)


def require_captions(dataset: Dataset) -> None:
    """There are images, and somebody captioned each of them."""
    if not dataset.images:
        raise UserError("There is no image to train on", "Import some first.")
    missing = [image for image in dataset.images if not (image.caption or "").strip()]
    if missing:
        raise UserError(f"No caption for {_named(missing)}", "Write one, or let a tagger do it with the verb tag.")


def require_distinct_triggers(dataset: Dataset) -> None:
    """No trigger stands within another: a caption would call both."""
    for one, other in combinations(dataset.characters, 2):
        if trigger_clash(one, other):
            raise UserError(
                f"The triggers of {one.name} ('{one.trigger}') and {other.name} ('{other.trigger}') share a word",
                "Change one of them in project.toml and in its captions.")


def require_own_triggers(dataset: Dataset) -> None:
    """A caption calls nobody whom its image does not show, and where it shows several, each of them."""
    for character in dataset.characters:
        called = [image for image in dataset.images if names_trigger(image.caption or "", character.trigger)]
        strays = [image for image in called if character.name not in image.characters]
        if strays:
            raise UserError(
                f"The trigger '{character.trigger}' calls {character.name}, but is in captions of images that do not"
                f" show {character.name}: {_named(strays)}",
                "Take it out of them, or import those images for both characters.")
        if silent := [image for image in _together_with(character, dataset) if image not in called]:
            raise UserError(
                f"The trigger '{character.trigger}' of {character.name} is missing in captions of images that show"
                f" {character.name} with others: {_named(silent)}", "Write the trigger of each into them.")


def require_no_mirror(dataset: Dataset, recipe: Recipe) -> None:
    """No flips for whom they would turn into somebody else."""
    uneven = [each.name for each in dataset.characters if each.asymmetric]
    if recipe.flip and uneven:
        raise UserError(
            f"The recipe flips images, and {' and '.join(uneven)} would come out mirrored: marked as asymmetric",
            "Switch it off with flip=no, or say asymmetric = false in project.toml if that is wrong.")


def _together_with(character: Character, dataset: Dataset) -> Iterable[ImageItem]:
    return (image for image in dataset.images if len(image.characters) > 1 and character.name in image.characters)


def _named(images: list[ImageItem]) -> str:
    more = f" and {len(images) - _MOST_NAMED} more" if len(images) > _MOST_NAMED else ""
    return ", ".join(str(image.path) for image in images[:_MOST_NAMED]) + more
