"""What would come of the plan: the night, what stands against it, what it would prove, and when others were best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit

from studio.core.draft import Draft
from ui import theme
from ui.i18n import tr
from ui.viewstate.outlook import Outlook
from ui.widgets.basics import column, muted, row, title, within
from ui.widgets.exposure_bands import ExposureBands
from ui.widgets.forecast_table import ForecastTable
from ui.widgets.preflight_list import PreflightList
from ui.widgets.rule_list import RuleList
from ui.widgets.run_diff_view import RunDiffView
from ui.widgets.segmented import Segmented
from ui.widgets.side_pane import SidePane

_WIDTH = 352  # as wide as what comes and goes in it ever is
_LATE: Mapping[str, bool | None] = {"unknown": None, "yes": True, "no": False}


class PlannerPane(SidePane):
    """Shows an outlook; what somebody presses here becomes a wish of the page."""

    price_entered = Signal(float)
    late_chosen = Signal(object)   # True, False, or None for what nobody knows
    parent_chosen = Signal(str)    # the id of a run, or nothing

    def __init__(self, price: float) -> None:
        super().__init__(_WIDTH)
        self.night, self.rules, self.bands, self.diff = ForecastTable(), RuleList(), ExposureBands(), RunDiffView()
        self.preflight = PreflightList()
        self.price, self.parents = _price(price), QComboBox()
        self.late = Segmented([("unknown", tr("As the ledger says"), ""), ("yes", tr("Yes"), ""), ("no", tr("No"), "")],
                              name=tr("Something that comes late"))
        self._build()
        self._bind()

    def show_outlook(self, seen: Outlook, draft: Draft) -> None:
        """Everything at once, so that no two figures ever belong to different plans."""
        is_practice = not draft.recipe.transferable
        self.choose_parent(draft.parent)
        self.night.show_forecast(seen.told, seen.advice, datetime.now())
        self.rules.show_objections(seen.objections, draft.refused)
        self.bands.show_plan(seen.told.exposures_per_image, seen.priors, is_practice=is_practice)
        self._late.setVisible(not is_practice)
        self.late.choose(next(word for word, meaning in _LATE.items() if meaning is draft.late_feature))
        if seen.parent_name:
            self.diff.show_diff(seen.parent_name, seen.axes, seen.splits, seen.compared)
        else:
            self.diff.show_nothing()

    def show_parents(self, runs: Sequence[tuple[str, str]], chosen: str) -> None:
        """The runs that the plan may follow, as (id, what it is called)."""
        self.parents.blockSignals(True)
        self.parents.clear()
        self.parents.addItem(tr("No run: it begins a line of its own"), "")
        for id, name in runs:
            self.parents.addItem(name, id)
        self.choose_parent(chosen)
        self.parents.blockSignals(False)

    def choose_parent(self, run: str) -> None:
        """Shows which run it follows, without telling anybody."""
        self.parents.setCurrentIndex(max(0, self.parents.findData(run)))

    def _build(self) -> None:
        price = row(muted(tr("Price of an hour")), None, self.price)
        late = muted(tr("Does something of her come late, such as hair that differs left from right?"), wrap=True)
        self._late = within(column(late, row(self.late, None), gap=theme.TINY))
        self.parents.setAccessibleName(tr("The run that this one follows"))
        self.parents.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.parents.setMinimumContentsLength(12)
        parts = (
            column(title(tr("The night")), self.night, price),
            column(title(tr("Before it starts")), self.rules, self.preflight),
            column(title(tr("What it follows")), self.parents, self.diff),
            column(title(tr("When others were best")), self.bands, self._late),
        )  # fmt: skip
        self.hold(within(column(*parts, None, gap=theme.LARGE), theme.MEDIUM))

    def _bind(self) -> None:
        self.price.textEdited.connect(self._priced)
        self.late.chosen.connect(lambda word: self.late_chosen.emit(_LATE[word]))
        self.parents.activated.connect(lambda _: self.parent_chosen.emit(self.parents.currentData()))

    def _priced(self, text: str) -> None:
        number, is_number = QLocale.c().toDouble(text.strip().replace(",", ".") or "0")
        if is_number and number >= 0:
            self.price_entered.emit(number)


def _price(price: float) -> QLineEdit:
    made = QLineEdit(f"{price:g}" if price else "")
    made.setFixedWidth(72)
    made.setPlaceholderText("0.99")
    made.setToolTip(tr("What a rented card costs an hour, in whatever currency; empty shows no price."))
    made.setAccessibleName(tr("Price of an hour"))
    return made
