"""The dialog that makes a project: what it is called, whom it teaches, where it lies, and on which base."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from studio.core.errors import UserError
from ui import theme
from ui.i18n import tr
from ui.projects import find_base, make_project
from ui.session import Session
from ui.widgets.basics import caption, muted, push, row, title
from ui.widgets.inline_error import InlineError


class NewProjectDialog(QDialog):
    """The folder follows the name until it is chosen by hand."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._parent_folder = usual_folder(session)
        self.setWindowTitle(tr("New project"))
        self.setMinimumWidth(560)
        self._build()
        self._bind()
        self._follow()

    def make(self) -> None:
        """Makes the project and opens it; what is wrong is told here."""
        try:
            make_project(self._session, Path(self.folder.text().strip()), self.name.text().strip(), "",
                         self.character.text().strip(), self.trigger.text().strip())
        except UserError as error:
            self.error.tell(error)
            return
        self._session.settings.remember(folder_projects=str(Path(self.folder.text().strip()).parent))
        self.accept()
        find_base(self._session)

    def _build(self) -> None:
        self.character, self.trigger = QLineEdit(), QLineEdit()
        self.name, self.folder = QLineEdit(), QLineEdit()
        self.character.setPlaceholderText(tr("Mira"))
        self.trigger.setPlaceholderText(tr("miravelo: a word that means nothing yet"))
        self.error = InlineError()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Whom do you want to teach?")))
        layout.addLayout(self._form())
        layout.addWidget(muted(tr("More characters can be added later. The pictures come next; they are copied, your "
                                  "originals stay as they are."), wrap=True))
        layout.addWidget(self.error)
        layout.addStretch(1)
        self._make = push(tr("Make the project"), self.make, main=True)
        self._make.setDefault(True)
        layout.addLayout(row(None, push(tr("Cancel"), self.reject), self._make))

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.MEDIUM)
        form.setVerticalSpacing(theme.SMALL)
        rows = ((tr("Character"), self.character), (tr("Trigger"), self.trigger), (tr("Project name"), self.name),
                (tr("Folder"), self.folder))
        for label, field in rows:
            field.setAccessibleName(label)
        for label, field in rows[:-1]:
            form.addRow(label, field)
        form.addRow(rows[-1][0], row(self.folder, push(tr("Choose …"), self._choose, icon="folder")))
        self.trigger.setToolTip(tr("The word that calls her in captions and prompts."))
        return form

    def _bind(self) -> None:
        self.character.textChanged.connect(self._follow)
        self.name.textEdited.connect(self._follow)

    def _follow(self) -> None:
        """What was not typed is proposed from what was."""
        who = self.character.text().strip()
        if not self.name.isModified():
            self.name.setText(who)
        if not self.folder.isModified():
            from studio.store.names import safe_name

            name = self.name.text().strip()
            self.folder.setText(str(self._parent_folder / safe_name(name)) if name else str(self._parent_folder))
        self._make.setEnabled(bool(self.name.text().strip()))
        self._make.setToolTip("" if self._make.isEnabled() else tr("A project needs a name."))

    def _choose(self) -> None:
        if chosen := self._session.ask.folder(self, tr("Where shall the project lie?"), "projects"):
            self._parent_folder = chosen
            self.folder.setModified(False)
            self._follow()


def usual_folder(session: Session) -> Path:
    """Where the last project was made, else among the documents."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    usual = Path(documents) / "Character LoRA Studio"
    return Path(str(session.settings.state("folder_projects", "")) or usual)
