"""What is a row and what is a column? Each axis of a sheet with its side and its rank; how both sides are sorted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.core.axes import Axis
from studio.core.sweep import Sheet
from ui import theme
from ui.i18n import tr, trn
from ui.viewstate.grid_arrangement import COLUMNS, ORDERS, RANKING, ROWS, Arrangement, Side
from ui.viewstate.grid_words import axis_name, order_name
from ui.widgets.basics import Elided, caption, icon_only, push, row

_LABEL, _CHOICE = 54, 90


class AxesPane(QWidget):
    """Shows an arrangement and tells of another one that is wanted."""

    wanted = Signal(object)  # Arrangement

    def __init__(self) -> None:
        super().__init__()
        self._arrangement: Arrangement | None = None
        self._shape: tuple[object, ...] = ()
        self.movers: dict[str, QToolButton] = {}
        self._orders = {side: self._order(side) for side in (ROWS, COLUMNS)}
        self.show_all = push("", self._show_all, icon="eye", quiet=True)
        self._lists = {side: _list() for side in (ROWS, COLUMNS)}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        for side, name in ((ROWS, tr("Rows")), (COLUMNS, tr("Columns"))):
            layout.addLayout(_labelled(name, self._orders[side]))
            layout.addLayout(self._lists[side])
        layout.addWidget(self.show_all)

    def show_arrangement(self, sheet: Sheet, arrangement: Arrangement, hidden: int, why_unranked: str) -> None:
        """`hidden` counts the cells that are; `why_unranked` says why nothing may be ranked, empty if it may."""
        self._arrangement = arrangement
        many = {axis.name: axis for axis in sheet.axes if len(axis.values) > 1}
        ordered = [many[name] for name in (*arrangement.rows, *arrangement.columns) if name in many]
        shape = tuple((axis, arrangement.side_of(axis.name)) for axis in ordered)
        if shape != self._shape:
            self._shape = shape
            self._fill(ordered, arrangement)
        for side, choice in self._orders.items():
            _allow_ranking(choice, why_unranked)
            choice.setCurrentIndex(ORDERS.index(arrangement.order(side)))
        self.show_all.setText(trn("Show {n} hidden cell", "Show {n} hidden cells", hidden))
        self.show_all.setVisible(bool(hidden))

    def order(self, side: Side) -> QComboBox:
        return self._orders[side]

    def _fill(self, axes: Sequence[Axis], arrangement: Arrangement) -> None:
        self.movers = {}
        for side, there in self._lists.items():
            while there.count():
                _let_go(there.takeAt(0).widget())
            own = [axis for axis in axes if arrangement.side_of(axis.name) == side]
            for place, axis in enumerate(own):
                there.addWidget(self._line(axis, side, place))

    def _line(self, axis: Axis, side: Side, place: int) -> QWidget:
        """The name, the way to the other side, and the way further out."""
        name, other = axis_name(axis.name), COLUMNS if side == ROWS else ROWS
        tip = (tr("Makes {axis} columns", axis=name) if side == ROWS else tr("Makes {axis} rows", axis=name))
        mover = icon_only("move", tip, lambda: self._want(lambda each: each.placed(axis.name, other)))
        self.movers[axis.name] = mover
        outer = icon_only("up", tr("Makes {axis} the outer head", axis=name),
                          lambda: self._want(lambda each: each.shifted(axis.name, -1)))
        outer.setEnabled(place > 0)
        outer.setToolTip(outer.accessibleName() if place else tr("It is the outermost of its side."))
        label = Elided(tr("{axis} · {n}", axis=name, n=len(axis.values)))
        line = row(theme.SMALL, label, mover, outer, gap=theme.TINY)
        line.setStretch(1, 1)
        made = QWidget()
        made.setLayout(line)
        return made

    def _order(self, side: Side) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(tr("Sort rows") if side == ROWS else tr("Sort columns"))
        for order in ORDERS:
            made.addItem(order_name(order), order)
        made.activated.connect(lambda _: self._want(lambda each: each.sorted_by(side, made.currentData())))
        return made

    def _show_all(self) -> None:
        self._want(lambda each: each.showing_all())

    def _want(self, change: Callable[[Arrangement], Arrangement]) -> None:
        if self._arrangement is not None:
            self.wanted.emit(change(self._arrangement))


def _list() -> QVBoxLayout:
    made = QVBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(0)
    return made


def _labelled(text: str, choice: QComboBox) -> QHBoxLayout:
    label = caption(text)
    label.setBuddy(choice)
    label.setFixedWidth(_LABEL)
    choice.setMinimumWidth(_CHOICE)
    choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return row(label, choice)


def _allow_ranking(choice: QComboBox, why_not: str) -> None:
    for at, order in enumerate(ORDERS):
        item = choice.model().item(at)
        item.setEnabled(not (why_not and order in RANKING))
        item.setToolTip(why_not if order in RANKING else "")


def _let_go(widget: QWidget | None) -> None:
    if widget is not None:
        widget.hide()
        widget.deleteLater()
