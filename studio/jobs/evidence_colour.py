"""How far did the colour of each boxed detail move from that of the target, epoch by epoch? Read from the pictures.

Every prompt has its own target and its own box; what an epoch is told by is the mean over its cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from statistics import fmean

from studio.core.axes import BASE, EPOCH, STRENGTH
from studio.core.colour_drift import ALARM, Drift, Lab, distance, mean_lab, worst
from studio.core.compared_epochs import is_epoch
from studio.core.errors import UserError
from studio.core.feature_boxes import Boxes, Feature, features, pixels_of
from studio.core.record import Box
from studio.core.sweep import Cell
from studio.jobs.evidence import Marked
from studio.store.images import open_rgb

Targets = Mapping[str, tuple[Path, Mapping[str, Box]]]  # by prompt: the picture, and the boxes that were drawn in it


@dataclass(frozen=True, slots=True)
class Coloured:
    """One detail: its drift by epoch, or by strength where the sheet varies that, and the cells of each place.

    `aim` is the colour of the target. What the base draws by itself stands among the drifts, and is none of the LoRA's.
    """

    name: str
    by: str
    aim: Lab
    drifts: tuple[Drift, ...]
    keys: Mapping[float, tuple[str, ...]]

    @property
    def trained(self) -> tuple[Drift, ...]:
        """Those that the LoRA answers for."""
        return tuple(each for each in self.drifts if each.place or self.by != EPOCH)

    @property
    def worst(self) -> Drift | None:
        return worst(self.trained)

    @property
    def since(self) -> Drift | None:
        """From where on a person sees it without looking for it, up to the end; None where it does not last."""
        lasting = tuple(takewhile(lambda each: each.is_alarm, reversed(self.trained)))
        return lasting[-1] if lasting else None

    @property
    def has_alarm(self) -> bool:
        return any(each.is_alarm for each in self.trained)


@dataclass(frozen=True, slots=True)
class _Look:
    """The colour of a detail in one cell, and that of its target."""

    mean: Lab
    aim: Lab
    key: str


class Colours:
    """Mean colours by picture and box; what was read once is not read again."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, Box], Lab | None] = {}

    def of(self, marked: Marked, boxes: Boxes, targets: Targets, limit: float = ALARM) -> tuple[Coloured, ...]:
        """Every detail of the sheet that has a box, and a target to compare it with."""
        by = STRENGTH if any(axis.name == STRENGTH for axis in marked.sheet.axes) else EPOCH
        found: defaultdict[str, defaultdict[float, list[_Look]]]
        found = defaultdict(lambda: defaultdict(list))
        for cell, feature, target in _looked_at(marked, boxes, targets):
            place = _place(cell, by)
            mean, aim = self._mean(marked.pictures[cell.key], feature.box), self._mean(target, feature.on_target)
            if place is not None and mean and aim:
                found[feature.name][place].append(_Look(mean, aim, cell.key))
        return tuple(_coloured(name, by, places, limit) for name, places in found.items())

    def _mean(self, path: Path, box: Box) -> Lab | None:
        if (path, box) not in self._known:
            self._known[path, box] = _read(path, box)
        return self._known[path, box]


def _looked_at(marked: Marked, boxes: Boxes, targets: Targets) -> Iterator[tuple[Cell, Feature, Path]]:
    for cell in marked.cells:
        if cell.key in marked.pictures and (target := targets.get(cell.spec.prompt)):
            for feature in features(cell.spec.prompt, boxes, target[1]):
                yield cell, feature, target[0]


def _coloured(name: str, by: str, places: Mapping[float, list[_Look]], limit: float) -> Coloured:
    drifts = []
    for place, found in sorted(places.items()):
        far = fmean(distance(each.mean, each.aim) for each in found)
        drifts.append(Drift(place, _middle(each.mean for each in found), far, far > limit))
    aim = _middle(each.aim for found in places.values() for each in found)
    return Coloured(name, by, aim, tuple(drifts), {place: tuple(each.key for each in found)
                                                   for place, found in places.items()})


def _middle(colours: Iterable[Lab]) -> Lab:
    return tuple(map(fmean, zip(*colours, strict=True)))


def _place(cell: Cell, by: str) -> float | None:
    """Step 0 is the base; what is called by another word has no place."""
    value = cell.value(by, 1.0 if by == STRENGTH else "")
    if by == EPOCH:
        return 0.0 if value == BASE else float(value) if is_epoch(value) else None
    return float(value)


def _read(path: Path, box: Box) -> Lab | None:
    """The mean colour; None for a file that cannot be read."""
    try:
        image = open_rgb(path)
        return mean_lab(image.crop(pixels_of(box, image.width, image.height)).tobytes())
    except (UserError, OSError):
        return None
