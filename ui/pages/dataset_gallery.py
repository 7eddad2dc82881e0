"""The middle of the data set page: the filter line, how the pictures are sorted and grouped, and the pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSlider, QVBoxLayout, QWidget

from studio.core.completion import own_tags
from studio.core.errors import UserError
from studio.core.lint.rules import rule_of
from studio.core.query_fields import Context, matching
from studio.core.query_words import Vocabulary
from studio.core.record import Record
from ui import theme
from ui.i18n import tr
from ui.images.loader import SIDES, Loader, Wanted
from ui.models.gallery import GalleryModel
from ui.session import Session
from ui.viewstate.arrangement import GROUPS, SORTS, arranged
from ui.viewstate.findings import Found
from ui.viewstate.words import field_name
from ui.widgets.basics import action_button, row, within
from ui.widgets.choice_button import ChoiceButton
from ui.widgets.filter_line import FilterLine
from ui.widgets.gallery import LARGEST, SMALLEST, GalleryView

_SIDE = 168
_NARROW = 440


class GalleryPane(QWidget):
    """Shows the session's records as the person has it, and tells the session what is chosen."""

    def __init__(self, session: Session, loader: Loader) -> None:
        super().__init__()
        self._session, self._loader = session, loader
        self._found = Found()
        self._prepared = -1  # how many records there were when their thumbnails were asked for
        self._line, self._test = "", matching("")
        self.model = GalleryModel(session.place.folder, loader, self)
        self._build()
        self._bind()
        self.arrange()

    # What is shown

    def show_filtered(self, line: str) -> None:
        """The pictures of a filter line."""
        self.filter.set_text(line)

    def show_found(self, found: Found) -> None:
        """What the lint says by now."""
        self._found = found
        self.model.mark(found.rules, found.worst)
        if "lint" in self._line or self._sort.value == "findings":
            self._filter_by(self._line)

    def show_changed(self, ids: Sequence[str]) -> None:
        """Records that changed; none means all. Where the order cannot have changed only they are painted anew."""
        if ids and not self._line and self._group.value == "none" and self._sort.value in ("name", "size"):
            self.model.renew(self._session.records.of(*ids))
        else:
            self.arrange()

    def arrange(self) -> None:
        """Filters, sorts and groups anew; what is chosen stays chosen as far as it is still there."""
        made = arranged(self._session.all, self._test, self._sort.value, self._group.value,
                        self._found.rules)
        top = self.view.verticalScrollBar().value()
        same = len(made.records) == self.model.rowCount()
        self.model.show(made)
        self.view.show_sections(made.sections)
        self.choose(self._session.selection, scroll=not same)
        if same:
            self.view.verticalScrollBar().setValue(top)
        self.filter.tell_count(len(made.records), made.total)

    def choose(self, ids: Iterable[str], *, scroll: bool = True) -> None:
        """Shows what was chosen elsewhere."""
        rows = self.model.rows(ids)
        if list(self.view.rows) != rows:
            self.view.choose_rows(rows, scroll=scroll)

    @property
    def shown(self) -> tuple[Record, ...]:
        """The records that are shown, in their order."""
        return self.model.records

    # What it is made of

    def _build(self) -> None:
        settings = self._session.settings
        self.filter = FilterLine(self._vocabulary)
        self._sort = ChoiceButton("sort", tr("Sort by"), {each: _sort_name(each) for each in SORTS},
                                  str(settings.state("sort", "name")))
        self._group = ChoiceButton("group", tr("Group by"), {each: _group_name(each) for each in GROUPS},
                                   str(settings.state("group", "none")))
        self.view = GalleryView(self._session.look.surround)
        self.view.setModel(self.model)
        self._size = QSlider(Qt.Orientation.Horizontal, minimum=SMALLEST, maximum=LARGEST)
        self._size.setAccessibleName(tr("Size of the pictures"))
        self._size.setToolTip(tr("Size of the pictures  (Ctrl and wheel)"))
        self._size.setFixedWidth(80)
        self._tools = row(self._sort, self._group, self._size, gap=theme.TINY)
        self._head = QGridLayout()
        self._head.setColumnStretch(0, 1)
        self._head.addWidget(self.filter, 0, 0)
        self._head.addWidget(self.filter.wrong, 2, 0, 1, 2)
        self._set_tools(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(within(self._head, theme.SMALL))
        layout.addWidget(self.view, 1)
        self.view.set_side(int(settings.state("thumbnail_side", _SIDE)))
        self._size.setValue(self.view.side)

    def add_tools(self, *actions: str) -> None:
        """Buttons for some of the session's actions, behind the others."""
        for id in actions:
            self._tools.addWidget(action_button(self._session.actions[id]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the tools stand in a line of their own."""
        super().resizeEvent(event)
        line = int(self.width() < _NARROW)
        if line != self._tools_line:
            self._head.removeItem(self._tools)
            self._set_tools(line)

    def _set_tools(self, line: int) -> None:
        self._tools_line = line
        self._head.addLayout(self._tools, line, 1 - line)

    def _bind(self) -> None:
        self.filter.changed.connect(self._filter_by)
        self._sort.chosen.connect(self._remember_order)
        self._group.chosen.connect(self._remember_order)
        self._size.valueChanged.connect(self.view.set_side)
        self.view.side_changed.connect(self._side_changed)
        self.view.looked_at.connect(self._load)
        self.view.chosen.connect(self._chosen)
        self._session.look.surround_changed.connect(self._change_surround)

    # What happens

    def _filter_by(self, line: str) -> None:
        try:
            self._test = matching(line, Context(self._found.rules))
        except UserError as error:
            self.filter.tell_error(error)
            return
        self._line = line
        self.arrange()

    def _remember_order(self, _: str) -> None:
        self._session.settings.remember(sort=self._sort.value, group=self._group.value)
        self.arrange()

    def _side_changed(self, side: int) -> None:
        self._size.setValue(side)
        self._session.settings.remember(thumbnail_side=side)

    def _change_surround(self) -> None:
        self.view.set_surround(self._session.look.surround)

    def _chosen(self, rows: Sequence[int]) -> None:
        self._session.select(self.model.record(row).id for row in rows)

    def _load(self, rows: Sequence[int]) -> None:
        """In the size in which they are painted on this screen, from the two that are kept."""
        if not self._session.is_open:  # the view's timer may ring once more
            return
        pixels = self.view.cell * self.devicePixelRatioF()
        self.model.side = next((side for side in SIDES if side >= 0.8 * pixels), SIDES[-1])
        folder = self._session.place.folder
        records = (self.model.record(row) for row in rows if row < self.model.rowCount())
        self._loader.ask([Wanted(each.id, folder / each.image.path, self.model.side) for each in records])
        if self._prepared != len(self._session.all):
            self._prepare()

    def _prepare(self) -> None:
        """Makes the thumbnails of the whole set while nothing else is asked for, so that scrolling finds them."""
        records, folder = self._session.all, self._session.place.folder
        self._prepared = len(records)
        self._loader.prepare(Wanted(each.id, folder / each.image.path, SIDES[0]) for each in records)

    def _vocabulary(self) -> Vocabulary:
        """The set's own tags and words, looked up when somebody types."""
        counts: dict[str, int] = {}
        for record in self._session.all:
            for tag in record.tags:
                counts[tag] = counts.get(tag, 0) + 1
        characters = [each.name for each in self._session.project.characters]
        rules = sorted({rule for found in self._found.rules.values() for rule in found})
        meanings = {("lint", rule): rule_of(rule).name for rule in rules}
        return Vocabulary(own_tags(counts.items()), {"character": characters, "lint": rules}, meanings)


def _sort_name(sort: str) -> str:
    return {"name": tr("Name"), "stars": tr("Most stars"), "size": tr("Smallest first"),
            "findings": tr("Most findings"), "tags": tr("Fewest tags")}[sort]


def _group_name(group: str) -> str:
    own = {"none": tr("No groups"), "character": tr("Character"), "provenance": tr("Provenance"), "stars": tr("Stars"),
           "folder": tr("Folder")}
    return own.get(group) or field_name(group)
