"""What can be done on every page: the actions of the project, of editing, of the view, and of help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QActionGroup, QGuiApplication

from ui.dialogs.article_actions import add_writing_actions
from ui.i18n import tr
from ui.pages import Page
from ui.session import Session

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Commands(QObject):
    """Registers the actions and carries them out, with the dialogs they need."""

    def __init__(self, session: Session, window: MainWindow, pages: tuple[Page, ...]) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._project_actions()
        self._page_actions(pages)
        self._edit_actions()
        self._view_actions()
        self._help_actions()
        add_writing_actions(session, window)
        self._bind()
        self._show_undo()

    # Projects

    def open(self, folder: Path) -> None:
        self._session.attempt(lambda: self._session.open(folder))

    def open_sample(self) -> None:
        """Opens the sample project, made on the first call."""
        from ui.projects import open_sample

        open_sample(self._session)

    def new_project(self) -> None:
        from ui.dialogs.new_project import NewProjectDialog

        NewProjectDialog(self._session, self._window).open()

    def open_project(self) -> None:
        if folder := self._session.ask.folder(self._window, tr("Open a project"), "projects"):
            self.open(folder)

    def choose_base(self) -> None:
        from ui.dialogs.base import BaseDialog

        BaseDialog(self._session, self._window).open()

    def import_pictures(self, dropped: QMimeData | None = None) -> None:
        """Looks at what was dropped or pasted, or asks for files, and shows it before anything is copied."""
        from ui.dialogs.import_dialog import open_import
        from ui.loras_dropped import loras_in

        if dropped is not None and (loras := loras_in(dropped)):
            return self.open_epochs(loras)
        open_import(self._session, self._window, dropped)

    def open_epochs(self, where: Path | None = None) -> None:
        """Takes in a folder of LoRA files, or asks for one."""
        from ui.dialogs.epochs_door import EpochsDoor

        EpochsDoor(self._session, self._window, where).open()

    def show_characters(self) -> None:
        from ui.dialogs.characters import open_characters

        open_characters(self._session, self._window)

    def make_pairs(self) -> None:
        from ui.dialogs.pair_builder import open_pair_builder

        open_pair_builder(self._session, self._window)

    def paste(self) -> None:
        mime = QGuiApplication.clipboard().mimeData()
        if mime and (mime.hasUrls() or mime.hasImage()):  # there may be no clipboard at all
            self.import_pictures(mime)
        else:
            self._session.say(tr("There is no picture and no file on the clipboard."))

    def _project_actions(self) -> None:
        add, group = self._session.actions.add, tr("Project")
        add("project.home", tr("Start page"), self._home, icon="home", key="Ctrl+0", group=group,
            tip=tr("The three doors and the recent projects; the project stays open."))
        add("project.new", tr("New project …"), self.new_project, icon="folder-new", key="Ctrl+N", group=group,
            tip=tr("Makes a folder for the pictures, captions and runs of one or more characters."))
        add("project.open", tr("Open a project …"), self.open_project, icon="folder", key="Ctrl+O", group=group,
            tip=tr("Opens the folder of a project."))
        add("project.sample", tr("Open the sample project"), self.open_sample, icon="practice", group=group,
            tip=tr("A sample character for the practice model, made on the first opening."))
        add("project.epochs", tr("Open LoRA epochs …"), self.open_epochs, icon="layers", key="Ctrl+L", group=group,
            tip=tr("Compares the epochs of a LoRA that was trained here or elsewhere, by whatever trainer."))
        add("project.import", tr("Add pictures …"), self.import_pictures, icon="import", key="Ctrl+I", group=group,
            tip=tr("Shows what is in files, folders and ZIPs before anything is copied."))
        add("project.base", tr("Base model …"), self.choose_base, icon="model", group=group,
            tip=tr("The model that this project's LoRAs are trained on."))
        add("project.characters", tr("Characters …"), self.show_characters, icon="people", key="Ctrl+P", group=group,
            tip=tr("Names and triggers, shares of an epoch, and who is shown together."))
        add("project.pairs", tr("Pair pictures …"), self.make_pairs, icon="split", key="Ctrl+Shift+P", group=group,
            tip=tr("Puts two characters who were drawn alone into one picture."))
        add("project.close", tr("Close the project"), self._session.close, icon="close", key="Ctrl+W", group=group,
            tip=tr("Goes back to the start page."))
        add("project.leave", tr("Quit"), self._window.close, icon="leave", key="Ctrl+Q", group=group,
            tip=tr("Closes the window; jobs that run are asked about."))

    def _home(self) -> None:
        self._window.show_start() if self._window.page else self._window.back()

    # Pages

    def _page_actions(self, pages: tuple[Page, ...]) -> None:
        chosen = QActionGroup(self)
        for number, page in enumerate(pages, 1):
            action = self._session.actions.add(
                f"page.{page.id}", page.name, self._goer(page.id), icon=page.icon, key=f"Ctrl+{number}", tip=page.tip,
                group=tr("Pages"), checkable=True)
            chosen.addAction(action)

    def _goer(self, id: str):
        return lambda: self._session.show_page(id)

    # Editing

    def _edit_actions(self) -> None:
        add, group = self._session.actions.add, tr("Edit")
        add("edit.undo", tr("Undo"), self._session.undo, icon="undo", key="Ctrl+Z", group=group,
            tip=tr("Takes back the last edit, also after a restart."))
        add("edit.redo", tr("Redo"), self._session.redo, icon="redo", key="Ctrl+Shift+Z; Ctrl+Y", group=group,
            tip=tr("Does again what was undone."))
        add("edit.paste", tr("Paste pictures"), self.paste, icon="paste", key="Ctrl+V", group=group,
            tip=tr("Adds a picture, or files, from the clipboard."))
        add("edit.refresh", tr("Look at the folders again"), self._rescan, icon="refresh", key="F5", group=group,
            tip=tr("Finds what other programs added or changed."))

    def _rescan(self) -> None:
        self._session.attempt(self._session.rescan)

    def _show_undo(self) -> None:
        desk, actions = self._session.desk, self._session.actions
        undo, redo = (desk.undo_text, desk.redo_text) if desk else ("", "")
        for id, what, nothing in (("edit.undo", undo, tr("There is nothing to undo.")),
                                  ("edit.redo", redo, tr("There is nothing to do again."))):
            actions.disable(id, nothing) if not what else actions.enable(id, what)
        for id in ("edit.refresh", "project.close", "project.base", "project.characters", "project.pairs"):
            actions.enable(id) if self._session.is_open else actions.disable(id, tr("No project is open."))
        for id in ("dataset", "captions", "training", "epochs", "grids", "evidence"):
            page = f"page.{id}"
            actions.enable(page) if self._session.is_open else actions.disable(page, tr("No project is open."))

    # The view

    def _view_actions(self) -> None:
        add, group = self._session.actions.add, tr("View")
        add("view.sides", tr("Side panes"), self._window.toggle_sides, icon="panes", key="F9", group=group,
            tip=tr("Hides or shows what stands beside the pictures."), checkable=True)
        add("view.surround", tr("Surround of pictures"), self._step_surround, icon="surround", key="Ctrl+Shift+B",
            group=group, tip=tr("Steps the grey around pictures: dark, middle, light."))
        add("view.full", tr("Full screen"), self._full_screen, icon="fit", key="F11", group=group,
            tip=tr("Gives the window the whole screen, or takes it back."))
        for name, icon, text in (("system", "system", tr("Theme of the system")), ("dark", "moon", tr("Dark theme")),
                                 ("light", "sun", tr("Light theme"))):
            add(f"view.{name}", text, self._wearer(name), icon=icon, group=group,
                tip=tr("How the window looks; it changes at once."))
        add("view.settings", tr("Settings …"), self._settings, icon="settings", key="Ctrl+,", group=group,
            tip=tr("Language, ComfyUI folder, tag list, and how the window looks."))

    def _step_surround(self) -> None:
        self._session.look.step_surround()
        self._session.choose(surround=self._session.look.surround_name)

    def _wearer(self, appearance: str):
        return lambda: self._session.choose(appearance=appearance)

    def _full_screen(self) -> None:
        self._window.showNormal() if self._window.isFullScreen() else self._window.showFullScreen()

    def _settings(self) -> None:
        from ui.dialogs.settings import SettingsDialog

        SettingsDialog(self._session, self._window).open()

    # Help

    def _help_actions(self) -> None:
        add, group = self._session.actions.add, tr("Help")
        add("help.palette", tr("Search or do …"), self._palette, icon="search", key="Ctrl+K", group=group,
            tip=tr("Finds everything the window can do by a few letters."))
        add("help.shortcuts", tr("Shortcuts"), self._shortcuts, icon="keyboard", key="?; F1", group=group,
            tip=tr("Shows the keys of everything that can be done here."))

    def _palette(self) -> None:
        from ui.widgets.palette import CommandPalette

        CommandPalette(self._session.actions, self._window).open()

    def _shortcuts(self) -> None:
        from ui.widgets.shortcuts import ShortcutOverlay

        ShortcutOverlay(self._session.actions, self._window).show()

    def _bind(self) -> None:
        self._session.undo_changed.connect(self._show_undo)
        self._session.open_requested.connect(self.open)
        self._session.import_requested.connect(self.import_pictures)
