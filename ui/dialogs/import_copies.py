"""Pictures that are there twice, side by side: which of them shall be taken in?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPainter
from PySide6.QtWidgets import QCheckBox, QScrollArea, QWidget

from studio.core.survey import Found
from ui import theme
from ui.dialogs.import_grid import draw_within, size_of, told
from ui.dialogs.import_previews import Previews
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import Elided, caption, column, line, muted, row, within

MOST_GROUPS = 60   # that are shown; what holds for them holds for the others

_SIDE = 168


class Shown(QWidget):
    """One picture on the surround, as large as it fits."""

    def __init__(self, session: Session, previews: Previews, where: str, side: int = _SIDE) -> None:
        super().__init__()
        self._session, self._previews, self._where = session, previews, where
        self.setFixedSize(QSize(side, side))
        previews.ready.connect(self._came)
        session.look.surround_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._session.look.surround)
        draw_within(painter, self._previews.pixmap(self._where), self.rect())

    def _came(self, where: str) -> None:
        if where == self._where:
            self.update()


class CopiesView(QScrollArea):
    """Groups of pictures that are alike, each with a tick; `changed` after a tick. Those of the project have none."""

    changed = Signal()

    def __init__(self, session: Session, previews: Previews, is_choice: bool = True) -> None:
        super().__init__()
        self._session, self._previews, self._is_choice = session, previews, is_choice
        self.ticks: dict[str, QCheckBox] = {}
        self.setWidgetResizable(True)
        self.setAccessibleName(tr("Pictures that are there twice"))

    def show_groups(self, groups: Sequence[tuple[str, ...]], found: Mapping[str, Found], spare: Iterable[str],
                    explanation: str) -> None:
        """Shows these groups by the `where` of their pictures; those in `spare` are not ticked."""
        self.ticks = {}
        left_out = frozenset(spare)
        rows: list[QWidget] = [muted(explanation, wrap=True)]
        for group in groups[:MOST_GROUPS]:
            rows += [line(), self._group(group, found, left_out)]
        if more := len(groups) - MOST_GROUPS:
            if more > 0:
                rows.append(muted(trn("One more group is treated alike.", "{n} more groups are treated alike.", more)))
        self.setWidget(within(column(*rows, None, gap=theme.SMALL), theme.MEDIUM))

    @property
    def unticked(self) -> frozenset[str]:
        """Those of the groups shown that shall not be taken in."""
        return frozenset(where for where, tick in self.ticks.items() if not tick.isChecked())

    def _group(self, group: tuple[str, ...], found: Mapping[str, Found], left_out: frozenset[str]) -> QWidget:
        cards = [self._card(where, found.get(where), where in left_out) for where in group]
        return within(row(*cards, None, gap=theme.MEDIUM))

    def _card(self, where: str, found: Found | None, is_spare: bool) -> QWidget:
        name = Elided(PurePosixPath(where.replace("\\", "/")).name, Qt.TextElideMode.ElideMiddle)
        facts = caption(_facts(found))
        facts.setFont(theme.tabular(facts.font()))
        foot = self._tick(where, found, is_spare) if found and self._is_choice else caption(_fate(found, is_spare))
        made = within(column(Shown(self._session, self._previews, where), name, facts, foot, gap=theme.TINY))
        made.setFixedWidth(_SIDE)
        made.setToolTip(told(found) if found else where)
        return made

    def _tick(self, where: str, found: Found, is_spare: bool) -> QCheckBox:
        tick = QCheckBox(tr("Take this one"))
        tick.setChecked(not is_spare)
        tick.setAccessibleName(tr("Take {name}", name=where))
        tick.setToolTip(tr("Pictures without a tick are not added; their files stay where they are."))
        tick.toggled.connect(lambda: self.changed.emit())
        self.ticks[where] = tick
        return tick


def _fate(found: Found | None, is_spare: bool) -> str:
    """What becomes of a picture about which nothing is to be chosen."""
    if found is None:
        return tr("in the project already")
    return tr("the same, byte for byte") if is_spare else tr("is taken")


def _facts(found: Found | None) -> str:
    if found is None:
        return "\n"  # as tall as those beside it
    sizes = f"{size_of(found)} · {max(1, round(found.size / 1024)):,} KiB"
    return f"{sizes}\n{tr('with a caption') if found.caption else tr('no caption')}"
