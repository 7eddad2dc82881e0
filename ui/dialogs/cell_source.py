"""Where do the pictures of sheets come from? Asked once for each project: this computer, a ComfyUI, or a folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from studio.core.cell_source import HERE, Source, source_of
from studio.core.errors import UserError
from studio.core.events import Failed, Finished
from ui import theme
from ui.dialogs.room import grow
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import Elided, column, icon_only, muted, push, restyle, row, sentence, title, within
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented

_USUAL = "http://127.0.0.1:8188"


def chosen_source(session: Session) -> Source:
    """Where the pictures of the open project come from; this computer until somebody says otherwise."""
    kind, where, loras = (*map(str, session.settings.state(_key(session), [])), "", "", "")[:3]
    try:
        return source_of(kind, where, loras) if kind else HERE
    except UserError:
        return HERE


def choose_source(session: Session, source: Source) -> None:
    """Remembers it for the open project."""
    session.settings.remember(**{_key(session): [source.kind, source.where, source.loras]})


def source_words(source: Source) -> str:
    """What people call it."""
    if source.kind == "comfyui":
        return tr("ComfyUI at {host}", host=urlsplit(source.where).netloc or source.where)
    return tr("The folder {name}", name=Path(source.where).name) if source.kind == "folder" else tr("This computer")


def open_cell_source(session: Session, parent: QWidget, run: str = "") -> CellSourceDialog:
    """Asks; with a `run` the LoRA files of it tell the epochs of pictures that make a sheet of their own."""
    dialog = CellSourceDialog(session, parent, run)
    dialog.open()
    return dialog


class SourceRow(QWidget):
    """The source in a form: what it is, and the button that changes it."""

    changed = Signal()
    made = Signal()     # a sheet of a folder's own pictures, which needs no plan

    def __init__(self, session: Session, run: str = "") -> None:
        super().__init__()
        self._session, self._run = session, run
        self.words = Elided(at=Qt.TextElideMode.ElideMiddle)
        self.change = push(tr("Change …"), self._ask, tip=tr("This computer, a ComfyUI, or pictures that are there."))
        layout = row(self.words, self.change)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._show()

    def _ask(self) -> None:
        self.dialog = open_cell_source(self._session, self, self._run)
        self.dialog.accepted.connect(self._chosen)
        self.dialog.made.connect(self.made)

    def _chosen(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.words.setText(source_words(chosen_source(self._session)))


class CellSourceDialog(QDialog):
    """Three choices, and of the last two where it is. A ComfyUI can be asked whether it is there."""

    made = Signal()

    def __init__(self, session: Session, parent: QWidget, run: str = "") -> None:
        super().__init__(parent)
        self._session, self._run = session, run
        self.setWindowTitle(tr("Where pictures come from"))
        self.setMinimumWidth(560)
        self._task: Task | None = None
        self._build()
        self._bind()
        source = chosen_source(session)
        self.kind.choose(source.kind)
        self.address.setText(source.where if source.kind == "comfyui" else self._last_address())
        self._show_folder(source.where if source.kind == "folder" else "")
        self._show_loras(source.loras or str(session.settings.state("comfyui_loras", "")))
        self._show_kind()

    @property
    def source(self) -> Source:
        """What is chosen. Raises UserError where its place is missing or no address."""
        from studio.store.comfy_server import comfy_address

        where = {"comfyui": self.address.text(), "folder": self._folder}.get(self.kind.value, "")
        source = source_of(self.kind.value, where, self._loras)
        return dataclasses.replace(source, where=comfy_address(source.where)) if source.kind == "comfyui" else source

    def accept(self) -> None:
        try:
            source = self.source
        except UserError as error:
            self.error.tell(error)
            return grow(self)
        if source.kind == "comfyui":
            self._session.settings.remember(comfyui_address=source.where, comfyui_loras=source.loras)
        choose_source(self._session, source)
        super().accept()

    def try_it(self) -> None:
        """Asks the address whether a ComfyUI answers there."""
        from studio.jobs.comfy_look import LookAtComfy

        self.error.clear()
        self._tell(tr("Asking …"))
        self.try_button.setEnabled(False)
        job = LookAtComfy(self.address.text() or _USUAL)
        self._task = self._session.run(job, tr("Asking ComfyUI"), self._answered, quiet=True)

    def choose_folder(self) -> None:
        if chosen := self._session.ask.folder(self, tr("The folder of the rendered pictures"), "rendered"):
            self._show_folder(str(chosen))

    def choose_loras(self) -> None:
        if chosen := self._session.ask.folder(self, tr("The folder where ComfyUI keeps LoRAs"), "loras"):
            self._show_loras(str(chosen))

    def make_sheet(self) -> None:
        """The pictures make a sheet by themselves, whatever was planned."""
        from studio.jobs.prepare_pictures import PreparePictures

        self.error.clear()
        self.make_button.setEnabled(False)
        job = PreparePictures(self._session.place, Path(self._folder), self._run)
        self._task = self._session.run(job, tr("Looking at the pictures"), self._prepared, quiet=True)

    def done(self, result: int) -> None:
        self._task = None
        super().done(result)

    def _build(self) -> None:
        choices = [("here", tr("This computer"), "practice"), ("comfyui", tr("ComfyUI"), "open-outside"),
                   ("folder", tr("A folder of pictures"), "folder")]
        self.kind = Segmented(choices, name=tr("Where pictures come from"))
        self.address, self.told, self.error = QLineEdit(), QLabel(wordWrap=True), InlineError()
        self.told.hide()
        self.address.setPlaceholderText(_USUAL)
        self.address.setAccessibleName(tr("Address of ComfyUI"))
        self.try_button = push(tr("Try it"), self.try_it, icon="question",
                               tip=tr("Asks whether ComfyUI answers there."))
        self._path = Elided(at=Qt.TextElideMode.ElideMiddle)
        self.pages = QStackedWidget()
        for page in (self._here(), self._comfyui(), self._of_folder()):
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Where do the pictures of sheets come from?")))
        layout.addLayout(row(self.kind, None))
        for part in (self.pages, self.error):
            layout.addWidget(part)
        layout.addStretch(1)
        take = push(tr("Use this"), self.accept, main=True)
        take.setDefault(True)
        layout.addLayout(row(muted(tr("Remembered for this project.")), None, push(tr("Cancel"), self.reject), take))

    def _here(self) -> QWidget:
        return within(column(sentence(tr("The studio renders them itself, with the base of the project.")), None))

    def _comfyui(self) -> QWidget:
        line = row(self.address, self.try_button)
        line.setStretch(0, 1)
        self._loras_path = Elided(at=Qt.TextElideMode.ElideMiddle)
        self._no_loras = icon_only("close", tr("No folder"), lambda: self._show_loras(""))
        folder = row(muted(tr("Its LoRAs lie in")), self._loras_path, self._no_loras,
                     push(tr("Choose …"), self.choose_loras, icon="folder",
                          tip=tr("LoRAs that ComfyUI lacks are put there before the first picture.")))
        folder.setStretch(1, 1)
        about = muted(tr("Graphs are sent to this address alone, and pictures are fetched from it. The base's files "
                         "have to be there. LoRAs that it lacks are put into its folder, if you name one that can be "
                         "reached from here."), wrap=True)
        return within(column(line, self.told, folder, about, None))

    def _of_folder(self) -> QWidget:
        line = row(self._path, push(tr("Choose …"), self.choose_folder, icon="folder"))
        line.setStretch(0, 1)
        about = muted(tr("PNGs that ComfyUI, a web UI or this studio saved find their cells by what they say of "
                         "themselves. They are copied, and stay where they are."), wrap=True)
        self.make_button = push(tr("Make a sheet of them"), self.make_sheet, icon="grids",
                                tip=tr("Epochs, prompts and seeds are told by what the pictures say."))
        return within(column(line, about, row(self.make_button, None), None))

    def _bind(self) -> None:
        self.kind.chosen.connect(self._show_kind)
        self.address.textChanged.connect(self._forget_answer)

    def _show_kind(self) -> None:
        self.error.clear()
        self.pages.setCurrentIndex(("here", "comfyui", "folder").index(self.kind.value))
        if self.kind.value == "comfyui":
            self.address.setFocus()

    def _show_folder(self, path: str) -> None:
        self._folder = path
        self._path.setText(path or tr("No folder chosen yet"))
        self.make_button.setEnabled(bool(path))

    def _show_loras(self, path: str) -> None:
        self._loras = path
        self._loras_path.setText(path or tr("a folder that cannot be reached from here"))
        self._no_loras.setVisible(bool(path))

    def _last_address(self) -> str:
        return str(self._session.settings.state("comfyui_address", ""))

    def _forget_answer(self) -> None:
        self._task = None
        self.try_button.setEnabled(True)
        self._tell("")

    def _answered(self, task: Task) -> None:
        if task is not self._task:
            return
        self.try_button.setEnabled(True)
        self._tell("")
        if isinstance(task.ending, Failed):
            self.error.tell(UserError(task.ending.what, task.ending.remedy))
            return grow(self)
        if isinstance(task.ending, Finished):
            facts = task.ending.facts
            loras = trn("{n} LoRA", "{n} LoRAs", int(facts["loras"]))
            known = [str(facts["drawn_by"]), str(facts.get("device", "")), loras]
            self._tell(tr("It answers: {facts}", facts=", ".join(filter(None, known))), "good")

    def _prepared(self, task: Task) -> None:
        if task is not self._task:
            return
        self._show_folder(self._folder)
        if isinstance(task.ending, Failed):
            self.error.tell(UserError(task.ending.what, task.ending.remedy))
            return grow(self)
        if isinstance(task.ending, Finished):
            facts = task.ending.facts
            self._session.run(facts["job"], tr("Copying pictures into a sheet"))
            told = [trn("{n} picture makes the sheet {id}", "{n} pictures make the sheet {id}", int(facts["found"]),
                        id=facts["sheet"])]
            if facts["left"]:
                told.append(trn("{n} has no place in it; its journal says why", "{n} have no place in it; its journal "
                                "says why", int(facts["left"])))
            self._session.say(". ".join(told))
            self.made.emit()
            super().reject()

    def _tell(self, text: str, role: str = "muted") -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))
        restyle(self.told, role=role)
        if text and self.isVisible():
            grow(self)


def _key(session: Session) -> str:
    return f"cell_source {session.place.folder}" if session.place else "cell_source"
