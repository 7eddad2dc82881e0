"""Who looks for garbage among the records of ten thousand pictures? Nobody, as long as their project is open.

Python's collector walks through everything that lives, in whichever thread it is due, and the window waits for it: 60
to 90 ms with ten thousand records, several times while a project settles. What a project holds is set aside once it is
there; it goes by reference counts as ever, and what makes circles afterwards is still found.
"""

from __future__ import annotations

import gc
from collections.abc import Collection

from PySide6.QtCore import QObject

from ui.session import Session


class SetAside(QObject):
    """Lives as long as the page of an open project."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        session.records_changed.connect(self._records_changed)
        session.project_closing.connect(self._close)
        gc.freeze()

    def _records_changed(self, ids: Collection[str]) -> None:
        """After an edit of a few pictures there is nothing to gain, and circles among what was there would stay."""
        if not ids:
            gc.freeze()

    def _close(self) -> None:
        self._session.project_closing.disconnect(self._close)
        self._session.records_changed.disconnect(self._records_changed)
        gc.unfreeze()
