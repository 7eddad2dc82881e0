"""Where does the plan lie among the reports of others? Each report is a band on one scale, with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.priors import Prior
from ui import theme
from ui.i18n import tr, trn
from ui.widgets.basics import Elided, caption, column, muted, row

_HEIGHT, _LEAST_BAND = 12, 3.0
_ROOM = 1.15  # of the scale beyond what is largest on it


class ExposureBands(QWidget):
    """Nothing here is a law: the bands stand side by side and no mean is taken of them."""

    def __init__(self) -> None:
        super().__init__()
        self.remark = muted("", wrap=True)
        self._reports = QVBoxLayout()
        self._reports.setSpacing(theme.SMALL)
        self._told: tuple[Prior, ...] = ()
        self._bands: list[_Band] = []
        self.setLayout(column(self.remark, self._reports))

    @property
    def told(self) -> tuple[Prior, ...]:
        """The reports that are shown."""
        return self._told

    def show_plan(self, planned: int, found: Sequence[Prior], *, is_practice: bool = False) -> None:
        """The exposures of one picture as planned, and the reports that come near the plan.

        Of the practice model there are none.
        """
        if tuple(found) != self._told:
            self._told = tuple(found)
            self._fill()
        most = _ROOM * max((planned, *(max(each.hi, each.too_much) for each in found)), default=1)
        for band in self._bands:
            band.show_plan(planned, most)
        self.remark.setText(tr("The reports are of the real model; the practice model is best after some 40 to 60 "
                               "exposures.") if is_practice else _remark(planned, self._told))

    def _fill(self) -> None:
        while (item := self._reports.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        self._bands = []
        for each in self._told:
            self._bands.append(_Band(each))
            self._reports.addWidget(_Report(each, self._bands[-1]))


class _Report(QWidget):
    """One report: its range, what it was reported for, and by whom."""

    def __init__(self, prior: Prior, band: _Band) -> None:
        super().__init__()
        source = Elided(prior.source, Qt.TextElideMode.ElideRight)
        source.setProperty("role", "caption")
        told = tr("{range} exposures", range=prior.range)
        range_ = caption(told[:1].upper() + told[1:])
        range_.setProperty("role", "strong")
        self.setLayout(column(row(range_, None), band, caption(f"{prior.conditions}: {prior.finding}", wrap=True),
                              source, gap=2))
        self.setToolTip(prior.sentence)
        self.setAccessibleName(prior.sentence)


class _Band(QWidget):
    """The range on a scale from nothing to the most that is shown, with a line where the plan is."""

    def __init__(self, prior: Prior) -> None:
        super().__init__()
        self._prior, self._planned, self._most = prior, 0, 1.0
        self.setFixedHeight(_HEIGHT)
        self.setMinimumWidth(80)

    def show_plan(self, planned: int, most: float) -> None:
        self._planned, self._most = planned, max(1.0, most)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, inks = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(inks.lift))
        painter.drawRoundedRect(QRectF(0, 3, self.width(), _HEIGHT - 6), 3, 3)
        low = 0 if self._prior.at_most else self._at(self._prior.lo)
        painter.setBrush(QColor(inks.muted))
        painter.drawRoundedRect(QRectF(low, 3, max(_LEAST_BAND, self._at(self._prior.hi) - low), _HEIGHT - 6), 3, 3)
        painter.setBrush(QColor(inks.accent))
        painter.drawRect(QRectF(min(self._at(self._planned), self.width() - 2), 0, 2, _HEIGHT))

    def _at(self, exposures: float) -> float:
        return exposures / self._most * self.width()


def _remark(planned: int, found: Sequence[Prior]) -> str:
    """How many of the reports the plan lies within; the reports may contradict each other."""
    if not found:
        return tr("Nobody reported a run like this one. Previews and a comparison of epochs will tell.")
    inside = sum(each.lo <= planned <= each.hi or each.at_most and planned <= each.hi for each in found)
    return trn("{planned} planned; {inside} of {n} report of runs like this agrees.",
               "{planned} planned; {inside} of {n} reports of runs like this agree.", len(found),
               planned=f"{planned:,}", inside=inside)
