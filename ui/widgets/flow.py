"""A layout that fills lines as text does: chips, badges, small buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui import theme


class FlowLayout(QLayout):
    """Each part has the size it asks for; a part that does not fit begins the next line."""

    def __init__(self, parent: QWidget | None = None, gap: int = theme.TINY) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(gap)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def insertWidget(self, index: int, widget: QWidget) -> None:
        """Puts a widget before the one at `index`."""
        self.addWidget(widget)
        self._items.insert(index, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), is_real=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, is_real=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The widest part; the height is that of one line."""
        sizes = [item.minimumSize() for item in self._items]
        margins = self.contentsMargins()
        width = max((size.width() for size in sizes), default=0) + margins.left() + margins.right()
        height = max((size.height() for size in sizes), default=0) + margins.top() + margins.bottom()
        return QSize(width, height)

    def _arrange(self, rect: QRect, is_real: bool) -> int:
        """Places the parts, or only reckons; returns the height they take."""
        room, height = rect.marginsRemoved(self.contentsMargins()), 0
        for line in self._lines(room.width()):
            top, height = room.y() + height, height + max(item.sizeHint().height() for item in line) + self.spacing()
            if is_real:
                self._place(line, QRect(room.x(), top, room.width(), room.y() + height - self.spacing() - top))
        margins = self.contentsMargins()
        return max(0, height - self.spacing()) + margins.top() + margins.bottom()

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """The parts, as many on each line as have room there."""
        lines: list[list[QLayoutItem]] = []
        taken = 0
        for item in self._items:
            taken += item.sizeHint().width() + self.spacing()
            if not lines or taken - self.spacing() > width:
                lines.append([])
                taken = item.sizeHint().width() + self.spacing()
            lines[-1].append(item)
        return lines

    def _place(self, line: Sequence[QLayoutItem], room: QRect) -> None:
        """Side by side, the middles at one height."""
        x = room.x()
        for item in line:
            size = item.sizeHint()
            place = QPoint(x, room.y() + (room.height() - size.height()) // 2)
            item.setGeometry(QRect(place, QSize(min(size.width(), room.width()), size.height())))
            x += size.width() + self.spacing()
