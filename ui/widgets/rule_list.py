"""What stands against the run before it starts, and why a person starts it all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from studio.core.rules.intent import Objection
from ui import theme
from ui.i18n import tr, trn
from ui.viewstate.findings import ICONS, TONES, severity_name
from ui.widgets.basics import caption, column, keep_focus, muted, push, row, sentence, within
from ui.widgets.empty import Picture


class RuleList(QWidget):
    """Each objection with what mends it at once, or a reason why it does not count; reasons are kept with the run."""

    remedy_asked = Signal(object)       # an Objection whose settings are to be taken
    refused = Signal(str, str)          # a rule, and a person's reason; empty lets it count again

    def __init__(self) -> None:
        super().__init__()
        self._none, self._cards = muted("", wrap=True), QVBoxLayout()
        self._cards.setSpacing(theme.SMALL)
        self._shown: object = None
        self.setLayout(column(self._none, self._cards))
        self.show_objections((), {})

    def show_objections(self, found: Sequence[Objection], reasons: Mapping[str, str]) -> None:
        """What the rules say, and the reasons by rule why some of it does not count."""
        if (tuple(found), dict(reasons)) == self._shown:
            return  # a reason that is being typed stays
        self._shown = (tuple(found), dict(reasons))
        self._clear()
        standing = [each for each in found if each.rule not in reasons]
        for each in standing:
            self._cards.addWidget(RuleCard(each, self))
        for each in (each for each in found if each.rule in reasons):
            self._cards.addWidget(self._refused(each, reasons[each.rule]))
        self._none.setVisible(not standing)
        self._none.setText(tr("No rule stands against this run.") if not found else
                           trn("The one objection is overruled.", "All {n} objections are overruled.", len(found)))

    @property
    def cards(self) -> tuple[RuleCard, ...]:
        """Those that stand."""
        every = (self._cards.itemAt(place).widget() for place in range(self._cards.count()))
        return tuple(each for each in every if isinstance(each, RuleCard))

    def _refused(self, each: Objection, reason: str) -> QWidget:
        text = caption(tr("{rule} overruled: {reason}", rule=each.rule, reason=reason), wrap=True)
        text.setToolTip(each.message)
        back = push(tr("Take back"), lambda: self.refused.emit(each.rule, ""), quiet=True,
                    tip=tr("Lets the rule count again."))
        line = row(text, back)
        line.setStretch(0, 1)
        return within(line)

    def _clear(self) -> None:
        keep_focus(self)
        while (item := self._cards.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()


class RuleCard(QFrame):
    """One objection: what it says, what to do, and the line for a reason, which comes when it is asked for."""

    def __init__(self, objection: Objection, rules: RuleList) -> None:
        super().__init__()
        self.objection, self._rules = objection, rules
        self.setProperty("role", "card")
        self.setToolTip(objection.known)
        self.setAccessibleName(objection.message)
        self.mend = push(tr("Do it"), lambda: rules.remedy_asked.emit(objection), icon="wand",
                         tip=", ".join(objection.settings))
        self.overrule = push(tr("I mean it so …"), self.ask, quiet=True,
                             tip=tr("Starts all the same; your reason is kept with the run."))
        self.reason = QLineEdit(placeholderText=tr("Why is it right this time?"))
        self.agree = push(tr("Overrule"), self._refuse, tip=tr("The rule does not count for this run."))
        self._build()

    def ask(self) -> None:
        """Opens the line for a reason."""
        self.reason.show()
        self.agree.show()
        self.reason.setFocus()
        self.overrule.hide()

    def _build(self) -> None:
        each = self.objection
        self.reason.hide()
        self.agree.hide()
        self.agree.setEnabled(False)
        self.reason.textChanged.connect(lambda text: self.agree.setEnabled(bool(text.strip())))
        self.reason.setAccessibleName(tr("Reason against {rule}", rule=each.rule))
        self.reason.returnPressed.connect(self._refuse)
        head = row(Picture(ICONS[each.severity], theme.ICON, TONES[each.severity]),
                   caption(f"{each.rule}  ·  {severity_name(each.severity)}"), None, gap=theme.TINY)
        layout = column(head, sentence(each.message), muted(each.remedy, wrap=True),
                        row(self.mend, self.overrule, None), row(self.reason, self.agree),
                        gap=theme.TINY)
        layout.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.SMALL)
        self.setLayout(layout)
        self.layout().setAlignment(head, Qt.AlignmentFlag.AlignLeft)
        self.mend.setVisible(bool(each.settings))  # only inside the card: else it would be a window

    def _refuse(self) -> None:
        if self.reason.text().strip():
            self._rules.refused.emit(self.objection.rule, self.reason.text())
