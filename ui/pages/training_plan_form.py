"""The middle of the plan: who is taught, by which recipe, and what of it is not as its preset has it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.core.draft import Draft
from studio.core.record import Record
from studio.core.shares import shares
from ui import theme
from ui.i18n import tr, trn
from ui.icons import icon
from ui.pages.training_plan_draft import Drafting
from ui.pages.training_plan_faces import Faces
from ui.session import Session
from ui.viewstate.recipe_words import preset_name
from ui.widgets.basics import column, push, row, title, within
from ui.widgets.recipe_form import RecipeForm
from ui.widgets.taught_list import TaughtList

_READABLE = 780  # pixels: a form that is wider parts what belongs together


class PlanForm(QWidget):
    """Shows the draft and hands on what is entered."""

    more_asked = Signal(QWidget)  # the menu of what else can be done with a recipe, below this button

    def __init__(self, session: Session, drafting: Drafting) -> None:
        super().__init__()
        self._session, self._drafting = session, drafting
        self._pictured: tuple[Record, ...] = ()
        self._build()
        self._bind()
        self.refresh()

    def refresh(self) -> None:
        """Everything as the draft and the project have it."""
        draft = self._drafting.draft
        self.form.show_draft(draft)
        self._show_presets(draft)
        self.refresh_taught()
        changed = len(draft.changed)
        self.changed.setVisible(changed > 0 or self.changed.isChecked())
        self.changed.setText(trn("{n} differs from the preset", "{n} differ from the preset", changed))
        self.reset.setVisible(changed > 0)
        self.back.setVisible(self._drafting.before is not None)

    def refresh_taught(self) -> None:
        """The pictures and repeats of the project."""
        found = shares(self._session.all, self._session.project)
        self.taught.show_shares(found, self._drafting.draft.characters)
        if self._session.all != self._pictured:
            self._pictured = self._session.all
            self.faces.show(found)

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _build(self) -> None:
        self.form, self.taught = RecipeForm(self._drafting.draft), TaughtList()
        self.faces = Faces(self._session, self.taught, self)
        self.presets, self.search = QComboBox(), QLineEdit()
        self.presets.setAccessibleName(tr("Preset"))
        self.presets.setToolTip(tr("The recipe to begin with. Choosing another one sets everything as it has it."))
        self.presets.setMinimumWidth(200)
        self.search.setPlaceholderText(tr("Search settings"))
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.more = QToolButton()
        self.more.setIcon(icon("more"))
        self.more.setToolTip(tr("Keep, import or export the recipe"))
        self.more.setAccessibleName(self.more.toolTip())
        self.more.clicked.connect(lambda: self.more_asked.emit(self.more))
        self.changed = QToolButton(checkable=True)
        self.changed.setIcon(icon("filter"))
        self.changed.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.changed.setToolTip(tr("Shows only what differs from the preset."))
        self.reset = push(tr("Reset all"), self._drafting.reset, icon="undo", quiet=True,
                          tip=tr("Sets everything as the preset has it."))
        self.back = push(tr("Settings as before"), self._drafting.back, icon="undo", quiet=True,
                         tip=tr("Takes back the last step that changed many settings at once."))
        keeping = self.reset.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)  # else the first change would push the form down under the pointer
        self.reset.setSizePolicy(keeping)
        self._lay_out()

    def _lay_out(self) -> None:
        head = column(row(self.presets, self.more, None, self.search), row(self.changed, self.reset, self.back, None))
        self.search.setMinimumWidth(160)
        taught = column(title(tr("Who is taught")), self.taught)
        inside = within(column(taught, self.form, gap=theme.LARGE), theme.LARGE)
        inside.setMaximumWidth(_READABLE)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        top = within(head)
        top.layout().setContentsMargins(theme.LARGE, theme.SMALL, theme.LARGE, 0)
        top.setMaximumWidth(_READABLE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        layout.addWidget(scroll, 1)
        self.scroll = scroll

    def _bind(self) -> None:
        drafting = self._drafting
        self.form.entered.connect(drafting.enter)
        self.form.reset_asked.connect(drafting.reset)
        self.taught.repeats_entered.connect(drafting.repeat)
        self.taught.ticked.connect(drafting.teach)
        self.search.textChanged.connect(self.form.search)
        self.changed.toggled.connect(self.form.show_only_changed)
        self.presets.activated.connect(lambda _: drafting.choose_preset(self.presets.currentData()))
        drafting.changed.connect(self.refresh)

    def _show_presets(self, draft: Draft) -> None:
        names = self._drafting.presets
        if draft.preset.name not in names:
            names = (*names, draft.preset.name)
        if [self.presets.itemData(place) for place in range(self.presets.count())] != list(names):
            self.presets.clear()
            for name in names:
                self.presets.addItem(preset_name(name), name)
        self.presets.setCurrentIndex(self.presets.findData(draft.preset.name))
