"""What can be done with a picture wherever it is shown: see it large, peek, write its caption, copy or find its file.

The data set page and the captions page use this one place, so that keys, double click and the first five entries of the
menu mean the same in both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from ui.i18n import tr
from ui.images.loader import Loader
from ui.models.gallery import files_mime
from ui.session import Session
from ui.widgets.cell_view import CellView
from ui.widgets.peek import Peek

FIRST = ("open", "peek", "caption", "copy", "reveal")  # of every menu of a picture


class PictureActs(QObject):
    """For the pictures of one page; `more` are the ids of what its menu offers besides, "" is a line between."""

    def __init__(self, session: Session, page: QWidget, view: CellView, loader: Loader, *, area: str, group: str,
                 open_large: Callable[[], None], write: Callable[[], None], more: Sequence[str] = (),
                 caption_key: str = "", beside: QWidget | None = None) -> None:
        super().__init__(page)
        self._session, self._view, self._more = session, view, tuple(more)
        self._ids = tuple(f"{area}.{each}" for each in FIRST)
        self.peek_pane = Peek(session, page, loader)
        self._register(group, open_large, write, caption_key, beside or view)
        view.doubleClicked.connect(lambda _: open_large())
        view.customContextMenuRequested.connect(self._show_menu)
        self.peek_pane.stepped.connect(view.step)
        session.selection_changed.connect(self._selected)
        session.project_closing.connect(self._end)
        self._selected()

    def peek(self) -> None:
        """The current picture over everything."""
        if self._session.current:
            self.peek_pane.enter(self._session.current, self._view)

    def menu(self) -> QMenu:
        """What the right mouse button offers."""
        made = QMenu(self._view)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for id in (*self._ids, "", *self._more):
            made.addAction(self._session.actions[id]) if id else made.addSeparator()
        return made

    def _register(self, group: str, open_large: Callable[[], None], write: Callable[[], None], caption_key: str,
                  beside: QWidget) -> None:
        add, view = self._session.actions.add, self._view
        opened, peeked, caption, copy, reveal = self._ids
        add(opened, tr("Open large"), open_large, icon="eye", key="Return; Enter", group=group, within=view,
            tip=tr("Shows the picture in the middle of the page, with zoom."))
        add(peeked, tr("Peek"), self.peek, icon="fit", key="Space", group=group, within=view,
            tip=tr("Shows the picture over everything; the same key takes it away."))
        add(caption, tr("Edit the caption"), write, icon="captions", key=caption_key, group=group, within=beside,
            tip=tr("Goes to where this picture's caption is written."))
        add(copy, tr("Copy"), self._copy, icon="copy", key="Ctrl+C", group=group, within=view,
            tip=tr("Copies the picture files to the clipboard."))
        add(reveal, tr("Show in the file manager"), self._reveal, icon="open-outside", group=group, within=beside,
            tip=tr("Opens the folder that holds the picture."))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setMimeData(files_mime(self._paths()))

    def _reveal(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._paths()[-1].parent)))

    def _paths(self) -> list[Path]:
        return [self._session.place.folder / record.image.path for record in self._session.selected]

    def _show_menu(self, at: QPoint) -> None:
        self.menu().popup(self._view.viewport().mapToGlobal(at))

    def _selected(self) -> None:
        actions = self._session.actions
        for id in self._ids:
            actions.enable(id) if self._session.selection else actions.disable(id, tr("No picture is chosen."))
        if self.peek_pane.isVisible() and self._session.current:
            self.peek_pane.show_record(self._session.current)

    def _end(self) -> None:
        """The actions go with the page, and what is chosen afterwards is chosen on another one."""
        self._session.project_closing.disconnect(self._end)
        self._session.selection_changed.disconnect(self._selected)
