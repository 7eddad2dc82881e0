"""Datasets of so many square images, for plans: nothing of them lies on a disk."""

from pathlib import Path

from studio.core.dataset import Dataset, ImageItem, dataset_of
from studio.core.planner import Rates
from studio.core.project import Character, Group

PER_SECOND = 0.34  # steps, as measured on an RTX 6000 Ada and on a 4090
RATES = Rates(step_s=1 / PER_SECOND, cache_s_per_image=0.5, preview_s=10.0, save_s=1.0, load_s=420.0,
              checkpoint_bytes=132 * 10**6, state_bytes=790 * 10**6, state_s=1.0, preview_bytes=10**6)


def shown(count: int, repeats: int = 4, size: tuple[int, int] = (1024, 1024)) -> Dataset:
    """So many images of one character."""
    return cast((count, repeats), size=size)


def cast(*counts: tuple[int, int], size: tuple[int, int] = (1024, 1024), together: tuple[int, int] = (0, 1)) -> Dataset:
    """(images, repeats) of several characters, and of the first two together."""
    people = [Character(f"C{place}", f"trig{place}", repeats) for place, (_, repeats) in enumerate(counts)]
    casts = [((each.name,), count) for each, (count, _) in zip(people, counts, strict=True)]
    both = tuple(each.name for each in people[:2])
    if together[0]:
        casts.append((both, together[0]))
    images = [ImageItem(f"{'+'.join(names)}-{place:03d}", Path(f"images/{'+'.join(names)}/{place}.png"), *size, names,
                        ", ".join((f"{len(names)}girl", *(f"trig{name[1:]}" for name in names))))
              for names, count in casts for place in range(count)]
    return dataset_of(people, images, (Group(both, together[1]),) if together[0] else ())
