"""One preview, large, between what it should be and what it was: target, step 0 and this epoch, zoomed as one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.images.loader import Loader
from ui.pages.training_live_targets import Targets
from ui.session import Session
from ui.viewstate.preview_rows import Column, Row, Sheet
from ui.widgets.basics import Elided, caption, column, icon_only, push, row, within
from ui.widgets.linked_viewers import LinkedViewer, link
from ui.widgets.preview_sheet import column_name, picture_id

_TARGET, _START, _EPOCH = range(3)


class ComparePane(QWidget):
    """Shows a cell of the sheet until it is left by Escape; arrows go on to other epochs and rows."""

    closed = Signal()

    def __init__(self, session: Session, loader: Loader, targets: Targets) -> None:
        super().__init__()
        self._session, self._loader, self._targets = session, loader, targets
        self._sheet, self._size = Sheet(), (1, 1)
        self._row: Row | None = None
        self._column: Column | None = None
        self._shown = ["", "", ""]
        self._build()
        self._bind()

    @property
    def place(self) -> tuple[Row | None, Column | None]:
        """The row and the column that are shown."""
        return self._row, self._column

    def show_cell(self, sheet: Sheet, row: Row, column: Column | None, size: tuple[int, int]) -> None:
        """A cell of a sheet whose previews have this size; no column is step 0, with the newest epoch beside it."""
        self._sheet, self._row, self._size = sheet, row, size
        self._column = column or self._newest(row)
        self._refresh()
        self.viewers[_EPOCH].setFocus()

    def renew(self, sheet: Sheet) -> None:
        """The sheet has grown."""
        self._sheet = sheet

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in (keys.Key_Escape, keys.Key_Return, keys.Key_Enter, keys.Key_Space):
            self.closed.emit()
        elif event.key() in (keys.Key_Up, keys.Key_Down):
            self._step_row(1 if event.key() == keys.Key_Down else -1)
        elif event.key() in (keys.Key_Left, keys.Key_Right):
            self.step(1 if event.key() == keys.Key_Right else -1)
        elif event.key() == keys.Key_Z:
            self.viewers[_EPOCH].toggle_full_size()
        else:
            super().keyPressEvent(event)

    def step(self, by: int) -> None:
        """Goes on to another epoch that has a picture of this row."""
        there = self._columns(self._row)
        if self._column in there:
            self._column = there[max(0, min(len(there) - 1, there.index(self._column) + by))]
            self._refresh()

    def _build(self) -> None:
        names = (tr("Target"), tr("Step 0, without the LoRA"), tr("This epoch"))
        self.viewers = tuple(_Still(self._session.look.surround, name) for name in names)
        self._names = tuple(caption(name) for name in names)
        self._prompt = Elided()
        link(self.viewers)
        tools = row(push(tr("Back to the sheet"), self.closed.emit, icon="left", quiet=True, tip=tr("Esc")),
                    self._prompt,
                    icon_only("fit", tr("As large as fits"), lambda: self.viewers[_EPOCH].zoom_to(None)),
                    icon_only("full-size", tr("Full size, 100 %  (Z)"), self.viewers[_EPOCH].toggle_full_size),
                    icon_only("previous", tr("Earlier epoch  (←)"), lambda: self.step(-1)),
                    icon_only("next", tr("Later epoch  (→)"), lambda: self.step(1)))
        tools.setStretch(1, 1)
        beside = QHBoxLayout()
        beside.setSpacing(theme.GAP)
        for name, viewer in zip(self._names, self.viewers):
            name.setAlignment(Qt.AlignmentFlag.AlignCenter)
            part = column(name, viewer, gap=theme.TINY)
            part.setStretch(1, 1)
            beside.addLayout(part, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(within(tools, theme.SMALL))
        layout.addLayout(beside, 1)

    def _bind(self) -> None:
        self._loader.loaded.connect(self._loaded)
        self._session.look.surround_changed.connect(self._change_surround)

    def _refresh(self) -> None:
        """Shows what is there, the same part of it where the row stays, and asks for the rest."""
        if self._row is None:
            return
        self._prompt.setText(tr("{prompt}, seed {seed}", prompt=self._row.prompt, seed=self._row.seed))
        self._names[_EPOCH].setText(column_name(self._column) if self._column else tr("No epoch yet"))
        for place, (id, path, size) in enumerate(self._wanted()):
            pixmap = self._loader.any_pixmap(id) if path else None
            self.viewers[place].show_picture(pixmap, *size, keep=bool(self._shown[place]))
            self._shown[place] = id
        self._ask_next()

    def _wanted(self) -> tuple[tuple[str, Path | None, tuple[int, int]], ...]:
        """(id, file, size) of target, step 0 and epoch."""
        record = self._targets.record(self._row.prompt)
        begun, drawn = self._sheet.start(self._row), self._column and self._sheet.path(self._row, self._column)
        target = (record.id, self._session.place.folder / record.image.path,
                  (record.image.width, record.image.height)) if record else ("", None, self._size)
        return (target, *((picture_id(self._row.run, path), path, self._size) for path in (begun, drawn)))

    def _ask_next(self) -> None:
        """One after the other: a new wish for a whole picture takes the place of the last one."""
        from ui.images.loader import WHOLE

        for id, path, _ in reversed(self._wanted()):
            if path and self._loader.pixmap(id, WHOLE) is None:
                self._loader.ask_whole(id, path)
                return

    def _loaded(self, ids: tuple[str, ...]) -> None:
        if self.isVisible() and set(ids) & set(self._shown):
            self._refresh()

    def _columns(self, row: Row) -> list[Column]:
        return [each for each in self._sheet.columns if self._sheet.path(row, each)]

    def _newest(self, row: Row) -> Column | None:
        return next(reversed(self._columns(row)), None)

    def _step_row(self, by: int) -> None:
        rows = self._sheet.rows
        if self._row in rows:
            row = rows[max(0, min(len(rows) - 1, rows.index(self._row) + by))]
            self._row = row
            if self._column not in self._columns(row):
                self._column = self._newest(row)
            self._refresh()

    def _change_surround(self) -> None:
        for viewer in self.viewers:
            viewer.set_surround(self._session.look.surround)


class _Still(LinkedViewer):
    """Leaves the keys to the pane around it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)
