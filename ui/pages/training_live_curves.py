"""The curves under the sheet, with what can be chosen about them: the mean, the axis, logarithm, single characters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSpinBox, QToolButton, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.settings import Settings
from ui.viewstate.live_run import LiveRun
from ui.viewstate.series import Curve
from ui.widgets.basics import caption, icon_only, row, title, within
from ui.widgets.flow import FlowLayout
from ui.widgets.loss_plot import LossPlot
from ui.widgets.segmented import Segmented

_MOST_MEAN = 100_000


class CurvesPane(QWidget):
    """Shows the losses of some runs; what was chosen is remembered."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings, self._runs = settings, ()
        self._build()
        self._bind()
        self._restore()

    def show_runs(self, runs: Sequence[LiveRun]) -> None:
        """The curves of these runs, by short names."""
        self._runs = tuple(runs)
        is_one = len(self._runs) == 1
        self.single.setVisible(is_one and len(self._runs[0].by_trigger) > 1)
        self.plot.show_curves(self._curves(self._runs))

    def follow(self, runs: Sequence[LiveRun]) -> None:
        """After they have grown, or others have taken their places."""
        curves = self._curves(runs)
        if {each.name: each.curve for each in self.plot.shown} != curves:
            self.show_runs(runs)
        else:
            self.plot.refresh()

    def _curves(self, runs: Sequence[LiveRun]) -> dict[str, Curve]:
        if self.single.isChecked() and len(runs) == 1 and runs[0].by_trigger:
            return dict(runs[0].by_trigger)
        return {short_name(run.id): run.curve for run in runs}

    def _build(self) -> None:
        self.plot = LossPlot()
        self.mean = QSpinBox(minimum=1, maximum=_MOST_MEAN)
        self.mean.setToolTip(tr("The clear line is the mean of so many last steps."))
        self.mean.setAccessibleName(tr("Steps in the mean"))
        self.axis = Segmented([("step", tr("Steps"), ""), ("exposures", tr("Exposures"), "")], name=tr("Lower axis"))
        self.log = _toggle(tr("Log"), tr("Equal distances for equal ratios."))
        self.single = _toggle(tr("By character"), tr("A curve for each character that the run teaches."))
        head = within(row(title(tr("Loss")), theme.SMALL, caption(tr("mean of")), self.mean, caption(tr("steps"))))
        tools = QWidget()
        flow = FlowLayout(tools, gap=theme.SMALL)
        flow.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        for part in (head, self.axis, self.log, self.single,
                     icon_only("fit", tr("Show all of it  (Home)"), self.plot.fit)):
            flow.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(tools)
        layout.addWidget(self.plot, 1)

    def _bind(self) -> None:
        self.mean.valueChanged.connect(self._chosen)
        self.axis.chosen.connect(self._chosen)
        self.log.toggled.connect(self._chosen)
        self.single.toggled.connect(lambda _: self.plot.show_curves(self._curves(self._runs)))

    def _restore(self) -> None:
        self.mean.setValue(int(self._settings.state("live_mean", 50)))
        self.log.setChecked(bool(self._settings.state("live_log", False)))
        axis = str(self._settings.state("live_axis", "step"))
        self.axis.choose(axis if axis in ("step", "exposures") else "step")
        self._chosen()

    def _chosen(self, _: object = None) -> None:
        self.plot.set_mean(self.mean.value())
        self.plot.set_log(self.log.isChecked())
        if self.plot.axis != self.axis.value:
            self.plot.set_axis(self.axis.value)
        self._settings.remember(live_mean=self.mean.value(), live_log=self.log.isChecked(), live_axis=self.axis.value)


def short_name(id: str) -> str:
    """A run's id without the mark that tells machines apart."""
    return id.rpartition("-")[0] or id


def _toggle(text: str, tip: str) -> QToolButton:
    made = QToolButton(checkable=True)
    made.setText(text)
    made.setToolTip(tip)
    made.setProperty("kind", "switch")
    return made
