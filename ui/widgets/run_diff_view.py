"""In what does the plan differ from the run that it follows, and what would its result prove?"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.planner import Comparison
from studio.core.run_diff import Axis, Split, is_confounded
from ui import theme
from ui.i18n import tr, trn
from ui.widgets.basics import caption, column, muted, push, row, sentence, within
from ui.widgets.empty import Picture

_ALIKE = 0.02  # as long as the run before, give or take


class RunDiffView(QWidget):
    """A line for each axis; more than one is called confounded, and there is a way to split it."""

    split_asked = Signal(object)  # a Split to plan instead

    def __init__(self) -> None:
        super().__init__()
        self._told = muted("", wrap=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.TINY)
        self.setLayout(column(self._told, self._lines))
        self.axes: tuple[Axis, ...] = ()

    def show_nothing(self) -> None:
        """The plan follows no run."""
        self._clear()
        self.axes = ()
        self._told.setText(tr("It follows no run. Choose one above to see what differs from it."))

    def show_diff(self, parent: str, found: Sequence[Axis], ways: Sequence[Split],
                  times: Comparison | None = None) -> None:
        """`parent` is how the run is called that it follows; `times` how many times as long the plan is."""
        self._clear()
        self.axes = tuple(found)
        self._told.setText(_remark(parent, self.axes))
        for axis in self.axes:
            told = row(_mark("≠"), sentence(axis.sentence.replace("->", "→")), gap=theme.TINY)
            told.setStretch(1, 1)
            self._lines.addWidget(within(told))
        if times is not None and any(abs(each - 1) > _ALIKE for each in _figures(times).values()):
            self._lines.addWidget(caption(_length(parent, times), wrap=True))
        if is_confounded(self.axes):
            self._lines.addWidget(self._confounded(ways))

    def _confounded(self, ways: Sequence[Split]) -> QWidget:
        told = sentence(tr("Confounded: what the result comes from could not be told. To tell it apart, train this "
                           "first:"))
        head = row(column(Picture("warning", theme.ICON, "doubtful"), None), told)
        head.setStretch(1, 1)
        return within(column(head, *(self._way(each) for each in ways[:2])))

    def _way(self, way: Split) -> QWidget:
        words = ", ".join(way.takes)
        button = push(tr("Plan only {axes}", axes=words), lambda: self.split_asked.emit(way), icon="split",
                      tip=tr("Changes only this from the run before; it tells {proves}.", proves=way.proves))
        return within(column(row(button, None), caption(tr("It tells {proves}.", proves=way.proves), wrap=True),
                             gap=2))

    def _clear(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()


def _length(parent: str, times: Comparison) -> str:
    """All four together: epochs alone mislead where the numbers of pictures differ."""
    told = {name: f"{value:.2g}" for name, value in _figures(times).items()}
    return tr("Beside {parent}: {epochs} × the epochs, {exposures} × the exposures of a picture, {steps} × the steps, "
              "{hours} × the hours.", parent=parent, **told)


def _figures(times: Comparison) -> dict[str, float]:
    return {"epochs": times.epochs, "exposures": times.exposures, "steps": times.steps, "hours": times.hours}


def _mark(text: str) -> QWidget:
    made = muted(text)
    made.setFixedWidth(theme.MEDIUM)
    return made


def _remark(parent: str, found: Sequence[Axis]) -> str:
    if not found:
        return tr("Nothing that decides a step differs from {parent}.", parent=parent)
    return trn("{n} thing differs from {parent}:", "{n} things differ from {parent}:", len(found), parent=parent)
