"""The frame around the pages: header, sidebar, status strip, and what is true on every page."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.leaving import Leaving
from ui.pages import Page
from ui.pages.start import StartPage
from ui.session import Session
from ui.widgets.basics import line
from ui.widgets.header import Header
from ui.widgets.status_strip import HEIGHT as STRIP_HEIGHT
from ui.widgets.status_strip import StatusStrip

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QFocusEvent

    from ui.notices import Notice
    from ui.overnight import Overnight
    from ui.widgets.drop_overlay import DropOverlay
    from ui.widgets.sidebar import Sidebar
    from ui.widgets.toasts import Toasts

SMALLEST = (853, 533)  # a screen of 1280 x 800 at 150 %


class _Pages(QStackedWidget):
    """A press on what takes no keys itself, a tool or the ground, gives them to the page that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self.currentWidget().setFocus()


class MainWindow(QMainWindow):
    """Shows the start page until a project is open, then its pages, each built when it is first shown."""

    def __init__(self, session: Session, pages: tuple[Page, ...]) -> None:
        super().__init__()
        self._session, self._actions = session, session.actions
        self._pages = {page.id: page for page in pages}
        self._built: dict[str, QWidget] = {}
        self._overnight: Overnight | None = None
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)

    def build(self) -> None:
        """After the actions are there: what stands where, and who hears whom."""
        self._build()
        self._bind()
        self._restore()
        self._show_title()

    @property
    def page(self) -> str:
        """The id of the page that is shown; empty for the start page."""
        shown = self._stack.currentWidget()
        return next((id for id, widget in self._built.items() if widget is shown), "")

    def page_widget(self, id: str) -> QWidget:
        """The page, built if it was not shown before."""
        if id not in self._built:
            from ui.dropping import let_files_through

            self._built[id] = self._pages[id].build(self._session)
            let_files_through(self._built[id])
            self._stack.addWidget(self._built[id])
        return self._built[id]

    def show_page(self, id: str) -> None:
        """Goes to a page of the open project."""
        page = self.page_widget(id)
        self._stack.setFocus()  # before the old page goes, and with it whatever has the focus there
        self._stack.setCurrentWidget(page)
        page.setFocus()
        self._actions[f"page.{id}"].setChecked(True)
        self._session.settings.remember(page=id)
        self._show_sides()

    def show_start(self) -> None:
        """Goes to the start page; the project stays open."""
        self._start.refresh()
        self._stack.setFocus()
        self._stack.setCurrentWidget(self._start)
        if self._sidebar:
            self._sidebar.hide()

    def toggle_sides(self) -> None:
        """F9: hides or shows the side panes, on every page."""
        self._session.settings.remember(sides_hidden=not self._session.settings.state("sides_hidden", False))
        self._show_sides()

    # What it is made of; what the start page does not need is made when it is needed

    @cached_property
    def toasts(self) -> Toasts:
        from ui.widgets.toasts import Toasts

        return Toasts(self, self._actions, STRIP_HEIGHT)

    @cached_property
    def _overlay(self) -> DropOverlay:
        from ui.widgets.drop_overlay import DropOverlay

        return DropOverlay(self)

    def _build(self) -> None:
        self._start = StartPage(self._session)
        self._stack = _Pages()
        self._stack.addWidget(self._start)
        self._sidebar: Sidebar | None = None
        self._body = QHBoxLayout()
        self._body.setSpacing(0)
        self._body.addWidget(self._stack, 1)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Header(self._session))
        layout.addWidget(line())
        layout.addLayout(self._body, 1)
        layout.addWidget(line())
        layout.addWidget(StatusStrip(self._session.jobs))
        self.setCentralWidget(whole)
        self._stack.setFocus()  # else the first button would look as if it was meant

    def _show_sidebar(self) -> None:
        from ui.widgets.sidebar import Sidebar

        if self._sidebar is None:
            self._sidebar = Sidebar(self._actions[f"page.{id}"] for id in self._pages)
            self._body.insertWidget(0, self._sidebar)
        self._sidebar.show()

    def _bind(self) -> None:
        session = self._session
        session.project_opened.connect(self._opened)
        session.project_closing.connect(self._drop_pages)
        session.project_closed.connect(self.show_start)
        session.noticed.connect(self._tell)
        session.page_requested.connect(self.show_page)
        self._leaving = Leaving(session, self, lambda: self._overnight and self._overnight.queue)
        for signal in (session.project_opened, session.project_closed, session.project_changed):
            signal.connect(self._show_title)

    def _tell(self, notice: Notice) -> None:
        self.toasts.show(notice)

    def _opened(self) -> None:
        self._show_sidebar()
        self._watch_runs()
        last = str(self._session.settings.state("page", ""))
        self.show_page(last if last in self._pages else next(iter(self._pages)))

    def _watch_runs(self) -> None:
        """From the first project on."""
        if self._overnight is None:
            from ui.overnight import Overnight

            self._overnight = Overnight(self._session, self)
            self._overnight.look()

    def back(self) -> None:
        """From the start page to the project that is still open."""
        if self._session.is_open:
            self._opened()

    def _drop_pages(self) -> None:
        """Pages belong to a project: the next one gets new ones."""
        self._stack.setCurrentWidget(self._start)
        for id in tuple(self._built):
            page = self._built.pop(id)
            self._stack.removeWidget(page)
            self._actions.drop(page)
            page.deleteLater()

    def _show_title(self) -> None:
        project, name = self._session.project, tr("Character LoRA Studio")
        parts = (project.name, *(each.name for each in project.characters)) if project else ()
        self.setWindowTitle(" · ".join(dict.fromkeys((*parts, name))))

    def _show_sides(self) -> None:
        from ui.widgets.panes import Panes

        hidden = bool(self._session.settings.state("sides_hidden", False))
        self._actions["view.sides"].setChecked(not hidden)
        for panes in self._stack.currentWidget().findChildren(Panes):
            panes.show_sides(not hidden)

    # What is dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and (event.mimeData().hasUrls() or event.mimeData().hasImage()):
            event.acceptProposedAction()
            self._overlay.say(event.mimeData(), self._session.project)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        event.acceptProposedAction()
        self._session.import_requested.emit(event.mimeData())

    # Coming and going

    def closeEvent(self, event: QCloseEvent) -> None:
        """Jobs that run are asked about once; the window goes after them."""
        if not self._leaving.may_leave():
            event.ignore()
            return
        self._remember()
        self._session.close()
        self._session.jobs.close()
        event.accept()

    def _restore(self) -> None:
        kept = str(self._session.settings.state("geometry", ""))
        if not (kept and self.restoreGeometry(QByteArray(b64decode(kept)))):
            self.resize(1280, 800)

    def _remember(self) -> None:
        self._session.settings.remember(geometry=b64encode(self.saveGeometry().data()).decode())
