"""What should be mended first: at most three findings, each one sentence and one button; the rest on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.core.lint.finding import Finding
from ui import theme
from ui.i18n import tr, trn
from ui.icons import icon
from ui.viewstate.findings import ICONS, TONES, evidence, rule_name, severity_name, standing
from ui.viewstate.sayings import told
from ui.widgets.basics import caption, column, icon_only, keep_focus, muted, push, row, sentence, title
from ui.widgets.empty import Picture

FIRST = 3

_LEAST_BUTTON = 80


class LintPanel(QWidget):
    """Speaks in findings; who hears it knows how to mend them."""

    remedy_asked = Signal(object)   # a Finding whose button was pressed
    silence_asked = Signal(object)  # a Finding that is meant to be so
    shown = Signal(object)          # a Finding whose pictures are to be shown
    settings_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._findings: tuple[Finding, ...] = ()
        self._is_open = False
        self._build()
        self.show_findings(())

    def show_findings(self, findings: Sequence[Finding], *, is_looking: bool = False) -> None:
        """The findings, ranked. While nobody has looked yet the panel says so."""
        self._findings = tuple(findings)
        self._clear()
        for each in self._findings if self._is_open else self._findings[:FIRST]:
            self._cards.addWidget(FindingCard(each, self))
        rest = len(self._findings) - FIRST
        self._more.setVisible(rest > 0)
        self._more.setText(tr("Fewer") if self._is_open else trn("{n} more", "{n} more", rest))
        self._more.setIcon(icon("up" if self._is_open else "down"))
        self._order.setVisible(len(self._findings) > 1)
        self._none.setVisible(not self._findings)
        self._none.setText(tr("Looking at the set …") if is_looking
                           else tr("Nothing stands against training on this set."))

    @property
    def cards(self) -> tuple[FindingCard, ...]:
        """Those that are in sight."""
        return tuple(self._cards.itemAt(place).widget() for place in range(self._cards.count()))

    def toggle_more(self) -> None:
        """Opens or closes the rest."""
        self._is_open = not self._is_open
        self.show_findings(self._findings)

    @property
    def more(self) -> QPushButton:
        return self._more

    def _build(self) -> None:
        self._none = muted("", wrap=True)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(theme.SMALL)
        self._more = push("", self.toggle_more, quiet=True, tip=tr("Shows every finding, the costliest first."))
        self._order = caption(tr("By what each costs if it stays, then by how sure that is."), wrap=True)
        settings = icon_only("settings", tr("Rules of the lint"), self.settings_asked.emit,
                             tr("Where the rules draw their lines, and what you mean to be so."))
        head = row(title(tr("Mend first")), None, settings)
        layout = column(head, self._order, self._none, self._cards, row(self._more, None))
        self.setLayout(layout)

    def _clear(self) -> None:
        keep_focus(self)
        while (item := self._cards.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()


class FindingCard(QFrame):
    """One finding: its sentence, its button, and what else can be done with it. A click shows its pictures."""

    def __init__(self, finding: Finding, panel: LintPanel) -> None:
        super().__init__()
        self.finding, self._panel = finding, panel
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{finding.rule}  ·  {rule_name(finding.rule)}\n{evidence(finding)}")
        self.setAccessibleName(told(finding.said))
        self._build()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._panel.shown.emit(self.finding)

    def _build(self) -> None:
        found = self.finding
        self.remedy = ElidedButton(told(found.remedy.said))
        self.remedy.clicked.connect(self._teller(self._panel.remedy_asked))
        self.more = menu_button(found.rule, [
            ("pictures", tr("Show the pictures"), self._teller(self._panel.shown)),
            ("silence", tr("I mean it so"), self._teller(self._panel.silence_asked)),
        ])
        head = row(Picture(ICONS[found.severity], theme.ICON, TONES[found.severity]),
                   caption(f"{found.rule}  ·  {severity_name(found.severity)}"), None, self.more, gap=theme.TINY)
        layout = column(head, sentence(told(found.said)), caption(standing(found), wrap=True), theme.TINY, self.remedy,
                        gap=theme.TINY)
        layout.setAlignment(self.remedy, Qt.AlignmentFlag.AlignLeft)
        layout.setContentsMargins(theme.SMALL, theme.TINY, theme.TINY, theme.SMALL)
        self.setLayout(layout)

    def _teller(self, signal: Signal) -> Callable[..., None]:
        return lambda *_: signal.emit(self.finding)


class ElidedButton(QPushButton):
    """A button that gives way: where there is no room its text ends in an ellipsis and stands in the tooltip."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._whole = text
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._whole) + 2 * theme.MEDIUM + 4
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_BUTTON, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - 2 * theme.MEDIUM - 2
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))
        self.setToolTip(self._whole if self.text() != self._whole else "")


def menu_button(name: str, entries: Sequence[tuple[str, str, Callable[[], None]]]) -> QToolButton:
    """Three dots that open a menu of (icon, text, what it does)."""
    made = icon_only("more", tr("More on {name}", name=name), lambda: None)
    menu = QMenu(made)
    for symbol, text, run in entries:
        menu.addAction(icon(symbol), text).triggered.connect(lambda _=False, run=run: run())
    made.setMenu(menu)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return made
