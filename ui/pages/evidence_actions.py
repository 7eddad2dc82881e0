"""Everything that can be done on the page of evidence, with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.i18n import tr

if TYPE_CHECKING:
    from ui.pages.evidence import EvidencePage


def add_actions(page: EvidencePage) -> None:
    """Puts them into the registry; keys work wherever the page has the focus."""
    add, group = page.session.actions.add, tr("Evidence")
    acts = (
        ("more", tr("More seeds"), page.more_seeds, "add", "M",
         tr("Draws the same cells under seeds that nobody has seen: what would change the sentence.")),
        ("why", tr("Why?"), page.show_why, "question", "Y",
         tr("The comparisons that the sentence rests on, and how they were made.")),
        ("write", tr("Write into the journal"), page.write, "note", "J",
         tr("Keeps this verdict with its cells; it can be taken back later, and both stay.")),
        ("retract", tr("Retract the last verdict …"), page.retract_last, "undo", "Shift+J",
         tr("Takes the newest verdict that stands back, with a reason; it stays in the journal.")),
        ("csv", tr("Save the table …"), page.save_table, "download", "T",
         tr("The table of hits as a CSV file, with the very texts that stand here.")),
        ("export", tr("Export …"), page.export, "export", "E",
         tr("An article of these sheets: a labelled picture, a page, tables.")),
        ("next", tr("Next part"), lambda: page.step(1), "down", "Ctrl+Down", tr("Goes on to the next question.")),
        ("previous", tr("Previous part"), lambda: page.step(-1), "up", "Ctrl+Up", tr("Goes back a question.")),
    )
    for id, text, run, icon, key, tip in acts:
        action = add(f"evidence.{id}", text, run, icon=icon, key=key, tip=tip, group=group, within=page)
        action.setIconText(text)  # else a button would leave the ellipsis out
