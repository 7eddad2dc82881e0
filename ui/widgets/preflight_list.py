"""What was looked at before the start, cheap looks first, and how long each took? A list that fills in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui import icons, theme
from ui.i18n import tr
from ui.viewstate.amounts import time_of
from ui.widgets.basics import Elided, caption, column, row, within

_ICONS = {"waiting": "clock", "running": "play", "good": "good", "doubtful": "warning", "bad": "error"}
_TONES = {"waiting": "faint", "running": "accent", "good": "good", "doubtful": "doubtful", "bad": "bad"}


@dataclass(frozen=True, slots=True)
class Check:
    """One look: `state` is waiting, running, good, doubtful or bad; `told` what was found, `remedy` what to do."""

    name: str
    state: str = "waiting"
    seconds: float | None = None
    told: str = ""
    remedy: str = ""


class PreflightList(QWidget):
    """Shows checks in their order; one that failed says what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.checks: tuple[Check, ...] = ()
        self._remark = caption("", wrap=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.TINY)
        self._shown: list[_Line] = []
        self.setLayout(column(self._remark, self._lines, gap=theme.TINY))
        self.show_checks(())

    def show_checks(self, checks: Sequence[Check], remark: str = "") -> None:
        """The checks as they stand now."""
        self.checks = tuple(checks)
        while len(self._shown) < len(self.checks):
            self._shown.append(_Line())
            self._lines.addWidget(self._shown[-1])
        for place, line in enumerate(self._shown):
            line.setVisible(place < len(self.checks))
            if place < len(self.checks):
                line.show_check(self.checks[place])
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))


class _Line(QWidget):
    """One check on a line; what has to be done stands below it."""

    def __init__(self) -> None:
        super().__init__()
        self._mark, self._name, self._time = QLabel(), Elided(), caption("")
        self._told = caption("", wrap=True)
        self._mark.setFixedSize(theme.ICON, theme.ICON)
        self._time.setFont(theme.tabular(self._time.font()))
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = row(self._mark, self._name, self._time)
        head.setStretch(1, 1)
        told = row(theme.ICON, self._told)
        told.setStretch(1, 1)
        self.setLayout(column(within(head), within(told), gap=0))

    def show_check(self, check: Check) -> None:
        colour = getattr(theme.current(), _TONES[check.state])
        self._mark.setPixmap(icons.pixmap(_ICONS[check.state], theme.ICON, colour, self.devicePixelRatioF()))
        self._name.setText(check_name(check.name))
        self._time.setText(_took(check))
        told = " ".join(f"{each.rstrip('.')}." for each in (check.told, check.remedy) if each)
        self._told.setText(told)
        self._told.parentWidget().setVisible(bool(told) and check.state in ("doubtful", "bad"))
        self.setToolTip(told)
        self.setAccessibleName(f"{check_name(check.name)}: {state_name(check.state)}. {told}")


def check_name(name: str) -> str:
    """A check as people call it."""
    return {
        "versions": tr("Versions"), "device": tr("What computes"), "disk": tr("Room on the disk"),
        "recipe": tr("Recipe"), "captions": tr("Captions"), "tokenizers": tr("Tokenizers"),
        "text encoder": tr("Text encoder"), "VAE": tr("VAE"), "headers": tr("Headers of the base"),
        "model": tr("The base itself"), "two steps": tr("Two real steps"), "preview": tr("One preview"),
        "saving": tr("Saving"),
    }.get(name, name)  # fmt: skip


def state_name(state: str) -> str:
    """A check's state in a word."""
    return {"waiting": tr("not looked at yet"), "running": tr("being looked at"), "good": tr("good"),
            "doubtful": tr("doubtful"), "bad": tr("must be mended")}[state]  # fmt: skip


def _took(check: Check) -> str:
    if check.seconds is None:
        return "" if check.state != "running" else "…"
    return f"{check.seconds:.1f} s" if check.seconds < 10 else time_of(check.seconds)
