"""Everything that can be done on the epochs page, with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.marks import CAUSES
from ui.i18n import tr
from ui.pages.epochs_remarks import cause_text
from ui.viewstate.epoch_panes import MOST
from ui.widgets.pair_view import BLINK, DIFFERENCE, WIPE

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.pages.epochs import EpochsPage

_STEP = 0.2    # of what is in sight

MODES = (WIPE, BLINK, DIFFERENCE)
MARKS = tuple(f"epochs.mark{digit}" for digit in (1, 2, 3, 0))   # on every scale a cell is judged by some of these


def add_actions(page: EpochsPage, within: QWidget) -> None:
    """Puts them into the registry; keys work where the pictures or the line of epochs have the focus."""
    _add_steps(page, within)
    _add_views(page, within)
    _add_panes(page, within)
    _add_marks(page, within)
    _add_remarks(page, within)
    _add_details(page, within)
    _add_uses(page, within)


def _add_steps(page: EpochsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Epochs")
    steps = (
        ("earlier", tr("Earlier epoch"), lambda: page.step(-1), "up", "Up", tr("The pane in focus goes back.")),
        ("later", tr("Later epoch"), lambda: page.step(1), "down", "Down", tr("The pane in focus goes on.")),
        ("earlier10", tr("Ten epochs back"), lambda: page.step(-10), "up", "PgUp", tr("In larger strides.")),
        ("later10", tr("Ten epochs on"), lambda: page.step(10), "down", "PgDown", tr("In larger strides.")),
        ("first", tr("First epoch"), lambda: page.step(-10**6), "up", "Home", tr("Step 0, without the LoRA.")),
        ("last", tr("Last epoch"), lambda: page.step(10**6), "down", "End", tr("The newest one.")),
        ("previous_prompt", tr("Previous prompt"), lambda: page.step_prompt(-1), "left", "Left",
         tr("All panes show another prompt under the same seed.")),
        ("next_prompt", tr("Next prompt"), lambda: page.step_prompt(1), "right", "Right",
         tr("All panes show another prompt under the same seed.")),
        ("previous_seed", tr("Previous seed"), lambda: page.step_look(-1), "left", "Shift+Left",
         tr("The same prompt from another start noise, then the prompt before it.")),
        ("next_seed", tr("Next seed"), lambda: page.step_look(1), "right", "Shift+Right",
         tr("The same prompt from another start noise, then the next prompt.")),
    )
    for id, text, run, icon, key, tip in steps:
        add(f"epochs.{id}", text, run, icon=icon, key=key, tip=tip, group=group, within=within)


def _add_views(page: EpochsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Epochs")
    views = (
        (WIPE, tr("Wipe"), "wipe", "W", tr("Two panes in one place, parted by a line: drag it, or move it by , and .")),
        (BLINK, tr("Blink"), "blink", "B", tr("Two panes in one place, by turns.")),
        (DIFFERENCE, tr("Difference"), "difference", "D", tr("Only what differs between two panes.")),
    )
    for mode, text, icon, key, tip in views:
        add(f"epochs.{mode}", text, lambda mode=mode: page.set_mode(mode), icon=icon, key=key, tip=tip, group=group,
            within=within, checkable=True)
    add("epochs.full", tr("Full size"), page.full_size, icon="full-size", key="Z", group=group, within=within,
        tip=tr("One pixel for one of the picture, or as large as fits."))
    add("epochs.fit", tr("As large as fits"), page.fit, icon="fit", key="F", group=group, within=within,
        tip=tr("All panes look at the whole picture again, also those that were moved alone with Alt held."))
    add("epochs.wipe_left", tr("Wipe further left"), lambda: page.wipe(-0.04), icon="left", key=",", group=group,
        within=within, tip=tr("Moves the line of the wipe."))
    add("epochs.wipe_right", tr("Wipe further right"), lambda: page.wipe(0.04), icon="right", key=".", group=group,
        within=within, tip=tr("Moves the line of the wipe."))


def _add_panes(page: EpochsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Epochs")
    add("epochs.target", tr("Target"), page.toggle_target, icon="target", key="T", group=group, within=within,
        tip=tr("The picture of the set that the prompt asks for, in this pane; the epoch again with the next press."))
    add("epochs.pin", tr("Pin this pane"), page.toggle_pin, icon="pin", key="P", group=group, within=within,
        checkable=True, tip=tr("A pinned pane stays where it is while others go through the epochs."))
    add("epochs.across", tr("Same cell across runs"), page.toggle_across, icon="group", key="R", group=group,
        within=within, checkable=True, tip=tr("The free panes show the same prompt, seed and epoch of other runs."))
    add("epochs.more", tr("One pane more"), lambda: page.set_count(page.panes.count + 1), icon="add", key="]",
        group=group, within=within, tip=tr("Up to six panes."))
    add("epochs.fewer", tr("One pane less"), lambda: page.set_count(page.panes.count - 1), icon="panes", key="[",
        group=group, within=within, tip=tr("Down to two panes."))
    for number in range(MOST):
        add(f"epochs.pane{number + 1}", tr("Pane {n}", n=number + 1), lambda number=number: page.focus_pane(number),
            icon="panes", key=f"Ctrl+Alt+{number + 1}", group=group, within=within,
            tip=tr("Keys and marks mean this pane from here on."))


def _add_marks(page: EpochsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Epochs")
    marks = (
        (1, tr("Obtained"), "good", tr("This cell is what the prompt asked for.")),
        (2, tr("Partial"), "warning", tr("This cell is partly what the prompt asked for.")),
        (3, tr("Not obtained"), "error", tr("This cell is not what the prompt asked for.")),
        (0, tr("No points"), "error", tr("On a scale of points; on others it takes the mark back.")),
        (4, tr("Four points"), "star", tr("On a scale of points.")),
        (5, tr("Five points"), "star-full", tr("On a scale of points.")),
    )
    for digit, text, icon, tip in marks:
        add(f"epochs.mark{digit}", text, lambda digit=digit: page.mark(digit), icon=icon, key=str(digit), tip=tip,
            group=group, within=within)
    add("epochs.unmarked", tr("Next unmarked"), page.go_unmarked, icon="next", key="N", group=group, within=within,
        tip=tr("The next cell that nobody has judged, prompt by prompt."))
    add("epochs.unmark", tr("Take the mark back"), lambda: page.bench.unmark(), icon="leave", key="Backspace; Del",
        group=group, within=within, tip=tr("Nobody has judged this cell."))
    add("epochs.trait", tr("Next trait"), lambda: page.bench.step_trait(1), icon="list", key="A", group=group,
        within=within, tip=tr("The keys mark the next trait of the rubric."))
    add("epochs.trait_before", tr("Previous trait"), lambda: page.bench.step_trait(-1), icon="list", key="Shift+A",
        group=group, within=within, tip=tr("The keys mark the trait of the rubric before this one."))
    add("epochs.rubric", tr("Edit the rubric …"), lambda: page.bench.edit_rubric(), icon="edit", key="Shift+J",
        group=group, within=within, tip=tr("Which traits are asked of every cell, and on which scale."))
    add("epochs.blind", tr("Judge blind"), lambda: page.bench.mode.begin(), icon="eye-off", key="Shift+B", group=group,
        within=within, tip=tr("One cell after the other, shuffled; nothing tells which epoch it is of."))
    add("epochs.undo", tr("Undo the mark"), page.undo_mark, icon="undo", key="U", group=group, within=within,
        tip=tr("Takes back what was marked last."))
    add("epochs.redo", tr("Redo the mark"), page.redo_mark, icon="redo", key="Shift+U", group=group, within=within,
        tip=tr("Marks again what was undone last."))


def _add_remarks(page: EpochsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Epochs")
    add("epochs.remarks", tr("About the cell"), lambda: page.bench.toggle_pane(), icon="judge", key="J", group=group,
        within=within, checkable=True, tip=tr("Traits, causes, a note and the judge, beside the panes."))
    add("epochs.keep", tr("Keep this cell"), lambda: page.bench.keep(), icon="star", key="K", group=group,
        within=within, checkable=True, tip=tr("A keeper; the same key lets it go."))
    add("epochs.keepers", tr("Only what was kept"), lambda: page.bench.toggle_kept(), icon="filter", key="Shift+K",
        group=group, within=within, checkable=True, tip=tr("Keys go through the prompts and epochs of keepers alone."))
    add("epochs.note", tr("Write a note"), lambda: page.bench.write_note(), icon="note", key="E", group=group,
        within=within, tip=tr("On this cell, in your own words."))
    for number, why in enumerate(CAUSES, 1):
        add(f"epochs.cause{number}", tr("Failed: {cause}", cause=cause_text(why)),
            lambda why=why: page.bench.blame(why), icon="reject", key=f"Alt+{number}", group=group, within=within,
            tip=tr("Why this cell failed; the same key takes it back."))
    add(f"epochs.cause{len(CAUSES) + 1}", tr("Failed for another cause"), lambda: page.bench.write_cause(),
        icon="reject", key=f"Alt+{len(CAUSES) + 1}", group=group, within=within, tip=tr("In your own words."))


def _add_details(page: EpochsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Epochs")
    add("epochs.strips", tr("Details through the epochs"), lambda: page.bench.toggle_strips(), icon="strip", key="M",
        group=group, within=within, checkable=True,
        tip=tr("One feature of every epoch in a row, and how far its colour is from the target's."))
    add("epochs.box", tr("Draw a box"), lambda: page.bench.draw_box(), icon="box", key="X", group=group, within=within,
        tip=tr("Round a detail, in any pane; it holds for every cell of this prompt."))
    add("epochs.box_sight", tr("Box what is in sight"), lambda: page.bench.take_sight(), icon="fit", key="Shift+X",
        group=group, within=within, tip=tr("Zoom in on a detail first: what the pane in focus shows becomes the box."))
    add("epochs.box_next", tr("Next detail"), lambda: page.bench.strips.choose_next(), icon="next", key="V",
        group=group, within=within, tip=tr("Another box in the strip."))
    add("epochs.box_remove", tr("Remove the box"), lambda: page.bench.strips.remove(), icon="trash", key="Shift+Del",
        group=group, within=within, tip=tr("This detail is no longer looked at under this prompt."))
    sides = (("left", tr("Look further left"), -_STEP, 0.0), ("right", tr("Look further right"), _STEP, 0.0),
             ("up", tr("Look further up"), 0.0, -_STEP), ("down", tr("Look further down"), 0.0, _STEP))
    for side, text, right, down in sides:
        add(f"epochs.look_{side}", text, lambda right=right, down=down: page.parts.stage.viewer.pan(right, down),
            icon=side, key=f"Ctrl+{side.title()}", group=group, within=within,
            tip=tr("All panes move where they are zoomed."))


def _add_uses(page: EpochsPage, within: QWidget) -> None:
    add, group = page.session.actions.add, tr("Epochs")
    add("epochs.why", tr("Why?"), page.show_why, icon="question", key="Y", group=group, within=within,
        tip=tr("The comparisons that the sentence rests on, and how they were made."))
