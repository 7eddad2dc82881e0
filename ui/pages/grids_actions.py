"""Everything that can be done on the grids page, with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.i18n import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.pages.grids import GridsPage

MARKS = tuple(f"grids.mark{digit}" for digit in (1, 2, 3, 0))


def add_actions(page: GridsPage, within: QWidget) -> None:
    """Puts them into the registry; keys work where the grid has the focus, that for a new sheet on all of the page."""
    _add_steps(page, within)
    _add_views(page, within)
    _add_lines(page, within)
    _add_marks(page, within)
    _add_sheets(page, within)


def _add_steps(page: GridsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Grids")
    most = 10**6
    steps = (
        ("left", tr("Cell to the left"), (0, -1), "left", "Left", tr("Target and step 0 stand at the far left.")),
        ("right", tr("Cell to the right"), (0, 1), "right", "Right", tr("The next column.")),
        ("up", tr("Cell above"), (-1, 0), "up", "Up", tr("The row above.")),
        ("down", tr("Cell below"), (1, 0), "down", "Down", tr("The next row.")),
        ("up10", tr("Ten rows up"), (-10, 0), "up", "PgUp", tr("In larger strides.")),
        ("down10", tr("Ten rows down"), (10, 0), "down", "PgDown", tr("In larger strides.")),
        ("first", tr("First column"), (0, -most), "left", "Home", tr("The first cell of the row.")),
        ("last", tr("Last column"), (0, most), "right", "End", tr("The last cell of the row.")),
        ("top", tr("First row"), (-most, 0), "up", "Ctrl+Home", tr("The first cell of the column.")),
        ("bottom", tr("Last row"), (most, 0), "down", "Ctrl+End", tr("The last cell of the column.")),
    )
    for id, text, way, icon, key, tip in steps:
        add(f"grids.{id}", text, lambda way=way: page.step(*way), icon=icon, key=key, tip=tip, group=group,
            within=within)


def _add_views(page: GridsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Grids")
    views = (
        ("open", tr("Large, and back"), page.open_cell, "eye", "Return; Enter",
         tr("The cell as large as there is room for; all of the grid with the next press.")),
        ("zoom_in", tr("Zoom in"), lambda: page.parts.view.zoom_by(1), "zoom-in", "+; =",
         tr("Larger cells; the wheel does it where it points.")),
        ("zoom_out", tr("Zoom out"), lambda: page.parts.view.zoom_by(-1), "zoom-out", "-", tr("More of them.")),
        ("fit", tr("All cells at once"), page.fit, "fit", "F", tr("As small as it takes.")),
        ("full", tr("Full size"), page.full_size, "full-size", "Z", tr("One pixel for one of the picture.")),
        ("epochs", tr("Compare epochs"), page.show_epochs, "epochs", "E",
         tr("This cell on the epochs page, where epochs stand side by side.")),
        ("copy", tr("Copy"), page.copy, "copy", "Ctrl+C", tr("Copies the picture file to the clipboard.")),
        ("reveal", tr("Show in the file manager"), page.reveal, "open-outside", "O",
         tr("Opens the folder that holds the picture.")),
    )
    for id, text, run, icon, key, tip in views:
        add(f"grids.{id}", text, run, icon=icon, key=key, tip=tip, group=group, within=within)
    add("grids.difference", tr("Difference"), page.toggle_difference, icon="difference", key="D", group=group,
        within=within, checkable=True, tip=tr("The second grid shows only what differs from the first."))


def _add_lines(page: GridsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Grids")
    add("grids.target", tr("Target"), page.toggle_target, icon="target", key="T", group=group, within=within,
        checkable=True, tip=tr("The picture of the set that each prompt asks for, in a green frame."))
    add("grids.step0", tr("Step 0"), page.toggle_step0, icon="pin", key="B", group=group, within=within,
        checkable=True, tip=tr("The same prompt and seed without the LoRA."))
    add("grids.turn", tr("Swap rows and columns"), page.turn, icon="move", key="S", group=group, within=within,
        tip=tr("What stood beside each other stands below each other."))
    add("grids.hide_row", tr("Hide this row"), lambda: page.hide_line("rows"), icon="eye-off", key="H", group=group,
        within=within, tip=tr("Until hidden cells are shown again."))
    add("grids.hide_column", tr("Hide this column"), lambda: page.hide_line("columns"), icon="eye-off",
        key="Shift+H", group=group, within=within, tip=tr("Until hidden cells are shown again."))
    add("grids.show_all", tr("Show what is hidden"), page.show_all, icon="eye", key="Ctrl+H", group=group,
        within=within, tip=tr("Every row and column is there again."))


def _add_marks(page: GridsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Grids")
    marks = (
        (1, tr("Obtained"), "good", tr("This cell is what the prompt asked for; on to the next unmarked one.")),
        (2, tr("Partial"), "warning", tr("This cell is partly what the prompt asked for; on to the next one.")),
        (3, tr("Not obtained"), "error", tr("This cell is not what the prompt asked for; on to the next one.")),
        (0, tr("Take the mark back"), "leave", tr("Nobody has judged this cell.")),
    )
    for digit, text, icon, tip in marks:
        add(f"grids.mark{digit}", text, lambda digit=digit: page.mark(digit), icon=icon, key=str(digit), tip=tip,
            group=group, within=within)
    add("grids.unmarked", tr("Next unmarked"), page.go_unmarked, icon="next", key="N", group=group, within=within,
        tip=tr("The next cell that nobody has judged, row by row."))
    add("grids.undo", tr("Undo the mark"), page.undo_mark, icon="undo", key="U", group=group, within=within,
        tip=tr("Takes back what was marked last."))
    add("grids.redo", tr("Redo the mark"), page.redo_mark, icon="redo", key="Shift+U", group=group, within=within,
        tip=tr("Marks again what was undone last."))


def _add_sheets(page: GridsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Grids")
    add("grids.new", tr("New sheet…"), page.sheets.new, icon="add", key="Ctrl+Shift+N", group=group, within=page,
        tip=tr("Chooses what is drawn, and says what it takes."))
    add("grids.go_on", tr("Go on drawing"), page.sheets.go_on, icon="play", key="Ctrl+G", group=group, within=page,
        tip=tr("Draws the pictures that this sheet still lacks."))
    add("grids.draw_step0", tr("Draw step 0"), page.sheets.draw_base, icon="play", key="Ctrl+B", group=group,
        within=page, tip=tr("Every prompt and seed of this sheet without the LoRA, to be compared with."))
    add("grids.article", tr("Write an article…"), page.sheets.write_article, icon="export", key="Ctrl+Shift+E",
        group=group, within=page, tip=tr("This sheet as a labelled picture, a page to look at, text and tables."))
