"""The training page: the runs as a tree at the left; plan one, watch it, look at what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ui import theme
from ui.aside import Aside
from ui.i18n import tr, trn
from ui.pages.training_plan import PlanFace
from ui.pages.training_runs import Runs
from ui.session import Session
from ui.viewstate.run_rows import ENDED
from ui.widgets.basics import caption, column, line, muted, push, row, title, within
from ui.widgets.panes import Panes
from ui.widgets.run_tree import RunTree
from ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from ui.pages.training_live import LiveFace

PLAN, LIVE, DONE = "plan", "live", "done"

_LEFT = 208


class TrainingPage(QWidget):
    """Three faces of one page; which one is shown follows what is chosen in the tree."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._live: LiveFace | None = None
        self._is_fresh = True
        self._aside = Aside(self)
        self._build()
        self._bind()
        self.show_face(PLAN)
        self._show_tree()
        self._is_fresh = True
        self.runs.ask()
        self._aside.ask(_make_ready, lambda _: None)

    # What one can do here

    @property
    def face(self) -> str:
        """The face that is shown."""
        return self.faces.value

    def show_face(self, face: str) -> None:
        """Plan, or Live and Done with the runs that are chosen; without one there is only the plan."""
        if face == PLAN:
            self.faces.choose(PLAN)
            self._stack.setCurrentWidget(self.plan)
        else:
            self.show_runs(self._fitting(face))

    def show_runs(self, ids: Sequence[str]) -> None:
        """These runs, side by side if there are several."""
        self.tree.choose(ids)
        self.faces.choose(self._face_of(ids))
        self.live.show_run(tuple(ids))
        self._stack.setCurrentWidget(self.live)

    def plan_another(self) -> None:
        """Back to the plan."""
        self.tree.choose(())
        self.show_face(PLAN)

    @property
    def live(self) -> LiveFace:
        """What shows a run; built when the first one is looked at."""
        if self._live is None:
            from ui.pages.training_live import LiveFace

            self._live = LiveFace(self._session)
            self._live.again_requested.connect(self._reuse)
            self._stack.addWidget(self._live)
        return self._live

    # What it is made of

    def _build(self) -> None:
        self.runs = Runs(self._session, self)
        self.tree, self.plan = RunTree(), PlanFace(self._session, self.runs)
        self.faces = Segmented([(PLAN, tr("Plan"), "edit"), (LIVE, tr("Live"), "play"), (DONE, tr("Done"), "good")],
                               name=tr("Face of the page"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.plan)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Panes(self._session.settings, "training", self._left(), self._middle(), None,
                               widths=(_LEFT, 0)))
        self._session.actions.add(
            "training.plan", tr("Plan a run"), self.plan_another, icon="add", group=tr("Plan a run"), within=self,
            tip=tr("Goes back to the recipe of the next run."))

    def _left(self) -> QWidget:
        self.another = push(tr("Plan a run"), self.plan_another, icon="add", quiet=True,
                            tip=tr("Goes back to the recipe of the next run."))
        self.none = muted(tr("No run yet. What you plan here and start stands in this list, each version below the one "
                             "that it follows."), wrap=True)
        self.count = caption("")
        head = row(title(tr("Runs")), self.count, None)
        head.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.SMALL, 0)
        self._none = within(column(self.none, None), theme.MEDIUM)
        parts = column(head, row(theme.TINY, self.another, None), self._none, self.tree, gap=theme.TINY)
        parts.setStretch(2, 1)
        parts.setStretch(3, 1)
        return within(parts)

    def _middle(self) -> QWidget:
        head = within(row(self.faces, None))
        head.layout().setContentsMargins(theme.LARGE, theme.SMALL, theme.LARGE, theme.SMALL)
        head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return within(column(head, line(), self._stack, gap=0))

    def _bind(self) -> None:
        self.runs.changed.connect(self._show_tree)
        self.tree.chosen.connect(self._chosen)
        self.tree.follow_asked.connect(self._follow)
        self.tree.reuse_asked.connect(self._reuse)
        self.faces.chosen.connect(self.show_face)
        self.plan.started.connect(self._was_started)
        self._session.run_requested.connect(lambda run: self.show_runs((run,)))
        self._session.project_closing.connect(self._end_threads)

    # What happens

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.runs.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runs.watch(False)

    def _show_tree(self) -> None:
        rows = self.runs.rows()
        self.tree.show_runs(rows)
        self._none.setVisible(not rows)
        self.tree.setVisible(bool(rows))
        for face, is_there in ((LIVE, bool(rows)), (DONE, any(row.status in ENDED for row in rows))):
            self.faces.allow(face, "" if is_there else _why_no(face))
        self.count.setText(trn("{n} run", "{n} runs", len(rows)) if rows else "")
        if self.face != PLAN and self.tree.selection:
            self.faces.choose(self._face_of(self.tree.selection))
        if self._is_fresh:
            self._is_fresh = False
            running = [row.id for row in rows if row.status == "running"]
            if running:
                self.show_runs(running[-1:])

    def _chosen(self, ids: Sequence[str]) -> None:
        self.show_runs(ids) if ids else self.show_face(PLAN)

    def _face_of(self, ids: Sequence[str]) -> str:
        """Done for what is finished, Live for all that may go on."""
        found = [row for row in self.tree.rows if row.id in ids]
        return DONE if found and all(row.status in ENDED for row in found) else LIVE

    def _fitting(self, face: str) -> tuple[str, ...]:
        """The chosen runs that belong on a face, or else the newest one that does."""
        chosen = self.tree.selection
        if chosen and self._face_of(chosen) == face:
            return chosen
        newest = sorted((row for row in self.tree.rows), key=lambda row: row.id, reverse=True)
        fitting = [row.id for row in newest if (row.status in ENDED) == (face == DONE)]
        return tuple(fitting[:1] or [row.id for row in newest[:1]])

    def _follow(self, run: str) -> None:
        self.plan.follow(run)
        self.plan_another()

    def _reuse(self, run: str) -> None:
        self.plan.reuse(run)
        self.plan_another()

    def _was_started(self, run: str) -> None:
        self.runs.ask()
        self.show_runs((run,))

    def _end_threads(self) -> None:
        self.plan.close_threads()
        self.runs.close()
        self._aside.close()


def _make_ready() -> None:
    """Imports what a start needs while the plan is read: later it would hold the window up, beside torch."""
    import studio.jobs.orders  # noqa: F401
    import ui.pages.training_live  # noqa: F401


def _why_no(face: str) -> str:
    return tr("There is no run to watch yet.") if face == LIVE else tr("No run is finished yet.")
