"""What a page shows that tells epochs while somebody judges blind: one sentence, and how to end that."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.i18n import tr
from ui.session import Session
from ui.widgets.basics import push
from ui.widgets.empty import Empty


class Curtain(QObject):
    """Takes the body of a page out of the window as long as a blind session is on, and brings it back behind it.

    Meanwhile the actions of the page's group are off; `renew` is called when it is back, to say which can be done.
    """

    def __init__(self, page: QWidget, body: QWidget, session: Session, group: str, renew: Callable[[], object]) -> None:
        super().__init__(page)
        self._body, self._session, self._group, self._renew = body, session, group, renew
        self.is_drawn = False
        self.end = push(tr("End the session"), session.blindfold.end, icon="stop", main=True)
        self.said = Empty("eye-off", tr("A blind session is on"), tr(
            "This page tells which epoch a picture is of, so it shows nothing until the session is over. What was "
            "answered is kept, and the session can be taken up again."), self.end)
        self._layers = QStackedLayout(page)
        self._layers.addWidget(body)
        self._layers.addWidget(self.said)
        session.blindfold.changed.connect(self._follow)
        session.project_closing.connect(self._close)
        self._follow()

    def _follow(self) -> None:
        self._draw() if self._session.blindfold.is_on else self._lift()

    def _draw(self) -> None:
        if not self.is_drawn:
            self.is_drawn = True
            self._layers.removeWidget(self._body)
            self._body.hide()
            self._body.setParent(None)  # whoever looks through the window finds nothing of it
            self._switch(tr("A blind session is on."))

    def _lift(self) -> None:
        if self.is_drawn:
            self.is_drawn = False
            self._layers.insertWidget(0, self._body)
            self._layers.setCurrentWidget(self._body)
            self._switch("")
            self._renew()

    def _close(self) -> None:
        """The project is put away; what was taken out of the page does not go with it by itself."""
        if self.is_drawn:
            self._session.actions.drop(self._body)
            self._layers.addWidget(self._body)

    def _switch(self, why: str) -> None:
        actions = self._session.actions
        for action in actions.groups.get(self._group, ()):
            (actions.disable if why else actions.enable)(action.objectName(), why)
