"""How long do the pictures of a sheet take, from what was measured on earlier sheets or else from an assumption?

A picture costs what the model looks at: every step looks once, and once more for a negative prompt that takes part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio.core.events import CellReady, Event, Started
from studio.core.previews import preview_settings
from studio.core.spec import RenderSpec
from studio.core.speed import Speed

FOUND_IN = "found_in"  # the fact of a picture that was copied, which tells nothing of drawing

_MEGA = 1e6
_FEW = 3  # pictures of an attempt that tell no speed yet


@dataclass(frozen=True, slots=True)
class PictureRate:
    """Seconds to look at a megapixel once, and to load a base. `source` is the sentence on where they come from."""

    look_s: float
    load_s: float
    measured: bool
    source: str


def looks(spec: RenderSpec) -> float:
    """Megapixels that the model looks at for a picture."""
    return spec.steps * (1 if spec.cfg == 1 else 2) * spec.width * spec.height / _MEGA


def render_seconds(specs: Iterable[RenderSpec], rate: PictureRate) -> float:
    """How long these pictures take, each base loaded once."""
    listed = list(specs)
    return rate.look_s * sum(map(looks, listed)) + rate.load_s * len({spec.base for spec in listed})


def measured_rate(events: Iterable[Event], specs: Mapping[str, RenderSpec], name: str) -> PictureRate | None:
    """What the journal of the sheet `name` tells; None for one that rendered next to nothing. `specs` are by key."""
    for start, cells in reversed(_attempts(events)):
        cells = [cell for cell in cells if cell.key in specs and FOUND_IN not in cell.facts]
        if len(cells) > _FEW:
            look_s = (cells[-1].time - cells[0].time) / sum(looks(specs[cell.key]) for cell in cells[1:])
            load_s = max(0.0, cells[0].time - start.time - look_s * looks(specs[cells[0].key]))
            device = start.facts.get("device", "this machine")
            return PictureRate(look_s, load_s, True, f"as measured in sheet {name} on {device}")
    return None


def preview_rate(speeds: Sequence[Speed]) -> PictureRate:
    """What previews took, from the first speed that knows it; the last, an assumption, must."""
    known = next(each for each in speeds if each.preview_s is not None)
    load_s = next(each.load_s for each in speeds if each.load_s is not None)
    spec = RenderSpec(**preview_settings(known.recipe))
    return PictureRate(known.preview_s / looks(spec), load_s, known is not speeds[-1], known.source)


def _attempts(events: Iterable[Event]) -> list[tuple[Started, list[CellReady]]]:
    """The beginning of each attempt and a cell for each picture it rendered; those that were there tell no machine."""
    found: list[tuple[Started, list[CellReady]]] = []
    for event in events:
        if isinstance(event, Started):
            found.append((event, []))
        elif isinstance(event, CellReady) and event.facts and found:
            if event.key not in (cell.key for cell in found[-1][1][-1:]):
                found[-1][1].append(event)
    return found
