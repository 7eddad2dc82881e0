"""Which run, which of its sheets, how many panes, and the tools: the line over the pictures."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from ui import theme
from ui.actions import Actions
from ui.i18n import tr
from ui.pages.epochs_reading import Found
from ui.pages.training_live_curves import short_name
from ui.viewstate.epoch_panes import LEAST, MOST
from ui.viewstate.epoch_series import PREVIEWS, Series
from ui.widgets.basics import action_button, line
from ui.widgets.segmented import Segmented

_TOOLS = (("wipe", "blink", "difference"), ("full", "fit"), ("target", "pin", "across"), ("render",))


class SeriesHead(QWidget):
    """Tells what a person chooses; what the page chose itself is told to nobody."""

    run_chosen = Signal(str)
    series_chosen = Signal(str)
    count_chosen = Signal(int)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.run = ""
        self._runs, self._series = _combo(tr("Run"), 60), _combo(tr("Sheet"), 84)
        numbers = [str(number) for number in range(LEAST, MOST + 1)]
        self.count = Segmented([(each, each, "") for each in numbers], name=tr("Panes"),
                               names=[tr("{n} panes", n=each) for each in numbers])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        layout.setSpacing(theme.SMALL)
        for each in (self._runs, self._series):
            layout.addWidget(each)
        layout.addStretch(1)
        layout.addWidget(self.count)
        for group in _TOOLS:
            layout.addWidget(line(vertical=True))
            tools = QHBoxLayout()
            tools.setSpacing(2)
            for id in group:
                tools.addWidget(action_button(actions[f"epochs.{id}"]))
            layout.addLayout(tools)
        self._runs.activated.connect(lambda: self._choose_run(self._runs.currentData()))
        self._series.activated.connect(lambda: self.series_chosen.emit(self._series.currentData()))
        self.count.chosen.connect(lambda value: self.count_chosen.emit(int(value)))

    def show_choice(self, found: Found, run: str, series: Series | None, count: int) -> None:
        """What there is to choose from, and what is chosen."""
        self.run = run
        _fill(self._runs, [(id, short_name(id)) for id in found.runs], run)
        of_run = [each for each in found.series if each.run == run]
        _fill(self._series, [(each.id, _title(each)) for each in reversed(of_run)] or [("", tr("nothing drawn"))],
              series.id if series else "")
        self.count.choose(str(count))

    def _choose_run(self, run: str) -> None:
        self.run = run
        self.run_chosen.emit(run)


def _title(series: Series) -> str:
    return tr("Previews") if series.id == PREVIEWS else f"{series.id} · {series.title}"


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
