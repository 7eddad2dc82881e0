"""The heads of a grid, which stay in sight: names of lines, heads of groups above them, k of n with its interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from studio.core.stats import Hits, clopper_pearson
from ui import theme
from ui.i18n import tr
from ui.viewstate.grid_arrangement import COLUMNS, ROWS, STEP0, TARGET, Side
from ui.viewstate.grid_sight import LEAF, LEVEL, LEVEL_WIDTH, NARROW, TALLY
from ui.viewstate.grid_strip import Strip
from ui.viewstate.grid_table import Band, Table
from ui.viewstate.grid_tallies import Tallies

_LEAST = 13                        # pixels of a row from which on each has a name
_TOLD = 30                         # pixels of a line from which on its count is written
_COUNTED = 78                      # pixels of a narrow row that its count takes, bar included
_BAR = 4
_Align = Qt.AlignmentFlag


@dataclass(frozen=True, slots=True)
class Heads:
    """What the heads of a table show, and what they stand on."""

    table: Table
    tallies: Tallies
    surround: QColor
    current: tuple[int, int] | None = None

    @property
    def ink(self) -> QColor:
        return QColor("#1c1c1c" if self.surround.lightness() > 110 else "#e8e8e8")

    @property
    def pale(self) -> QColor:
        return QColor("#3c3c3c" if self.surround.lightness() > 110 else "#b4b4b4")

    @property
    def accent(self) -> QColor:
        """That of the theme in which it can be read on the surround."""
        return QColor((theme.LIGHT if self.surround.lightness() > 110 else theme.DARK).accent)

    def is_current(self, side: Side, line: int) -> bool:
        return self.current is not None and line == self.current[0 if side == ROWS else 1]


def paint_column_heads(painter: QPainter, across: Strip, height: int, heads: Heads) -> None:
    """Over whatever scrolls below them."""
    painter.fillRect(QRect(0, 0, across.room, height), heads.surround)
    painter.setFont(_font(painter.font()))
    painter.setClipRect(QRect(across.start, 0, across.room - across.start, height))
    for band in heads.table.bands(COLUMNS):
        _paint_column_band(painter, across, band, heads)
    told = tuple(_told(across))
    names = {line: _name(heads, COLUMNS, line) for line in told}
    if across.size >= NARROW and not all(_fits(painter, name, across.size - 4) for name in names.values()):
        names = {line: _number(name) for line, name in names.items()}
    for line, name in names.items():
        _paint_column(painter, across, line, height, heads, name)
    painter.setClipRect(QRect(across.head, 0, across.room, height))
    for line in range(-across.pinned, 0):
        _paint_column(painter, across, line, height, heads, _name(heads, COLUMNS, line))
    painter.setClipping(False)


def paint_row_heads(painter: QPainter, down: Strip, width: int, heads: Heads) -> None:
    """Beside whatever scrolls past them."""
    painter.fillRect(QRect(0, down.head, width, down.room), heads.surround)
    painter.setFont(_font(painter.font()))
    painter.setClipRect(QRect(0, down.start, width, down.room - down.start))
    for band in heads.table.bands(ROWS):
        _paint_row_band(painter, down, band, heads)
    for line in _told(down):
        _paint_row(painter, down, line, width, heads)
    painter.setClipRect(QRect(0, down.head, width, down.room))
    for line in range(-down.pinned, 0):
        _paint_row(painter, down, line, width, heads)
    painter.setClipping(False)


def paint_corner(painter: QPainter, width: int, height: int, heads: Heads) -> None:
    """What all shown cells come to."""
    painter.fillRect(QRect(0, 0, width, height), heads.surround)
    painter.setFont(_font(painter.font()))
    painter.setPen(heads.pale)
    room = QRect(theme.SMALL, height - TALLY - LEAF, width - theme.MEDIUM, LEAF)
    found = heads.tallies.all
    words = _elided(painter, tr("all that is shown"), room) if found.tries else ""
    painter.drawText(room, int(_Align.AlignVCenter), words)
    _paint_tally(painter, QRect(theme.SMALL, height - TALLY, width - theme.MEDIUM, TALLY), found, heads)


def pin_name(pin: str) -> str:
    """The head of a line that always stays in sight."""
    return {TARGET: tr("target"), STEP0: tr("step 0")}[pin]


def _paint_column_band(painter: QPainter, across: Strip, band: Band, heads: Heads) -> None:
    last = band.start + band.count - 1
    left, right = across.at(band.start), across.at(last) + across.size
    shown = QRect(max(left, across.start), band.level * LEVEL, 0, LEVEL - 3)
    shown.setRight(min(right, across.room) - 1)
    if shown.width() > 0:
        painter.fillRect(shown, _plate(heads))
        painter.setPen(heads.ink)
        place = shown.adjusted(4, 0, -2, 0)
        painter.drawText(place, int(_Align.AlignVCenter), _elided(painter, band.label, place))


def _paint_row_band(painter: QPainter, down: Strip, band: Band, heads: Heads) -> None:
    last = band.start + band.count - 1
    top, bottom = max(down.at(band.start), down.start), min(down.at(last) + down.size, down.room)
    shown = QRect(band.level * LEVEL_WIDTH, top, LEVEL_WIDTH - 3, bottom - top)
    if shown.height() > 0:
        painter.fillRect(shown, _plate(heads))
        _paint_upright(painter, shown, band.label, heads.ink)


def _paint_column(painter: QPainter, across: Strip, line: int, height: int, heads: Heads, name: str) -> None:
    tally = heads.tallies.of(COLUMNS, line)
    room = QRect(across.at(line), 0, across.size_of(line), height)
    above = heads.table.levels(COLUMNS) * LEVEL
    painter.setPen(_ink(heads, COLUMNS, line))
    if room.width() < NARROW:
        place = QRect(room.x() + (room.width() - 16) // 2, above, 16, height - above - TALLY)
        _paint_upright(painter, place, name, painter.pen().color())
    else:
        place = QRect(room.x() + 2, above, room.width() - 4, LEAF)
        painter.drawText(place, int(_Align.AlignCenter), _elided(painter, name, place))
    _paint_tally(painter, QRect(room.x(), height - TALLY, room.width(), TALLY), tally, heads)


def _paint_row(painter: QPainter, down: Strip, line: int, width: int, heads: Heads) -> None:
    name, tally = _name(heads, ROWS, line), heads.tallies.of(ROWS, line)
    left = heads.table.levels(ROWS) * LEVEL_WIDTH + theme.SMALL
    top, tall = down.at(line), max(down.size_of(line), _LEAST)
    lines = 2 if tally.tries and tall >= LEAF + TALLY else 1
    shown_top = max(top, down.start if line >= 0 else top)
    middle = (shown_top + min(top + tall, down.room)) // 2
    place = QRect(left, middle - lines * LEAF // 2, width - left - theme.SMALL, LEAF)
    painter.setPen(_ink(heads, ROWS, line))
    counted = _COUNTED if lines == 1 and tally.tries else 0
    words = place.adjusted(0, 0, -counted, 0)
    painter.drawText(words, int(_Align.AlignVCenter), _elided(painter, name, words))
    if lines == 2:
        _paint_tally(painter, QRect(left, place.bottom() + 1, place.width(), TALLY), tally, heads)
    elif counted:
        _paint_tally(painter, QRect(place.right() - counted + 4, place.y(), counted - 4, LEAF), tally, heads)


def _paint_tally(painter: QPainter, room: QRect, tally: Hits, heads: Heads) -> None:
    """k/n, and the interval as a bar on a line from 0 to 1 with the rate as a tick."""
    if not tally.tries:
        return
    track = QRect(room.x(), room.bottom() - _BAR, room.width(), _BAR - 1)
    if room.width() >= _TOLD:
        text = f"{tally.hits}/{tally.tries}"
        painter.setPen(heads.ink)
        taken = painter.fontMetrics().horizontalAdvance(text) + 6
        if room.width() >= 2 * taken:
            painter.drawText(room, int(_Align.AlignVCenter), text)
            track = QRect(room.x() + taken, room.center().y(), room.width() - taken, _BAR)
        else:
            painter.drawText(room.adjusted(0, -3, 0, -3), int(_Align.AlignCenter), text)
    low, high = clopper_pearson(tally.hits, tally.tries)
    painter.fillRect(track, _plate(heads))
    wide = max(1, track.width() - 1)
    painter.fillRect(QRect(track.x() + round(low * wide), track.y(), max(2, round((high - low) * wide)),
                           track.height()), heads.pale)
    painter.fillRect(QRect(track.x() + round(tally.rate * wide), track.y() - 2, 2, track.height() + 4), heads.ink)


def _paint_upright(painter: QPainter, place: QRect, text: str, colour: QColor) -> None:
    """From below to above; what does not fit is left away."""
    painter.save()
    painter.translate(place.x(), place.bottom())
    painter.rotate(-90)
    turned = QRect(2, 0, place.height() - 2, place.width())
    painter.setPen(colour)
    painter.drawText(turned, int(_Align.AlignVCenter), _elided(painter, text, turned))
    painter.restore()


def _told(strip: Strip) -> Iterable[int]:
    """The lines in sight that have room for a name: each of them, or every so many."""
    every = 1 if strip.step >= _LEAST else -(-_LEAST // max(1, strip.step))
    seen = strip.in_sight
    return range(-(-seen.start // every) * every, seen.stop, every)


def _name(heads: Heads, side: Side, line: int) -> str:
    lines = heads.table.lines(side)
    if line < 0:
        return pin_name(heads.table.pins[line])
    found = lines[line]
    return tr("{name} ({n} in one)", name=found.label, n=found.count) if found.count > 1 else found.label


def _ink(heads: Heads, side: Side, line: int) -> QPen:
    if heads.is_current(side, line):
        return QPen(heads.accent)
    return QPen(heads.ink if line < 0 or side == ROWS else heads.pale)


def _plate(heads: Heads) -> QColor:
    return QColor(0, 0, 0, 26) if heads.surround.lightness() > 110 else QColor(255, 255, 255, 26)


def _font(font: QFont) -> QFont:
    font = QFont(font)
    font.setPixelSize(theme.CAPTION)
    return theme.tabular(font)


def _elided(painter: QPainter, text: str, room: QRect) -> str:
    """As much of it as there is room for; of "seed 42" rather the number than the word."""
    if not _fits(painter, text, room.width()):
        text = _number(text)
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())


def _fits(painter: QPainter, text: str, width: int) -> bool:
    return painter.fontMetrics().horizontalAdvance(text) <= width


def _number(text: str) -> str:
    """ "0.8" of "strength 0.8"; a text that ends otherwise as it is."""
    first, _, last = text.partition(" ")
    return last if first and last.replace(".", "", 1).isdecimal() else text
