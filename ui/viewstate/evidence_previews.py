"""The previews of a run as a sheet: marks that were made on them count, and say which epoch."""

from __future__ import annotations

from studio.core.axes import EPOCH, Axis
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.jobs.evidence import Marked, RunPictures
from ui.i18n import tr
from ui.viewstate.epoch_series import PREVIEWS, series_of_previews


def marked_previews(run: RunPictures) -> Marked | None:
    """The pictures that a run drew of itself; None where it drew none."""
    series = series_of_previews(run.id, run.folder, run.previews, run.size, run.saved)
    if series is None:
        return None
    looks = series.looks
    axes = (Axis("prompt", tuple(dict.fromkeys(each.name for each in looks))),
            Axis("seed", tuple(dict.fromkeys(each.seed for each in looks))))  # fmt: skip
    sheet = Sheet(tr("Previews"), (Axis(EPOCH, series.epochs),), axes,
                  RenderSpec(width=run.size[0], height=run.size[1]))
    cells = series.cells
    return Marked((PREVIEWS,), run.id, sheet, cells, {each.cell.key: each.path for each in series.shots.values()},
                  dict.fromkeys((cell.key for cell in cells), f"{PREVIEWS}/{run.id}"))
