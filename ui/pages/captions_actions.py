"""What can be done on the captions page, as the menu, the palette and the keys know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Actions
from ui.i18n import tr

if TYPE_CHECKING:
    from ui.pages.captions import CaptionsPage

MENU = ("captions.batch", "captions.ledger", "captions.tagger")  # of a picture, behind what every menu of one offers


def add_actions(page: CaptionsPage, actions: Actions) -> None:
    """Registers them; they go with the page."""
    parts = page.parts

    def add(id: str, text: str, run: object, icon: str, key: str, tip: str, checkable: bool = False) -> None:
        actions.add(f"captions.{id}", text, run, icon=icon, key=key, tip=tip, group=tr("Captions"), within=page,
                    checkable=checkable)

    add("next", tr("Next picture"), lambda: page.step(1), "next", "Ctrl+Down",
        tr("Goes on, and keeps the cursor where it is."))
    add("previous", tr("Previous picture"), lambda: page.step(-1), "previous", "Ctrl+Up",
        tr("Goes back, and keeps the cursor where it is."))
    add("bare", tr("Next picture without a caption"), page.go_to_bare, "text", "Ctrl+J",
        tr("Goes on to the next one that says nothing yet."))
    add("batch", tr("Edit many captions …"), page.edit_many, "list", "Ctrl+R",
        tr("Adds, removes, replaces, moves or sorts tags, after a look at every change."))
    add("ledger", tr("Compose as the ledger says …"), page.compose_by_ledger, "people", "Ctrl+Shift+L",
        tr("Puts trigger and quality in and takes out what the trigger absorbs, in the chosen pictures."))
    add("tagger", tr("Let a tagger look …"), page.tag, "wand", "Ctrl+T",
        tr("Tags by a tagger, or sentences by a language model, after a look at them."))
    add("contamination", tr("What goes together"), page.set.explore, "evidence", "Ctrl+E",
        tr("Which tags are about to mean a pose, an angle or an outfit."))
    add("export", tr("Export the set …"), page.export, "export", "",
        tr("Writes pictures and captions as other trainers want them."))
    add("groups", tr("Chips by groups"), page.arrange, "group", "Ctrl+G",
        tr("Hair, face, outfit … together; else the tags stand in the order of the caption."), checkable=True)
    add("list", tr("Choose a tag list …"), page.choose_tag_list, "tag", "",
        tr("A Danbooru-format CSV that completes what is typed."))
    for id, text, widget, key in (
        ("to-field", tr("Go to the tags"), parts.composer.field, "Alt+T"),
        ("to-sentences", tr("Go to the sentences"), parts.composer.sentences, "Alt+S"),
        ("to-filter", tr("Filter the pictures"), parts.filter, "Ctrl+F"),
        ("to-pictures", tr("Go to the pictures"), parts.strip, "Alt+P"),
        ("to-set", tr("Go to the set's tags"), parts.tags.line, "Alt+A"),
        ("to-ledger", tr("Go to the ledger"), parts.bins.field, "Alt+L"),
    ):  # fmt: skip
        add(id, text, widget.setFocus, "right", key, tr("Puts the cursor there."))
    parts.show_actions(actions)
