"""Pictures that are still to be made: each in words, with a prompt to copy, and a slot to drop the result on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.core.shot_list import Shot
from studio.store.images import is_image
from ui import icons, theme
from ui.i18n import tr, trn
from ui.widgets.basics import caption, column, headline, muted, push, row, sentence, within
from ui.widgets.empty import Empty

_SLOT = QSize(72, 88)


class ShotList(QWidget):
    """The shots, and what one does with them."""

    filled = Signal(object, object)  # a Shot and the Path of the picture that was made
    chosen = Signal(object)          # a Shot for which a file is to be asked
    labels_asked = Signal()          # without them nobody knows what is lacking
    guess_asked = Signal()           # the same, by a tagger
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._prompts: tuple[str, ...] = ()
        self._build()
        self.show_shots((), ())

    def show_shots(self, shots: Sequence[Shot], prompts: Sequence[str], unknown: int = 0) -> None:
        """The pictures to make, each with its prompt for an image generator; of so many nobody said what they show."""
        self._prompts = tuple(prompts)
        while (item := self._rows.takeAt(0)) is not None:
            if item.widget():
                item.widget().hide()
                item.widget().deleteLater()
        for shot, prompt in zip(shots, prompts):
            self._rows.addWidget(ShotRow(shot, prompt, self))
        self._rows.addStretch(1)
        self._count.setText(trn("{n} picture to make", "{n} pictures to make", len(shots)))
        self._copy.setEnabled(bool(shots))
        self._copy.setToolTip(tr("All prompts, a line each, to the clipboard.") if shots
                              else tr("There is nothing to copy."))
        self._scroll.setVisible(bool(shots))
        self._show_unknown(unknown, bool(shots))
        self._empty.setVisible(not shots and not unknown)
        is_blind = not shots and bool(unknown)
        self._blind.setVisible(is_blind)
        for part in (self._count, self._copy, self._intro):
            part.setHidden(is_blind)

    def _show_unknown(self, count: int, has_shots: bool) -> None:
        """What is unknown stands before what is lacking: more may be."""
        what = trn("{n} picture lacks labels, so more may be lacking than stands here.",
                   "{n} pictures lack labels, so more may be lacking than stands here.", count)
        self._told_unknown.setText(what)
        self._unknown.setVisible(has_shots and count > 0)
        self._blind.what.setText(trn("Of {n} picture nobody said what it shows",
                                     "Of {n} pictures nobody said what they show", count))

    @property
    def rows(self) -> tuple[ShotRow, ...]:
        widgets = (self._rows.itemAt(place).widget() for place in range(self._rows.count()))
        return tuple(each for each in widgets if isinstance(each, ShotRow))

    def _build(self) -> None:
        self._count = headline("")
        self._copy = push(tr("Copy all prompts"), self._copy_all, icon="copy")
        back = push(tr("Back to the pictures"), self.closed.emit, icon="left", quiet=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.SMALL)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setWidget(within(self._rows))
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._empty = Empty("shots", tr("No picture is lacking"),
                            tr("Findings and gaps of the coverage map that only a new picture can mend stand here."))
        label = tr("Label them")
        self._blind = Empty("label", "", tr("Which pictures are lacking shows once framing, angle and stance are "
                                            "known: a key each in label mode."),
                            push(label, self.labels_asked.emit, icon="label", main=True),
                            push(tr("Guess labels …"), self.guess_asked.emit, icon="wand", quiet=True,
                                 tip=tr("From what a tagger sees in the pictures, or from the captions, as guesses.")))
        self._told_unknown = muted("", wrap=True)
        unknown = row(self._told_unknown, push(label, self.labels_asked.emit, icon="label"), gap=theme.MEDIUM)
        unknown.setStretch(0, 1)
        self._unknown = within(unknown)
        self._intro = muted(tr("Make these with an image generator or by hand, and drop each result on its slot: it is "
                               "imported, labelled as the slot says, and its finding is gone."), wrap=True)
        head = row(self._count, None, self._copy)
        filling = (self._scroll, self._empty, self._blind)
        layout = column(row(back, None), head, self._intro, self._unknown, *filling, gap=theme.MEDIUM)
        for each in filling:
            layout.setStretchFactor(each, 1)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.MEDIUM)
        self.setLayout(layout)

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._prompts))


class ShotRow(QFrame):
    """One picture to make."""

    def __init__(self, shot: Shot, prompt: str, shown_by: ShotList) -> None:
        super().__init__()
        self.shot, self._prompt = shot, prompt
        self.setProperty("role", "card")
        self.slot = Slot(tr("Slot for: {picture}", picture=shot.text))
        self.slot.dropped.connect(self._teller(shown_by))
        self.slot.clicked.connect(lambda: shown_by.chosen.emit(self.shot))
        self.copy = push(tr("Copy the prompt"), self._copy, icon="copy", quiet=True, tip=prompt)
        words = column(None, caption(" + ".join(shot.characters)), sentence(shot.text), None, gap=theme.TINY)
        layout = row(self.slot, words, self.copy, gap=theme.MEDIUM)
        layout.setStretch(1, 1)
        layout.setContentsMargins(theme.SMALL, theme.SMALL, theme.SMALL, theme.SMALL)
        self.setLayout(layout)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._prompt)

    def _teller(self, shown_by: ShotList) -> Callable[[Path], None]:
        return lambda path: shown_by.filled.emit(self.shot, path)


class Slot(QAbstractButton):
    """An empty frame on which a picture is dropped; a click asks for a file."""

    dropped = Signal(object)  # a Path

    def __init__(self, name: str) -> None:
        super().__init__()
        self._is_over = False
        self.setAcceptDrops(True)
        self.setFixedSize(_SLOT)
        self.setAccessibleName(name)
        self.setToolTip(tr("Drop the picture here, or click to choose a file."))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _first_image(event):
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(False)
        if path := _first_image(event):
            event.acceptProposedAction()
            self.dropped.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        now, painter = theme.current(), QPainter(self)
        lit = self._is_over or self.hasFocus() or self.underMouse()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(now.accent if lit else now.edge), 1.4, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(now.tint if self._is_over else now.field))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
        side = theme.BIG_ICON
        mark = icons.pixmap("add", side, now.muted, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, mark)

    def _light(self, is_over: bool) -> None:
        self._is_over = is_over
        self.update()


def _first_image(event: QDropEvent) -> Path | None:
    paths = (Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
    return next((path for path in paths if is_image(path)), None)
