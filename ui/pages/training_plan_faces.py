"""Whom a run teaches, in pictures: a few of each character, those that show her face first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from studio.core.record import Record
from studio.core.shares import Share
from ui.images.cache import ThumbnailCache
from ui.images.loader import SIDES, Loader, Wanted
from ui.session import Session
from ui.widgets.picture_strip import seen
from ui.widgets.taught_list import TaughtList

_MOST = 8
_NEAR = ("portrait", "upper body")


class Faces(QObject):
    """Keeps the strips of a list filled."""

    def __init__(self, session: Session, taught: TaughtList, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._taught = session, taught
        self.loader = Loader(ThumbnailCache(session.place.cache), threads=1, parent=self)
        self._shown: dict[str, tuple[Record, ...]] = {}
        self.loader.loaded.connect(lambda _: self._fill())

    def show(self, shares: Sequence[Share]) -> None:
        """Asks for the pictures of these."""
        self._shown = {each.name: self._of(each) for each in shares}
        folder = self._session.place.folder
        self.loader.ask(Wanted(record.id, folder / record.image.path, SIDES[0])
                        for records in self._shown.values() for record in records)
        self._fill()

    def close(self) -> None:
        self.loader.close()

    def _fill(self) -> None:
        for name, records in self._shown.items():
            found = (self.loader.pixmap(record.id, SIDES[0]) for record in records)
            self._taught.show_pictures(name, [pixmap for pixmap in found if seen(pixmap)])

    def _of(self, share: Share) -> tuple[Record, ...]:
        theirs = [each for each in self._session.all
                  if not each.rejected and set(each.image.characters) == set(share.characters)]
        return tuple(sorted(theirs, key=_distance)[:_MOST])


def _distance(record: Record) -> tuple[int, int, str]:
    """How far away she stands, as a label or a tag says; better pictures first among the same."""
    framing = record.labels.framing.value if record.labels.framing else ""
    words = (framing, *record.tags)
    far = next((place for place, word in enumerate(_NEAR) if word in words), len(_NEAR))
    return far, -record.stars, record.image.path.as_posix()
