"""What is said of the pictures that are chosen: one line a label, its word, and the key that asks for it.

A guess stands in a dashed frame until it is confirmed; where several pictures differ the line says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QWidget,
    QWidgetAction,
)

from studio.core.labels import CLOSED, LABEL_FIELDS, Label
from ui import theme
from ui.i18n import tr
from ui.viewstate.words import FIELD_KEYS, MOST_KEYS, explained, field_name


@dataclass(frozen=True, slots=True)
class Told:
    """What some pictures say for one label: a word they share, or that they differ.

    Where there is no label, `caption` is the word that their captions say.
    """

    label: Label | None = None
    differs: bool = False
    caption: str = ""


def told(labels: Sequence[Label | None]) -> Told:
    """What these have in common; agreeing with a guess is a guess."""
    values = {label.value if label else None for label in labels}
    if len(values) > 1:
        return Told(differs=True)
    guesses = [label for label in labels if label and label.origin == "guess"]
    return Told(guesses[0] if guesses else labels[0]) if labels else Told()


class LabelBar(QWidget):
    """The lines, and a menu of words for each."""

    set_asked = Signal(str, str)     # a label and its word; an empty word makes it unknown
    confirm_asked = Signal(str)      # a label whose guess is right

    def __init__(self, words: Callable[[str], Sequence[str]]) -> None:
        super().__init__()
        self._words = words
        self._chips: dict[str, LabelChip] = {}
        self._build()

    def show_labels(self, shown: Mapping[str, Told]) -> None:
        """The word of each label; without any the lines are empty."""
        for field, chip in self._chips.items():
            chip.show_told(shown.get(field, Told()), bool(shown))

    def ask(self, field: str, at: QPoint | None = None) -> QMenu:
        """Opens the words of a label; digits choose, Enter confirms a guess."""
        chip = self._chips[field]
        menu = WordMenu(field, self._words(field), chip.told, self)
        menu.chosen.connect(lambda word: self.set_asked.emit(field, word))
        menu.confirmed.connect(lambda: self.confirm_asked.emit(field))
        menu.popup(at or chip.mapToGlobal(QPoint(0, chip.height())))
        return menu

    def chip(self, field: str) -> LabelChip:
        return self._chips[field]

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SMALL)
        grid.setVerticalSpacing(theme.GAP)
        for line, field in enumerate(LABEL_FIELDS):
            key, name = QLabel(FIELD_KEYS[field]), QLabel(field_name(field))
            key.setProperty("role", "key")
            key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            name.setProperty("role", "muted")
            chip = self._chips[field] = LabelChip(field)
            chip.clicked.connect(lambda field=field: self.ask(field))
            for place, widget in enumerate((key, name, chip)):
                grid.addWidget(widget, line, place)
        grid.setColumnStretch(2, 1)


class LabelChip(QAbstractButton):
    """A word in its frame: solid for a hand's, dashed for a guess, none where nobody knows."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field, self.told = field, Told()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_told(Told(), False)

    def show_told(self, told: Told, is_on: bool) -> None:
        self.told = told
        self.setEnabled(is_on)
        said = told.label.value if told.label else told.caption or tr("unknown")
        self.setText(tr("differs") if told.differs else said)
        is_guess = bool(told.label) and told.label.origin == "guess"
        state = tr("a guess; Enter in its menu confirms it") if is_guess else explained(self.field, self.text())
        heard = tr("The caption says so; nobody labelled it.") if told.caption else ""
        self.setToolTip("\n".join(filter(None, (state, heard))) if is_on else tr("No picture is chosen."))
        self.setAccessibleName(f"{field_name(self.field)}: {self.text()}" + (f", {tr('a guess')}" if is_guess else ""))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2 * theme.SMALL, theme.ROW - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        now, painter, label = theme.current(), QPainter(self), self.told.label
        place = QRectF(self.rect()).adjusted(0.7, 0.7, -0.7, -0.7)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if label and self.isEnabled():
            is_guess = label.origin == "guess"
            painter.setPen(QPen(QColor(now.muted if is_guess else now.edge), 1.2,
                                Qt.PenStyle.DashLine if is_guess else Qt.PenStyle.SolidLine))
            painter.setBrush(QColor(now.page if is_guess else now.lift))
            painter.drawRoundedRect(place, theme.RADIUS, theme.RADIUS)
        if self.hasFocus() or (self.underMouse() and self.isEnabled()):
            painter.setPen(QPen(QColor(now.accent if self.hasFocus() else now.edge), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, theme.RADIUS, theme.RADIUS)
        painter.setPen(QColor(now.text if label and self.isEnabled() else now.muted if self.isEnabled() else now.faint))
        font = QFont(self.font())
        font.setItalic(not label and not self.told.caption)
        painter.setFont(font)
        text = f"{self.text()} ?" if label and label.origin == "guess" else self.text()
        painter.drawText(self.rect().adjusted(theme.SMALL, 0, -theme.SMALL, 0), Qt.AlignmentFlag.AlignVCenter,
                         painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight,
                                                          self.width() - 2 * theme.SMALL))


class WordMenu(QMenu):
    """The words of a label by number; the menu closes with the choice."""

    chosen = Signal(str)
    confirmed = Signal()

    def __init__(self, field: str, words: Sequence[str], told: Told, parent: QWidget) -> None:
        super().__init__(parent)
        self._field, self._told, self._words = field, told, tuple(words)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setToolTipsVisible(True)
        self.setAccessibleName(field_name(field))
        if told.label and told.label.origin == "guess":
            self._add(tr("Enter"), tr("{word} is right", word=told.label.value), self.confirmed.emit)
            self.addSeparator()
        for number, word in enumerate(words, 1):
            self._add(str(number) if number <= MOST_KEYS else "", word, self._chooser(word))
        self.addSeparator()
        if field not in CLOSED:
            self._add_line()
        self._add("0", tr("unknown"), self._chooser(""))

    def event(self, event: QEvent) -> bool:
        """Digits mean words as long as the menu is open, whatever they mean behind it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - Qt.Key.Key_0
        if 0 <= number <= min(MOST_KEYS, len(self._words)):
            self.close()
            self.chosen.emit(self._words[number - 1] if number else "")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._is_guess and self.activeAction() is None:
            self.close()
            self.confirmed.emit()
        else:
            super().keyPressEvent(event)

    @property
    def _is_guess(self) -> bool:
        return self._told.label is not None and self._told.label.origin == "guess"

    def _add(self, key: str, text: str, run: Callable[[], None]) -> None:
        action = self.addAction(f"{text}\t{key}" if key else text)
        action.setToolTip(explained(self._field, text))
        action.triggered.connect(lambda: run())

    def _chooser(self, word: str) -> Callable[[], None]:
        return lambda: self.chosen.emit(word)

    def _add_line(self) -> None:
        """Room for a word that nobody used before."""
        line, action = QLineEdit(), QWidgetAction(self)
        line.setPlaceholderText(tr("Another word …"))
        line.setAccessibleName(tr("Another word"))
        line.returnPressed.connect(lambda: self._take(line.text()))
        action.setDefaultWidget(line)
        self.addAction(action)

    def _take(self, word: str) -> None:
        if word.strip():
            self.close()
            self.chosen.emit(word.strip())
