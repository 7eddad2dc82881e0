"""Which images of a project are meant by their ids or the names of their files?"""

from collections.abc import Iterable, Sequence

from studio.core.dataset import ImageItem
from studio.core.errors import unknown


def chosen_images(images: Sequence[ImageItem], names: Iterable[str]) -> tuple[ImageItem, ...]:
    """Those that are named, or all without a name. Raises `UserError` for a name that no image has."""
    wanted = set(names)
    if not wanted:
        return tuple(images)
    found = tuple(image for image in images if wanted & _names(image))
    if missing := wanted.difference(*map(_names, found)):
        raise unknown("image", min(missing), (image.path.name for image in images))
    return found


def _names(image: ImageItem) -> set[str]:
    return {image.id, image.path.name, image.path.as_posix()}
