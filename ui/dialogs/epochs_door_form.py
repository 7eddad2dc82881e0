"""What is asked of LoRA files that were found: the word that calls her, the base, and the project they join."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from studio.jobs.look_for_epochs import FoundRun
from studio.store.names import free_name, safe_name
from ui import theme
from ui.dialogs.epochs_door_words import base_name, base_words, trigger_words
from ui.dialogs.new_project import usual_folder
from ui.i18n import tr
from ui.session import Session
from ui.widgets.basics import column, muted, push, row, within
from ui.widgets.segmented import Segmented

_NEW, _OPEN = "new", "open"


class DoorForm(QWidget):
    """What was guessed is shown as a guess and can be changed; what was answered before is not asked again."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._found: FoundRun | None = None
        self.added: list[str] = []   # bases that were named here
        self._build()
        self._bind()

    def show_found(self, found: FoundRun) -> None:
        """All that is known of the run that was chosen."""
        self._found = found
        self.trigger.setText(self._known_trigger() or found.trigger)
        if self._session.is_open and self._is_known():
            self.place.choose(_OPEN)
        self.trigger_note.setText(trigger_words(found))
        self.base.clear()
        for base in dict.fromkeys((*found.bases, *self.added)):
            self._add_base(base)
        self._show_base()
        if not self.project.isModified():
            self.project.setText(str(usual_folder(self._session) / self._free_name(found.run.name)))
        self._show_place()

    @property
    def words(self) -> str:
        """The triggers, a comma between two."""
        return ", ".join(" ".join(each.split()) for each in self.trigger.text().split(",") if each.strip())

    @property
    def folder(self) -> Path:
        """Of the project that is made or joined."""
        return Path(self.project.text().strip()) if self.is_new else self._session.place.folder

    @property
    def is_new(self) -> bool:
        return self.place.value == _NEW

    @property
    def lacking(self) -> str:
        """What still has to be said; empty for nothing."""
        return next((text for is_lacking, text in (
            (not self.words, tr("Say which word calls her.")),
            (not self.base.currentData(), tr("Name the base that the LoRA was trained on.")),
            (self.is_new and not self.project.text().strip(), tr("Say where the project shall lie.")),
        ) if is_lacking), "")

    def _build(self) -> None:
        self.trigger, self.base, self.project = QLineEdit(), QComboBox(), QLineEdit()
        self.trigger_note, self.base_note = muted("", wrap=True), muted("", wrap=True)
        rows = ((tr("Trigger"), self.trigger, column(self.trigger, self.trigger_note, gap=theme.TINY)),
                (tr("Base model"), self.base, column(self._base_row(), self.base_note, gap=theme.TINY)),
                (tr("Project"), self.project, self._project_rows()))
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.MEDIUM)
        form.setVerticalSpacing(theme.MEDIUM)
        for label, field, part in rows:
            field.setAccessibleName(label)
            form.addRow(label, part)
        self.trigger.setToolTip(tr("The word that calls her in prompts; commas part the words of several characters."))

    def _base_row(self) -> QWidget:
        inside = row(self.base, push(tr("A file …"), self._ask_base, icon="model"))
        inside.setStretch(0, 1)
        return within(inside)

    def _project_rows(self) -> QWidget:
        choices = [(_NEW, tr("A new project"), "folder-new")]
        if self._session.is_open:
            choices.append((_OPEN, self._session.project.name, "folder"))
        self.place = Segmented(choices, name=tr("Project"))
        which = within(row(self.place, None))
        if not self._session.is_open:
            which.hide()
        self._folder = within(row(self.project, push(tr("Choose …"), self._ask_project, icon="folder")))
        return within(column(which, self._folder, gap=theme.TINY))

    def _bind(self) -> None:
        self.trigger.textChanged.connect(self.changed)
        self.project.textChanged.connect(self.changed)
        self.base.currentIndexChanged.connect(self._show_base)
        self.place.chosen.connect(self._show_place)

    # What is known

    def _known_trigger(self) -> str:
        """What was answered when the open project took these files in."""
        from studio.store import runs
        from studio.store.adopted import find_adopted

        place = self._session.place
        known = find_adopted(place, self._found.run) if place else None
        if known is None:
            return ""
        self.place.choose(_OPEN)
        return ", ".join(runs.read_dataset(known).triggers)

    def _is_known(self) -> bool:
        """Whether the open project has whoever the trigger calls."""
        return self.trigger.text() in {each.trigger for each in self._session.project.characters}

    def _free_name(self, name: str) -> str:
        usual = usual_folder(self._session)
        taken = {each.name.casefold() for each in usual.iterdir()} if usual.is_dir() else ()
        return free_name(safe_name(name), taken)

    def _add_base(self, base: str) -> None:
        self.base.addItem(base_name(base), base)
        self.base.setItemData(self.base.count() - 1, base, Qt.ItemDataRole.ToolTipRole)

    def _show_base(self) -> None:
        if self._found:
            self.base_note.setText(base_words(self._found, self.base.currentData() or ""))
        self.changed.emit()

    def _show_place(self) -> None:
        self._folder.setVisible(self.is_new)
        self.changed.emit()

    # Asking

    def _ask_project(self) -> None:
        if chosen := self._session.ask.folder(self, tr("Where shall the project lie?"), "projects"):
            self.project.setText(str(chosen / Path(self.project.text()).name))
            self.project.setModified(True)

    def _ask_base(self) -> None:
        kinds = f"{tr('Weights')} (*.safetensors)"
        if chosen := self._session.ask.file(self, tr("The file of the base model"), "bases", kinds):
            self.added.append(str(chosen))
            self._add_base(str(chosen))
            self.base.setCurrentIndex(self.base.count() - 1)
