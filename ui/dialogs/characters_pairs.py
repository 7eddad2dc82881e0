"""The pictures that show several characters, and who stands where in each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.core.edits import FIGURE, value_change
from studio.core.lint.calls import order_of
from studio.core.lint.subject import Subject
from studio.core.record import Box, Record
from ui import theme
from ui.dialogs.import_previews import Previews, untinted
from ui.i18n import tr
from ui.session import Session
from ui.widgets.basics import muted, push, row

_SIDE = 148
_ID = Qt.ItemDataRole.UserRole
_HALVES = (Box(0.0, 0.0, 0.5, 1.0, "guess"), Box(0.5, 0.0, 1.0, 1.0, "guess"))


class PairPane(QWidget):
    """Below each picture stand those whom it shows, from the viewer's left."""

    def __init__(self, session: Session, previews: Previews, build: Callable[[], object]) -> None:
        super().__init__()
        self._session, self._previews = session, previews
        self._cast: tuple[str, ...] = ()
        self.list, self._told = QListWidget(), muted("", wrap=True)
        self.swap_button = push(tr("Swap left and right"), self.swap, icon="refresh",
                                tip=tr("Says of the selected pictures that the two stand the other way round."))
        self.build_button = push(tr("Make pair pictures …"), build, icon="people")
        self._build()
        previews.ready.connect(self._came)
        self.list.itemSelectionChanged.connect(self._show_whether)

    def show_cast(self, characters: tuple[str, ...]) -> None:
        """Shows the pictures of these together."""
        self._cast = characters
        self.refresh()

    def refresh(self) -> None:
        """Looks at them anew."""
        chosen = {item.data(_ID) for item in self.list.selectedItems()}
        self.list.clear()
        shown = self._records()
        for record in shown:
            item = QListWidgetItem(self.order_text(record))
            item.setData(_ID, record.id)
            item.setToolTip(f"{record.image.path.name}\n{record.caption}")
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            item.setSizeHint(QSize(_SIDE, _SIDE + theme.LARGE))
            self.list.addItem(item)
            item.setSelected(record.id in chosen)
            self._paint(item, record)
        self._tell(shown)
        self._show_whether()

    def order_text(self, record: Record) -> str:
        """Who is where: "Mira · Suzu"; a question where nothing tells."""
        order = order_of(record, Subject((), self._session.project))
        return " · ".join(order) if order else tr("who is where?")

    def swap(self) -> None:
        """The selected pictures show them the other way round; where nobody knew, the first is on the left."""
        chosen = self._session.records.of(*(item.data(_ID) for item in self.list.selectedItems()))
        if len(self._cast) == 2 and chosen:
            self._session.edit(lambda desk: desk.apply(
                f"Say who is where in {len(chosen)} picture{'s' * (len(chosen) > 1)}",
                [value_change(desk.state, record.id, f"{FIGURE}{name}", box)
                 for record in chosen for name, box in self._swapped(record).items()]))

    def _build(self) -> None:
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(_SIDE, _SIDE))
        self.list.setGridSize(QSize(_SIDE + theme.SMALL, _SIDE + theme.LARGE + theme.SMALL))
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.setAccessibleName(tr("Pictures of several characters"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._told)
        layout.addWidget(self.list, 1)
        layout.addLayout(row(self.swap_button, None, self.build_button))

    def _records(self) -> tuple[Record, ...]:
        return tuple(each for each in self._session.all if set(each.image.characters) == set(self._cast))

    def _tell(self, shown: tuple[Record, ...]) -> None:
        if not self._cast:
            return
        first = sum(order_of(each, Subject((), self._session.project))[:1] == self._cast[:1] for each in shown)
        self._told.setText(tr("{first} is on the left in {n} of {all} pictures; about half would be best.",
                              first=self._cast[0], n=first, all=len(shown)) if shown else
                           tr("No picture shows them together yet."))

    def _swapped(self, record: Record) -> dict[str, Box]:
        order = order_of(record, Subject((), self._session.project))
        boxes = [figure.box for name in order if (figure := record.figures.get(name)) and figure.box]
        if not order:
            return dict(zip(self._cast, _HALVES))
        return dict(zip(order[::-1], boxes if len(boxes) == 2 else _HALVES))

    def _came(self, where: str) -> None:
        for place in range(self.list.count()):
            item = self.list.item(place)
            found = self._session.records.of(item.data(_ID)) if self._session.is_open and item.icon().isNull() else ()
            if found and found[0].image.path.as_posix() == where:
                self._paint(item, found[0])

    def _paint(self, item: QListWidgetItem, record: Record) -> None:
        pixmap = self._previews.pixmap(record.image.path.as_posix())
        if pixmap is not None and not pixmap.isNull():
            item.setIcon(untinted(pixmap))

    def _show_whether(self) -> None:
        can = len(self._cast) == 2 and bool(self.list.selectedItems())
        self.swap_button.setEnabled(can)
