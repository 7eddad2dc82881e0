"""About the cell that keys mean: what was asked for, how it was drawn, how it and its lines were marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.hit_table import INTERVAL
from studio.core.prompt import parse_weights
from studio.core.stats import Hits
from ui import theme
from ui.i18n import tr
from ui.viewstate.grid_words import counted
from ui.widgets.basics import caption, line, sentence, title
from ui.widgets.side_pane import SidePane

_LEAST = 240


class Inspector(SidePane):
    """`show_cell` and `show_counts` fill it."""

    def __init__(self) -> None:
        super().__init__(_LEAST)
        inside = QWidget()
        self.name, self.mark = title(""), sentence("")
        self.prompt, self.negative = sentence(""), caption("", wrap=True)
        self.facts, self.counts = sentence(""), sentence("")
        self.name.setWordWrap(True)
        for each in (self.prompt, self.negative, self.facts, self.counts):
            each.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.method = caption(tr("{interval} intervals; only what is shown counts, and step 0 only by itself.",
                                 interval=INTERVAL), wrap=True)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        parts = (self.name, self.mark, line(), caption(tr("Prompt")), self.prompt, self.negative, line(), self.facts,
                 line(), caption(tr("Obtained")), self.counts, self.method)
        for each in parts:
            layout.addWidget(each)
        layout.addStretch(1)
        self.hold(inside)

    def show_cell(self, name: str, prompt: str, negative: str, facts: Sequence[tuple[str, str]],
                  mark: tuple[str, str, str]) -> None:
        """`mark` is as `mark_words` tells it."""
        self.name.setText(name or tr("No cell is chosen"))
        word, _, tone = mark
        self.mark.setText(word or (tr("nobody has judged it") if prompt else ""))
        self.mark.setProperty("role", tone)
        self.mark.style().unpolish(self.mark)
        self.mark.style().polish(self.mark)
        self.prompt.setText(_highlighted(prompt))
        self.negative.setText(tr("not: {negative}", negative=negative) if negative else "")
        self.negative.setVisible(bool(negative))
        self.facts.setText(_listed(facts))

    def show_counts(self, counts: Sequence[tuple[str, Hits]]) -> None:
        """How many of a line were obtained, by its name."""
        self.counts.setText(_listed([(name, counted(hits)) for name, hits in counts]))
        self.counts.setFont(theme.tabular(self.counts.font()))


def _listed(rows: Sequence[tuple[str, str]]) -> str:
    """Rich text: names and what they are, in two columns."""
    muted = theme.current().muted
    cells = (f'<tr><td style="color:{muted}; padding-right:8px; padding-bottom:4px">{escape(name)}</td>'
             f'<td>{escape(text)}</td></tr>' for name, text in rows)
    return f"<table width='100%'>{''.join(cells)}</table>"


def _highlighted(prompt: str) -> str:
    """Rich text: what is weighed stands out, with its weight."""
    accent = theme.current().accent
    parts = []
    for part in parse_weights(prompt):
        text = escape(part.text)
        parts.append(text if part.weight == 1.0 else f'<b style="color:{accent}">{text}</b>'
                     f'<span style="color:{accent}">&nbsp;×&nbsp;{part.weight:g}</span>')
    return "".join(parts)
