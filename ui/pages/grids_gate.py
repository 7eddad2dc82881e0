"""What can be done on the grids page now? Actions that cannot be done say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.i18n import tr
from ui.pages.grids_actions import MARKS

if TYPE_CHECKING:
    from ui.pages.grids import GridsPage


class Gate:
    """Switches the actions of the page on and off; while somebody judges blind they all stay off."""

    def __init__(self, page: GridsPage) -> None:
        self._page, self._actions = page, page.session.actions
        self._closed: str | None = None
        self.close(tr("No sheet yet"))

    def renew(self) -> None:
        """After all were off, and are all on."""
        why, self._closed = self._closed or "", None
        self.close(why)
        self.allow_new()
        if not why:
            self.switch()

    def close(self, why: str) -> None:
        """Without a sheet nothing can be done here but to draw one."""
        if why == self._closed:
            return
        self._closed = why
        for action in self._actions.groups[tr("Grids")]:
            if action.objectName() != "grids.new":
                self._tell(action.objectName(), why)

    def allow_new(self) -> None:
        why = "" if self._page.shelf.found.runs else tr("No run has a LoRA file that a sheet could be drawn of.")
        self._tell("grids.new", why)

    def switch(self) -> None:
        """As the chosen cell, its marks and the sheet have it."""
        page = self._page
        judging, table = page.judging, page.table
        can_mark = bool(page.key) and judging is not None and judging.can_mark(page.key)
        reasons = dict.fromkeys(MARKS, "" if can_mark else tr("No drawn cell of the sheet is chosen."))
        reasons["grids.undo"] = "" if judging and judging.can_undo else tr("Nothing was marked.")
        reasons["grids.redo"] = "" if judging and judging.can_redo else tr("No mark was undone.")
        reasons |= dict.fromkeys(("grids.copy", "grids.reveal"), "" if page.file else tr("No picture is chosen."))
        reasons["grids.difference"] = "" if page.comparing.other else tr("No second sheet is shown.")
        reasons |= page.sheets.reasons()
        reasons["grids.show_all"] = "" if table and table.hidden_count else tr("Nothing is hidden.")
        for id, reason in reasons.items():
            self._tell(id, reason)
        page.parts.desk.allow(not reasons["grids.undo"], not reasons["grids.redo"])

    def _tell(self, id: str, why: str) -> None:
        if self._page.session.blindfold.is_on:
            return
        if self._actions.why_not(id) != why:
            self._actions.disable(id, why) if why else self._actions.enable(id)
