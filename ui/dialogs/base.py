"""The dialog that asks for a project's base model: one that was found, a file, or the practice model."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.core.errors import UserError
from ui import theme
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.icons import icon
from ui.projects import choose_base
from ui.session import Session
from ui.widgets.basics import muted, push, row, title
from ui.widgets.inline_error import InlineError

_NAME = Qt.ItemDataRole.UserRole


class BaseDialog(QDialog):
    """Lists what is found while the dialog is open."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(tr("Base model"))
        self.resize(640, 420)
        self._build()
        self._bind()
        self._add(tr("Practice model, to try things out"), "practice", "practice")
        self._add_present()
        self._look(session.settings.choices.comfyui)

    def names(self) -> tuple[str, ...]:
        """The bases in the list, as a project remembers them."""
        return tuple(self.list.item(index).data(_NAME) for index in range(self.list.count()))

    def _build(self) -> None:
        self.list, self.error = QListWidget(), InlineError()
        self.list.setAccessibleName(tr("Base models"))
        self._take = push(tr("Use this base"), self._chosen, main=True)
        self._note = muted(tr("Looking where ComfyUI usually lies …"), wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        for part in (title(tr("Which base model is this project for?")), self._note, self.list, self.error):
            layout.addWidget(part)
        layout.addLayout(row(push(tr("A file …"), self._ask_file, icon="model"),
                             push(tr("A ComfyUI folder …"), self._ask_folder, icon="folder"), None,
                             push(tr("Cancel"), self.reject), self._take))

    def _bind(self) -> None:
        self.list.itemActivated.connect(self._chosen)

    def _add(self, text: str, name: str, icon_name: str = "model") -> None:
        if name not in self.names():
            item = QListWidgetItem(icon(icon_name), text)
            item.setData(_NAME, name)
            item.setToolTip(name)
            self.list.addItem(item)

    def _add_present(self) -> None:
        present = self._session.project.base
        if present and present != "practice":
            self._add(present, present)
        self.list.setCurrentRow(self.names().index(present) if present in self.names() else 0)

    def _look(self, also: str) -> None:
        from studio.jobs.find_bases import FindBases

        job = FindBases(Path(also) if also else None)
        self._session.run(job, tr("Looking for base models"), self._found, quiet=True)

    def _found(self, task: Task) -> None:
        if not self.isVisible():
            return
        bases = task.ending.facts.get("bases", ()) if task.course.status == "finished" else ()
        for base in bases:
            self._add(str(base), str(base))
        self._note.setText(tr("Found in ComfyUI, and the practice model:") if bases else
                           tr("No ComfyUI with an Anima base was found in the usual places."))

    def _ask_file(self) -> None:
        kinds = f"{tr('Weights')} (*.safetensors)"
        if chosen := self._session.ask.file(self, tr("The file of the base model"), "bases", kinds):
            self._add(str(chosen), str(chosen))
            self.list.setCurrentRow(self.list.count() - 1)

    def _ask_folder(self) -> None:
        if chosen := self._session.ask.folder(self, tr("The folder of ComfyUI"), "comfyui"):
            self._session.choose(comfyui=str(chosen))
            self._look(str(chosen))

    def _chosen(self) -> None:
        try:
            choose_base(self._session, self.list.currentItem().data(_NAME))
        except UserError as error:
            self.error.tell(error)
            return
        self.accept()
