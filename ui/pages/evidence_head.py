"""Whose evidence: which run, which of its sheets, whose marks; and what can be done with all of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ui import theme
from ui.actions import Actions
from ui.i18n import tr
from ui.pages.evidence_reading import Found, Wish
from ui.pages.training_live_curves import short_name
from ui.widgets.basics import action_button


_MOST = 72  # px of a share of the line that a choice may take


class EvidenceHead(QWidget):
    """Tells what a person chooses; what is chosen for them is told to nobody."""

    wished = Signal(object)  # a Wish

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._runs, self._sheets, self._judges = _combo(tr("Run"), 8), _combo(tr("Sheet"), 10), _combo(
            tr("Judge"), 8)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        layout.setSpacing(theme.SMALL)
        for each, share in ((self._runs, 2), (self._sheets, 4), (self._judges, 3)):
            each.setMaximumWidth(_MOST * share)
            layout.addWidget(each, share)
        layout.addStretch(1)
        layout.addWidget(action_button(actions["evidence.csv"]))
        layout.addWidget(action_button(actions["evidence.export"], text=True))
        self._runs.activated.connect(lambda: self.wished.emit(Wish(self._runs.currentData())))
        self._sheets.activated.connect(self._tell)
        self._judges.activated.connect(self._tell)

    def show_choice(self, found: Found, wish: Wish) -> None:
        """What there is to choose from, and what is chosen."""
        run = found.report.run
        _fill(self._runs, [(each.id, short_name(each.id)) for each in found.runs], run)
        of_run = [each for each in found.sheets if each.run == run]
        titles = {each.id: tr(each.sheet.title) for each in of_run}
        named = [(each.id, f"{', '.join(each.ids)} · {titles[each.id]}" if each.id.isdecimal() else titles[each.id])
                 for each in reversed(of_run)]
        _fill(self._sheets, [("", tr("All sheets")), *named], wish.sheet)
        judges = sorted({judge for each in of_run for judge in each.judges})
        _fill(self._judges, [("", tr("Whoever marked most")), *((judge, judge) for judge in judges)], wish.judge)
        self._judges.setVisible(len(judges) > 1)
        self._sheets.setEnabled(bool(of_run))

    def _tell(self) -> None:
        self.wished.emit(Wish(self._runs.currentData() or "", self._sheets.currentData() or "",
                              self._judges.currentData() or ""))


def _combo(name: str, letters: int) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(letters)
    return made


def _fill(combo: QComboBox, choices: list[tuple[str, str]], value: str) -> None:
    """Anew only where something is other: an open list would close."""
    if [(combo.itemData(at), combo.itemText(at)) for at in range(combo.count())] != choices:
        combo.clear()
        for id, text in choices:
            combo.addItem(text, id)
    combo.setCurrentIndex(max(0, combo.findData(value)))
    combo.setToolTip(f"{combo.accessibleName()}: {combo.currentText()}")
