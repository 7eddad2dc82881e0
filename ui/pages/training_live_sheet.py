"""The growing sheet of the runs that are watched, with its tools: size, following, targets, and the comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu, QSlider, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from studio.core.recipe import Recipe
from studio.core.rules.intent import TURBO
from ui import theme
from ui.i18n import tr
from ui.icons import icon
from ui.images.cache import ThumbnailCache
from ui.images.loader import Loader
from ui.models.gallery import files_mime
from ui.pages.training_live_compare import ComparePane
from ui.pages.training_live_curves import short_name
from ui.pages.training_live_targets import Targets
from ui.session import Session
from ui.viewstate.live_run import LiveRun
from ui.viewstate.preview_rows import Column, Row, sheet_of
from ui.viewstate.sheet_places import TARGET, Cell
from ui.widgets.basics import Elided, caption, row, title, within
from ui.widgets.empty import Empty, Picture
from ui.widgets.preview_sheet import LARGEST, SMALLEST, PreviewSheet

_CACHE = "previews"  # a cache of its own: that of the set is another page's, and busy


class SheetPane(QWidget):
    """Sheet, comparison, or a word on why there is neither."""

    compared = Signal(bool)  # whether a picture is compared in the place of the sheet

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._shown: tuple[object, ...] = ()
        self._size = (1, 1)
        self.loader = Loader(ThumbnailCache(session.place.cache / _CACHE), parent=self)
        self.targets = Targets(session, self)
        self._build()
        self._bind()

    @property
    def is_comparing(self) -> bool:
        return self._stack.currentWidget() is self.compare

    def show_runs(self, runs: Sequence[LiveRun], folders: Mapping[str, Path], recipes: Mapping[str, Recipe],
                  chief: str = "") -> None:
        """Their previews as far as they are there; those of the run `chief` are followed."""
        found = {run.id: run.state.previews for run in runs}
        stamp = (chief, *runs, *found.values())  # tuples that a fold left as they were are the same ones
        if len(stamp) == len(self._shown) and all(new is old for new, old in zip(stamp, self._shown)):
            return
        self._shown = stamp
        sheet, first = sheet_of(found, folders, chief), next(iter(recipes.values()), Recipe())
        self._size = first.preview_width, first.preview_height
        names = {run.id: short_name(run.id) for run in runs} if len(runs) > 1 else {}
        self.sheet.show_sheet(sheet, self._size[0] / self._size[1], names)
        self._show_discount(discount_of(recipes.values()))
        self.targets.show(each.prompt for each in sheet.rows)
        self.compare.renew(sheet)
        self._show_place(any(each.preview_every for each in recipes.values()))

    def leave(self) -> None:
        """From the comparison back to the sheet."""
        if self.is_comparing:
            self._stack.setCurrentWidget(self.sheet)
            self._tools.show()
            self.sheet.setFocus()
            self.compared.emit(False)

    def close_threads(self) -> None:
        self.loader.close()

    def _build(self) -> None:
        surround = self._session.look.surround
        self.sheet = PreviewSheet(self.loader, surround)
        self.compare = ComparePane(self._session, self.loader, self.targets)
        self._none = Empty("pictures", tr("No preview yet"), tr(
            "The base without the LoRA comes first, then a column for each epoch that is drawn."))
        self._never = Empty("pictures", tr("This run draws no previews"), tr(
            "Its recipe has none. “Preview now” draws one of this step."))
        self._stack = QStackedWidget()
        for each in (self._none, self._never, self.sheet, self.compare):
            self._stack.addWidget(each)
        self.follow = QToolButton(checkable=True, checked=True)
        self.follow.setText(tr("Follow"))
        self.follow.setToolTip(tr("Keeps the newest epoch in sight."))
        self.follow.setProperty("kind", "switch")
        self.size = QSlider(Qt.Orientation.Horizontal, minimum=SMALLEST, maximum=LARGEST)
        self.size.setMinimumWidth(48)
        self.size.setMaximumWidth(120)
        self.size.setAccessibleName(tr("Size of the pictures"))
        self.size.setToolTip(tr("Size of the pictures  (Ctrl and wheel)"))
        self.discount, sign = Elided(), Picture("info", theme.ICON, "doubtful")
        self.discount.setProperty("role", "doubtful")
        self._badge = within(row(sign, self.discount, gap=theme.TINY))
        self._badge.layout().setStretch(1, 1)
        tools = row(title(tr("Previews")), theme.SMALL, self._badge, self.follow, caption(tr("size")), self.size)
        tools.setStretch(2, 1)
        self._tools = within(tools)
        tools.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tools)
        layout.addWidget(self._stack, 1)

    def _bind(self) -> None:
        sheet = self.sheet
        self.size.valueChanged.connect(sheet.set_side)
        sheet.side_changed.connect(self._side_changed)
        sheet.set_side(int(self._session.settings.state("preview_side", 160)))
        self.size.setValue(sheet.side)
        self.follow.toggled.connect(sheet.set_following)
        sheet.following_changed.connect(self.follow.setChecked)
        sheet.opened.connect(self._open)
        sheet.menu_asked.connect(self._show_menu)
        sheet.target_dropped.connect(lambda row, mime: self.targets.drop(row.prompt, mime))
        self.targets.changed.connect(lambda: sheet.show_targets(self.targets.all))
        self.compare.closed.connect(self.leave)
        self._session.look.surround_changed.connect(self._change_surround)

    def _show_place(self, draws: bool) -> None:
        has_rows = bool(self.sheet.sheet.rows)
        self._tools.setVisible(has_rows and not self.is_comparing)
        if not has_rows:
            self._stack.setCurrentWidget(self._none if draws else self._never)
        elif not self.is_comparing:
            self._stack.setCurrentWidget(self.sheet)

    def _show_discount(self, discount: tuple[str, str]) -> None:
        short, why = discount
        self.discount.setText(short)
        self._badge.setToolTip(why)
        for each in self._badge.findChildren(QWidget):
            each.setVisible(bool(short))
            each.setToolTip(why)

    def _change_surround(self) -> None:
        self.sheet.set_surround(self._session.look.surround)

    def _side_changed(self, side: int) -> None:
        self.size.setValue(side)
        self._session.settings.remember(preview_side=side)

    def _open(self, row: Row, column: Column | None) -> None:
        self._stack.setCurrentWidget(self.compare)
        self._tools.hide()
        self.compare.show_cell(self.sheet.sheet, row, column, self._size)
        self.compared.emit(True)

    def _write(self, row: Row) -> None:
        """To the captions page, with the target of a row."""
        self._session.select([self.targets.record(row.prompt).id])
        self._session.show_page("captions")

    def _show_menu(self, row: Row, cell: Cell, where: QPoint) -> None:
        self.menu(row, cell).popup(where)

    def menu(self, row: Row, cell: Cell) -> QMenu:
        """What the right mouse button offers on a cell."""
        made, path = QMenu(self.sheet), self.sheet.path(cell)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if path:
            column = self.sheet.sheet.columns[cell.column] if cell.column >= 0 else None
            made.addAction(icon("eye"), tr("Compare large"), lambda: self._open(row, column))
            if cell.column == TARGET:
                made.addAction(icon("captions"), tr("Edit the caption"), lambda: self._write(row))
            made.addAction(icon("copy"), tr("Copy"),
                           lambda: QGuiApplication.clipboard().setMimeData(files_mime([path])))
            made.addAction(icon("open-outside"), tr("Show in the file manager"),
                           lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))))
        if cell.column == TARGET and self.targets.is_chosen(row.prompt):
            made.addSeparator()
            made.addAction(icon("undo"), tr("Take the nearest picture again"), lambda: self.targets.forget(row.prompt))
        return made


def discount_of(recipes: Iterable[Recipe]) -> tuple[str, str]:
    """Why previews promise less than the pictures made in the end, in short and in full; empty where they do not."""
    for each in recipes:
        drawn = (each.preview_steps, each.preview_cfg, each.preview_sampler, each.preview_scheduler)
        if drawn != (TURBO.steps, TURBO.cfg, TURBO.sampler, TURBO.scheduler):
            facts = {"steps": each.preview_steps, "cfg": f"{each.preview_cfg:g}", "name": TURBO.name, "n": TURBO.steps,
                     "use": f"{TURBO.cfg:g}"}
            return (tr("discount: drawn with {steps} steps at CFG {cfg}", **facts),
                    tr("These previews take {steps} steps at CFG {cfg}; pictures are made with {name}, {n} steps at "
                       "CFG {use}.\nThey sell the LoRA short: a fault that shows here may not show there.", **facts))
    return "", ""
