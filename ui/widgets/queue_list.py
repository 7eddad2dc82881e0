"""What runs, what waits and what failed, in one list: turns change by dragging, and each is stopped where it stands."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.jobs import Jobs
from ui.widgets.basics import Elided, caption, icon_only, row, title
from ui.widgets.empty import Picture

WIDTH = 440

_TASK = Qt.ItemDataRole.UserRole
_MOST_ROWS = 8


class QueueList(QFrame):
    """A pane over the status strip, gone with the next click elsewhere."""

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._jobs = jobs
        self.setProperty("role", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Queue"))
        self.setFixedWidth(WIDTH)
        self._build()
        for signal in (jobs.queued, jobs.ended, jobs.rearranged):
            signal.connect(self.refresh)
        jobs.advanced.connect(self._advanced)

    def open_over(self, button: QWidget) -> None:
        """Stands above a button, its right end over that of the button."""
        self.refresh()
        corner = button.mapToGlobal(QPoint(button.width(), 0))
        self.adjustSize()
        self.move(max(0, corner.x() - WIDTH), max(0, corner.y() - self.height() - theme.TINY))
        self.show()
        self.list.setFocus()

    @property
    def tasks(self) -> tuple[Task, ...]:
        """As they stand in the list."""
        return tuple(self.list.item(place).data(_TASK) for place in range(self.list.count()))

    def refresh(self, *_: object) -> None:
        """Shows what is so at this moment."""
        self.pause.setText(tr("Go on") if self._jobs.is_paused else tr("Pause the queue"))
        self.pause.setChecked(self._jobs.is_paused)
        waiting = set(self._jobs.waiting)
        running = [each for each in self._jobs.open if each not in waiting]
        shown = [*running, *self._jobs.waiting, *self._jobs.failed]
        self._said.setVisible(not shown)
        self.list.setVisible(bool(shown))
        if list(self.tasks) == shown:
            for place, task in enumerate(shown):
                self.list.itemWidget(self.list.item(place)).refresh()
            return
        self.list.clear()
        for task in shown:
            self._add(task, task in waiting)
        self.list.setFixedHeight(theme.TOUCH * max(1, min(_MOST_ROWS, len(shown))) + theme.TINY)
        self.adjustSize()

    def menu(self, task: Task) -> QMenu:
        """What the right mouse button offers on a task that waits."""
        made = QMenu(self)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        before = made.addMenu(tr("Start only when this has finished"))
        for each in self._jobs.open:
            if each is not task and each.after is not task:
                action = before.addAction(each.title, lambda each=each: self._jobs.start_after(task, each))
                action.setCheckable(True)
                action.setChecked(task.after is each)
        before.setEnabled(not before.isEmpty())
        if task.after:
            made.addAction(tr("Start in any case"), lambda: self._jobs.start_after(task, None))
        made.addSeparator()
        made.addAction(tr("Next"), lambda: self._jobs.move(task, 0))
        made.addAction(tr("Take out of the queue"), task.stop)
        return made

    def _build(self) -> None:
        self.list = _Turns(self._jobs)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.pause = QToolButton(checkable=True)
        self.pause.setProperty("kind", "switch")
        self.pause.setToolTip(tr("While it is paused no other job for the card begins; what runs goes on."))
        self.pause.clicked.connect(lambda: self._jobs.pause(self.pause.isChecked()))
        self._said = caption(tr("Nothing runs and nothing waits."))
        head = row(title(tr("Queue")), None, self.pause)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        layout.addLayout(head)
        layout.addWidget(self._said)
        layout.addWidget(self.list)

    def _add(self, task: Task, is_waiting: bool) -> None:
        item = QListWidgetItem(self.list)
        item.setData(_TASK, task)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        item.setFlags(flags | Qt.ItemFlag.ItemIsDragEnabled if is_waiting else flags)
        item.setSizeHint(QSize(0, theme.TOUCH))  # as wide as the list, so that titles give way and buttons stay
        self.list.setItemWidget(item, _Row(self._jobs, task))

    def _advanced(self, task: Task, _: object) -> None:
        if self.isVisible():
            self.refresh()

    def _show_menu(self, point: QPoint) -> None:
        item = self.list.itemAt(point)
        if item and item.data(_TASK) in self._jobs.waiting:
            self.menu(item.data(_TASK)).popup(self.list.viewport().mapToGlobal(point))


class _Turns(QListWidget):
    """Dragging gives a waiting task another turn; the list itself is filled anew by what comes of it."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self.setSpacing(0)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Jobs in their order"))

    def dropEvent(self, event: QDropEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        moved = self.currentItem()
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if moved:
            self.give_turn(moved.data(_TASK), item.data(_TASK) if item else None)

    def give_turn(self, task: Task, before: Task | None) -> None:
        """The turn of another task; the first for one that runs, the last for none."""
        waiting = list(self._jobs.waiting)
        if before in waiting:
            place = waiting.index(before)
        else:
            place = 0 if before in self._jobs.open else len(waiting)
        self._jobs.move(task, place)


class _Row(QWidget):
    """A task with its state, and what can be done with it."""

    def __init__(self, jobs: Jobs, task: Task) -> None:
        super().__init__()
        self._jobs, self._task = jobs, task
        self._said = caption("")
        self._stop = icon_only("stop", tr("Stop"), task.stop)
        self._retry = icon_only("refresh", tr("Try again"), lambda: jobs.retry(task))
        self._aside = icon_only("close", tr("Put aside"), lambda: jobs.put_aside(task))
        has_failed = task.course.status == "failed"
        icon = "error" if has_failed else "training" if task.is_for_card else "play"
        sign = Picture(icon, theme.ICON, "bad" if has_failed else "muted")
        layout = row(sign, Elided(task.title), self._said, self._stop, self._retry, self._aside)
        layout.setStretch(1, 1)
        layout.setContentsMargins(theme.TINY, 0, theme.TINY, 0)
        self.setLayout(layout)
        self.refresh()

    def refresh(self) -> None:
        """What is so of the task at this moment."""
        has_failed = self._task in self._jobs.failed
        self._said.setText(state_of(self._jobs, self._task))
        self.setToolTip(failure.what if (failure := self._task.course.failure) else "")
        self._stop.setVisible(not has_failed)
        self._stop.setEnabled(not self._task.is_stopping)
        self._retry.setVisible(has_failed)
        self._aside.setVisible(has_failed)


def state_of(jobs: Jobs, task: Task) -> str:
    """What becomes of a task, in few words."""
    if task in jobs.failed:
        return tr("failed")
    if task.is_stopping:
        return tr("stopping")
    if task not in jobs.waiting:
        progress = task.course.progress
        return tr("{n} %", n=100 * progress.done // max(1, progress.total)) if progress else tr("runs")
    if task.is_held:
        return tr("after “{title}”", title=task.after.title)
    return tr("waits: paused") if jobs.is_paused else tr("waits")
