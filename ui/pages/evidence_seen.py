"""How is a cell called beside its small picture? What tells it from the others, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.core.axes import EPOCH, STRENGTH
from studio.core.evidence import arm_axis, compositions_of, short_names, shortened
from studio.core.marks import Mark
from studio.core.paired import arm_name
from studio.core.rubric import AS_ASKED, SCALES
from studio.core.sweep import Cell, Sheet
from studio.jobs.evidence import Marked
from ui.i18n import tr
from ui.pages.epochs_judging import words_of
from ui.widgets.evidence_cells import CellSeen


def seen_cells(marked: Marked, keys: Sequence[str]) -> list[CellSeen]:
    """These cells of a sheet, each once, in the order of the keys."""
    cells = {cell.key: cell for cell in marked.cells}
    marks: dict[str, list[Mark]] = {}
    for mark in marked.marks:
        marks.setdefault(mark.key, []).append(mark)
    return [CellSeen(key, marked.pictures.get(key), name_of(marked.sheet, cells[key]),
                     more_of(marked.sheet, cells[key], marks.get(key, ())))
            for key in dict.fromkeys(keys) if key in cells]


def name_of(sheet: Sheet, cell: Cell) -> str:
    """What is compared, and the seed."""
    axis = arm_axis(sheet) or EPOCH
    value = cell.value(axis)
    arm = tr("base") if value == "base" else arm_name(value) if value != "" else ""
    strength = f"{cell.value(STRENGTH):g}" if isinstance(cell.value(STRENGTH), float) else ""
    return " · ".join(each for each in (arm, strength, tr("seed {n}", n=cell.spec.seed)) if each)


def more_of(sheet: Sheet, cell: Cell, marks: Iterable[Mark]) -> str:
    """How it was judged as a whole, and what it shows."""
    shown = shortened(", ".join(str(cell.value(name)) for name in compositions_of(sheet)), short_names(sheet))
    judged = next((mark for mark in marks if mark.trait == AS_ASKED and mark.scale in SCALES), None)
    word = words_of(judged)[0] if judged else ""
    return " · ".join(each for each in (word, shown) if each)
