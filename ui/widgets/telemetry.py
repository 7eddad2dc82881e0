"""What a run tells while it trains: its state with the next step to take, figures, speeds by bucket, and notes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.viewstate.run_figures import NextStep, Verdict
from ui.widgets.basics import Elided, caption, column, line, muted, push, row, sentence, title, within
from ui.widgets.empty import Picture
from ui.widgets.flow import FlowLayout

ICONS = {"planned": "clock", "running": "play", "interrupted": "warning", "finished": "good", "stopped": "pause",
         "paused": "pause", "failed": "error", "elsewhere": "folder"}  # fmt: skip
TONES = {"planned": "muted", "running": "accent", "interrupted": "doubtful", "finished": "good", "stopped": "muted",
         "paused": "muted", "failed": "bad", "elsewhere": "muted"}  # fmt: skip

_MOST_NOTES = 4


class StateCard(QWidget):
    """How one run stands, and what can be done now."""

    asked = Signal(str)  # a NextStep

    def __init__(self) -> None:
        super().__init__()
        self._verdict: Verdict | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def verdict(self) -> Verdict | None:
        return self._verdict

    def show_verdict(self, verdict: Verdict, name: str = "") -> None:
        """Builds the card anew where something changed."""
        if (verdict, name) == (self._verdict, self.accessibleDescription()):
            return
        self._verdict = verdict
        self.setAccessibleName(verdict.what)
        self.setAccessibleDescription(name)
        while taken := self._layout.takeAt(0):
            taken.widget().hide()  # it goes only when the event loop comes to it
            taken.widget().deleteLater()
        self._layout.addWidget(self._made(verdict, name))

    def _made(self, verdict: Verdict, name: str) -> QWidget:
        icon = column(Picture(ICONS[verdict.status], theme.BIG_ICON, TONES[verdict.status]), None)
        said = column(title(verdict.what), gap=theme.TINY)
        if name:
            said.insertWidget(0, caption(name, wrap=True))
        said.itemAt(said.count() - 1).widget().setWordWrap(True)
        if verdict.more:
            said.addWidget(muted(verdict.more, wrap=True))
        whole = column(within(_stretched(icon, said)), gap=theme.SMALL)
        if verdict.steps:
            whole.addWidget(self._offers(verdict.steps))
        return within(whole)

    def _offers(self, steps: Sequence[NextStep]) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder)
        for place, each in enumerate(steps):
            text, icon, tip = offer(each)
            flow.addWidget(push(text, lambda each=each: self.asked.emit(each), icon=icon if place else "",
                                main=not place, tip=tip))
        return holder


class Telemetry(QScrollArea):
    """The pane beside a run that is watched; with several runs their cards stand below each other."""

    asked = Signal(str, str)  # run id, NextStep

    def __init__(self) -> None:
        super().__init__()
        self._cards: dict[str, StateCard] = {}
        self._labels: dict[str, tuple[QLabel, QLabel]] = {}
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(200)
        self.setAccessibleName(tr("About the run"))
        self._build()

    def card(self, run: str) -> StateCard:
        """The card of a run, made when it is first asked for."""
        if run not in self._cards:
            self._cards[run] = StateCard()
            self._cards[run].asked.connect(lambda step, run=run: self.asked.emit(run, step))
            self._states.addWidget(self._cards[run])
        return self._cards[run]

    def forget(self) -> None:
        """Other runs are shown from here on."""
        for card in self._cards.values():
            self._states.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards.clear()
        self.show_progress(0, 0)
        self.show_figures((), ())
        self.show_notes(())

    def show_progress(self, done: int, total: int) -> None:
        """How far the run is; nothing for a total of 0."""
        self.bar.setVisible(total > 0)
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)

    def show_figures(self, figures: Sequence[tuple[str, str]], speeds: Sequence[tuple[str, str]]) -> None:
        """Names and values; labels are made once and their texts changed, so that nothing jumps."""
        rows = [*figures, *((tr("at {bucket}", bucket=bucket), value) for bucket, value in speeds)]
        for place, (name, value) in enumerate(rows):
            labels = self._row(place)
            labels[0].setText(name)
            labels[1].setText(value)
        for place in range(self._grid.rowCount()):
            for label in self._labels.get(str(place), ()):
                label.setVisible(place < len(rows))

    def show_notes(self, notes: Sequence[str]) -> None:
        """The last things worth reading."""
        text = "\n\n".join(notes[-_MOST_NOTES:])
        self._notes.setText(text)
        self._notes_part.setVisible(bool(text))

    def text(self) -> str:
        """All figures that are shown."""
        pairs = (self._labels[key] for key in self._labels)
        return "\n".join(f"{name.text()}: {value.text()}" for name, value in pairs if not name.isHidden())

    def _build(self) -> None:
        self._states, self._grid = QVBoxLayout(), QGridLayout()
        self._states.setSpacing(theme.MEDIUM)
        self._grid.setVerticalSpacing(theme.TINY)
        self._grid.setColumnStretch(0, 1)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self._notes = sentence("")
        self._notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._notes_part = within(column(line(), caption(tr("Notes")), self._notes))
        inner = column(self._states, self.bar, self._grid, self._notes_part, None, gap=theme.MEDIUM)
        self.setWidget(within(inner, theme.MEDIUM))
        self.show_progress(0, 0)
        self.show_notes(())

    def _row(self, place: int) -> tuple[QLabel, QLabel]:
        if str(place) not in self._labels:
            name, value = Elided(), QLabel()  # in a narrow pane names give way, values never
            name.setProperty("role", "muted")
            value.setFont(theme.tabular(value.font()))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(name, place, 0)
            self._grid.addWidget(value, place, 1)
            self._labels[str(place)] = name, value
        return self._labels[str(place)]


def offer(step: NextStep) -> tuple[str, str, str]:
    """What a next step is called, its icon, and what it does."""
    return {
        "resume": (tr("Go on"), "play", tr("Takes the run up where its last state left it.")),
        "fresh": (tr("Go on in a new process"), "play",
                  tr("This window has lost the card; a process of its own takes the run up.")),
        "folder": (tr("Open the folder"), "folder", tr("Shows the run's files in the file manager.")),
        "again": (tr("Plan another …"), "copy", tr("Begins the plan of a new run with the recipe of this one.")),
        "epochs": (tr("Open in Epochs"), "epochs", tr("Compares the epochs of this run side by side.")),
        "log": (tr("Open the log"), "text", tr("Shows what the studio wrote down when it happened.")),
    }[step]


def _stretched(icon: QVBoxLayout, said: QVBoxLayout):
    layout = row(icon, said)
    layout.setStretch(1, 1)
    return layout
