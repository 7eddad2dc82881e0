"""What the right mouse button offers on a cell and on a head of a grid, and what cells may be compared for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from studio.core.grid_watch import SUBJECTS
from ui.i18n import tr
from ui.icons import icon
from ui.viewstate.grid_arrangement import ORDERS, PINS, RANKING, Side
from ui.viewstate.grid_table import Band, Line
from ui.viewstate.grid_words import order_name, subject_name
from ui.widgets.grid_heads import pin_name

if TYPE_CHECKING:
    from ui.pages.grids import GridsPage

_CELL = ("open", "epochs", "copy", "reveal", "", "mark1", "mark2", "mark3", "mark0", "", "draw_step0", "hide_row",
         "hide_column")


def cell_menu(page: GridsPage) -> QMenu:
    made = _menu(page)
    for id in _CELL:
        made.addAction(page.session.actions[f"grids.{id}"]) if id else made.addSeparator()
    return made


def head_menu(page: GridsPage, side: Side, head: Band | Line | int) -> QMenu | None:
    """Of a line, of a group of lines, or of a pinned line, which is told by its number."""
    made = _menu(page)
    if isinstance(head, int):
        pin = page.arrangement.pins[head]
        toggle = dict(zip(PINS, (page.toggle_target, page.toggle_step0), strict=True))[pin]
        made.addAction(icon("eye-off"), tr("Take out: {name}", name=pin_name(pin)), toggle)
        return made
    arrangement, pairs = page.arrangement, head.pairs
    is_folded = frozenset(pairs) in arrangement.folded
    made.addAction(icon("eye-off"), tr("Hide {name}", name=head.label),
                   lambda: page.arrange(arrangement.hiding(page.telling(pairs))))
    if isinstance(head, Band) or is_folded:
        text = tr("Unfold {name}", name=head.label) if is_folded else tr("Fold {name} into one", name=head.label)
        made.addAction(icon("down" if is_folded else "right"), text,
                       lambda: page.arrange(arrangement.folding(pairs)))
    made.addSeparator()
    for order in ORDERS:
        action = made.addAction(tr("Sort {order}", order=order_name(order)),
                                lambda order=order: page.arrange(arrangement.sorted_by(side, order)))
        action.setCheckable(True)
        action.setChecked(arrangement.order(side) == order)
        action.setEnabled(not (order in RANKING and page.teller.why_unranked))
    made.addSeparator()
    for id in ("turn", "show_all"):
        made.addAction(page.session.actions[f"grids.{id}"])
    return made


def purpose_menu(page: GridsPage) -> QMenu:
    """Which rules watch depends on what one looks for."""
    made = QMenu(page)
    for subject in SUBJECTS:
        action = made.addAction(subject_name(subject))
        action.setCheckable(True)
        action.setChecked(subject in page.arrangement.subjects)
        action.toggled.connect(lambda does, subject=subject: page.arrange(page.arrangement.comparing(subject, does)))
    return made


def _menu(page: GridsPage) -> QMenu:
    made = QMenu(page)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return made
