"""One picture in the middle of the page, with zoom, the training crop, and boxes that can be drawn."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.record import Box
from ui import theme
from ui.i18n import tr
from ui.images.loader import Loader
from ui.pages.dataset_lint import recipe
from ui.session import Session
from ui.viewstate.crop import crop_of
from ui.widgets.basics import Elided, icon_only, muted, push, row, within
from ui.widgets.record_viewer import RecordViewer


class LargePane(QWidget):
    """Shows the session's current picture as long as it is in sight. `back` says where its first button leads."""

    closed = Signal()
    stepped = Signal(int)
    box_drawn = Signal(str, object)  # a trait and its Box

    def __init__(self, session: Session, loader: Loader, back: str) -> None:
        super().__init__()
        self._session, self._loader = session, loader
        self._trait, self._shows_crop = "", True
        self._build(back)
        self._bind()

    def show_current(self) -> None:
        """The picture that is current by now, fitted."""
        self._show(anew=True)

    def refresh(self) -> None:
        if self.isVisible():
            self._show()

    def show_crop(self, is_shown: bool) -> None:
        self._shows_crop = is_shown
        self.refresh()

    def draw_box(self, tag: str) -> None:
        """The mouse draws a box of this trait next."""
        self._trait = tag
        self.viewer.draw_box(tag)
        self._hint.setText(tr("Draw a box round {tag}; Esc leaves it", tag=tag))
        self._hint.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        leaving = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() in leaving:
            self.closed.emit()
        elif event.key() == Qt.Key.Key_Z:
            self.viewer.toggle_full_size()
        else:
            super().keyPressEvent(event)

    def _build(self, back_to: str) -> None:
        self.viewer = RecordViewer(self._session, self._loader, tr("The current picture"))
        self._name, self._hint, self._zoom = Elided(at=Qt.TextElideMode.ElideMiddle), muted(""), muted("")
        self._zoom.setFont(theme.tabular(self._zoom.font()))
        back = push(tr("Back"), self.closed.emit, icon="left", quiet=True, tip=tr("{where}  (Esc)", where=back_to))
        buttons = row(
            icon_only("zoom-out", tr("Smaller  (-)"), lambda: self.viewer.zoom_to(self.viewer.scale / 1.25)),
            icon_only("zoom-in", tr("Larger  (+)"), lambda: self.viewer.zoom_to(self.viewer.scale * 1.25)),
            icon_only("fit", tr("As large as fits"), lambda: self.viewer.zoom_to(None)),
            icon_only("full-size", tr("Full size, 100 %  (Z)"), self.viewer.toggle_full_size),
            icon_only("previous", tr("Previous picture  (←)"), lambda: self.stepped.emit(-1)),
            icon_only("next", tr("Next picture  (→)"), lambda: self.stepped.emit(1)), gap=0)
        self._hint.hide()  # it takes room from the name
        tools = row(back, self._name, self._hint, self._zoom, within(buttons), gap=theme.TINY)
        tools.setStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(within(tools, theme.SMALL))
        layout.addWidget(self.viewer, 1)

    def _bind(self) -> None:
        self.viewer.stepped.connect(self.stepped)
        self.viewer.opened.connect(self.closed)
        self.viewer.zoomed.connect(self._tell_zoom)
        self.viewer.box_drawn.connect(self._finish_box)

    def _show(self, *, anew: bool = False) -> None:
        record = self._session.current
        if record is None:
            self.closed.emit()
            return
        image = record.image
        self.viewer.show_record(record, anew=anew)
        self.viewer.show_crop(crop_of(image.width, image.height, recipe(self._session)) if self._shows_crop else None)
        self.viewer.show_boxes(record.boxes)
        self._name.setText(image.path.name)
        self._tell_zoom(self.viewer.scale)

    def _finish_box(self, box: Box) -> None:
        self._hint.hide()
        self.box_drawn.emit(self._trait, box)

    def _tell_zoom(self, scale: float) -> None:
        self._zoom.setText(f"{100 * scale * self.devicePixelRatioF():.0f} %")
