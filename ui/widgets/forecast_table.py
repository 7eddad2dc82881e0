"""The whole night at a glance: how long, how often each picture is seen, and what takes how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.core.planner import Forecast, PreviewAdvice
from ui import theme
from ui.i18n import tr, trn
from ui.viewstate.amounts import ready_at, size_of, time_of
from ui.widgets.basics import caption, column, headline, muted, push, row

_PARTS = ("load", "caching", "steps", "previews", "saving")
_BAR = 72      # pixels
_WORTH_S = 60  # that scarcer previews save


class ForecastTable(QWidget):
    """Shows a forecast; all its figures change at once."""

    scarcer_asked = Signal(int)  # epochs between previews

    def __init__(self) -> None:
        super().__init__()
        self._every = 0
        self._build()

    def show_forecast(self, told: Forecast, advice: PreviewAdvice, now: datetime) -> None:
        """The figures of a plan, and what its previews could cost instead."""
        self.time.setText(time_of(told.total_s))
        self.time.setToolTip(tr("{hours} hours of steps alone", hours=f"{told.hours:.2f}"))
        self.until.setText(ready_at(told.total_s, now) if told.total_s else "")
        self._show_counts(told)
        for part in _PARTS:
            self._show_part(part, told.seconds.get(part, 0.0), told.total_s)
        self._show("disk", size_of(told.disk_bytes), _disk_tip(told.disk))
        self._show("price", "" if told.price is None else f"{told.price:,.2f}", "")
        self.source.setText(told.source[:1].upper() + told.source[1:])
        self._show_advice(advice)

    def text_of(self, name: str) -> str:
        """What stands beside one of the figures."""
        return self._values[name].text()

    def _show_counts(self, told: Forecast) -> None:
        several = len({each.exposures for each in told.pictures}) > 1
        each = tr("up to {n}", n=f"{told.exposures_per_image:,}") if several else f"{told.exposures_per_image:,}"
        self._show("each", each, tr("Exposures of one picture: its repeats times the epochs."))
        self._show("exposures", f"{told.exposures:,}", tr("Pictures shown in all."))
        steps = trn("{n} an epoch", "{n} an epoch", told.steps_per_epoch)
        self._show("steps", f"{told.steps:,}", steps)

    def _show_part(self, part: str, seconds: float, total_s: float) -> None:
        self._show(f"s_{part}", time_of(seconds), "")
        self._bars[part].show_share(seconds / total_s if total_s else 0.0)

    def _show_advice(self, advice: PreviewAdvice) -> None:
        """Only where it is worth a press."""
        self._every = advice.every or 0
        is_worth = bool(advice.every) and advice.seconds - advice.then_s >= _WORTH_S
        self.advice.setVisible(is_worth)
        self.scarcer.setVisible(is_worth)
        if is_worth:
            self.advice.setText(tr("Previews add {time}.", time=time_of(advice.seconds)))
            self.scarcer.setText(tr("Every {n} epochs: {time}", n=advice.every, time=time_of(advice.then_s)))

    def _show(self, name: str, text: str, tip: str) -> None:
        self._values[name].setText(text)
        self._values[name].setToolTip(tip)
        is_told = bool(text)
        self._values[name].setVisible(is_told)
        self._names[name].setVisible(is_told)

    def _build(self) -> None:
        self.time, self.until, self.source = headline("–"), caption(""), caption("", wrap=True)
        self.advice = muted("", wrap=True)
        self.scarcer = push("", lambda: self.scarcer_asked.emit(self._every), icon="clock",
                            tip=tr("Draws previews less often."))
        self._names: dict[str, QLabel] = {}
        self._values: dict[str, QLabel] = {}
        self._bars = {part: _Bar() for part in _PARTS}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SMALL)
        grid.setVerticalSpacing(theme.TINY)
        grid.setColumnStretch(0, 1)
        for place, (name, words) in enumerate(_words().items()):
            self._add_line(grid, place, name, words)
        self.setLayout(column(column(self.time, self.until, gap=0), grid, self.source, self.advice,
                              row(self.scarcer, None)))
        self.advice.hide()
        self.scarcer.hide()

    def _add_line(self, grid: QGridLayout, place: int, name: str, words: str) -> None:
        self._names[name], self._values[name] = QLabel(words), QLabel("–")
        value = self._values[name]
        value.setFont(theme.tabular(value.font()))
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setAccessibleName(words)
        grid.addWidget(self._names[name], place, 0)
        grid.addWidget(value, place, 2)
        if name.startswith("s_"):
            self._names[name].setProperty("role", "muted")
            grid.addWidget(self._bars[name[2:]], place, 1)


class _Bar(QWidget):
    """A part of the night."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedSize(_BAR, 6)

    def show_share(self, share: float) -> None:
        self._share = share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, inks = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(inks.lift))
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setBrush(QColor(inks.edge))
        if self._share > 0:
            painter.drawRoundedRect(QRectF(0, 0, max(3.0, self._share * self.width()), self.height()), 3, 3)


def _words() -> Mapping[str, str]:
    return {
        "each": tr("Exposures of a picture"), "exposures": tr("Exposures in all"), "steps": tr("Steps"),
        "s_load": tr("Loading the base"), "s_caching": tr("Reading the pictures"), "s_steps": tr("Training"),
        "s_previews": tr("Previews"), "s_saving": tr("Saving"), "disk": tr("On the disk"), "price": tr("Price"),
    }  # fmt: skip


def _disk_tip(disk: Mapping[str, int]) -> str:
    words = {"checkpoints": tr("LoRAs"), "states": tr("states to resume from"), "previews": tr("previews")}
    return "\n".join(f"{words.get(name, name)}: {size_of(count)}" for name, count in disk.items())
