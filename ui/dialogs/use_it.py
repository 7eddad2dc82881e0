"""Puts an epoch where ComfyUI finds it, and shows that the file there draws the chosen cell as it was."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import UserError
from studio.core.events import Facts, Failed, Finished
from ui import theme
from ui.dialogs.room import fit, grow
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.icons import icon
from ui.pages.training_live_curves import short_name
from ui.session import Session
from ui.widgets.basics import Elided, caption, column, muted, push, restyle, row, sentence, title, within
from ui.widgets.inline_error import InlineError
from ui.widgets.linked_viewers import LinkedViewer, link

_PATH = Qt.ItemDataRole.UserRole
_FOLDER = "loras_folder"
_MOST_FOLDERS = 4   # in sight at once


def open_use_it(session: Session, parent: QWidget, run_id: str, epoch: int, cell_key: str | None = None) -> UseItDialog:
    """Asks where to, and shows what came of it; `cell_key` is the cell that is drawn again."""
    dialog = UseItDialog(session, parent, run_id, epoch, cell_key or "")
    dialog.open()
    return dialog


class UseItDialog(QDialog):
    """First the folder, then the two pictures and how far they differ."""

    def __init__(self, session: Session, parent: QWidget, run: str, epoch: int, cell: str) -> None:
        super().__init__(parent)
        self._session, self._run, self._epoch, self._cell = session, run, epoch, cell
        self._task: Task | None = None
        self._is_closed = False
        self.facts: Facts = {}
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Use it"))
        self.setMinimumWidth(560)
        self._build()
        self._bind()
        self._add(str(session.settings.state(_FOLDER, "")))
        self._look()

    def put(self) -> None:
        """Writes the file and checks it."""
        from studio.jobs.put_to_use import PutToUse

        if not (to := self._chosen()):
            return
        self.error.clear()
        self._session.settings.remember(loras_folder=to)
        job = PutToUse(self._session.place, self._run, self._epoch, Path(to), self._cell)
        self.go.setEnabled(False)
        self.told.setText(tr("The file is written and drawn with; this takes as long as a picture."))
        name = tr("Putting epoch {epoch} to use", epoch=self._epoch)
        self._task = self._session.run(job, name, self._ended, quiet=True)

    def choose_folder(self) -> None:
        from studio.store.comfyui import loras_of

        if chosen := self._session.ask.folder(self, tr("The folder where ComfyUI keeps LoRAs"), "loras"):
            folder = str(loras_of(chosen))
            self._add(folder)
            self.list.setCurrentRow(self._places().index(folder))

    def copy_path(self) -> None:
        QGuiApplication.clipboard().setText(str(self.facts["path"]))
        self._session.say(tr("The path of the file is on the clipboard"))

    def show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(str(self.facts["path"])).parent)))

    def done(self, result: int) -> None:
        """The job goes on, and is told of in a notice."""
        self._is_closed = True
        super().done(result)

    # What it is made of

    def _build(self) -> None:
        self.list, self.error, self.told = QListWidget(), InlineError(), QLabel(wordWrap=True)
        self.list.setAccessibleName(tr("Folders of LoRAs"))
        restyle(self.told, role="muted")
        self.go = push(tr("Put it there"), self.put, main=True)
        self.go.setDefault(True)
        self.pages = QStackedWidget()
        for page in (self._asking(), self._showing()):
            self.pages.addWidget(page)
        self.pages.widget(1).setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)  # until it is shown
        self.other = push(tr("Another folder …"), self.choose_folder, icon="folder")
        self._asked_buttons = within(row(self.other, None,
                                         push(tr("Close"), self.reject), self.go))
        self._shown_buttons = within(row(push(tr("Show it in the folder"), self.show_folder, icon="folder"),
                                         push(tr("Copy its path"), self.copy_path, icon="copy"), None,
                                         push(tr("Close"), self.accept, main=True)))
        self._shown_buttons.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Use epoch {epoch} of {run}", epoch=self._epoch, run=short_name(self._run))))
        for part in (self.pages, self.error, self._asked_buttons, self._shown_buttons):
            layout.addWidget(part)
        layout.setStretch(1, 1)

    def _asking(self) -> QWidget:
        about = sentence(tr("The LoRA goes into a folder that ComfyUI reads, with base, trigger, strength and an "
                            "example inside, and as a text beside it. Then that very file draws the chosen cell "
                            "again."))
        self.note = muted(tr("Looking where ComfyUI usually lies …"), wrap=True)
        return within(column(about, self.note, self.list, self.told, None))

    def _showing(self) -> QWidget:
        self.verdict, self.where = sentence(""), Elided(at=Qt.TextElideMode.ElideMiddle)
        surround = self._session.look.surround
        self.before, self.after = (LinkedViewer(surround, name) for name in (tr("As it was"), tr("From the new file")))
        link((self.before, self.after))
        restyle(self.where, role="muted")
        pictures = row(column(self.before, caption(tr("As it was")), gap=theme.TINY),
                       column(self.after, caption(tr("From the file in ComfyUI's folder")), gap=theme.TINY))
        layout = column(self.verdict, self.where, pictures)
        layout.setStretch(2, 1)
        return within(layout)

    def _bind(self) -> None:
        self.list.currentRowChanged.connect(self._allow)
        self.list.itemActivated.connect(self.put)

    # Where to

    def _look(self) -> None:
        from studio.jobs.find_bases import FindBases

        also = self._session.settings.choices.comfyui
        job = FindBases(Path(also) if also else None)
        self._session.run(job, tr("Looking for ComfyUI"), self._found, quiet=True)
        self._allow()

    def _found(self, task: Task) -> None:
        if self._is_closed:
            return
        folders: Iterable[Path] = task.ending.facts.get("lora_folders", ()) if task.ending else ()
        for folder in folders:
            self._add(str(folder))
        self.note.setText(tr("Folders of LoRAs that were found, or used before:") if self.list.count() else
                          tr("No ComfyUI was found in the usual places. Choose its folder."))
        self._allow()

    def _places(self) -> list[str]:
        return [self.list.item(index).data(_PATH) for index in range(self.list.count())]

    def _add(self, path: str) -> None:
        if path and path not in self._places():
            item = QListWidgetItem(icon("folder"), path)
            item.setData(_PATH, path)
            self.list.addItem(item)
            if self.list.currentRow() < 0:
                self.list.setCurrentRow(0)

    def _chosen(self) -> str:
        item = self.list.currentItem()
        return item.data(_PATH) if item else ""

    def _allow(self) -> None:
        """What can be pressed; the list is as high as the folders in it."""
        self.list.setFixedHeight(min(_MOST_FOLDERS, self.list.count()) * theme.TOUCH)
        self.list.setVisible(bool(self.list.count()))
        self.other.setText(tr("Another folder …") if self.list.count() else tr("Choose a folder …"))
        grow(self)
        self.go.setEnabled(bool(self._chosen()) and self._task is None)
        self.go.setToolTip("" if self._chosen() else tr("Choose a folder first."))

    # What came of it

    def _ended(self, task: Task) -> None:
        self._task = None
        if isinstance(task.ending, Failed):
            error = UserError(task.ending.what, task.ending.remedy)
            self._session.say_error(error) if self._is_closed else self._refused(error)
        elif isinstance(task.ending, Finished):
            self.facts = task.ending.facts
            text = _said(self.facts)
            self._session.say(text) if self._is_closed else self._show(text)
        elif not self._is_closed:
            self._refused(None)

    def _refused(self, error: UserError | None) -> None:
        self.told.setText("")
        self._allow()
        if error:
            self.error.tell(error)
            grow(self)

    def _show(self, text: str) -> None:
        self.verdict.setText(text)
        restyle(self.verdict, role="good" if self.facts["is_same"] else "doubtful")
        self.where.setText(str(self.facts["path"]))
        for viewer, name in ((self.before, "before"), (self.after, "after")):
            picture = QPixmap(str(self.facts[name]))
            viewer.show_picture(picture, picture.width(), picture.height())
        self.pages.widget(1).setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.pages.setCurrentIndex(1)
        self._asked_buttons.hide()
        self._shown_buttons.show()
        fit(self, self.parentWidget(), 760, 560)


def _said(facts: Facts) -> str:
    difference = int(facts["difference"])
    if facts["is_same"]:
        return tr("It is there, and draws the same picture: the largest difference of any pixel is {n} of 255.",
                  n=difference)
    if int(facts.get("file_difference", difference)) <= 1:
        return tr("It is there, and draws what the project's own file draws now. The earlier picture differs by up to "
                  "{n} of 255: another device or version made it.", n=difference)
    return tr("It is there, but draws another picture: pixels differ by up to {n} of 255.", n=difference)
