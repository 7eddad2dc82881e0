"""What is said of a sheet before it is drawn: how many pictures, in which order, and how long that takes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from studio.core.sweep import in_costed_order
from studio.jobs.plan_sheet import PlannedSheet
from ui.i18n import tr, trn
from ui.viewstate.amounts import time_of


def epochs_words(epochs: Sequence[int]) -> str:
    """Which there are: "180 were saved, 1 to 180"."""
    if len(epochs) < 2:
        return trn("{n} was saved", "{n} were saved", len(epochs))
    return tr("{n} were saved, {first} to {last}", n=f"{len(epochs):,}", first=epochs[0], last=epochs[-1])


def cells_words(planned: PlannedSheet) -> str:
    """The sheet as it will stand there."""
    there = planned.pictures - len(planned.missing)
    drawn = tr(", {n} of them there already", n=f"{there:,}") if there else ""
    rows = len(planned.sheet.row_labels)
    return tr("{pictures} pictures: {rows} rows of {n}{drawn}", pictures=f"{planned.pictures:,}", drawn=drawn,
              rows=rows, n=len(planned.cells) // rows)


def cost_words(planned: PlannedSheet) -> str:
    """How long it takes, and where that is known from."""
    if not planned.missing:
        return tr("Nothing is left to draw.")
    return tr("About {time}, {source}.", time=time_of(planned.render_s), source=source_words(planned))


def source_words(planned: PlannedSheet) -> str:
    """Where that is known from."""
    return planned.rate.source if planned.rate.measured else tr("an estimate until this machine has drawn some")


def order_words(planned: PlannedSheet) -> str:
    """What comes first: what takes longest to change is changed least."""
    waiting = {spec: None for spec in planned.missing}
    cells = in_costed_order({cell.key: cell for cell in planned.cells if cell.spec in waiting}.values())
    changes = len([key for key, _ in groupby(cells, key=lambda cell: cell.spec.loras)])
    if changes < 2:
        return ""
    return tr("The base first, then epoch by epoch: the LoRA is changed {n} times. Pictures appear as they are drawn, "
              "and a stop loses none.", n=changes - 1)
