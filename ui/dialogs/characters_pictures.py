"""Some of the pictures that show a character, so that one sees who is meant, and the way to all of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui import theme
from ui.dialogs.import_previews import Previews, untinted
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import push, row

_SIDE = 96
_MOST = 30


class HerPictures(QWidget):
    """Follows the character that is chosen; it shows as many as there is room for, and asks for no more."""

    all_asked = Signal(str)  # a character

    def __init__(self, session: Session, previews: Previews) -> None:
        super().__init__()
        self._session, self._previews = session, previews
        self._name = ""
        self._list = _row_of_pictures()
        self._all = push("", lambda: self.all_asked.emit(self._name), icon="pictures", quiet=True,
                         tip=tr("Shows them on the data set page."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._list, 1)
        layout.addLayout(row(self._all, None))
        previews.ready.connect(self._came)

    def show_character(self, name: str) -> None:
        """Her pictures by now."""
        self._name = name
        shown = [each for each in self._session.all if name in each.image.characters]
        self._list.clear()
        for record in shown[:_MOST]:
            item = QListWidgetItem(self._list)
            item.setData(Qt.ItemDataRole.UserRole, record.image.path.as_posix())
            item.setToolTip(record.image.path.name)
            item.setSizeHint(QSize(_SIDE, _SIDE + theme.TINY))
            self._paint(item)
        self._list.setVisible(bool(shown))
        self._all.setVisible(bool(shown))
        self._all.setText(trn("Show her {n} picture", "Show her {n} pictures", len(shown)))

    def _came(self, where: str) -> None:
        for place in range(self._list.count()):
            item = self._list.item(place)
            if item.data(Qt.ItemDataRole.UserRole) == where:
                self._paint(item)

    def _paint(self, item: QListWidgetItem) -> None:
        pixmap = self._previews.pixmap(item.data(Qt.ItemDataRole.UserRole))
        if pixmap is not None and not pixmap.isNull():
            item.setIcon(untinted(pixmap))


def _row_of_pictures() -> QListWidget:
    made = QListWidget()
    made.setProperty("role", "strip")
    made.setViewMode(QListView.ViewMode.IconMode)
    made.setResizeMode(QListView.ResizeMode.Adjust)
    made.setMovement(QListView.Movement.Static)
    made.setUniformItemSizes(True)
    made.setIconSize(QSize(_SIDE, _SIDE))
    made.setGridSize(QSize(_SIDE + theme.TINY, _SIDE + 2 * theme.TINY))
    made.setSelectionMode(QListView.SelectionMode.NoSelection)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setAccessibleName(tr("Pictures that show her"))
    return made
