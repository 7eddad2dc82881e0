"""A line for several tags with commas between them, with a list of what the one at the cursor may stand for.

Tab completes it by the first suggestion, Down goes into the list, Enter takes what was gone to.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ui.i18n import tr
from ui.widgets.caption_field import Find, SuggestionList

_COMMA = ","


class TagsLine(QLineEdit):
    """`find` gives suggestions for letters; without one it is a plain line."""

    def __init__(self, find: Find | None = None) -> None:
        super().__init__()
        self.find = find
        self.popup: SuggestionList | None = None
        self.textEdited.connect(self._suggest)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """The tags in the list that is shown; none without a list."""
        return self.popup.tags if self.popup and self.popup.isVisible() else ()

    def close_list(self) -> None:
        if self.popup:
            self.popup.hide()

    def event(self, event: QEvent) -> bool:
        """Tab must not leave the line while it completes; Enter must not close the dialog while it chooses."""
        if event.type() == QEvent.Type.KeyPress and self.suggestions and self._handled(event):
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.close_list()
        super().focusOutEvent(event)

    def _handled(self, event: QKeyEvent) -> bool:
        """Whether a key meant something to the list."""
        keys, key = Qt.Key, event.key()
        if key == keys.Key_Tab:
            self._take(self.popup.chosen or self.suggestions[0])
        elif key in (keys.Key_Return, keys.Key_Enter) and self.popup.chosen:
            self._take(self.popup.chosen)
        elif key in (keys.Key_Down, keys.Key_Up):
            self.popup.step(1 if key == keys.Key_Down else -1)
        elif key == keys.Key_Escape:
            self.close_list()
        else:
            return False
        return True

    def _word(self) -> tuple[int, int]:
        """From where to where the tag at the cursor stands, without the blanks in front of it."""
        text, at = self.text(), self.cursorPosition()
        start = text.rfind(_COMMA, 0, at) + 1
        end = text.find(_COMMA, at)
        return start + len(text[start:at]) - len(text[start:at].lstrip()), len(text) if end < 0 else end

    def _suggest(self) -> None:
        start, _ = self._word()
        typed = self.text()[start:self.cursorPosition()]
        found = tuple(self.find(typed)) if self.find and typed.strip() else ()
        if not found:
            self.close_list()
            return
        if self.popup is None:
            self.popup = SuggestionList(self, tr("Tab completes · ↓ chooses"))
            self.popup.clicked.connect(self._take)
        self.popup.suggest(found)
        self.popup.stand_below(self)

    def _take(self, tag: str) -> None:
        """Puts a tag in the place of what was typed of it."""
        (start, end), text = self._word(), self.text()
        self.setText(text[:start] + tag + text[end:])
        self.setCursorPosition(start + len(tag))
        self.close_list()
        self.textEdited.emit(self.text())
        self.close_list()
