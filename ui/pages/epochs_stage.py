"""Where the epochs stand side by side: two to six panes that look at the same part, or two of them in one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.images.whole import WholePictures
from ui.session import Session
from ui.viewstate.epoch_panes import MOST, Panes, columns_for
from ui.widgets.basics import Elided
from ui.widgets.epoch_pane import HEAD, EpochPane, PaneViewer
from ui.widgets.pair_view import PairView


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What stands in a pane; without a path there is no picture, and the name says why. `mark` as of `mark_words`.

    `signs` are (icon, words) of what else was said of it.
    """

    name: str
    path: Path | None
    size: tuple[int, int]
    mark: tuple[str, str, str] = ("", "", "muted")
    signs: tuple[tuple[str, str], ...] = ()


class Stage(QWidget):
    """Shows exhibits, asks the loader for them, and keeps what is zoomed and panned the same in all of them."""

    focused = Signal(int)    # a pane, by the mouse or by Tab
    scrubbed = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.pictures = WholePictures(parent=self)
        self._exhibits: tuple[Exhibit, ...] = ()
        self._panes: Panes | None = None
        self._arranged = (0, 0)
        self.mode = ""
        self._build()
        self._bind()

    def show_exhibits(self, exhibits: Sequence[Exhibit], panes: Panes, ahead: Iterable[Path]) -> None:
        """What stands in each pane, and the files that are likely to be wanted next."""
        self._exhibits, self._panes = tuple(exhibits), panes
        self.pictures.want([*(each.path for each in self._in_order() if each.path), *ahead])
        self._arrange()
        for place, pane in enumerate(self.panes):
            pane.setVisible(place < len(exhibits))
            pane.show_current(place == panes.focus)
        self._fill(frozenset())

    def set_mode(self, mode: str) -> None:
        """"" is side by side; else the mode of the view that shows two of them in one place."""
        self.mode = mode
        if mode:
            self.pair.set_mode(mode)
        else:
            self.pair.rest()
        self._layers.setCurrentIndex(int(bool(mode)))
        self._fill(frozenset())
        self.focus_view()

    def focus_view(self) -> None:
        """Keys go to what is looked at."""
        (self.pair if self.mode else self.panes[self._panes.focus].viewer if self._panes else self).setFocus()

    @property
    def viewer(self) -> PaneViewer:
        """What is looked at."""
        return self.pair if self.mode or not self._panes else self.panes[self._panes.focus].viewer

    @property
    def is_complete(self) -> bool:
        """Whether every picture that should be there is."""
        return all(self.pictures.pixmap(each.path) is not None for each in self._exhibits if each.path)

    def rest(self) -> None:
        """Nobody looks."""
        self.pair.rest()

    def wake(self) -> None:
        """Somebody looks again."""
        if self.mode:
            self.pair.set_mode(self.mode)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._panes:
            self._arrange()

    def _build(self) -> None:
        surround = self._session.look.surround
        self.panes = tuple(EpochPane(number, surround) for number in range(MOST))
        self.pair, self._pair_name = PairView(surround), Elided()
        self._pair_name.setProperty("role", "strong")
        self._pair_name.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
        beside, together = QWidget(), QWidget()
        for each in self.panes:
            each.setParent(beside)  # also those that stand in no grid yet: they go with the page
            each.hide()
        self._grid = QGridLayout(beside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GAP)
        one = QVBoxLayout(together)
        one.setContentsMargins(0, 0, 0, 0)
        one.setSpacing(0)
        one.addWidget(self._pair_name)
        one.addWidget(self.pair, 1)
        self._layers = QStackedLayout(self)
        for each in (beside, together):
            self._layers.addWidget(each)

    def _bind(self) -> None:
        self.pictures.loaded.connect(self._fill)
        self._session.look.surround_changed.connect(self._change_surround)
        self.pair.told.connect(self._pair_name.setText)
        for pane in self.panes:
            pane.focused.connect(self.focused)
        for viewer in self._viewers:
            viewer.led.connect(lambda height, middle, one=viewer: self._follow(one, height, middle))
            viewer.scrubbed.connect(self.scrubbed)

    @property
    def _viewers(self) -> tuple[PaneViewer, ...]:
        return (*(each.viewer for each in self.panes), self.pair)

    def _follow(self, leader: PaneViewer, height: float | None, middle: QPointF) -> None:
        for each in self._viewers:
            if each is not leader or height is None:
                each.follow(height, middle)

    def _in_order(self) -> list[Exhibit]:
        """The one in focus first: it is what somebody waits for."""
        return sorted(self._exhibits, key=lambda each: each is not self._exhibits[self._panes.focus])

    def _arrange(self) -> None:
        """The panes in as many columns as make their pictures largest."""
        count, aspect = len(self._exhibits), self._exhibits[-1].size[0] / self._exhibits[-1].size[1]
        columns = columns_for(count, self.width(), max(1, self.height() - HEAD), aspect)
        if (count, columns) == self._arranged:
            return
        self._arranged = count, columns
        for place, pane in enumerate(self.panes):
            self._grid.removeWidget(pane)
            if place < count:
                self._grid.addWidget(pane, place // columns, place % columns)
        for at in range(MOST):
            self._grid.setColumnStretch(at, int(at < columns))
            self._grid.setRowStretch(at, int(at < -(-count // columns)))

    def _fill(self, news: frozenset[Path]) -> None:
        """Shows what is there; with `news`, only where one of these files is wanted."""
        if self._panes is None:
            return
        for place, each in enumerate(self._exhibits):
            if not self.mode and (not news or each.path in news):
                self._fill_pane(self.panes[place], each, self._panes.panes[place].is_pinned)
        if self.mode:
            self._fill_pair()

    def _fill_pane(self, pane: EpochPane, each: Exhibit, is_pinned: bool) -> None:
        pixmap = self._pixmap(each)
        pane.show_head(each.name, is_pinned, each.mark, bool(each.path) and pixmap is None)
        pane.show_signs(each.signs)
        if each.path is None:
            pane.viewer.show_nothing()
        else:
            pane.viewer.show_cell(pixmap, _size(pixmap, each))

    def _fill_pair(self) -> None:
        panes, count = self._panes, len(self._exhibits)
        one, other = (self._exhibits[min(at, count - 1)] for at in sorted((panes.partner, panes.focus)))
        numbers = [f"{at + 1}  " for at in sorted((panes.partner, panes.focus))]
        names = numbers[0] + one.name, numbers[1] + other.name
        first, second = self._pixmap(one), self._pixmap(other)
        if None in (one.path, other.path):
            self.pair.show_nothing()
            self._pair_name.setText(tr("{name}: there is no picture to compare",
                                       name=names[0] if one.path is None else names[1]))
        else:
            self.pair.show_pair(first, second, _size(first, one), names)

    def _pixmap(self, each: Exhibit) -> QPixmap | None:
        return self.pictures.pixmap(each.path) if each.path else None

    def _change_surround(self) -> None:
        for each in self._viewers:
            each.set_surround(self._session.look.surround)


def _size(pixmap: QPixmap | None, each: Exhibit) -> tuple[int, int]:
    return (pixmap.width(), pixmap.height()) if pixmap and not pixmap.isNull() else each.size
