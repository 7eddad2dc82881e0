"""How far the colour of a feature moved from that of the target: read from the files in a thread, a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from studio.core.axes import BASE, STRENGTH, Value
from studio.core.colour_drift import ALARM, Drift, Lab, drifts_of, mean_lab
from studio.core.errors import UserError
from studio.core.feature_boxes import Feature, pixels_of
from studio.core.record import Box, Record
from studio.store.images import open_rgb
from ui import theme
from ui.aside import Aside
from ui.i18n import tr
from ui.viewstate.epoch_series import Look, Shot
from ui.widgets.basics import Elided, caption, column, restyle, row
from ui.widgets.drift_meter import DriftMeter
from ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from ui.pages.epochs import EpochsPage

_AT_ONCE = 12   # pictures between two looks at what there is by then
_NARROW, _WIDE = 210, 360

Place = tuple[Path, Box]


class DriftReading(QObject):
    """Mean colours by file and box. What was read once is not read again."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._aside = Aside(self)
        self._known: dict[Place, Lab | None] = {}
        self._target: Place | None = None
        self._cells: Mapping[float, Place] = {}

    def ask(self, target: Place | None, cells: Mapping[float, Place]) -> None:
        """Compares these cells, by epoch or strength, with that target from here on."""
        if (target, cells) != (self._target, self._cells):
            self._target, self._cells = target, dict(cells)
            self._read_on()

    def drifts(self, limit: float) -> tuple[Drift, ...]:
        """As far as they are read."""
        aim = self._known.get(self._target) if self._target else None
        means = {at: mean for at, place in self._cells.items() if (mean := self._known.get(place))}
        return drifts_of(aim, means, limit) if aim else ()

    @property
    def is_busy(self) -> bool:
        return self._aside.is_busy

    def close(self) -> None:
        self._aside.close()

    def _read_on(self) -> None:
        wanted = [self._target, *self._cells.values()] if self._target else []
        missing = list(islice((each for each in wanted if each not in self._known), _AT_ONCE))
        if missing:
            self._aside.ask(lambda: _read(missing), self._take)
        else:
            self._aside.drop()

    def _take(self, found: Mapping[Place, Lab | None]) -> None:
        self._known |= found
        self.changed.emit()
        self._read_on()


class DriftPanel(QWidget):
    """The colour of one feature by epoch, or by strength where the sheet has several."""

    def __init__(self, page: EpochsPage) -> None:
        super().__init__()
        self._page = page
        self._feature: Feature | None = None
        self._record: Record | None = None
        self.reading, self.meter = DriftReading(self), DriftMeter()
        self._build()
        self.meter.chosen.connect(self._go)
        self.reading.changed.connect(self._tell)
        self.limit.valueChanged.connect(self._change_limit)
        self.by.chosen.connect(self._show)

    def show_feature(self, feature: Feature | None, record: Record | None) -> None:
        """What is measured in the cells of the present prompt, and in its target."""
        self._feature, self._record = feature, record
        self._show()

    def close_thread(self) -> None:
        self.reading.close()

    def _build(self) -> None:
        self.told = Elided()
        self.told.setProperty("role", "muted")
        self.by = Segmented([("epoch", tr("by epoch"), ""), ("strength", tr("by strength"), "")],
                            name=tr("Colour by epoch or by strength"))
        self.limit = QDoubleSpinBox(minimum=1, maximum=60, decimals=0)
        self.limit.setValue(self._page.session.settings.state("drift_limit", ALARM))
        self.limit.setPrefix(tr("ΔE "))
        self.limit.setFixedWidth(92)
        self.limit.setAccessibleName(tr("Limit of the colour difference"))
        self.limit.setToolTip(tr("Over this the meter raises an alarm: 2 is just seen, 10 is seen by everybody."))
        heads = row(caption(tr("Colour")), None, self.by, self.limit, gap=theme.TINY)
        self.setLayout(column(heads, self.told, self.meter, gap=2))
        self.setMinimumWidth(_NARROW)
        self.setMaximumWidth(_WIDE)

    def _show(self) -> None:
        feature, record, by_strength = self._feature, self._record, self._by_strength()
        self.by.setVisible(len(by_strength) > 1)
        if feature is None or record is None:
            self.reading.ask(None, {})
            return self._say(tr("No picture of the set fits this prompt, so there is no colour to compare with.")
                             if feature else "")
        looks = by_strength.values() if self._is_by_strength else ()
        shots = dict(zip(by_strength, (self._page.series.shot(each, self._page.panes.leading) for each in looks)))
        self.reading.ask((self._page.session.place.folder / record.image.path, feature.on_target),
                         {at: (shot.path, feature.box) for at, shot in (shots or self._by_epoch()).items()})
        self._tell()

    @property
    def _is_by_strength(self) -> bool:
        return self.by.value == "strength" and not self.by.isHidden()

    def _by_epoch(self) -> Mapping[float, Shot]:
        page = self._page
        shots = ((_place(each), page.series.shot(page.look, each)) for each in page.series.epochs)
        return {at: shot for at, shot in shots if at is not None and shot}

    def _by_strength(self) -> Mapping[float, Look]:
        """The looks at the leading epoch that differ from the present one in the strength of the LoRA alone."""
        page = self._page
        alike = [each for each in page.series.looks if (each.prompt, each.seed) == (page.look.prompt, page.look.seed)]
        return {at: each for each in alike if (shot := page.series.shot(each, page.panes.leading))
                and (at := _strength(shot)) is not None}

    def _tell(self) -> None:
        drifts = self.reading.drifts(self.limit.value())
        if not drifts and self.reading.is_busy:
            return self._say(tr("Reading the colours"))
        page, is_strength = self._page, self._is_by_strength
        shot = page.series.shot(page.look, page.panes.leading)
        at = _strength(shot) if is_strength and shot else _place(page.panes.leading)
        self.meter.show_drifts(drifts, self.limit.value(), -1.0 if at is None else at, is_strength)
        self._head(self.meter.told, any(each.is_alarm for each in drifts))

    def _say(self, text: str) -> None:
        self.meter.show_text(text)
        self._head("", False)

    def _head(self, text: str, is_alarm: bool) -> None:
        self.told.setText(f"▲ {text}" if is_alarm else text)
        self.told.setAccessibleName(text)
        role = "bad" if is_alarm else "muted"
        if self.told.property("role") != role:
            restyle(self.told, role=role)

    def _change_limit(self, value: float) -> None:
        self._page.session.settings.remember(drift_limit=value)
        self._show()

    def _go(self, place: float) -> None:
        page = self._page
        if self._is_by_strength:
            page.show_cell(self._by_strength()[place], page.panes.leading)
        else:
            page.go_to(next(each for each in page.series.epochs if _place(each) == place))


def _read(places: Iterable[Place]) -> dict[Place, Lab | None]:
    """In the thread."""
    return {place: _mean(*place) for place in places}


def _mean(path: Path, box: Box) -> Lab | None:
    """The mean colour; None for a file that cannot be read."""
    try:
        image = open_rgb(path)
        return mean_lab(image.crop(pixels_of(box, image.width, image.height)).tobytes())
    except (UserError, OSError):
        return None


def _place(epoch: Value) -> float | None:
    """Where an epoch stands on a scale; None for what is a name."""
    if epoch == BASE:
        return 0.0
    return float(epoch) if isinstance(epoch, int | float) else None


def _strength(shot: Shot) -> float | None:
    """At which strength a cell wears its LoRA."""
    found = shot.cell.value(STRENGTH, 1.0)
    return float(found) if isinstance(found, int | float) else None
