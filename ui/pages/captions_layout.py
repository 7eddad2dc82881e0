"""What stands where on the captions page: at the left the pictures, then the one that is worked on, then the set."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.core.errors import UserError
from studio.core.record import Record
from ui import theme
from ui.actions import Actions
from ui.i18n import tr, trn
from ui.images.loader import Loader
from ui.pages.dataset_large import LargePane
from ui.session import Session
from ui.widgets.basics import action_button, caption, column, line, push, restyle, row, within
from ui.widgets.caption_field import Find
from ui.widgets.composer import Composer, Count
from ui.widgets.contamination import ContaminationExplorer
from ui.widgets.empty import Empty
from ui.widgets.filmstrip import Filmstrip
from ui.widgets.flow import FlowLayout
from ui.widgets.ledger_bins import LedgerBins
from ui.widgets.panes import Panes
from ui.widgets.record_viewer import RecordViewer
from ui.widgets.tag_table import TagTable

_FILTER_MS = 200


class CaptionsLayout:
    """The widgets of a page, by name, and what they show of the picture that is worked on."""

    def __init__(self, page: QWidget, session: Session, loader: Loader, find: Find, count: Count) -> None:
        self._page, self._session = page, session
        self.strip = Filmstrip(loader, session.place.folder)
        self.picture = RecordViewer(session, loader, tr("The picture that is worked on"))
        self.large = LargePane(session, loader, tr("Back to the caption"))
        self.composer = Composer(find, count)
        self.explorer = ContaminationExplorer()
        self.tags, self.bins = TagTable(), LedgerBins()
        self._build_left()
        self._build_middle()
        self._build_right()
        self._panes = Panes(session.settings, "captions", self._left, self._middle, self._right, widths=(220, 340))
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panes)

    @property
    def is_seen(self) -> bool:
        return self._page.isVisible()

    @property
    def is_exploring(self) -> bool:
        """Whether the contamination explorer stands in the place of the composer."""
        return self._stack.currentWidget() is self.explorer

    def show_composer(self) -> None:
        self._stack.setCurrentWidget(self._composing)
        self.composer.field.setFocus()

    def show_large(self) -> None:
        """The picture in the place of its caption."""
        self.large.show_crop(bool(self._session.settings.state("training_crop", True)))
        self.large.show_current()
        self._stack.setCurrentWidget(self.large)
        self.large.viewer.setFocus()

    def close_large(self) -> None:
        self._stack.setCurrentWidget(self._composing)
        self.strip.setFocus()

    def show_explorer(self) -> None:
        self._stack.setCurrentWidget(self.explorer)
        self.explorer.table.setFocus()

    def show_actions(self, actions: Actions) -> None:
        """Puts the page's actions into its head, once they are registered."""
        for place, id in enumerate(("previous", "next")):
            self._head.insertWidget(place, action_button(actions[f"captions.{id}"]))
        short = {"contamination": tr("Together"), "ledger": tr("Ledger"), "batch": tr("Batch"), "tagger": tr("Tagger"),
                 "export": tr("Export"), "groups": tr("Groups")}
        for id, text in short.items():
            actions[f"captions.{id}"].setIconText(text)
            button = action_button(actions[f"captions.{id}"], text=id not in ("export", "groups"))
            self._head.addWidget(button) if id != "groups" else self.composer.add_tool(button)

    def show_record(self, record: Record | None) -> None:
        """Names the picture that is worked on; without one, says what belongs here."""
        self.picture.show_record(record)
        row, count = self.strip.currentIndex().row() + 1, self.strip.film.rowCount()
        self.place.setText(f"{row:,} / {count:,}" if record else "")
        self.place.setToolTip(record.image.path.as_posix() if record else "")
        self._work.setCurrentIndex(int(record is None and not self._session.all))

    def tell_counts(self, chosen: int, shown: int, all: int) -> None:
        """How many pictures there are, are shown, and are chosen."""
        parts = [trn("{n} picture", "{n} pictures", all)] if shown == all else [tr("{n} of {all}", n=shown, all=all)]
        self._counts.setText(" · ".join(parts + [tr("{n} selected", n=chosen)] * (chosen > 1)))
        is_filtered = shown != all
        self.all_again.setVisible(is_filtered)
        if not is_filtered:
            self._told.hide()

    def tell_list(self, what: str) -> None:
        """What the shown pictures have in common."""
        self._told.setText(what)
        self._told.show()
        self.tell_counts(len(self.strip.chosen), len(self.strip.film.records), len(self._session.all))
        self.all_again.show()

    def tell_filter(self, error: UserError | None) -> None:
        """What is wrong with the filter line, right below it."""
        restyle(self.filter, state="bad" if error else "")
        self._wrong.setText(f"{error.what}. {error.remedy}" if error else "")
        self._wrong.setVisible(error is not None)
        self._told.hide()

    def _build_left(self) -> None:
        self.filter, self.filter_pause = QLineEdit(), QTimer(self._page, interval=_FILTER_MS, singleShot=True)
        self.filter.setPlaceholderText(tr("Filter: tag:smile -pose:sitting"))
        self.filter.setAccessibleName(tr("Filter the pictures"))
        self.filter.setToolTip(tr("Words, or fields such as tag:, framing:, pose:, lint:, stars>; AND, OR, NOT."))
        self.filter.setClearButtonEnabled(True)
        self._wrong, self._told, self._counts = QLabel(wordWrap=True), QLabel(wordWrap=True), caption("")
        self._wrong.setProperty("role", "bad")
        self._told.setProperty("role", "caption")
        for label in (self._wrong, self._told):
            label.hide()
        self.all_again = push(tr("All"), lambda: None, icon="close", quiet=True, tip=tr("Shows all pictures again."))
        self.all_again.hide()
        head = within(column(self.filter, self._wrong, row(self._counts, None, self.all_again), self._told,
                             gap=theme.TINY), theme.SMALL)
        self._left = QWidget()
        layout = QVBoxLayout(self._left)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.strip, 1)
        self._left.setMinimumWidth(180)

    def _build_middle(self) -> None:
        self.place = QLabel()
        self.place.setFont(theme.tabular(self.place.font()))
        self.place.setAccessibleName(tr("Which picture"))
        head = QWidget()
        self._head = FlowLayout(head)
        self._head.setContentsMargins(theme.MEDIUM, theme.TINY, theme.SMALL, theme.TINY)
        self.place.setFixedHeight(theme.ROW)
        self.place.setContentsMargins(0, 0, theme.SMALL, 0)
        self._head.addWidget(self.place)
        self._composing = QSplitter(Qt.Orientation.Vertical)
        self._composing.addWidget(self.picture)
        self._composing.addWidget(self.composer)
        self._composing.setChildrenCollapsible(False)
        self._composing.setHandleWidth(1)
        self._composing.setSizes([380, 340])
        self.picture.setMinimumHeight(160)
        self._composing.setStretchFactor(0, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._composing)
        self._stack.addWidget(self.explorer)
        self._stack.addWidget(self.large)
        self._work = QStackedWidget()
        self._work.addWidget(self._stack)
        self._work.addWidget(self._nothing_yet())
        self._middle = QWidget()
        layout = QVBoxLayout(self._middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (head, line(), self._work):
            layout.addWidget(part)
        layout.setStretch(2, 1)

    def _nothing_yet(self) -> Empty:
        add = push(tr("Add pictures …"), self._session.actions["project.import"].trigger, icon="import", main=True)
        return Empty("captions", tr("No pictures to write about yet"),
                     tr("Drop pictures, folders or a ZIP here. Captions that lie beside them come along."), add)

    def _build_right(self) -> None:
        self._right = QSplitter(Qt.Orientation.Vertical)
        self._right.addWidget(self.tags)
        ledger = QScrollArea(widgetResizable=True)
        ledger.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ledger.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ledger.setWidget(self.bins)
        self._right.addWidget(ledger)
        self._right.setChildrenCollapsible(False)
        self._right.setHandleWidth(1)
        self._right.setStretchFactor(0, 1)
        self._right.setSizes([360, 330])
        self._right.setMinimumWidth(250)
