"""What was concluded when, on which cells, and what of it was taken back; nothing is ever struck out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from studio.core.verdict_journal import Held
from ui import theme
from ui.i18n import tr, trn
from ui.widgets.basics import caption, column, keep_focus, muted, push, row, sentence, title
from ui.widgets.empty import Picture


class VerdictJournal(QWidget):
    """The newest first. A verdict leads to its cells and can be taken back, with a reason."""

    cells_asked = Signal(str, object)        # what was picked, and (sheet, key) of its cells
    retraction_asked = Signal(object)        # a Held

    def __init__(self) -> None:
        super().__init__()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.MEDIUM)
        self._none = muted(tr("No verdict was written down yet. A verdict that stands here can be taken back later; "
                              "both stay."), wrap=True)
        self._shown: tuple[Held, ...] | None = None
        self.setLayout(column(self._none, self._rows))

    def show_verdicts(self, found: Sequence[Held]) -> None:
        """All of the project."""
        if tuple(found) == self._shown:
            return
        self._shown = tuple(found)
        keep_focus(self)
        while (item := self._rows.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        for each in reversed(self._shown):
            self._rows.addWidget(_Row(each, self))
        self._none.setVisible(not found)

    @property
    def texts(self) -> tuple[str, ...]:
        """The heads as they stand there, the newest first."""
        return tuple(self._rows.itemAt(place).widget().head.text() for place in range(self._rows.count()))

    @property
    def rows(self) -> tuple[_Row, ...]:
        return tuple(self._rows.itemAt(place).widget() for place in range(self._rows.count()))


class _Row(QWidget):
    def __init__(self, held: Held, journal: VerdictJournal) -> None:
        super().__init__()
        judgement, back = held.judgement, held.retraction
        self.held = held
        self.head = sentence(held_text(held))
        self.head.setProperty("role", "muted" if back else "strong")
        cells = tuple(dict.fromkeys(judgement.cells + (back.cells if back else ())))
        self.cells = push(trn("{n} cell", "{n} cells", len(cells)),
                          lambda: journal.cells_asked.emit(judgement.pick, cells), icon="pictures", quiet=True,
                          tip=tr("Shows the cells that this verdict rests on."))
        self.cells.setEnabled(bool(cells))
        self.retract = push(tr("Retract …"), lambda: journal.retraction_asked.emit(held), icon="undo", quiet=True,
                            tip=tr("Takes this verdict back, with a reason. It stays where it is."))
        if back:
            self.retract.hide()  # showing the others before they have a place would make windows of them
        sign = Picture("undo", theme.ICON, "muted") if back else Picture("check", theme.ICON, "good")
        by = tr("{day}, by {who}", day=_day(judgement.time), who=judgement.by) if judgement.by else _day(judgement.time)
        told = muted(judgement.text, wrap=True)
        line = row(sign, self.head, caption(by), self.cells, self.retract)
        line.setStretch(1, 1)
        for place in (0, 1, 2):
            line.setAlignment(line.itemAt(place).widget(), Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(column(line, row(theme.ICON + theme.SMALL, told, gap=0), gap=0))
        self.layout().itemAt(1).layout().setStretch(1, 1)
        self.layout().setContentsMargins(0, 0, 0, 0)


class RetractDialog(QDialog):
    """Why a verdict is taken back, and what holds instead."""

    agreed = Signal(str, str)  # why, and what holds instead

    def __init__(self, held: Held, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Retract a verdict"))
        self.why = QLineEdit(placeholderText=tr("one seed"))
        self.why.setAccessibleName(tr("Why"))
        self.instead = QLineEdit(placeholderText=tr("ep120-150, or nothing"))
        self.instead.setAccessibleName(tr("What holds instead"))
        self.retract = push(tr("Retract"), self._agree, main=True)
        self.retract.setEnabled(False)
        self.why.textChanged.connect(lambda text: self.retract.setEnabled(bool(text.strip())))
        for field in (self.why, self.instead):
            field.returnPressed.connect(self._agree)
        layout = column(title(tr("Retract “{pick}”", pick=held.judgement.pick)), muted(held.judgement.text, wrap=True),
                        theme.SMALL, caption(tr("Why")), self.why, caption(tr("What holds instead")), self.instead,
                        muted(tr("The verdict and its retraction both stay in the journal."), wrap=True),
                        row(None, push(tr("Cancel"), self.close), self.retract))
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        self.setLayout(layout)
        self.setMinimumWidth(460)
        self.why.setFocus()

    def _agree(self) -> None:
        if self.why.text().strip():
            self.agreed.emit(self.why.text().strip(), self.instead.text().strip())
            self.close()


def held_text(held: Held) -> str:
    """"ep180 (retracted 2026-11-20: one seed) -> ep120-150"."""
    back = held.retraction
    if back is None:
        return held.judgement.pick
    why = tr("retracted {day}: {why}", day=_day(back.time), why=back.why) if back.why else \
        tr("retracted {day}", day=_day(back.time))
    return f"{held.judgement.pick} ({why})" + (f" -> {back.instead}" if back.instead else "")


def _day(time: float) -> str:
    """As the report has it."""
    return datetime.fromtimestamp(time, UTC).date().isoformat()
