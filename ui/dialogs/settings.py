"""The dialog of the window's settings; each takes effect as soon as it is changed."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.core.knobs import to_mapping
from ui import theme
from ui.form import Form
from ui.i18n import tr
from ui.session import Session
from ui.widgets.basics import caption, push, row, title


class SettingsDialog(QDialog):
    """A form over the choices, and where they are kept."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(560)
        self.form = Form(session.settings.choices)
        self.form.changed.connect(self._changed)
        self.form.field("comfyui").put_beside(push(tr("Choose …"), self._ask_comfyui, icon="folder"))
        self.form.field("tags_file").put_beside(push(tr("Choose …"), self._ask_tags, icon="list"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Settings")))
        layout.addWidget(self.form)
        layout.addWidget(caption(tr("Kept in {folder}", folder=session.settings.folder), wrap=True))
        layout.addStretch(1)
        layout.addLayout(row(None, push(tr("Close"), self.accept, main=True)))

    def _ask_comfyui(self) -> None:
        if chosen := self._session.ask.folder(self, tr("The folder of ComfyUI"), "comfyui"):
            self.form.field("comfyui").enter(str(chosen))

    def _ask_tags(self) -> None:
        if chosen := self._session.ask.file(self, tr("A list of tags"), "tags", f"{tr('Tag lists')} (*.csv)"):
            self.form.field("tags_file").enter(str(chosen))

    def _changed(self, choices: object) -> None:
        before = to_mapping(self._session.settings.choices)
        news = {name: value for name, value in to_mapping(choices).items() if before[name] != value}
        self._session.attempt(lambda: self._session.choose(**news))
