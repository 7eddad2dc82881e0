"""What does the set show how often? A map of one label by another: taught, wanted and missing, or left to the base.

A cell's number and the height of its bar say how often an epoch shows it; a gap has a dashed frame and an exclamation
mark, what the base draws by itself is hatched, what nobody knows is a dot. Nothing depends on telling colours apart.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core.coverage import Cell, Coverage
from studio.core.ledger import Wanted
from ui import icons, theme
from ui.i18n import tr, trn
from ui.viewstate.words import short

_HEAD = 24
_LINE = 34
_NAMES = 90
_FLAG = 12


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell, or with one empty word the head of a row or a column."""

    row: str
    column: str


class CoverageMap(QWidget):
    """Shows a `Coverage`; `row_field` and `column_field` are the labels it is made of."""

    asked = Signal(object)   # a Spot whose pictures are to be shown
    wanted = Signal(object)  # a Spot that is to be wanted, or no longer

    def __init__(self) -> None:
        super().__init__()
        self._coverage: Coverage | None = None
        self._wanted: frozenset[Wanted] = frozenset()
        self._fields = ("framing", "angle")
        self._at = (0, 0)        # the cell that has the keyboard; -1 is the head
        self._most = 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Coverage map"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)

    def show_coverage(self, coverage: Coverage, wanted: Collection[Wanted], row_field: str, column_field: str) -> None:
        """Another map; the keyboard stays where it is, if there is such a cell."""
        self._coverage, self._wanted, self._fields = coverage, frozenset(wanted), (row_field, column_field)
        self._most = max((cell.exposures for cell in coverage.cells), default=1) or 1
        self._at = (min(self._at[0], len(coverage.rows) - 1), min(self._at[1], len(coverage.columns) - 1))
        self._describe()
        self.updateGeometry()
        self.update()

    def place_of(self, spot: Spot) -> QRectF:
        """Where a cell or a head is painted."""
        row = self._coverage.rows.index(spot.row) if spot.row else -1
        column = self._coverage.columns.index(spot.column) if spot.column else -1
        return self._place(row, column)

    def flag_of(self, spot: Spot) -> QRectF:
        """Where the mark of a head is, by which a word becomes wanted."""
        place = self.place_of(spot)
        return QRectF(place.left(), place.center().y() - _FLAG / 2, _FLAG, _FLAG) if spot.row else QRectF(
            place.center().x() - _FLAG / 2, place.top() - 2, _FLAG, _FLAG)

    def sizeHint(self) -> QSize:
        lines = len(self._coverage.rows) if self._coverage else 4
        return QSize(240, 2 * _HEAD - 8 + lines * _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    # What happens

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self._spot_at(event.position().x(), event.position().y())
        if spot is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._is_head(spot) and self.flag_of(spot).adjusted(-4, -4, 4, 4).contains(event.position()):
            self.wanted.emit(spot)
            return
        self._at = self._indexes(spot)
        self._describe()
        self.update()
        self.asked.emit(spot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter shows the pictures, W makes a cell or a word wanted."""
        keys = Qt.Key
        moves = {keys.Key_Up: (-1, 0), keys.Key_Down: (1, 0), keys.Key_Left: (0, -1), keys.Key_Right: (0, 1)}
        if event.key() in moves and self._coverage:
            down, right = moves[event.key()]
            self._at = (max(-1, min(len(self._coverage.rows) - 1, self._at[0] + down)),
                        max(-1, min(len(self._coverage.columns) - 1, self._at[1] + right)))
            self._describe()
            self.update()
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and (spot := self._spot()):
            self.asked.emit(spot)
        elif event.key() == keys.Key_W and (spot := self._spot()):
            self.wanted.emit(spot)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            spot = self._spot_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), self._told(spot) if spot else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._coverage is None:
            return
        painter = QPainter(self)
        for column, word in enumerate(self._coverage.columns):
            self._paint_column_head(painter, self._place(-1, column), word)
        for row, word in enumerate(self._coverage.rows):
            self._paint_row_head(painter, self._place(row, -1), word)
            for column, name in enumerate(self._coverage.columns):
                self._paint_cell(painter, self._place(row, column), self._coverage.cell(word, name))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.current().accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._place(*self._at).adjusted(1, 1, -1, -1))

    # Inside

    def _spot(self) -> Spot | None:
        row, column = self._at
        if self._coverage is None or (row < 0 and column < 0):
            return None
        return Spot(self._coverage.rows[row] if row >= 0 else "", self._coverage.columns[column] if column >= 0 else "")

    def _indexes(self, spot: Spot) -> tuple[int, int]:
        return (self._coverage.rows.index(spot.row) if spot.row else -1,
                self._coverage.columns.index(spot.column) if spot.column else -1)

    def _is_head(self, spot: Spot) -> bool:
        return not (spot.row and spot.column)

    def _spot_at(self, x: float, y: float) -> Spot | None:
        if self._coverage is None:
            return None
        for row in range(-1, len(self._coverage.rows)):
            for column in range(-1, len(self._coverage.columns)):
                if (row, column) != (-1, -1) and self._place(row, column).contains(x, y):
                    return Spot(self._coverage.rows[row] if row >= 0 else "",
                                self._coverage.columns[column] if column >= 0 else "")
        return None

    def _place(self, row: int, column: int) -> QRectF:
        count = max(1, len(self._coverage.columns))
        width = (self.width() - _NAMES) / count
        left, wide = (0.0, float(_NAMES)) if column < 0 else (_NAMES + column * width, width)
        top, high = (8.0, float(2 * _HEAD - 16)) if row < 0 else (2 * _HEAD - 8 + row * _LINE, float(_LINE))
        return QRectF(left, top, wide, high).adjusted(0, 0, -2, -2)

    def _paint_column_head(self, painter: QPainter, place: QRectF, word: str) -> None:
        self._write(painter, place.adjusted(0, 8, 0, 0), short(word), Qt.AlignmentFlag.AlignCenter)
        self._paint_flag(painter, self.flag_of(Spot("", word)), Wanted(self._fields[1], word))

    def _paint_row_head(self, painter: QPainter, place: QRectF, word: str) -> None:
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self._write(painter, place.adjusted(_FLAG + 4, 0, -2, 0), word, align)
        self._paint_flag(painter, self.flag_of(Spot(word, "")), Wanted(self._fields[0], word))

    def _paint_flag(self, painter: QPainter, place: QRectF, word: Wanted) -> None:
        """A full diamond where a word is wanted, an empty one where it is not."""
        now, is_wanted = theme.current(), word in self._wanted
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(now.accent if is_wanted else now.faint), 1.2))
        painter.setBrush(QColor(now.accent) if is_wanted else Qt.BrushStyle.NoBrush)
        middle, half = place.center(), 4.0
        painter.drawPolygon([QPointF(middle.x() + x * half, middle.y() + y * half)
                             for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0))])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_cell(self, painter: QPainter, place: QRectF, cell: Cell) -> None:
        now = theme.current()
        painter.fillRect(place, QColor(now.field))
        match cell.standing:
            case "taught":
                self._paint_taught(painter, place, cell.exposures)
            case "gap":
                painter.setPen(QPen(QColor(now.doubtful), 1.4, Qt.PenStyle.DashLine))
                painter.drawRect(place.adjusted(1.5, 1.5, -1.5, -1.5))
                mark = icons.pixmap("warning", theme.ICON, now.doubtful, self.devicePixelRatioF())
                painter.drawPixmap(place.center() - QRectF(0, 0, theme.ICON, theme.ICON).center(), mark)
            case "free":
                painter.fillRect(place, _hatched(now.edge))
            case _:
                self._write(painter, place, "·", Qt.AlignmentFlag.AlignCenter)

    def _paint_taught(self, painter: QPainter, place: QRectF, count: int) -> None:
        now, share = theme.current(), max(0.12, count / self._most)
        bar = QRectF(place.left(), place.bottom() - share * place.height(), place.width(), share * place.height())
        painter.fillRect(bar, QColor(now.tint))
        self._write(painter, place, f"{count:,}", Qt.AlignmentFlag.AlignCenter, now.text, theme.BODY)

    def _write(self, painter: QPainter, place: QRectF, text: str, align: Qt.AlignmentFlag, colour: str = "",
               size: int = theme.CAPTION) -> None:
        font = QFont(self.font())
        font.setPixelSize(size)
        painter.setFont(theme.tabular(font))
        painter.setPen(QColor(colour or theme.current().muted))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, align, shown)

    def _told(self, spot: Spot) -> str:
        if self._is_head(spot):
            field, word = (self._fields[0], spot.row) if spot.row else (self._fields[1], spot.column)
            return tr("{word}: wanted", word=word) if Wanted(field, word) in self._wanted else \
                tr("{word}. A click on the diamond makes it wanted.", word=word)
        cell = self._coverage.cell(spot.row, spot.column)
        head = f"{cell.row}, {cell.column}: "
        if cell.standing == "taught":
            return head + trn("{n} time an epoch", "{n} times an epoch", cell.exposures) + "\n" + trn(
                "{n} picture", "{n} pictures", len(cell.images))
        return head + {"gap": tr("wanted, and no picture shows it"), "free": tr("the base draws it by itself")}.get(
            cell.standing, tr("no picture; whether the base draws it nobody asked yet"))

    def _describe(self) -> None:
        spot = self._spot()
        self.setAccessibleDescription(self._told(spot) if spot else "")


def _hatched(colour: str) -> QBrush:
    return QBrush(QColor(colour), Qt.BrushStyle.BDiagPattern)
