"""Which run, which of its sheets, how many panes, and the tools: the line over the pictures."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QSizePolicy, QWidget

from ui import theme
from ui.actions import Actions
from ui.i18n import tr
from ui.pages.epochs_reading import Found
from ui.pages.training_live_curves import short_name
from ui.viewstate.epoch_panes import LEAST, MOST
from ui.viewstate.epoch_series import PREVIEWS, Series
from ui.widgets.basics import action_button, column, line, push, row, within
from ui.widgets.segmented import Segmented

_NARROW = 1040   # px of the line below which it is two
_TOOLS = (("wipe", "blink", "difference"), ("full", "fit"), ("target", "pin", "across"), ("remarks", "strips", "blind"))


class SeriesHead(QWidget):
    """Tells what a person chooses; what the page chose itself is told to nobody."""

    run_chosen = Signal(str)
    series_chosen = Signal(str)
    count_chosen = Signal(int)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.run = ""
        self._actions = actions
        self._runs, self._series = _combo(tr("Run"), 60), _combo(tr("Sheet"), 84)
        numbers = [str(number) for number in range(LEAST, MOST + 1)]
        self.count = Segmented([(each, each, "") for each in numbers], name=tr("Panes"),
                               names=[tr("{n} panes", n=each) for each in numbers])
        self.compare = _main(actions["epochs.compare"])
        self.go_on = action_button(actions["epochs.go_on"], text=True)
        self._tools = within(row(*_tools(actions)))
        self._line = row(self._runs, self._series, self.compare, self.go_on, None, self.count, self._tools)
        self._rows = column(self._line, gap=theme.TINY)
        self._rows.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        self.setLayout(self._rows)
        self._is_narrow = False
        self._runs.activated.connect(lambda: self._choose_run(self._runs.currentData()))
        self._series.activated.connect(lambda: self.series_chosen.emit(self._series.currentData()))
        self.count.chosen.connect(lambda value: self.count_chosen.emit(int(value)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the tools have a line of their own."""
        super().resizeEvent(event)
        if (self.width() < _NARROW) != self._is_narrow:
            self._is_narrow = not self._is_narrow
            self._line.removeWidget(self._tools)
            self._rows.removeWidget(self._tools)
            if self._is_narrow:
                self._rows.addWidget(self._tools, alignment=Qt.AlignmentFlag.AlignRight)
            else:
                self._line.addWidget(self._tools)

    def show_choice(self, found: Found, run: str, series: Series | None, count: int) -> None:
        """What there is to choose from, and what is chosen."""
        self.run = run
        _fill(self._runs, [(id, short_name(id)) for id in found.runs], run)
        of_run = [each for each in found.series if each.run == run]
        _fill(self._series, [(each.id, _title(each)) for each in reversed(of_run)] or [("", tr("nothing drawn"))],
              series.id if series else "")
        self.count.choose(str(count))
        if series is None:
            self.show_left(0)

    def show_left(self, left: int) -> None:
        """How much of the sheet nobody draws as yet; nothing where it is whole, or on its way."""
        self._actions["epochs.go_on"].setText(tr("Go on: {n} left", n=left) if left else tr("Go on drawing"))
        self.go_on.setVisible(bool(left))

    def _choose_run(self, run: str) -> None:
        self.run = run
        self.run_chosen.emit(run)


def _title(series: Series) -> str:
    return tr("Previews") if series.id == PREVIEWS else f"{series.id} · {tr(series.title)}"


def _tools(actions: Actions) -> Iterator[QWidget]:
    """What is done with the panes, group by group."""
    for group in _TOOLS:
        yield line(vertical=True)
        yield within(row(*(action_button(actions[f"epochs.{id}"]) for id in group), gap=2))


def _main(action: QAction) -> QPushButton:
    """The button of the page that is meant to be pressed."""
    made = push(action.text(), action.trigger, main=True)
    action.changed.connect(lambda: (made.setEnabled(action.isEnabled()), made.setToolTip(action.toolTip())))
    made.setToolTip(action.toolTip())
    return made


def _combo(name: str, width: int) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setMinimumSize(QSize(width, 0))
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return made


def _fill(combo: QComboBox, choices: list[tuple[str, str]], value: str) -> None:
    """Anew only where something is other: an open list would close."""
    if [(combo.itemData(at), combo.itemText(at)) for at in range(combo.count())] != choices:
        combo.clear()
        for id, text in choices:
            combo.addItem(text, id)
    combo.setCurrentIndex(max(0, combo.findData(value)))
    combo.setToolTip(f"{combo.accessibleName()}: {combo.currentText()}")
