"""The line that says which pictures are shown: `stance:posed -framing:portrait lint:D07`.

It suggests how a word may go on, says at once what of it cannot be understood, and how many pictures are left.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLabel, QLineEdit, QTreeView, QWidget

from studio.core.errors import UserError
from studio.core.query_words import Choices, Vocabulary, choices
from ui import theme
from ui.i18n import tr
from ui.icons import icon
from ui.viewstate.sayings import told
from ui.widgets.basics import caption, restyle, row

_PAUSE_MS = 90
_LEAST = 120
_ACCEPT = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FilterLine(QWidget):
    """A line edit with suggestions and a count; `wrong` is a label of its own, to stand below at full width.

    `vocabulary` is asked when somebody types.
    """

    changed = Signal(str)   # the line as it stands now, after a short pause

    def __init__(self, vocabulary: Callable[[], Vocabulary]) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._offered = Choices(0, 0)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._build()
        self._bind()

    @property
    def text(self) -> str:
        return self._edit.text().strip()

    def set_text(self, line: str) -> None:
        """Puts a line in and tells it at once."""
        self._edit.setText(line)
        self._tell()

    def tell_count(self, shown: int, total: int) -> None:
        """How many of how many pictures are shown; the line is well."""
        self._count.setText(tr("{shown} of {total}", shown=f"{shown:,}", total=f"{total:,}") if shown != total
                            else f"{total:,}")
        self._count.setToolTip(tr("Pictures shown, of all there are"))
        self.wrong.hide()
        restyle(self._edit, state="")

    def tell_error(self, error: UserError) -> None:
        """What of the line cannot be understood."""
        self.wrong.setText(f"{error.what}. {error.remedy}")
        self.wrong.show()
        restyle(self._edit, state="bad")

    @property
    def error(self) -> str:
        """What is said to be wrong; empty where all is well."""
        return "" if self.wrong.isHidden() else self.wrong.text()

    def focus(self) -> None:
        self._edit.setFocus()
        self._edit.selectAll()

    @property
    def edit(self) -> QLineEdit:
        return self._edit

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab and Enter take a suggestion while the list is open; Escape empties the line when it is not."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self._popup and event.key() in _ACCEPT and self._popup.currentIndex().isValid():
                self._take(self._popup.currentIndex())
                return True
            if watched is self._edit and event.key() == Qt.Key.Key_Escape and self._edit.text():
                self.set_text("")
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._edit = QLineEdit()
        self._edit.addAction(icon("filter"), QLineEdit.ActionPosition.LeadingPosition)
        self._edit.setPlaceholderText(tr("Filter: stance:posed, -smile, lint:D07, short<768 …"))
        self._edit.setToolTip(tr("Words beside each other must all be so; OR, NOT and brackets say otherwise."))
        self._edit.setAccessibleName(tr("Filter"))
        self._edit.setClearButtonEnabled(True)
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._count.setFont(theme.tabular(self._count.font()))
        self._count.setAccessibleName(tr("Pictures shown"))
        self.wrong = caption("", wrap=True)
        self.wrong.setProperty("role", "bad")
        self.wrong.hide()
        self._build_popup()
        self._edit.setMinimumWidth(_LEAST)
        self.setLayout(row(self._edit, self._count))

    def _build_popup(self) -> None:
        self._choices = QStandardItemModel(0, 2, self)
        self._completer = QCompleter(self._choices, self)
        self._completer.setWidget(self._edit)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._popup = QTreeView()
        self._popup.setHeaderHidden(True)
        self._popup.setRootIsDecorated(False)
        self._popup.setAccessibleName(tr("Suggestions"))
        self._completer.setPopup(self._popup)
        self._popup.installEventFilter(self)
        self._edit.installEventFilter(self)

    def _bind(self) -> None:
        self._edit.textChanged.connect(lambda: self._pause.start())
        self._edit.textEdited.connect(self._suggest)
        self._edit.returnPressed.connect(self._tell)
        self._pause.timeout.connect(self._tell)
        self._completer.activated[QModelIndex].connect(self._take)

    def _tell(self) -> None:
        self._pause.stop()
        self.changed.emit(self.text)

    def _suggest(self) -> None:
        self._offered = choices(self._edit.text(), self._edit.cursorPosition(), self._vocabulary())
        self._choices.setRowCount(0)
        for each in self._offered.choices:
            about = QStandardItem(told(each.about))
            about.setEnabled(False)
            self._choices.appendRow([QStandardItem(each.text), about])
        if not self._offered.choices or not self._edit.text():
            self._popup.hide()
            return
        self._popup.setColumnWidth(0, 240)
        self._completer.complete()

    def _take(self, index: QModelIndex) -> None:
        """Puts a suggestion into the line; a whole condition is followed by a blank, a field by what is typed next."""
        text = index.sibling(index.row(), 0).data()
        ends = text[-1] not in ":<>="
        line = self._edit.text()
        before, after = line[:self._offered.start] + text + " " * ends, line[self._offered.end:].lstrip()
        self._popup.hide()
        self._edit.setText(before + after)
        self._edit.setCursorPosition(len(before))
        if not ends:
            self._suggest()
