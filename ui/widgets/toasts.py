"""Toasts: what is over, told in the lower right corner and gone by itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui import theme
from ui.actions import Actions
from ui.i18n import tr
from ui.notices import Notice
from ui.widgets.basics import column, icon_only, muted, push, row, sentence
from ui.widgets.empty import Picture

_ICONS = {"calm": "info", "good": "good", "doubtful": "warning", "bad": "error"}
_WIDTH, _MOST = 400, 3
_FOOT = theme.TOUCH + theme.SMALL  # the row of buttons at the lower edge of a page stays free


class Toast(QFrame):
    """One notice with its close button, and the action it offers."""

    over = Signal(object)  # this toast

    def __init__(self, notice: Notice, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setProperty("role", "toast")
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName(f"{notice.text} {notice.remedy}".strip())
        self._build(actions)
        QTimer.singleShot(notice.shown_ms, self, self._end)

    def _build(self, actions: Actions) -> None:
        said = column(sentence(self.notice.text), gap=theme.TINY)
        if self.notice.remedy:
            said.addWidget(muted(self.notice.remedy, wrap=True))
        if self.notice.action in actions:
            said.addLayout(row(self._offer(actions), None))
        close = icon_only("close", tr("Close"), self._end)
        layout = row(column(Picture(_ICONS[self.notice.tone], theme.BIG_ICON, self.notice.tone), None), said,
                     column(close, None))
        layout.setStretch(1, 1)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.SMALL, theme.SMALL)
        self.setLayout(layout)

    def _offer(self, actions: Actions) -> QWidget:
        action = actions[self.notice.action]
        action.triggered.connect(self._end)  # also by its key: there is nothing left to offer

        def run() -> None:
            self._end()
            action.trigger()

        return push(action.text(), run)

    def _end(self) -> None:
        self.over.emit(self)


class Toasts(QObject):
    """Stacks notices over a window, above its lowest `bottom` pixels; the oldest makes room for a fourth."""

    def __init__(self, window: QWidget, actions: Actions, bottom: int) -> None:
        super().__init__(window)
        self._window, self._actions, self._bottom = window, actions, bottom
        self._shown: list[Toast] = []
        window.installEventFilter(self)

    @property
    def shown(self) -> tuple[Toast, ...]:
        return tuple(self._shown)

    def show(self, notice: Notice) -> None:
        for old in [each for each in self._shown if notice.action and each.notice.action == notice.action]:
            self.close(old)  # its button would act on what came after it
        toast = Toast(notice, self._actions, self._window)
        toast.over.connect(self.close)
        self._shown.append(toast)
        for old in self._shown[:-_MOST]:
            self.close(old)
        toast.show()
        self._place()

    def close(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        bottom = self._window.height() - self._bottom - _FOOT
        for toast in reversed(self._shown):
            toast.resize(_WIDTH, toast.heightForWidth(_WIDTH))  # its sentences break into lines
            bottom -= toast.height() + theme.SMALL
            toast.move(self._window.width() - toast.width() - theme.MEDIUM, bottom)
            toast.raise_()
