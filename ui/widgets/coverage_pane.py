"""The coverage map of one character with what stands round it: whose map, of which label, and what nobody labelled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from studio.core.coverage import Coverage, Probed, coverage
from studio.core.labels import LABEL_FIELDS
from studio.core.ledger import Ledger, Wanted
from studio.core.record import Record
from studio.core.showing import Showing
from ui import theme
from ui.i18n import tr, trn
from ui.viewstate.words import field_name
from ui.widgets.basics import caption, column, push, row, title
from ui.widgets.coverage_map import CoverageMap, Spot

COLUMNS = "angle"
ROWS = tuple(field for field in LABEL_FIELDS if field != COLUMNS)


class CoveragePane(QWidget):
    """Asks for pictures, for labels, and for what should be wanted; it changes nothing itself."""

    asked = Signal(object)         # (label, word) pairs of the pictures that are to be shown
    wanted = Signal(str, object)   # a character, and the Wanted words to switch
    unknown_asked = Signal(object, str)  # records that lack a label, and the label
    changed = Signal()             # another character or label was chosen: fill it anew

    def __init__(self) -> None:
        super().__init__()
        self._coverage: Coverage | None = None
        self._ledger = Ledger("")
        self._build()

    @property
    def character(self) -> str:
        return self._who.currentText()

    @property
    def field(self) -> str:
        """The label of the rows."""
        return self._rows.currentData()

    @property
    def map(self) -> CoverageMap:
        return self._map

    def show_characters(self, names: Sequence[str]) -> None:
        """Whose maps there are."""
        if [self._who.itemText(place) for place in range(self._who.count())] != list(names):
            self._who.blockSignals(True)
            self._who.clear()
            self._who.addItems(names)
            self._who.blockSignals(False)
        self._who.setVisible(len(names) > 1)

    def show_coverage(self, shown: Sequence[Showing], ledger: Ledger, probed: Probed | None = None) -> None:
        """The chosen character's map, counted in exposures; `probed` is what the base was asked for."""
        self._ledger = ledger
        self._coverage = coverage(shown, ledger, self.field, COLUMNS, probed)
        self._map.show_coverage(self._coverage, ledger.wanted, self.field, COLUMNS)
        count = len(self._coverage.unknown)
        self._unknown.setVisible(count > 0)
        self._unknown.setText(trn("Label {n} picture", "Label {n} pictures", count))
        gaps = len(self._coverage.gaps)
        self._gaps.setText(trn("{n} gap: wanted, and empty", "{n} gaps: wanted, and empty", gaps) if gaps
                           else tr("Mark what she should be able to do with ◇."))

    def _build(self) -> None:
        self._who, self._rows, self._map = QComboBox(), QComboBox(), CoverageMap()
        self._who.setAccessibleName(tr("Character"))
        self._rows.setAccessibleName(tr("Rows of the map"))
        self._rows.setToolTip(tr("Which label the rows of the map are; the columns are angles."))
        for field in ROWS:
            self._rows.addItem(f"{field_name(field)} × {field_name(COLUMNS)}", field)
        self._gaps = caption("", wrap=True)
        self._unknown = push("", self._ask_unknown, icon="label", quiet=True,
                             tip=tr("What nobody labelled stands in no cell."))
        self.setLayout(column(title(tr("Coverage")), self._who, self._rows, self._map, self._gaps,
                              row(self._unknown, None), gap=theme.SMALL))
        self._map.asked.connect(lambda spot: self.asked.emit(self._pairs(spot)))
        self._map.wanted.connect(self._want)
        self._who.currentIndexChanged.connect(lambda _: self.changed.emit())
        self._rows.currentIndexChanged.connect(lambda _: self.changed.emit())

    def _pairs(self, spot: Spot) -> tuple[tuple[str, str], ...]:
        both = (self.field, spot.row), (COLUMNS, spot.column)
        return tuple((field, word) for field, word in both if word)

    def _want(self, spot: Spot) -> None:
        self.wanted.emit(self.character, tuple(Wanted(field, word) for field, word in self._pairs(spot)))

    def _ask_unknown(self) -> None:
        """The rows' label first: without it the pictures stand nowhere."""
        lacking: tuple[Record, ...] = self._coverage.unknown
        self.unknown_asked.emit(lacking, self.field if any(not getattr(each.labels, self.field) for each in lacking)
                                else COLUMNS)
