"""The plan of the training page: the recipe in the middle, what would come of it at the right, one button to begin."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from studio.core.rules.intent import Objection
from ui import theme
from ui.icons import icon
from ui.i18n import tr
from ui.pages.training_plan_checks import Checking
from ui.pages.training_plan_draft import Drafting
from ui.pages.training_plan_form import PlanForm
from ui.pages.training_plan_outlook import Outlooks
from ui.pages.training_plan_start import Starter
from ui.pages.training_runs import Runs
from ui.session import Session
from ui.viewstate.outlook import Outlook, Sight
from ui.widgets.basics import Elided, line, push, row
from ui.widgets.panes import Panes
from ui.widgets.planner_pane import PlannerPane

_PRICE = "price_per_hour"
_RIGHT, _NARROW = 352, 680  # pixels


class PlanFace(QWidget):
    """Joins draft, outlook and checks; a run that was made is told of."""

    started = Signal(str)  # the id of a run

    def __init__(self, session: Session, runs: Runs) -> None:
        super().__init__()
        self._session, self._runs = session, runs
        self._price = float(session.settings.state(_PRICE, 0.0))
        self.drafting = Drafting(session, self)
        self.checking = Checking(session, self.drafting, self)
        self.outlooks = Outlooks(self._sight, self)
        self.starter = Starter(session, self)
        self._build()
        self._bind()
        self.refresh_runs()
        self.checking.look()

    # What one can do here

    def start(self) -> None:
        """Begins to train as planned."""
        self.starter.start(self.drafting.draft, self.outlooks.current.objections)

    def check(self) -> None:
        """Looks at everything that would stop the run, the cheap looks first."""
        self.planner.ensureWidgetVisible(self.planner.preflight)
        self.checking.begin()

    def follow(self, run: str) -> None:
        """Plans the next version of a run: its recipe, and what differs from now on is told."""
        self.reuse(run)
        self.drafting.follow(run)

    def reuse(self, run: str) -> None:
        """Takes over the recipe of a run."""
        known = self._runs.find(run)
        if known and known.facts:
            self.drafting.take(known.facts.recipe)

    def refresh_runs(self) -> None:
        """The runs that the plan may follow."""
        rows = self._runs.rows()
        self.planner.show_parents([(row.id, f"{row.name} · {row.title} · {row.id[:4]}") for row in rows],
                                  self.drafting.draft.parent)
        self.outlooks.ask()

    def close_threads(self) -> None:
        """The project is about to be put away."""
        self.outlooks.close()
        self.checking.close()
        self.form.faces.close()
        self.drafting.close()

    def keep_recipe(self) -> None:
        from ui.dialogs.keep_recipe import KeepRecipeDialog

        draft = self.drafting.draft
        proposal = draft.preset.name if self.drafting.is_own else ""
        KeepRecipeDialog(self.drafting.keep_as, proposal, self).open()

    def import_recipe(self) -> None:
        from ui.dialogs.recipe_exchange import open_import

        open_import(self._session, self.drafting, self)

    def recipe_menu(self) -> QMenu:
        """What else can be done with a recipe."""
        from ui.dialogs.recipe_exchange import FORMS, form_name

        menu, actions = QMenu(self), self._session.actions
        menu.addAction(actions["training.keep"])
        if self.drafting.is_own:
            menu.addAction(icon("trash"), tr("Forget this recipe")).triggered.connect(
                lambda _=False: self.drafting.forget_preset())
        menu.addSeparator()
        menu.addAction(actions["training.import"])
        below = menu.addMenu(icon("export"), tr("Export for"))
        for form in FORMS:
            below.addAction(form_name(form)).triggered.connect(lambda _=False, form=form: self.export_recipe(form))
        return menu

    def export_recipe(self, form: str) -> None:
        from ui.dialogs.recipe_exchange import export

        export(self._session, self.drafting.draft.recipe, form, self)

    # What it is made of

    def _build(self) -> None:
        self._register()
        self.form, self.planner = PlanForm(self._session, self.drafting), PlannerPane(self._price)
        self._panes = Panes(self._session.settings, "training_plan", None, self.form, self.planner, widths=(0, _RIGHT))
        self._panes.setStretchFactor(0, 2)
        self._panes.setStretchFactor(1, 1)  # figures take a share of a large screen; a form is read in a narrow one
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._panes, 1)
        layout.addWidget(line())
        layout.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        """Below everything, so that it is there whatever is hidden or scrolled away."""
        actions = self._session.actions
        self.why = Elided()
        self.why.setProperty("role", "doubtful")
        self.check_button = push(tr("Check first"), actions["training.check"].trigger, icon="check",
                                 tip=actions["training.check"].toolTip())
        self.start_button = push(tr("Start training"), actions["training.start"].trigger, main=True)
        self.base_button = push(tr("Choose a base model …"), lambda: actions["project.base"].trigger(), icon="model")
        self.base_button.hide()
        foot = row(self.why, self.base_button, self.check_button, self.start_button)
        foot.setStretch(0, 1)
        foot.setContentsMargins(theme.LARGE, theme.SMALL, theme.MEDIUM, theme.SMALL)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a small screen the figures go below the form."""
        super().resizeEvent(event)
        ways = Qt.Orientation
        self._panes.setOrientation(ways.Vertical if self.width() < _NARROW else ways.Horizontal)

    def _register(self) -> None:
        add, group = self._session.actions.add, tr("Plan a run")
        add("training.start", tr("Start training"), self.start, icon="play", key="Ctrl+Return", group=group,
            within=self, tip=tr("Freezes recipe and pictures as a new run and trains it."))
        add("training.check", tr("Check first"), self.check, icon="check", key="Ctrl+Shift+Return", group=group,
            within=self, tip=tr("Looks at everything that would stop the run, ends with two real steps and a preview."))
        add("training.search", tr("Search settings"), lambda: self.form.focus_search(), icon="search", key="Ctrl+F",
            group=group, within=self, tip=tr("Finds a setting by its name or by what it does."))
        add("training.keep", tr("Keep this recipe …"), self.keep_recipe, icon="save", group=group, within=self,
            tip=tr("Makes a preset of the settings, for this project and all others."))
        add("training.import", tr("Import a recipe …"), self.import_recipe, icon="import", group=group, within=self,
            tip=tr("From AnimaLoraToolkit, sd-scripts, or the header of a LoRA."))
        add("training.back", tr("Settings as before"), self.drafting.back, icon="undo", group=group, within=self,
            tip=tr("Takes back the last step that changed many settings at once."))

    def _bind(self) -> None:
        session, drafting, planner = self._session, self.drafting, self.planner
        for signal in (drafting.changed, session.project_changed, self.checking.measured):
            signal.connect(self.outlooks.ask)
        session.project_changed.connect(self.checking.look)
        drafting.changed.connect(self._show_checks)
        session.records_changed.connect(lambda _: self._pictures_changed())
        session.project_changed.connect(self._pictures_changed)
        self.outlooks.changed.connect(self._show)
        self.checking.changed.connect(self._show_checks)
        for signal in (self.starter.changed, session.jobs.queued, session.jobs.ended):
            signal.connect(self._job_changed)
        self.starter.started.connect(self._was_started)
        self._runs.changed.connect(self.refresh_runs)
        self.form.more_asked.connect(self._show_menu)
        planner.night.scarcer_asked.connect(lambda every: drafting.enter("preview_every", every))
        planner.rules.remedy_asked.connect(self._mend)
        planner.rules.refused.connect(drafting.refuse)
        planner.diff.split_asked.connect(drafting.split)
        planner.late_chosen.connect(drafting.set_late)
        planner.parent_chosen.connect(drafting.follow)
        planner.price_entered.connect(self._set_price)

    # What happens

    def _sight(self) -> Sight:
        draft, session = self.drafting.draft, self._session
        parent = self._runs.find(draft.parent)
        here = self.checking
        return Sight(draft, session.project, session.all, here.speeds, here.machine, self._price,
                     parent.facts if parent else None, self._runs.name_of(draft.parent), here.late)

    def _show(self, seen: Outlook) -> None:
        self.planner.show_outlook(seen, self.drafting.draft)
        self._show_whether()

    def _show_whether(self) -> None:
        """The main button, or why it is not there to be pressed."""
        seen, actions = self.outlooks.current, self._session.actions
        why = tr("Looking at the plan …") if seen is None else seen.why_not
        if self.starter.is_busy:
            why = tr("The run is being frozen …")
        actions.disable("training.start", why) if why else actions.enable("training.start")
        self.start_button.setEnabled(not why)
        self.start_button.setToolTip(actions["training.start"].toolTip())
        self._show_base()
        self.start_button.setText(tr("Queue training") if self._is_taken else tr("Start training"))
        self.why.setText(why)

    def _show_base(self) -> None:
        """Without a base there is nothing to check: the button that chooses one stands in its place."""
        lacks = self._session.is_open and not self._session.project.base and "project.base" in self._session.actions
        self.base_button.setVisible(lacks)
        self.check_button.setVisible(not lacks)

    @property
    def _is_taken(self) -> bool:
        """Whether something else computes, behind which a run would wait."""
        return any(task.is_for_card for task in self._session.jobs.open)

    def _job_changed(self, _: object = None) -> None:
        self._show_whether()

    def _show_checks(self) -> None:
        self.planner.preflight.show_checks(self.checking.checks, self.checking.remark)
        self.check_button.setEnabled(not self.checking.is_busy)

    def _was_started(self, run: str) -> None:
        """The next plan follows this run."""
        self.drafting.follow(run)
        self.started.emit(run)

    def _pictures_changed(self) -> None:
        if self._session.is_open:
            self.form.refresh_taught()
            self.outlooks.ask()

    def _mend(self, objection: Objection) -> None:
        self._session.attempt(lambda: self.drafting.mend(objection.settings))

    def _set_price(self, price: float) -> None:
        self._price = price
        self._session.settings.remember(**{_PRICE: price})
        self.outlooks.ask()

    def _show_menu(self, below: QWidget) -> None:
        menu = self.recipe_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below.mapToGlobal(QPoint(0, below.height())))
