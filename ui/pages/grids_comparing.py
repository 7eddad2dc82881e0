"""Two sheets cell by cell: each cell of the shown one beside that of another one with the same prompt and seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.i18n import tr
from ui.viewstate.grid_sheets import GridSheet, Spot, counterparts, related

if TYPE_CHECKING:
    from ui.pages.grids import GridsPage


class Comparing:
    """The second grid stands as the first one is arranged, and looks where it looks."""

    def __init__(self, page: GridsPage) -> None:
        self._page = page
        self.other: GridSheet | None = None
        self._spots: dict[str, Spot] = {}
        self._is_difference = self._is_following = False
        other = page.parts.other
        other.moved.connect(self._lead)
        other.current_changed.connect(lambda place: self._choose_there(place))
        other.opened.connect(page.open_cell)
        other.tells = lambda place: page.teller.tip_of_other(place)

    def offer(self) -> None:
        """What the sheet can be compared with: versions, bases and triggers of the same seeds and prompts."""
        page, choice = self._page, self._page.parts.beside
        found = related(page.sheet, page.shelf.found.sheets) if page.sheet else ()
        entries = [("", tr("Compare with…"))] + [(each.id, page.teller.title(each)) for each in found]
        if [(choice.itemData(at), choice.itemText(at)) for at in range(choice.count())] != entries:
            choice.clear()
            for id, text in entries:
                choice.addItem(text, id)
        choice.setEnabled(bool(found))
        choice.setToolTip(tr("Another sheet, cell by cell") if found else tr(
            "No other sheet shows the same prompts and seeds."))
        choice.setCurrentIndex(max(0, choice.findData(self.other.id if self.other else "")))
        if self.other and (now := page.shelf.found.sheet(self.other.id)) and now != self.other:
            self.choose(now.id)

    def choose(self, id: str) -> None:
        """That sheet beside the one that is shown; none with an empty id."""
        page = self._page
        self.other = page.shelf.found.sheet(id) if id else None
        self._spots = counterparts(page.sheet, self.other) if self.other else {}
        page.parts.show_beside(self.other is not None)
        self._is_difference = False
        page.teller.look()
        self.show_table()
        page.show_current()

    def leave(self) -> None:
        """The sheet is another one."""
        self.other, self._spots = None, {}
        self._page.parts.show_beside(False)
        self.offer()

    def show_difference(self, is_shown: bool) -> None:
        """Only what differs between the two."""
        self._is_difference = is_shown
        self.show_table()

    def show_table(self) -> None:
        """The counterparts under the heads of the first grid."""
        page = self._page
        if self.other is None or page.table is None:
            return
        files = page.files(self.other)
        found = {key: files[spot.key] for key, spot in self._spots.items() if spot.key in files}
        found |= {each.step0: files[self._spots[each.key].step0] for each in page.sheet.spots
                  if each.key in self._spots and self._spots[each.key].step0 in files}
        title = page.teller.title(self.other)
        page.parts.other_title.setText(tr("{sheet}: only what differs", sheet=title) if self._is_difference else title)
        page.parts.other.show_table(page.table, self.other.size, found)
        page.parts.other.show_difference(page.files(page.sheet) if self._is_difference else None)
        page.show_targets()
        self.follow()

    def spot(self, key: str) -> Spot | None:
        """The counterpart of a picture."""
        return self._spots.get(key)

    @property
    def spots(self) -> tuple[Spot, ...]:
        return tuple(self._spots.values())

    def follow(self) -> None:
        """The second grid looks where the first one does."""
        if self.other and not self._is_following:
            self._is_following = True
            self._page.parts.other.follow(self._page.parts.view)
            self._is_following = False

    def _lead(self) -> None:
        """The second grid was moved."""
        if self.other and not self._is_following:
            self._is_following = True
            self._page.parts.view.follow(self._page.parts.other)
            self._page.show_scale()
            self._is_following = False

    def _choose_there(self, place: tuple[int, int]) -> None:
        if self.other and not self._is_following:
            self._page.parts.view.choose(place, scroll=False)
