"""Everything a person can do on the data set page, with its key; the palette, the menu and the help read the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.core.labels import LABEL_FIELDS
from studio.core.record import MOST_STARS
from ui.actions import Actions
from ui.i18n import tr, trn
from ui.viewstate.words import FIELD_KEYS, field_name

if TYPE_CHECKING:
    from ui.pages.dataset import DatasetPage

MENU = ("dataset.label", "dataset.confirm", "dataset.crop", "", "dataset.reject", "dataset.trash")
NEEDS_PICTURE = ("dataset.confirm", "dataset.reject", "dataset.trash",
                 *(f"dataset.label.{field}" for field in LABEL_FIELDS),
                 *(f"dataset.stars.{stars}" for stars in range(MOST_STARS + 1)))  # fmt: skip


def register(page: DatasetPage, actions: Actions, everywhere: QWidget, gallery: QWidget) -> None:
    """Adds the actions. Their keys act beside the pictures too, but for those that controls have use for."""
    _looking(page, actions, everywhere)
    _judging(page, actions, everywhere, gallery)
    _labelling(page, actions, everywhere)


def _looking(page: DatasetPage, actions: Actions, everywhere: QWidget) -> None:
    add, group = actions.add, tr("Data set")
    add("dataset.filter", tr("Filter"), page.focus_filter, icon="filter", key="Ctrl+F", group=group, within=page,
        tip=tr("Goes to the filter line."))
    add("dataset.crop", tr("Training crop"), page.toggle_crop, icon="crop", key="K", group=group, within=everywhere,
        tip=tr("Shades what training will cut off, and names the bucket."), checkable=True)
    add("dataset.lint", tr("Rules of the lint …"), page.lint_settings, icon="settings", group=group, within=everywhere,
        tip=tr("Where the rules draw their lines, and what you mean to be so."))
    add("dataset.shots", tr("Shot list"), page.show_shots, icon="shots", key="T", group=group, within=everywhere,
        tip=tr("Pictures that are still to be made, with a prompt and a slot for each."))


def _judging(page: DatasetPage, actions: Actions, everywhere: QWidget, gallery: QWidget) -> None:
    add, group = actions.add, tr("Judge pictures")
    for stars in range(MOST_STARS + 1):
        text = trn("{n} star", "{n} stars", stars) if stars else tr("No stars")
        add(f"dataset.stars.{stars}", text, _rater(page, stars), icon="star-full" if stars else "star", key=str(stars),
            group=group, within=everywhere, tip=tr("For every picture that is chosen."))
    add("dataset.reject", tr("Reject"), page.reject, icon="reject", key="X", group=group, within=everywhere,
        tip=tr("Marks the chosen pictures as rejected, or takes them back."))
    add("dataset.trash", tr("Move to the trash"), page.throw_away, icon="trash", key="Del; Backspace", group=group,
        within=gallery, tip=tr("Moves the pictures with their captions to the project's trash; undo brings them back."))


def _labelling(page: DatasetPage, actions: Actions, everywhere: QWidget) -> None:
    add, group = actions.add, tr("Label pictures")
    add("dataset.label", tr("Label mode"), page.label_shown, icon="label", key="L", group=group, within=everywhere,
        tip=tr("The picture fills the page, one key is one label, the next picture comes by itself."))
    for field in LABEL_FIELDS:
        add(f"dataset.label.{field}", field_name(field), _asker(page, field), icon="tag", key=FIELD_KEYS[field],
            group=group, within=everywhere, tip=tr("Asks for the word by its number, for all that is chosen."))
    add("dataset.confirm", tr("Confirm the guesses"), page.confirm, icon="check", key="Y", group=group,
        within=everywhere, tip=tr("Agrees to every label that a tagger guessed for the chosen pictures."))
    add("dataset.guess-pictures", tr("Guess labels …"), page.guess_by, icon="wand", key="Ctrl+Shift+G", group=group,
        within=everywhere, tip=tr("From what a tagger sees in the pictures, or from the captions, as guesses."))
    add("dataset.guess", tr("Guess labels from the tags"), page.guess, icon="wand", key="Ctrl+G", group=group,
        within=everywhere, tip=tr("Reads framing, angle, pose and more from the captions; what no tag says stays "
                                  "unknown."))


def _rater(page: DatasetPage, stars: int) -> Callable[[], None]:
    return lambda: page.rate(stars)


def _asker(page: DatasetPage, field: str) -> Callable[[], None]:
    return lambda: page.ask_label(field)
