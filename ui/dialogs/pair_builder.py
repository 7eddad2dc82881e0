"""Puts two characters who were drawn alone into one picture, each in her height, and writes what it shows.

Two characters who never met in a picture bleed into each other when a prompt puts them side by side. A few pictures of
both, some the other way round, keep them apart.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import (
    QCheckBox, QDialog, QDoubleSpinBox, QFormLayout, QGridLayout, QPlainTextEdit, QSizePolicy, QSpinBox,
    QVBoxLayout, QWidget,
)

from studio.core.errors import UserError
from studio.core.pairs import GAP, Figure, Layout, Told, pair_caption, side_by_side
from studio.core.record import Record
from studio.jobs.pair_pictures import PairPictures, Side
from ui import theme
from ui.dialogs.import_previews import Previews
from ui.dialogs.pair_preview import PairPreview
from ui.dialogs.pair_side import PairSide
from ui.dialogs.room import fit
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import caption, column, headline, muted, push, row, within
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented

AS_LEFT, WHITE, GREY = "left", "white", "grey"

_COLOURS = {AS_LEFT: None, WHITE: (255, 255, 255), GREY: (128, 128, 128)}
_WIDTH, _HEIGHT = 1180, 760
_CAPTION_HEIGHT = 88


def open_pair_builder(session: Session, parent: QWidget, left: str = "", right: str = "") -> None:
    """Opens it for the open project; `left` and `right` are ids of images to begin with."""
    if session.project is None or len(session.project.characters) < 2:
        session.say_error(UserError("It takes two characters for a pair", "Add the second one first."))
        return
    PairBuilder(session, parent, left, right).open()


class PairBuilder(QDialog):
    """Stays open after a pair was made, for the next one."""

    def __init__(self, session: Session, parent: QWidget, left: str = "", right: str = "") -> None:
        super().__init__(parent)
        self._session = session
        self._previews = Previews(lambda where: (session.place.folder / where).read_bytes(), self)
        self._made: tuple[str, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Pair pictures"))
        fit(self, parent, _WIDTH, _HEIGHT)
        self._build()
        self._offer(left, right)
        self._bind()
        self._tell()

    @property
    def layout_now(self) -> Layout | None:
        """Where the two stand; None while one is missing. Raises UserError for a box that holds nothing."""
        left, right = self.left.record, self.right.record
        if left is None or right is None:
            return None
        return side_by_side(_figure(left, self._side(self.left)), _figure(right, self._side(self.right)), self._gap)

    @property
    def _gap(self) -> float:
        """A share of the taller one's height."""
        return self.gap.value() / 100

    @property
    def why_not(self) -> str:
        """What keeps the pair from being made; empty when nothing does."""
        for side in (self.left, self.right):
            if side.record is None:
                return tr("There is no picture that shows {name} alone.", name=side.character)
        return tr("Choose two characters.") if self.left.character == self.right.character else ""

    # What it is made of

    def _build(self) -> None:
        self.left = PairSide(self._session, self._previews, tr("On the viewer's left"))
        self.right = PairSide(self._session, self._previews, tr("On the viewer's right"))
        self.preview = PairPreview(self._session, tr("The pair"))
        self.error = InlineError()
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.MEDIUM)
        grid.setVerticalSpacing(theme.SMALL)
        parts = ((tr("On the viewer's left"), self.left), (tr("On the viewer's right"), self.right),
                 (tr("The new picture"), self._outcome()))
        for place, (text, part) in enumerate(parts):
            grid.addWidget(caption(text), 0, place)
            grid.addWidget(part, 1, place)
            grid.setColumnStretch(place, 5 if place == 2 else 3)
        grid.setRowStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(headline(tr("Put two characters into one picture")))
        layout.addWidget(muted(tr("Both feet on one line, nobody mirrored: in the swapped picture they change places."),
                               wrap=True))
        layout.addLayout(grid, 1)
        layout.addWidget(self.error)
        layout.addLayout(self._foot())

    def _outcome(self) -> QWidget:
        self.caption, self.other_caption = QPlainTextEdit(), QPlainTextEdit()
        for field, name in ((self.caption, tr("Caption")), (self.other_caption, tr("Caption of the swapped picture"))):
            field.setAccessibleName(name)
            field.setMinimumHeight(theme.TOUCH)
            field.setMaximumHeight(_CAPTION_HEIGHT)
            field.setTabChangesFocus(True)
        self._other_head = caption(tr("Caption of the swapped picture"))
        choices = within(self._choices())
        choices.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        made = within(column(self.preview, choices, caption(tr("Caption")), self.caption,
                             self._other_head, self.other_caption, gap=theme.TINY))
        made.layout().setStretch(0, 1)
        return made

    def _choices(self) -> QFormLayout:
        self.taller = QDoubleSpinBox(minimum=0.3, maximum=3.0, singleStep=0.05, decimals=2, value=1.0)
        self.taller.setMaximumWidth(96)
        self.taller.setAccessibleName(tr("Height of the right one beside the left one"))
        self.taller.setToolTip(tr("1.00: both are as tall. 0.90: the right one is a tenth shorter."))
        self.gap = QSpinBox(minimum=0, maximum=100, value=round(100 * GAP), suffix=" %")
        self.gap.setMaximumWidth(96)
        self.gap.setAccessibleName(tr("Gap between them"))
        self.gap.setToolTip(tr("A share of the taller one's height."))
        colours = ((AS_LEFT, tr("As on the left"), ""), (WHITE, tr("White"), ""), (GREY, tr("Grey"), ""))
        self.background = Segmented(colours, name=tr("Background"))
        self.swap = QCheckBox(tr("Also the other way round"))
        self.swap.setChecked(True)
        self.swap.setToolTip(tr("Without it the model learns who stands where along with who it is."))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.MEDIUM)
        form.setVerticalSpacing(theme.TINY)
        form.addRow(tr("Height of the right one"), self.taller)
        form.addRow(tr("Gap between them"), self.gap)
        form.addRow(tr("Background"), row(self.background, None))
        form.addRow("", self.swap)
        return form

    def _foot(self) -> QWidget:
        self._told = muted("")
        self.back_button = push(tr("Take them out again"), self.take_back, icon="undo", quiet=True,
                                tip=tr("Moves the pictures just made to the project's trash; that can be undone, too."))
        self.back_button.hide()
        self.make_button = push(tr("Make the pictures"), self.make, main=True)
        return row(self._told, self.back_button, None, push(tr("Close"), self.accept), self.make_button)

    def _offer(self, left: str, right: str) -> None:
        names = [each.name for each in self._session.project.characters]
        asked = [next((each.image.characters[0] for each in self._session.records.of(id)), "") for id in (left, right)]
        first = asked[0] or next(name for name in names if name != asked[1])
        second = asked[1] or next(name for name in names if name != first)
        self.left.offer(names, first)
        self.right.offer(names, second)
        self.left.take(left)
        self.right.take(right)

    def _bind(self) -> None:
        for part in (self.left, self.right):
            part.changed.connect(self._tell)
        for number in (self.taller, self.gap):
            number.valueChanged.connect(self._tell)
        self.background.chosen.connect(self._tell)
        self.swap.toggled.connect(self._tell)
        self.preview.failed.connect(self.error.tell)
        self._session.project_closing.connect(self.reject)

    # What is chosen, and what follows

    def _side(self, side: PairSide) -> Side:
        return Side(side.record.id, side.box, self.taller.value() if side is self.right else 1.0)

    def _tell(self) -> None:
        """Shows what the choices come to."""
        self.error.clear()
        why_not = self.why_not
        try:
            layout = None if why_not else self.layout_now
        except UserError as error:
            layout, why_not = None, error.what
            self.error.tell(error)
        self.make_button.setEnabled(not why_not)
        self.make_button.setToolTip(why_not)
        self.make_button.setText(trn("Make {n} picture", "Make {n} pictures", 1 + self.swap.isChecked()))
        for part in (self._other_head, self.other_caption):
            part.setVisible(self.swap.isChecked())
        self.preview.ask(self._painter(layout) if layout else None)
        if not why_not:
            self._write_captions()

    def _write_captions(self) -> None:
        """Captions that a hand changed stay as long as the pictures do."""
        left, right = (Told(self._session.project.character(each.character).trigger, each.record.caption)
                       for each in (self.left, self.right))
        for field, text in ((self.caption, pair_caption(left, right)), (self.other_caption, pair_caption(right, left))):
            if field.property("proposed") != text:
                field.setPlainText(text)
                field.setProperty("proposed", text)

    def _painter(self, layout: Layout) -> Callable[[], QImage]:
        folder, colour = self._session.place.folder, _COLOURS[self.background.value]
        left, right = (folder / each.record.image.path for each in (self.left, self.right))

        def paint() -> QImage:
            from studio.store.exchange.pair_pictures import background_of, paired

            image = paired(left, right, layout, colour or background_of(left, right, layout))
            content = image.tobytes()
            return QImage(content, image.width, image.height, 3 * image.width, QImage.Format.Format_RGB888).copy()

        return paint

    # What becomes of it

    def make(self) -> None:
        """Makes the pair, and the swapped one if asked for."""
        captions = [each.toPlainText().strip() for each in (self.caption, self.other_caption)]
        with_swap = self.swap.isChecked()
        job = PairPictures(self._session.place.folder, self._side(self.left), self._side(self.right), with_swap,
                           _COLOURS[self.background.value], tuple(captions[:1 + with_swap]), self._gap)
        there = {record.id for record in self._session.all}
        self.make_button.setEnabled(False)
        self._session.run(job, tr("Making pair pictures"), lambda task: self._ended(task, there), quiet=True)

    def take_back(self) -> None:
        """Moves what was just made to the trash."""
        images = [record.image for record in self._session.records.of(*self._made)]
        if images:
            self._session.edit(lambda desk: desk.trash("Take pair pictures out again", images))
        self._made = ()
        self.back_button.hide()
        self._told.setText(tr("They are out again."))

    def _ended(self, task: Task, there: set[str]) -> None:
        from studio.core.events import Failed

        if self._session.is_open:
            self._session.attempt(self._session.rescan)
        if isinstance(task.ending, Failed):
            self.error.tell(UserError(task.ending.what, task.ending.remedy))
        self._made = tuple(record.id for record in self._session.all if record.id not in there)
        self._told.setText(trn("{n} picture was added.", "{n} pictures were added.", len(self._made)) if self._made else
                           tr("These pictures are there already."))
        self.back_button.setVisible(bool(self._made))
        self.make_button.setEnabled(not self.why_not)

    def done(self, result: int) -> None:
        """However it ends, its threads end with it."""
        self.preview.stop()
        self._previews.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.done(QDialog.DialogCode.Rejected)
        super().closeEvent(event)


def _figure(record: Record, side: Side) -> Figure:
    return Figure(record.image.width, record.image.height, side.box, side.height)
