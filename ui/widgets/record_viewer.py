"""The viewer of one record: whatever size of its picture there is now, the whole one as soon as it has come."""

from __future__ import annotations

from collections.abc import Collection

from studio.core.record import Record
from ui.i18n import tr
from ui.images.loader import Loader
from ui.session import Session
from ui.widgets.viewer import Viewer


class RecordViewer(Viewer):
    """Asks the loader, and follows the surround that the person chose."""

    def __init__(self, session: Session, loader: Loader, name: str) -> None:
        super().__init__(session.look.surround, name)
        self._session, self._loader, self._name = session, loader, name
        self._record: Record | None = None
        loader.loaded.connect(self._came)
        session.look.surround_changed.connect(self._change_surround)

    def show_record(self, record: Record | None, *, anew: bool = False) -> None:
        """Another one is fitted, the same one stays as it lies unless `anew`; None leaves the surround alone."""
        is_same = bool(record and self._record and record.id == self._record.id)
        self._record = record
        if record is None:
            self.show_nothing()
            self.setAccessibleDescription(tr("No picture"))
            return
        self._loader.ask_whole(record.id, self._session.place.folder / record.image.path)
        self.setAccessibleDescription(record.image.path.name)
        self._show(keep=is_same and not anew)

    def _show(self, *, keep: bool) -> None:
        image = self._record.image
        self.show_picture(self._loader.any_pixmap(image.id), image.width, image.height, keep=keep)

    def _came(self, ids: Collection[str]) -> None:
        if self._record and self._record.id in ids:
            self._show(keep=True)

    def _change_surround(self) -> None:
        self.set_surround(self._session.look.surround)
