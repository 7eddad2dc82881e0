"""Details under the magnifying glass: boxes in the pictures, what is in them through all epochs, and its colour."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QWidget

from studio.core.axes import BASE, Value
from studio.core.feature_boxes import Feature, box_mark, features, pixels_of
from studio.core.record import Box, Record
from studio.core.rubric import AS_ASKED
from ui import theme
from ui.i18n import tr
from ui.pages.epochs_drift import DriftPanel
from ui.viewstate.epoch_panes import TARGET
from ui.widgets.basics import action_button, column, line, row
from ui.widgets.epoch_pane import PaneViewer
from ui.widgets.epoch_scrubber import epoch_text
from ui.widgets.feature_strip import Column, FeatureStrip

if TYPE_CHECKING:
    from ui.pages.epochs import EpochsPage

HEIGHT = 168

_LEFT, _ROOMY = 208, 640   # px of the list of boxes, and from which on there is room for the colour beside it
_MOST_CROPS = 600        # kept; each is a small part of a picture
_LEAST_SIDE = 0.005


class Strips(QWidget):
    """`current` is the feature whose colour is measured and that keys mean; others are shown where they are ticked."""

    def __init__(self, page: EpochsPage) -> None:
        super().__init__()
        self._page = page
        self.current = ""
        self._features: tuple[Feature, ...] = ()
        self._columns: tuple[Column, ...] = ()
        self._paths: list[Path | None] = []
        self._crops: dict[tuple[Path, Box], QPixmap] = {}
        self._traits: tuple[str, ...] = ()
        self._build()
        self._bind()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window what is seen comes before what is measured."""
        super().resizeEvent(event)
        self.drift.setVisible(self.width() >= _ROOMY)

    # What can be done

    def draw(self) -> None:
        """The mouse draws a box, in whichever picture; Escape gives it up."""
        self._page.parts.stage.viewer.draw_box(self.name)
        self._page.parts.stage.focus_view()

    def _draw_everywhere(self, name: str) -> None:
        for viewer in self._viewers:
            if viewer.is_drawing != bool(name):
                viewer.draw_box(name)

    def take_sight(self) -> None:
        """The box is what is in sight of the picture that is looked at: zoom and pan frame it without a mouse."""
        near_x, near_y, far_x, far_y = self._page.parts.stage.viewer.view
        self.add(Box(max(0.0, near_x), max(0.0, near_y), min(1.0, far_x), min(1.0, far_y)))

    def add(self, box: Box) -> None:
        """A box of the name that is written, for all cells of this prompt."""
        if min(box.right - box.left, box.bottom - box.top) < _LEAST_SIDE or self._page.judging is None:
            return
        self.current = self.name
        self._write(self.current, box)
        self._propose()

    def remove(self) -> None:
        """The current feature is no longer looked at under this prompt."""
        if self.current:
            self._write(self.current, None)

    def propose(self, traits: Iterable[str]) -> None:
        """What boxes are likely to be called, beside what every character has."""
        self._traits = tuple(each for each in traits if each != AS_ASKED)
        self._propose()

    def choose_next(self) -> None:
        """The next feature is the current one."""
        names = [each.name for each in self._features]
        if names:
            at = names.index(self.current) + 1 if self.current in names else 0
            self.choose(names[at % len(names)])

    def choose(self, name: str) -> None:
        if name != self.current:
            self.current = name
            self.refresh()

    @property
    def name(self) -> str:
        """What the next box is called."""
        return self.names.currentText().strip() or tr("detail")

    @property
    def features(self) -> tuple[Feature, ...]:
        """Those of the present prompt."""
        return self._features

    @property
    def shown(self) -> tuple[Feature, ...]:
        """Those in the strip, the current one first."""
        chosen = [each for each in self._features if each.name in self._ticked | {self.current}]
        return tuple(sorted(chosen, key=lambda each: each.name != self.current))

    # What is shown

    def refresh(self) -> None:
        """Everything as it is by now; nothing while it is folded away."""
        page = self._page
        if self.isHidden() or page.judging is None or page.look is None:
            return
        record = self._target
        self._features = features(page.look.prompt, page.judging.boxes, record.boxes if record else {})
        if self.current not in [each.name for each in self._features]:
            self.current = self._features[0].name if self._features else ""
        self._fill_list()
        self._show_frames()
        self._show_strip()
        self.drift.show_feature(next(iter(self.shown), None), record)

    def rest(self) -> None:
        """Folded away: the pictures lose their frames."""
        for viewer in self._viewers:
            viewer.show_boxes({})
        self._draw_everywhere("")

    def close_threads(self) -> None:
        self.drift.close_thread()

    def crop(self, at_row: int, at_column: int) -> QPixmap | None:
        """The part of a cell that a feature is in; None while the picture is not there."""
        path, feature = self._paths[at_column], self.shown[at_row]
        box = feature.on_target if self._columns[at_column].value == TARGET else feature.box
        if path and (path, box) not in self._crops:
            whole = self._page.parts.stage.pictures.pixmap(path)
            if whole is None or whole.isNull():
                return None
            left, top, right, bottom = pixels_of(box, whole.width(), whole.height())
            if len(self._crops) >= _MOST_CROPS:
                self._crops.clear()
            self._crops[path, box] = whole.copy(QRect(left, top, right - left, bottom - top))
        return self._crops.get((path, box)) if path else None

    # What it is made of

    def _build(self) -> None:
        self.names, self.list = QComboBox(editable=True), QListWidget()
        self.strip, self.drift = FeatureStrip(), DriftPanel(self._page)
        self.names.setAccessibleName(tr("What the next box is called"))
        self.names.setToolTip(tr("What the next box is called"))
        self.list.setAccessibleName(tr("Boxes"))
        self.list.setProperty("role", "ticks")
        actions = self._page.session.actions
        buttons = [action_button(actions[f"epochs.{id}"]) for id in ("box", "box_sight", "box_remove")]
        tools = row(self.names, *buttons, gap=2)
        tools.setStretch(0, 1)
        left = QWidget()
        left.setLayout(column(tools, self.list, gap=theme.TINY))
        left.setFixedWidth(_LEFT)
        whole = row(left, line(vertical=True), self.strip, line(vertical=True), self.drift)
        whole.setStretch(2, 2)
        whole.setStretch(4, 1)
        whole.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        self.setLayout(whole)
        self.setFixedHeight(HEIGHT)

    def _bind(self) -> None:
        stage = self._page.parts.stage
        for viewer in self._viewers:
            viewer.box_drawn.connect(self.add)
            viewer.drawing.connect(self._draw_everywhere)
        stage.pictures.loaded.connect(self.strip.band.update)
        self.strip.chosen.connect(self._go)
        self.list.currentTextChanged.connect(lambda text: text and self.choose(text))
        self.list.itemChanged.connect(self._show_ticked)

    def _propose(self) -> None:
        """The next name that has no box yet."""
        usual = (tr("bangs"), tr("intake"), tr("ribbon"), tr("scrunchie"), tr("mouth"))
        names = list(dict.fromkeys((*usual, *self._traits)))
        boxed = {each.name for each in self._features} | {self.current}
        self.names.clear()
        self.names.addItems(names)
        self.names.setCurrentText(next((each for each in names if each not in boxed), ""))

    def _write(self, name: str, box: Box | None) -> None:
        page = self._page
        mark = box_mark(page.look.prompt, name, box, page.judging.judge, time.time())
        page.session.attempt(lambda: page.judging.add([mark]))
        page.show_state()

    @property
    def _viewers(self) -> tuple[PaneViewer, ...]:
        stage = self._page.parts.stage
        return (*(each.viewer for each in stage.panes), stage.pair)

    @property
    def _target(self) -> Record | None:
        page = self._page
        return page.exhibitor.targets.record(page.look.prompt)

    @property
    def _ticked(self) -> set[str]:
        items = (self.list.item(at) for at in range(self.list.count()))
        return {each.text() for each in items if each.checkState() == Qt.CheckState.Checked}

    def _fill_list(self) -> None:
        names = [each.name for each in self._features]
        self.list.blockSignals(True)
        if [self.list.item(at).text() for at in range(self.list.count())] != names:
            ticked = self._ticked
            self.list.clear()
            for name in names:
                item = QListWidgetItem(name)
                item.setCheckState(Qt.CheckState.Checked if name in ticked else Qt.CheckState.Unchecked)
                item.setToolTip(tr("A tick shows it in the strip; the chosen one is always there."))
                self.list.addItem(item)
        if self.current in names:
            self.list.setCurrentRow(names.index(self.current))
        self.list.blockSignals(False)

    def _show_ticked(self) -> None:
        self._show_frames()
        self._show_strip()

    def _show_frames(self) -> None:
        page, shown = self._page, self.shown
        for pane, each in zip(page.parts.stage.panes, page.panes.panes):
            is_target = each.shows == TARGET
            pane.viewer.show_boxes({of.name: of.on_target if is_target else of.box for of in shown})

    def _show_strip(self) -> None:
        page, record, shown = self._page, self._target, self.shown
        epochs = [each for each in page.series.epochs if page.series.shot(page.look, each)]
        tallies = page.judging.tallies(page.look)
        columns = [Column(TARGET, tr("target"), tr("Target"))] if record else []
        columns += [Column(each, "0" if each == BASE else f"{each}", epoch_text(each),
                           tallies[each].mark if each in tallies else None) for each in epochs]
        self._columns = tuple(columns)
        targets: list[Path | None] = [page.session.place.folder / record.image.path] if record else []
        self._paths = targets + [page.series.shot(page.look, each).path for each in epochs]
        wide, high = page.series.size
        aspects = tuple((of.box.right - of.box.left) * wide / ((of.box.bottom - of.box.top) * high) for of in shown)
        self.strip.show_strip(self._columns if shown else (), aspects, self.crop, page.panes.leading)

    def _go(self, value: Value) -> None:
        if value != TARGET:
            self._page.go_to(value)
